"""What the submitted reviews say of each proposal: order, means by sector, spread.

The database orders and pages (mean of sector means, see `scoring`); `scoring.summary` computes what is shown
of the rows of one page. Reviews in draft never count.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.pagination import Page, paginate
from intake.evaluation.inputs import LIVE_STATES
from intake.evaluation.scoring import Summary, summary
from intake.extensions import db
from models import Assignment, Proposal, Round, Theme
from models.enums import AssignmentStatus, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

#: Proposals that have come as far as evaluation.
EVALUATION_STATES = (
    ProposalStatus.IN_EVALUATION,
    ProposalStatus.EVALUATED,
    ProposalStatus.SELECTED,
    ProposalStatus.RESERVE,
    ProposalStatus.OUTSIDE_PLAN,
    ProposalStatus.NEXT_PLAN,
)
SORTS = ("media", "dispersion", "evaluaciones", "folio")
_PERCENT = sa.Numeric(9, 3)


@dataclass(frozen=True, kw_only=True)
class ResultFilters:
    """Filters and order of the results."""

    status: ProposalStatus | None = None
    theme: str = ""
    sort: str = "media"


@dataclass(frozen=True)
class Result:
    """One proposal's line. ``rank`` 1 is best, equal means share it; ``asked``: reviews expected."""

    id: int
    folio: str
    title: str
    status: ProposalStatus
    rank: int | None
    asked: int
    summary: Summary


def standings(plan_id: int) -> sa.Subquery:
    """Per proposal with reviews: mean (of sector means), plain mean, spread, number of reviews, rank in the plan."""
    per_sector = (
        sa.select(
            Assignment.proposal_id,
            sa.func.avg(Assignment.total_pct).label("mean"),
            sa.func.sum(Assignment.total_pct).label("total"),
            sa.func.count().label("reviews"),
            sa.func.min(Assignment.total_pct).label("least"),
            sa.func.max(Assignment.total_pct).label("most"),
        )
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(
            Proposal.plan_id == plan_id,
            Assignment.status == AssignmentStatus.SUBMITTED,
            Assignment.total_pct.is_not(None),
        )
        .group_by(Assignment.proposal_id, Assignment.sector)
        .subquery()
    )
    mean = sa.func.round(sa.cast(sa.func.avg(per_sector.c.mean), _PERCENT), 3, type_=_PERCENT)
    return (
        sa.select(
            per_sector.c.proposal_id,
            mean.label("mean"),
            (sa.func.sum(per_sector.c.total) / sa.func.sum(per_sector.c.reviews)).label("plain_mean"),
            (sa.func.max(per_sector.c.most) - sa.func.min(per_sector.c.least)).label("spread"),
            sa.func.sum(per_sector.c.reviews).label("reviews"),
            sa.func.rank().over(order_by=mean.desc()).label("rank"),
        )
        .group_by(per_sector.c.proposal_id)
        .subquery()
    )


def ranking(
    plan_id: int, statuses: Collection[ProposalStatus], *, within: sa.ColumnElement[bool] | None = None
) -> Sequence[tuple[int, Decimal | None]]:
    """Ids and means of the plan's proposals in these states, best first; those without reviews last. One statement.

    ``within`` narrows them by a condition on `Proposal`.
    """
    place = standings(plan_id)
    query = (
        sa.select(Proposal.id, place.c.mean)
        .outerjoin(place, place.c.proposal_id == Proposal.id)
        .where(Proposal.plan_id == plan_id, Proposal.status.in_(statuses), sa.true() if within is None else within)
        .order_by(place.c.mean.is_(None), place.c.mean.desc(), place.c.plain_mean.desc(), Proposal.folio_number)
    )
    return [(key, Decimal(mean) if mean is not None else None) for key, mean in db.session.execute(query)]


def results(plan_id: int, filters: ResultFilters, number: int) -> Page[Result]:
    """A page of results. Three statements."""
    page = paginate(_query(plan_id, filters), number=number, row=lambda r: r)
    return Page(_with_summaries(page.items), page.number, page.size, page.total)


def all_results(plan_id: int, filters: ResultFilters) -> list[Result]:
    """Every line, for the file. Two statements."""
    return _with_summaries(db.session.execute(_query(plan_id, filters)).all())


def summaries(proposal_ids: Collection[int]) -> Mapping[int, Summary]:
    """The summary of each proposal that has submitted reviews. One statement."""
    return {key: found for key, (found, _asked) in _read(proposal_ids).items()}


def _query(plan_id: int, filters: ResultFilters) -> Any:
    place = standings(plan_id)
    query: Any = (
        sa.select(Proposal.id, Proposal.folio, Proposal.title, Proposal.status, place.c.rank)
        .outerjoin(place, place.c.proposal_id == Proposal.id)
        .where(Proposal.plan_id == plan_id)
        .where(Proposal.status == filters.status if filters.status else Proposal.status.in_(EVALUATION_STATES))
    )
    if filters.theme:
        query = query.join(Theme, Theme.id == Proposal.theme_id).where(Theme.code == filters.theme)
    column = {"media": place.c.mean, "dispersion": place.c.spread, "evaluaciones": place.c.reviews}.get(filters.sort)
    if column is not None:
        query = query.order_by(column.is_(None), column.desc())
    return query.order_by(Proposal.folio_number)


def _with_summaries(rows: Sequence[Any]) -> list[Result]:
    read = _read([row.id for row in rows])
    nothing = (summary({}), 0)
    return [
        Result(
            row.id,
            row.folio,
            row.title,
            row.status,
            row.rank,
            read.get(row.id, nothing)[1],
            read.get(row.id, nothing)[0],
        )
        for row in rows
    ]


def _read(proposal_ids: Collection[int]) -> dict[int, tuple[Summary, int]]:
    """Summary and number of expected reviews: what the round asks for, or more where more were assigned."""
    query = (
        sa.select(
            Assignment.proposal_id,
            Assignment.sector,
            Assignment.status,
            Assignment.total_pct,
            Round.id,
            Round.reviews_per_proposal,
        )
        .join(Round, Round.id == Assignment.round_id)
        .where(Assignment.proposal_id.in_(proposal_ids))
        .order_by(Assignment.id)
    )
    totals: dict[int, dict[str, list[Decimal]]] = {}
    live: dict[int, int] = {}
    wanted: dict[int, dict[int, int]] = {}
    for key, sector, status, total, round_id, per_proposal in db.session.execute(query):
        found = totals.setdefault(key, {})
        wanted.setdefault(key, {})[round_id] = per_proposal
        live[key] = live.get(key, 0) + (status in LIVE_STATES)
        if status is AssignmentStatus.SUBMITTED and total is not None:
            found.setdefault(sector, []).append(total)
    return {key: (summary(found), max(live[key], sum(wanted[key].values()))) for key, found in totals.items()}
