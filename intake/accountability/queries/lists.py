"""Lists of commitments and the progress of plans."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.accountability.inputs import SIGNATORIES
from intake.accountability.progress import Figure, is_late, is_without_news, of_milestones
from intake.core.pagination import Page, paginate
from intake.core.text import plain
from intake.extensions import db
from models import (
    Actor,
    Commitment,
    CommitmentParty,
    CounterpartResponse,
    IrmRating,
    Milestone,
    Plan,
    ProgressReport,
    ReportedFigure,
    Theme,
)
from models.enums import CommitmentStatus, PartyRole, PlanStatus, Role, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from intake.core.identity import Principal

C = CommitmentStatus
#: Commitments that bind: their milestones make the plan's progress.
BINDING = (C.FORMALIZED, C.CONCLUDED)
#: The figure that a source published for a plan's progress (`ReportedFigure.key`).
PLAN_PROGRESS_KEY = "progress.plan"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of commitments is narrowed by; empty means all."""

    plan: str = ""
    theme: str = ""
    status: CommitmentStatus | None = None
    institution: str = ""
    q: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanProgress:
    """A plan's progress as computed from its rows, beside the published figure."""

    plan: Plan
    commitments: int
    figure: Figure
    in_consultation: int = 0
    confirmed: int = 0


def visible_to(principal: Principal) -> sa.ColumnExpressionArgument[bool]:
    """The condition of `Permission.COMMITMENT_READ` for lists."""
    if principal.is_system or principal.holds(Role.DIRECTORATE, Role.CORE_GROUP, Role.OBSERVER):
        return sa.true()
    public = Commitment.is_public
    if not principal.actor_ids:
        return public
    mine = sa.select(CommitmentParty.commitment_id).where(
        CommitmentParty.actor_id.in_(principal.actor_ids),
        CommitmentParty.until.is_(None),
        CommitmentParty.role.in_(SIGNATORIES),
    )
    return sa.or_(public, Commitment.id.in_(mine))


def commitments(principal: Principal, filters: Filters, *, number: int = 1) -> Page[Commitment]:
    """A page of commitments with plan, theme, milestones, parties and ratings: five statements (six with a search)."""
    query = (
        sa.select(Commitment)
        .join(Commitment.plan)
        .where(visible_to(principal), *_conditions(principal, filters))
        .options(
            joinedload(Commitment.plan),
            joinedload(Commitment.theme),
            selectinload(Commitment.milestones),
            selectinload(Commitment.parties).joinedload(CommitmentParty.actor),
            selectinload(Commitment.ratings).joinedload(IrmRating.value),
        )
        .order_by(Plan.number.desc(), Commitment.number)
    )
    return paginate(query, number=number)


