"""What a session may answer, counted for whoever opens or corrects one; and how a session was closed unpublished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.extensions import db
from intake.selection.queries import AWAITING, UNEVALUATED
from models import Assignment, AuditEntry, Plan, Proposal, Round, SelectionSession
from models.enums import AssignmentStatus

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Scope:
    """What a session may answer: a round by its number, or the whole plan (None); how many, how many unevaluated."""

    number: int | None
    name: str
    proposals: int
    unevaluated: int


def scopes(plan: Plan) -> Sequence[Scope]:
    """What a session may answer: each round, newest first, then the whole plan (number None). Two statements."""
    asked = sa.and_(Assignment.round_id == Round.id, Assignment.status != AssignmentStatus.CANCELLED)
    n = sa.func.count(sa.distinct(Proposal.id))
    waiting = sa.func.count(sa.distinct(sa.case((Proposal.status.in_(UNEVALUATED), Proposal.id))))
    by_round = (
        sa.select(Round.number, Round.name, n, waiting)
        .outerjoin(Assignment, asked)
        .outerjoin(Proposal, Proposal.id == Assignment.proposal_id)
        .where(Round.plan_id == plan.id)
        .group_by(Round.id, Round.number, Round.name)
        .order_by(Round.number.desc())
    )
    whole = sa.select(n, waiting).where(Proposal.plan_id == plan.id, Proposal.status.in_(AWAITING))
    rows = [Scope(*row) for row in db.session.execute(by_round)]
    return [*rows, Scope(None, "", *db.session.execute(whole).one())]


def cancellation(session: SelectionSession) -> AuditEntry | None:
    """The trace of how a session was closed without publishing; None while it was not. One statement."""
    query = sa.select(AuditEntry).where(
        AuditEntry.action == "session.cancel",
        AuditEntry.subject_type == SelectionSession.__tablename__,
        AuditEntry.subject_id == session.id,
    )
    return db.session.scalars(query).first()
