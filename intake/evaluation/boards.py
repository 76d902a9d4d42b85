"""What the Directorate sees: rounds with their progress, the board of one round, the reviewers with their load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.accounts import queries as accounts
from intake.core import clock, search
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.evaluation.inputs import LIVE_STATES, PENDING_STATES
from intake.extensions import db
from models import Assignment, Plan, Post, PostHolding, Proposal, Round, Rubric, Theme, User
from models.enums import AssignmentStatus, ProposalStatus, ReviewSector, Role

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

ON_BOARD = (ProposalStatus.ADMITTED, ProposalStatus.IN_EVALUATION)


@dataclass(frozen=True, kw_only=True)
class BoardFilters:
    """``state``: "" all, "sin" without requests, "faltan" fewer than asked for, "esperan" open ones, "completas"."""

    state: str = ""
    theme: str = ""
    q: str = ""
    reviewer_id: int | None = None  # only what this person still has to send


@dataclass(frozen=True)
class Asked:
    """One request on the board."""

    reviewer_id: int
    reviewer: str
    sector: ReviewSector
    status: AssignmentStatus


@dataclass(frozen=True)
class Line:
    """A proposal of the board with its live requests and the sectors that nobody speaks for yet."""

    id: int
    folio: str
    title: str
    status: ProposalStatus
    asked: Sequence[Asked]

    @property
    def live(self) -> Sequence[Asked]:
        """Requests that still count."""
        return [a for a in self.asked if a.status in LIVE_STATES]

    @property
    def missing(self) -> Sequence[ReviewSector]:
        """Sectors without a live request."""
        present = {a.sector for a in self.live}
        return [s for s in ReviewSector if s not in present]


def _count(*conditions: sa.ColumnElement[bool]) -> Any:
    return sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0))


def rounds(plan: Plan) -> Sequence[Any]:
    """Rows (Round, open, sent, other) of a plan, newest first. One statement."""
    query = (
        sa.select(
            Round,
            sa.func.coalesce(_count(Assignment.status.in_(PENDING_STATES)), 0).label("open"),
            sa.func.coalesce(_count(Assignment.status == AssignmentStatus.SUBMITTED), 0).label("sent"),
            sa.func.coalesce(_count(Assignment.status.not_in(LIVE_STATES)), 0).label("other"),
        )
        .outerjoin(Assignment, Assignment.round_id == Round.id)
        .where(Round.plan_id == plan.id)
        .group_by(Round.id)
        .order_by(Round.number.desc())
    )
    return db.session.execute(query).all()


def round_of(plan: Plan, number: int) -> Round:
    """A round of a plan with its rubric. Raises `NotFound`. One statement."""
    query = sa.select(Round).where(Round.plan_id == plan.id, Round.number == number)
    found = db.session.scalars(query.options(sa.orm.joinedload(Round.rubric))).one_or_none()
    if found is None:
        raise NotFound(_l("No existe esa ronda."))
    return found


def versions() -> Sequence[Rubric]:
    """Every rubric, newest first. One statement."""
    return db.session.scalars(sa.select(Rubric).order_by(Rubric.code, Rubric.version.desc())).all()


def board(round_: Round, filters: BoardFilters, number: int, *, everything: bool = False) -> Page[Line]:
    """Proposals of the plan that are being evaluated with their requests in this round. Three statements.

    ``everything`` also lists those already evaluated that this round asked about.
    """
    query = _board(round_, filters, everything=everything)
    page = paginate(query, number=number, row=lambda r: r)
    asked = _asked(round_.id, [r.id for r in page.items])
    lines = [Line(r.id, r.folio, r.title, r.status, asked.get(r.id, [])) for r in page.items]
    return Page(lines, page.number, page.size, page.total)


def _board(round_: Round, filters: BoardFilters, *, everything: bool) -> Any:
    counts = (
        sa.select(
            Assignment.proposal_id,
            _count(Assignment.status.in_(LIVE_STATES)).label("live"),
            _count(Assignment.status.in_(PENDING_STATES)).label("open"),
        )
        .where(Assignment.round_id == round_.id)
        .group_by(Assignment.proposal_id)
        .subquery()
    )
    query: Any = (
        sa.select(Proposal.id, Proposal.folio, Proposal.title, Proposal.status)
        .outerjoin(counts, counts.c.proposal_id == Proposal.id)
        .where(Proposal.plan_id == round_.plan_id)
        .order_by(Proposal.folio_number)
    )
    in_turn = Proposal.status.in_(ON_BOARD)
    query = query.where(counts.c.proposal_id.is_not(None) if everything else in_turn)
    live = sa.func.coalesce(counts.c.live, 0)
    condition = {
        "sin": live == 0,
        "faltan": live < round_.reviews_per_proposal,
        "esperan": counts.c.open > 0,
        "completas": sa.and_(counts.c.open == 0, live >= round_.reviews_per_proposal),
    }.get(filters.state)
    if condition is not None:
        query = query.where(condition)
    if filters.reviewer_id is not None:
        owed = sa.select(Assignment.proposal_id).where(
            Assignment.round_id == round_.id,
            Assignment.reviewer_id == filters.reviewer_id,
            Assignment.status.in_(PENDING_STATES),
        )
        query = query.where(Proposal.id.in_(owed))
    if filters.theme:
        query = query.join(Theme, Theme.id == Proposal.theme_id).where(Theme.code == filters.theme)
    if (match := search.proposals_matching(filters.q)) is not None:
        query = query.where(sa.or_(match, Proposal.folio.icontains(filters.q.strip(), autoescape=True)))
    return query


def _asked(round_id: int, proposal_ids: Collection[int]) -> Mapping[int, list[Asked]]:
    query = (
        sa.select(Assignment.proposal_id, User.id, User.name, Assignment.sector, Assignment.status)
        .join(User, User.id == Assignment.reviewer_id)
        .where(Assignment.round_id == round_id, Assignment.proposal_id.in_(proposal_ids))
        .order_by(Assignment.sector, Assignment.id)
    )
    found: dict[int, list[Asked]] = {}
    for key, user_id, name, sector, status in db.session.execute(query):
        found.setdefault(key, []).append(Asked(user_id, name, sector, status))
    return found


def reviewers(round_: Round) -> Sequence[Any]:
    """Who may review today, by sector: rows (id, name, sector, open, sent) with their load in the round."""
    load = (
        sa.select(
            Assignment.reviewer_id,
            _count(Assignment.status.in_(PENDING_STATES)).label("open"),
            _count(Assignment.status == AssignmentStatus.SUBMITTED).label("sent"),
        )
        .where(Assignment.round_id == round_.id)
        .group_by(Assignment.reviewer_id)
        .subquery()
    )
    query = (
        sa.select(
            User.id,
            User.name,
            sa.func.min(Post.sector).label("sector"),
            sa.func.coalesce(sa.func.min(load.c.open), 0).label("open"),
            sa.func.coalesce(sa.func.min(load.c.sent), 0).label("sent"),
        )
        .join(PostHolding, PostHolding.user_id == User.id)
        .join(Post, Post.id == PostHolding.post_id)
        .outerjoin(load, load.c.reviewer_id == User.id)
        .where(
            Post.role == Role.REVIEWER,
            User.disabled_at.is_(None),
            accounts.held_on(clock.today()),
        )
        .group_by(User.id, User.name)
        .order_by("sector", User.name)
    )
    return db.session.execute(query).all()


def users(keys: Collection[int]) -> Sequence[User]:
    """Accounts by key. One statement."""
    return db.session.scalars(sa.select(User).where(User.id.in_(keys)).order_by(User.name)).all()


def proposals(plan: Plan, folios: Collection[str]) -> Sequence[Proposal]:
    """Proposals of a plan by folio. One statement."""
    query = sa.select(Proposal).where(Proposal.plan_id == plan.id, Proposal.folio.in_(folios))
    return db.session.scalars(query.order_by(Proposal.folio_number)).all()


def assignment(round_: Round, folio: str, reviewer_id: int) -> Assignment:
    """One request of a round with proposal and reviewer. Raises `NotFound`. One statement."""
    query = (
        sa.select(Assignment)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(Assignment.round_id == round_.id, Proposal.folio == folio, Assignment.reviewer_id == reviewer_id)
        .options(sa.orm.joinedload(Assignment.proposal), sa.orm.joinedload(Assignment.reviewer))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No existe esa asignación."))
    return found