def _conditions(principal: Principal, filters: Filters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.plan:
        found.append(Plan.code == filters.plan)
    if filters.theme:
        found.append(Commitment.theme_id.in_(sa.select(Theme.id).where(Theme.code == filters.theme)))
    if filters.status is not None:
        found.append(Commitment.status == filters.status)
    if filters.institution:
        bound = (
            sa.select(CommitmentParty.commitment_id)
            .join(CommitmentParty.actor)
            .where(Actor.slug == filters.institution, CommitmentParty.role == PartyRole.RESPONSIBLE)
        )
        found.append(Commitment.id.in_(bound))
    if words := plain(filters.q).split():
        found.append(Commitment.id.in_(_matching(principal, words)))
    return found


def _matching(principal: Principal, words: list[str]) -> list[int]:
    """Commitments with every word, accents aside. Folded here: plans hold dozens of commitments, not thousands."""
    texts = (
        Commitment.title_es,
        Commitment.title_en,
        Commitment.summary_es,
        Commitment.problem,
        Commitment.description,
    )
    rows = db.session.execute(sa.select(Commitment.id, Commitment.reference, *texts).where(visible_to(principal)))
    folded = ((row[0], plain(" ".join(t for t in row[1:] if t))) for row in rows)
    return [key for key, text in folded if all(word in text for word in words)]


def institutions(principal: Principal) -> Sequence[tuple[str, str]]:
    """Slug and name of every organisation responsible for a commitment that the person may read. One statement."""
    query = (
        sa.select(Actor.slug, Actor.name)
        .join(CommitmentParty, CommitmentParty.actor_id == Actor.id)
        .join(Commitment, Commitment.id == CommitmentParty.commitment_id)
        .where(CommitmentParty.role == PartyRole.RESPONSIBLE, visible_to(principal))
        .distinct()
        .order_by(Actor.name)
    )
    return [(slug, name) for slug, name in db.session.execute(query)]


def _latest_answer() -> sa.ScalarSelect[int]:
    """The key of the counterpart's latest answer on the enclosing query's milestone."""
    query = sa.select(sa.func.max(CounterpartResponse.id)).join(
        ProgressReport, ProgressReport.id == CounterpartResponse.report_id
    )
    return query.where(ProgressReport.milestone_id == Milestone.id).correlate(Milestone).scalar_subquery()


def disputed_in(commitments: Iterable[Commitment]) -> dict[int, list[int]]:
    """The numbers of the disputed milestones of each commitment, by its key. One statement."""
    query = (
        sa.select(Milestone.commitment_id, Milestone.number)
        .join(CounterpartResponse, CounterpartResponse.id == _latest_answer())
        .where(
            Milestone.commitment_id.in_([c.id for c in commitments]), CounterpartResponse.verdict == Verdict.DISPUTED
        )
        .order_by(Milestone.number)
    )
    found: dict[int, list[int]] = {}
    for key, number in db.session.execute(query):
        found.setdefault(key, []).append(number)
    return found


def plan_progress(plans: Iterable[Plan]) -> list[PlanProgress]:
    """The computed and the published progress of each plan, in the order given. Two statements for any number."""
    plans = list(plans)
    keys = [p.id for p in plans]
    rows = db.session.execute(
        sa.select(
            Commitment.plan_id,
            Commitment.id.label("commitment_id"),
            Commitment.status,
            Milestone.progress_pct,
            Milestone.progress_as_of,
            Milestone.ends_on,
        )
        .join(Milestone, isouter=True)
        .join(CounterpartResponse, CounterpartResponse.id == _latest_answer(), isouter=True)
        .add_columns(CounterpartResponse.verdict, Milestone.number)
        .where(Commitment.plan_id.in_(keys), Commitment.status.not_in([C.DRAFT, C.DROPPED]))
        .add_columns(Milestone.id.label("milestone_id"))
    ).all()
    published = {
        f.plan_id: f
        for f in db.session.scalars(
            sa.select(ReportedFigure).where(ReportedFigure.plan_id.in_(keys), ReportedFigure.key == PLAN_PROGRESS_KEY)
        )
    }
    return [_progress_of(p, [r for r in rows if r.plan_id == p.id], published.get(p.id)) for p in plans]


def _progress_of(plan: Plan, rows: list[Any], published: ReportedFigure | None) -> PlanProgress:
    stands = Counter(status for _key, status in {(r.commitment_id, r.status) for r in rows})
    milestones = [r for r in rows if r.milestone_id is not None and r.status in BINDING]
    over = {r.milestone_id: plan.status is PlanStatus.CLOSED or r.status is C.CONCLUDED for r in milestones}
    figure = Figure(
        computed=of_milestones(milestones),
        milestones=len(milestones),
        late=sum(is_late(r, over=over[r.milestone_id]) for r in milestones),
        without_news=sum(is_without_news(r, over=over[r.milestone_id]) for r in milestones),
        disputed=tuple(r.number for r in milestones if r.verdict is Verdict.DISPUTED),
        published=published.value if published else None,
        published_on=published.as_of if published else None,
        published_source=published.source if published else "",
    )
    return PlanProgress(
        plan=plan,
        commitments=sum(stands[state] for state in BINDING),
        figure=figure,
        in_consultation=stands[C.CONSULTATION],
        confirmed=stands[C.CONFIRMED],
    )
