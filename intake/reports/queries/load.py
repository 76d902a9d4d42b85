"""Who owes a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from intake.core import clock
from intake.evaluation.inputs import PENDING_STATES
from intake.extensions import db
from intake.reports.queries.desk import NAMED
from models import Assignment, Round, User


@dataclass(frozen=True)
class ReviewerLoad:
    """A reviewer with reviews to hand in in a round: how many, how many late, and the earliest day they were due."""

    user_id: int
    round_number: int
    name: str
    sector: str
    pending: int
    late: int
    due_on: date | None


def reviewers(plan_id: int) -> list[ReviewerLoad]:
    """Reviewers who owe a review, round by round, the latest first. One statement."""
    late = sa.func.sum(sa.case((Assignment.due_on < clock.today(), 1), else_=0))
    query = (
        sa.select(
            User.id,
            Round.number,
            User.name,
            Assignment.sector,
            sa.func.count(),
            late,
            sa.func.min(Assignment.due_on),
        )
        .join(User, User.id == Assignment.reviewer_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(Round.plan_id == plan_id, Assignment.status.in_(PENDING_STATES))
        .group_by(User.id, User.name, Assignment.sector, Round.id, Round.number)
        .order_by(late.desc(), sa.func.min(Assignment.due_on), User.name)
        .limit(NAMED)
    )
    return [ReviewerLoad(*row) for row in db.session.execute(query)]
