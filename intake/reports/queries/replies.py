"""Authors' replies that wait for a second official's answer."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from models import AuthorReply, Proposal


def waiting(plan_id: int) -> sa.Select[Any]:
    """The folios of proposals whose author's reply waits for its answer: a query."""
    return (
        sa.select(Proposal.folio)
        .select_from(AuthorReply)
        .join(Proposal, Proposal.id == AuthorReply.proposal_id)
        .where(Proposal.plan_id == plan_id, AuthorReply.answered_at.is_(None))
    )
