"""Reading what one reviewer has to do, and one review. Lists take a constant number of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core.pagination import Page, paginate
from intake.evaluation.inputs import PENDING_STATES
from intake.extensions import db
from models import Assignment, Criterion, Proposal, Round, Rubric, Score, Theme
from models.enums import AssignmentStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

_REVIEW_COUNTS = (
    sa.select(Assignment.status, sa.func.count())
    .where(Assignment.reviewer_id == sa.bindparam("reviewer"))
    .group_by(Assignment.status)
)


def review_counts(user_id: int) -> Mapping[AssignmentStatus, int]:
    """How many reviews of this person are in each state. One statement."""
    return {status: int(n) for status, n in db.session.execute(_REVIEW_COUNTS, {"reviewer": user_id})}


def _urgency() -> tuple[Any, ...]:
    """What is next first: what can still be done, the nearest date first, what was begun before what was not."""
    closed = sa.case((Assignment.status.in_(PENDING_STATES), 0), else_=1)
    begun = sa.case((Assignment.status == AssignmentStatus.IN_PROGRESS, 0), else_=1)
    return (closed, Assignment.due_on.is_(None), Assignment.due_on, begun, Assignment.id)


class Asked(NamedTuple):
    """A review in its reviewer's queue: nothing of the author, nothing of other reviews. A value, drawn once."""

    folio: str | None
    title: str
    status: AssignmentStatus
    due_on: date | None
    submitted_at: datetime | None
    name_es: str | None  # of the theme
    name_en: str | None
    answered: int  # criteria with an answer so far
    criteria: int


def _queue() -> Any:
    """Parameters: ``reviewer``, ``states``. Built once: building it takes longer than running it."""
    answered = (
        sa.select(sa.func.count())
        .where(Score.assignment_id == Assignment.id, sa.or_(Score.value.is_not(None), Score.not_applicable))
        .scalar_subquery()
    )
    criteria = sa.select(sa.func.count()).where(Criterion.rubric_id == Round.rubric_id).scalar_subquery()
    return (
        sa.select(
            Proposal.folio,
            Proposal.title,
            Assignment.status,
            Assignment.due_on,
            Assignment.submitted_at,
            Theme.name_es,
            Theme.name_en,
            answered.label("answered"),
            criteria.label("criteria"),
        )
        .select_from(Assignment)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .join(Round, Round.id == Assignment.round_id)
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
        .where(
            Assignment.reviewer_id == sa.bindparam("reviewer"),
            Assignment.status.in_(sa.bindparam("states", expanding=True)),
        )
        .order_by(*_urgency())
    )


_QUEUE = _queue()


def review_queue(user_id: int, states: frozenset[AssignmentStatus], number: int, total: int) -> Page[Asked]:
    """One person's reviews in the given states, what is next first. One statement."""
    values = {"reviewer": user_id, "states": sorted(states)}
    return paginate(_QUEUE, number=number, total=total, values=values, row=Asked._make)


def next_folio(user_id: int, *, after: str = "") -> str | None:
    """The folio of the review to do next, other than ``after``; None when nothing is left. One statement."""
    query = (
        sa.select(Proposal.folio)
        .select_from(Assignment)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(Assignment.reviewer_id == user_id, Assignment.status.in_(PENDING_STATES), Proposal.folio != after)
        .order_by(*_urgency())
        .limit(1)
    )
    return db.session.scalar(query)


def assignment_of(folio: str, user_id: int) -> Assignment | None:
    """The latest review of this proposal asked of this person, with what its page needs, or None. Four statements."""
    query = (
        sa.select(Assignment)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .join(Round, Round.id == Assignment.round_id)
        .where(
            Proposal.folio == folio,
            Assignment.reviewer_id == user_id,
            Assignment.status != AssignmentStatus.CANCELLED,
        )
        .order_by(Round.number.desc())
        .limit(1)
        .options(
            joinedload(Assignment.proposal).options(
                joinedload(Proposal.theme), joinedload(Proposal.territory), selectinload(Proposal.approaches)
            ),
            joinedload(Assignment.round).joinedload(Round.rubric).selectinload(Rubric.criteria),
            selectinload(Assignment.scores),
        )
    )
    return db.session.scalars(query).first()


def open_reviews(user_id: int) -> int:
    """How many reviews this person still owes: while any is open, no results are shown to them. One statement."""
    query = sa.select(sa.func.count()).where(Assignment.reviewer_id == user_id, Assignment.status.in_(PENDING_STATES))
    return int(db.session.scalar(query) or 0)


def reviews_beside(own: Assignment) -> Sequence[Assignment]:
    """The other submitted reviews of the same round and proposal, by sector and without names. Two statements.

    Nothing before one's own is submitted: the caller may not choose.
    """
    if own.status is not AssignmentStatus.SUBMITTED:
        return []
    query = (
        sa.select(Assignment)
        .where(
            Assignment.round_id == own.round_id,
            Assignment.proposal_id == own.proposal_id,
            Assignment.status == AssignmentStatus.SUBMITTED,
            Assignment.id != own.id,
        )
        .order_by(Assignment.sector, Assignment.submitted_at)
        .options(selectinload(Assignment.scores))
    )
    return db.session.scalars(query).all()
