"""What must hold of stage 2 in depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.extensions import db
from models import Hold, Proposal
from models.enums import ProposalStatus


def held_for_a_reason() -> Sequence[Any]:
    """Held proposals without exactly one open reason, and others that have one."""
    reasons = (
        sa.select(sa.func.count(Hold.id))
        .where(Hold.proposal_id == Proposal.id, Hold.settled_at.is_(None))
        .correlate(Proposal)
        .scalar_subquery()
    )
    wanted = sa.case((Proposal.status == ProposalStatus.HELD, 1), else_=0)
    query = (
        sa.select(Proposal.folio)
        .where(Proposal.status != ProposalStatus.DRAFT, reasons != wanted)
        .order_by(Proposal.folio)
    )
    return db.session.scalars(query).all()
