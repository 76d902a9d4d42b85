"""Invariants of selection: decisions, their sessions and the states that they give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.extensions import db
from models import Decision, Proposal, SelectionSession
from models.enums import DecisionStatus, SessionStatus
from models.enums import ProposalStatus as S

DECIDED = {"in_plan": S.SELECTED, "reserve": S.RESERVE, "outside_plan": S.OUTSIDE_PLAN, "next_plan": S.NEXT_PLAN}


def published_together() -> Sequence[Any]:
    """Decisions that are public in a session that is not, or the reverse."""
    public = (Decision.status == DecisionStatus.PUBLISHED) != (SelectionSession.status == SessionStatus.PUBLISHED)
    query = (
        sa.select(Proposal.folio)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .join(SelectionSession, SelectionSession.id == Decision.session_id)
    )
    return db.session.scalars(query.where(public).order_by(Proposal.folio)).all()


def decisions_agree() -> Sequence[Any]:
    """Proposals whose state is not that of their published decision; a reserve may have moved on since."""
    query = sa.select(Proposal.folio, Proposal.status, Decision.category, Decision.status).outerjoin(
        Decision, Decision.proposal_id == Proposal.id
    )
    found = []
    for folio, state, category, published in db.session.execute(query.order_by(Proposal.folio)):
        answered = published is DecisionStatus.PUBLISHED
        if answered != (state in DECIDED.values()) or (answered and not _agrees(state, category.value)):
            found.append(folio)
    return found


def _agrees(state: S, category: str) -> bool:
    return state is DECIDED[category] or category == "reserve"
