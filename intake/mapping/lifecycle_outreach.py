"""The life of a campaign."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.core.workflow import Lifecycle, Transition
from models import Campaign
from models.enums import CampaignStatus

CAMPAIGN = Lifecycle(
    "campaign",
    Campaign.status,
    CampaignStatus.OPEN,
    [
        Transition(
            action="close",
            label=_l("Cerrar la campaña"),
            sources=frozenset({CampaignStatus.OPEN}),
            target=CampaignStatus.CLOSED,
            permission=Permission.OUTREACH_EDIT,
            needs_reason=True,  # the outcome
            stamp="closed_at",
            button=False,
            tone="primary",
        ),
        Transition(
            action="cancel",
            label=_l("Cancelar la campaña"),
            sources=frozenset({CampaignStatus.OPEN}),
            target=CampaignStatus.CANCELLED,
            permission=Permission.OUTREACH_EDIT,
            needs_reason=True,
            stamp="closed_at",
            tone="warning",
        ),
        Transition(
            action="reopen",
            label=_l("Volver a abrirla"),
            sources=frozenset({CampaignStatus.CLOSED}),
            target=CampaignStatus.OPEN,
            permission=Permission.OUTREACH_EDIT,
            needs_reason=True,
        ),
    ],
    final=frozenset({CampaignStatus.CLOSED, CampaignStatus.CANCELLED}),
)
