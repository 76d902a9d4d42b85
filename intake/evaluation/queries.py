"""Reading analysis and evaluation: the queues, one review, the rounds. Lists take a constant number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core import clock, search
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.evaluation.scoring import CriterionScore
from intake.extensions import db
from models import Admission, Assignment, Criterion, Proposal, Round, Rubric, Score, Territory, Theme
from models.enums import AssignmentStatus, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from models import Plan

#: What an analyst's queue may show.
QUEUE_STATES = (ProposalStatus.SUBMITTED, ProposalStatus.REFUSAL_PROPOSED)
#: Requests that wait for the reviewer.
PENDING_STATES = frozenset({AssignmentStatus.PENDING, AssignmentStatus.IN_PROGRESS})
#: Requests that still count: those not taken back nor refused.
LIVE_STATES = PENDING_STATES | {AssignmentStatus.SUBMITTED}


@dataclass(frozen=True, kw_only=True)
class QueueFilters:
    """Filters of the admission queue; None or "" filters nothing."""

    state: ProposalStatus | None = None
    theme: str = ""
    q: str = ""


def proposal_by_folio(folio: str) -> Proposal:
    """A proposal with its theme, place, approaches and admission, and nothing of its author. Raises `NotFound`."""
    query = (
        sa.select(Proposal)
        .where(Proposal.folio == folio)
        .options(
            joinedload(Proposal.theme),
            joinedload(Proposal.territory),
            joinedload(Proposal.admission),
            selectinload(Proposal.approaches),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No existe una propuesta con ese folio."))
    return found


def admission_queue(plan: Plan, filters: QueueFilters, number: int) -> Page[Any]:
    """Proposals that wait for an analyst, oldest first. Two statements.

    Rows: folio, title, status, submitted_at, name_es and name_en (theme), territory, examined_by_id.
    """
    query: Any = (
        sa.select(
            Proposal.folio,
            Proposal.title,
            Proposal.status,
            Proposal.submitted_at,
            Theme.name_es,
            Theme.name_en,
            Territory.name.label("territory"),
            Admission.examined_by_id,
        )
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
        .outerjoin(Territory, Territory.id == Proposal.territory_id)
        .outerjoin(Admission, Admission.proposal_id == Proposal.id)
        .where(Proposal.plan_id == plan.id)
        .where(Proposal.status == filters.state if filters.state else Proposal.status.in_(QUEUE_STATES))
        .order_by(Proposal.submitted_at, Proposal.id)
    )
    if filters.theme:
        query = query.where(Theme.code == filters.theme)
    if (match := search.proposals_matching(filters.q)) is not None:
        query = query.where(match)
    return paginate(query, number=number, row=lambda r: r)


def waiting(plan: Plan) -> Mapping[ProposalStatus, int]:
    """How many proposals of the plan are in each state before selection. One statement."""
    query = sa.select(Proposal.status, sa.func.count()).where(Proposal.plan_id == plan.id).group_by(Proposal.status)
    return {status: int(n) for status, n in db.session.execute(query)}


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


def criterion_score(criterion: Criterion, value: int | None) -> CriterionScore:
    """A value as the formula takes it."""
    c = criterion
    return CriterionScore(c.block, c.block_weight_pct, c.weight, c.minimum, c.maximum, value)


def round_with_criteria(round_id: int) -> Round:
    """A round with its rubric and the rubric's criteria. Two statements."""
    query = sa.select(Round).where(Round.id == round_id).options(joinedload(Round.rubric).selectinload(Rubric.criteria))
    return db.session.scalars(query).one()


def latest_rubric(code: str) -> Rubric | None:
    """The latest version of a rubric with its criteria. Two statements."""
    query = sa.select(Rubric).where(Rubric.code == code).order_by(Rubric.version.desc()).limit(1)
    return db.session.scalars(query.options(selectinload(Rubric.criteria))).first()


def themes() -> Sequence[Theme]:
    """All themes in order. One statement."""
    return db.session.scalars(sa.select(Theme).order_by(Theme.position)).all()


def waiting_days(row: Any) -> int:
    """Whole days since a row's ``submitted_at``, by Ecuador's calendar."""
    return (clock.today() - clock.local(row.submitted_at).date()).days


def ready_ids(round_id: int, least: int) -> sa.Select[int]:
    """The proposals of a round that nobody is reviewing any more and that have ``least`` submitted reviews in it."""
    other = sa.orm.aliased(Assignment)
    in_round = sa.select(other.proposal_id).where(other.round_id == round_id)
    still_open = sa.case((Assignment.status.in_(PENDING_STATES), 1), else_=0)
    done = sa.and_(Assignment.status == AssignmentStatus.SUBMITTED, Assignment.round_id == round_id)
    return (
        sa.select(Assignment.proposal_id)
        .where(Assignment.proposal_id.in_(in_round))
        .group_by(Assignment.proposal_id)
        .having(sa.func.sum(still_open) == 0, sa.func.sum(sa.case((done, 1), else_=0)) >= least)
    )
