"""Reading sessions and decisions. What is pending is for those who decide; public pages ask for published rows only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core.errors import Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.evaluation import results
from intake.extensions import db
from models import Assignment, Decision, Plan, Proposal, Round, SelectionSession, Theme, User
from models.enums import AssignmentStatus, Category, ProposalStatus, SessionStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from decimal import Decimal


Means = dict[int, "Decimal | None"]
#: States of proposals that were admitted and have no public answer yet.
UNEVALUATED = (ProposalStatus.ADMITTED, ProposalStatus.IN_EVALUATION)
AWAITING = (*UNEVALUATED, ProposalStatus.EVALUATED)


def sessions(plan: Plan) -> Sequence[Any]:
    """The plan's sessions, newest first, each with how many decisions it has. One statement."""
    count = sa.select(sa.func.count()).where(Decision.session_id == SelectionSession.id).scalar_subquery()
    query = (
        sa.select(SelectionSession, count.label("decisions"))
        .where(SelectionSession.plan_id == plan.id)
        .options(joinedload(SelectionSession.round))
        .order_by(SelectionSession.number.desc())
    )
    return db.session.execute(query).all()


def session_of(plan: Plan, number: int) -> SelectionSession:
    """A session by its number. Raises `NotFound`. One statement."""
    query = (
        sa.select(SelectionSession)
        .where(SelectionSession.plan_id == plan.id, SelectionSession.number == number)
        .options(joinedload(SelectionSession.round))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No existe esa sesión."))
    return found


def decision_of(proposal_id: int) -> Decision | None:
    """The decision on a proposal, pending or published."""
    return db.session.scalars(sa.select(Decision).where(Decision.proposal_id == proposal_id)).one_or_none()


def decider(decision: Decision) -> str | None:
    """Who wrote a decision down."""
    return db.session.scalar(sa.select(User.name).where(User.id == decision.decided_by_id))


def decided(session: SelectionSession) -> tuple[dict[int, Category], frozenset[int]]:
    """What the session has decided, by proposal, and which of it explains a departure. One statement."""
    query = sa.select(Decision.proposal_id, Decision.category, Decision.departure_reason)
    rows = db.session.execute(query.where(Decision.session_id == session.id)).all()
    return {key: category for key, category, _why in rows}, frozenset(key for key, _category, why in rows if why)


def means(session: SelectionSession) -> Means:
    """Means of the evaluated proposals that the session answers, best first. One statement."""
    return dict(results.ranking(session.plan_id, (ProposalStatus.EVALUATED,), within=in_scope(session)))


def in_scope(session: SelectionSession) -> sa.ColumnElement[bool]:
    """The condition on `Proposal` that holds for those the session answers: of its round, or all of the plan."""
    of_plan = Proposal.plan_id == session.plan_id
    if session.round_id is None:
        return of_plan
    asked = sa.select(Assignment.proposal_id).where(
        Assignment.round_id == session.round_id, Assignment.status != AssignmentStatus.CANCELLED
    )
    return sa.and_(of_plan, Proposal.id.in_(asked))


def answers(session: SelectionSession, proposal_id: int) -> bool:
    """Whether the session answers this proposal. One statement."""
    return db.session.scalar(sa.select(Proposal.id).where(Proposal.id == proposal_id, in_scope(session))) is not None


def round_id_of(plan_id: int, number: int) -> int:
    """The round of this number. Raises `Invalid`."""
    found = db.session.scalar(sa.select(Round.id).where(Round.plan_id == plan_id, Round.number == number))
    if found is None:
        raise Invalid(_l("No existe esa ronda."), field="ronda")
    return found


def rank_in(ranked: Means, proposal_id: int) -> int | None:
    """The place of a proposal among those ranked, 1 is best, equal means share it; None without a mean."""
    mean = ranked.get(proposal_id)
    return None if mean is None else 1 + sum(other is not None and other > mean for other in ranked.values())


def undecided(session: SelectionSession) -> Sequence[tuple[str, str, ProposalStatus]]:
    """Folio, title and state of the admitted proposals that the session must still decide on. One statement."""
    answered = sa.select(Decision.proposal_id).where(Decision.session_id == session.id)
    query = (
        sa.select(Proposal.folio, Proposal.title, Proposal.status)
        .where(in_scope(session), Proposal.status.in_(AWAITING), Proposal.id.not_in(answered))
        .order_by(Proposal.folio_number)
    )
    return [(folio or "", title, status) for folio, title, status in db.session.execute(query)]


def tally(session: SelectionSession) -> Mapping[Category, int]:
    """How many decisions of the session fall in each category. One statement."""
    query = sa.select(Decision.category, sa.func.count()).where(Decision.session_id == session.id)
    return {category: int(n) for category, n in db.session.execute(query.group_by(Decision.category))}


def decisions(session: SelectionSession, number: int = 1) -> Page[Decision]:
    """A page of the session's decisions with their proposals, by place. Two statements."""
    query = (
        sa.select(Decision)
        .where(Decision.session_id == session.id)
        .options(joinedload(Decision.proposal))
        .order_by(Decision.rank.is_(None), Decision.rank, Decision.id)
    )
    return paginate(query, number=number)


def titles(proposal_ids: Collection[int]) -> Sequence[Any]:
    """Rows (folio, title, language) of some proposals, by folio. One statement, none for none."""
    query = sa.select(Proposal.folio, Proposal.title, Proposal.language).where(Proposal.id.in_(proposal_ids))
    return db.session.execute(query.order_by(Proposal.folio_number)).all() if proposal_ids else []


def published_session(code: str, number: int) -> SelectionSession:
    """A published session with its plan. Raises `NotFound` for any other, open ones included. One statement."""
    query = (
        sa.select(SelectionSession)
        .join(Plan, Plan.id == SelectionSession.plan_id)
        .where(Plan.code == code, SelectionSession.number == number, SelectionSession.status == SessionStatus.PUBLISHED)
        .options(joinedload(SelectionSession.plan))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No existe esa sesión publicada."))
    return found


def published_sessions() -> Sequence[SelectionSession]:
    """Every published session with its plan, newest first. One statement."""
    query = (
        sa.select(SelectionSession)
        .where(SelectionSession.status == SessionStatus.PUBLISHED)
        .options(joinedload(SelectionSession.plan))
        .order_by(SelectionSession.held_on.desc(), SelectionSession.number.desc())
    )
    return db.session.scalars(query).all()


def published_decisions(session: SelectionSession) -> Sequence[Any]:
    """Rows (Decision, folio, title, language and status of the proposal, theme names), by category and place."""
    query = (
        sa.select(
            Decision, Proposal.folio, Proposal.title, Proposal.language, Proposal.status, Theme.name_es, Theme.name_en
        )
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
        .where(Decision.session_id == session.id, Decision.published_at.is_not(None))
        .order_by(Decision.rank.is_(None), Decision.rank, Proposal.folio_number)
    )
    return db.session.execute(query).all()


def reserves(plan: Plan) -> Sequence[Any]:
    """Rows (folio, title, language, fallback) of the plan's proposals that are in reserve. One statement."""
    query = (
        sa.select(Proposal.folio, Proposal.title, Proposal.language, Decision.fallback)
        .outerjoin(Decision, Decision.proposal_id == Proposal.id)
        .where(Proposal.plan_id == plan.id, Proposal.status == ProposalStatus.RESERVE)
        .order_by(Decision.rank.is_(None), Decision.rank, Proposal.folio_number)
    )
    return db.session.execute(query).all()
