"""Drafts that are deleted for good: by who wrote them, or because nobody came back to them for a year."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import SYSTEM
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception.services import attachments
from models import Consent, Proposal, ProposalContact
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal

#: What nobody touched for so long is forgotten: longer than a reception is open, and than the pause before the next.
KEPT_DAYS = 365
_PROPOSAL = Proposal.metadata.tables["proposal"]


def delete_draft(proposal: Proposal, *, by: Principal) -> None:
    """Delete a draft with its contact, people and files, their bytes too. Raises `Conflict` once it is sent."""
    authorize(by, Permission.PROPOSAL_EDIT, proposal)
    with transaction():
        db.session.refresh(proposal, ["status", "lock_version"], with_for_update=True)
        if proposal.status is not ProposalStatus.DRAFT:
            raise Conflict(_l("Esta propuesta ya se envió. Si no la quiere, retírela desde su página."))
        _delete(proposal, by=by)


def forget_drafts(days: int = KEPT_DAYS) -> int:
    """Delete drafts that nobody has changed for so many days; how many went."""
    old = sa.select(Proposal).where(
        Proposal.status == ProposalStatus.DRAFT, Proposal.updated_at < clock.now() - timedelta(days=days)
    )
    with transaction():
        found = db.session.scalars(old.order_by(Proposal.id).with_for_update()).all()
        for proposal in found:
            _delete(proposal, by=SYSTEM)
    return len(found)


def _delete(proposal: Proposal, *, by: Principal) -> None:
    """Everything else that belongs to it goes by the keys of the database."""
    attachments.forget_all(proposal)
    consent = sa.select(ProposalContact.consent_id).where(ProposalContact.proposal_id == proposal.id)
    given = db.session.scalar(consent)
    audit.note("proposal.delete_draft", Proposal.__tablename__, by=by, extra={})
    db.session.expunge(proposal)
    db.session.execute(sa.delete(_PROPOSAL).where(_PROPOSAL.c.id == proposal.id))
    if given is not None:
        db.session.execute(sa.delete(Consent).where(Consent.id == given))
