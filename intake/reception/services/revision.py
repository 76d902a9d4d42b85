"""Changing what was sent, while reception is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, calendar, clock
from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import points, queries, writing
from intake.reception.services.moves import stages_of
from models import ProposalVersion
from models.enums import ProposalStatus, Role, StageKind

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.reception.inputs import ProposalInput
    from models import Proposal


def revise(proposal: Proposal, data: ProposalInput, *, by: Principal, lock_version: int) -> Proposal:
    """Change a submitted proposal while reception is open, keeping the earlier text as a version.

    ``lock_version`` is the one its author began from. Raises `Conflict` (whose lines say who changed what meanwhile),
    `StageClosed`, `Invalid`.
    """
    with transaction():
        db.session.refresh(proposal, ["status", "lock_version"], with_for_update=True)
        authorize(by, Permission.PROPOSAL_EDIT, proposal)
        if proposal.status is not ProposalStatus.SUBMITTED:
            raise Conflict(_l("Su propuesta ya está en análisis y su texto no se puede cambiar."))
        if proposal.lock_version != lock_version:
            raise Conflict(_l("Esta propuesta cambió mientras usted la editaba."), lines=_who_changed(proposal))
        calendar.require_open(stages_of(proposal.plan_id), StageKind.RECEPTION)
        queries.complete(proposal)
        before, point = writing.content(proposal), points.of(proposal)
        writing.write(proposal, data)
        writing.require_complete(proposal)
        if writing.content(proposal) != before:
            _add_version(proposal)
            audit.record("proposal.revise", proposal, by=by)
        elif points.of(proposal) != point:  # within its square: no other version to the public
            audit.record("proposal.revise", proposal, by=by)
    return proposal


def _add_version(proposal: Proposal) -> None:
    with db.session.no_autoflush:  # the trace must see the old values first
        query = sa.select(sa.func.max(ProposalVersion.number)).where(ProposalVersion.proposal_id == proposal.id)
        last = db.session.scalar(query) or 0
    db.session.add(
        ProposalVersion(
            proposal_id=proposal.id,
            number=last + 1,
            content=writing.content(proposal),
            edited_at=proposal.updated_at,
        )
    )


def _who_changed(proposal: Proposal) -> list[str]:
    entry = queries.last_change(proposal)
    if entry is None:
        return []
    when = clock.local(entry.at).strftime("%d/%m/%Y, %H:%M")
    who = {"guest": _l("quien la presentó, con el código"), "system": "Intake"}.get(entry.role)
    return [str(_l("Último cambio: %(when)s, %(who)s.", when=when, who=who or _role(entry.role)))]


def _role(value: str) -> str:
    return label(Role(value)) if value in set(Role) else value
