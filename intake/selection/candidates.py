"""The table of a session: evaluated proposals in the order of their means, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.pagination import Page, paginate
from intake.evaluation import results
from intake.selection.queries import in_scope
from models import Decision, Proposal
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from intake.evaluation.scoring import Summary
    from models import SelectionSession
    from models.enums import Category


@dataclass(frozen=True)
class Candidate:
    """A line of the session: place, what the reviews say, and what is decided so far (None: nothing)."""

    folio: str
    title: str
    status: ProposalStatus
    rank: int | None
    summary: Summary | None
    category: Category | None
    departs: bool


@dataclass(frozen=True, kw_only=True)
class CandidateFilters:
    """``decided``: "si", "no" or "" for all; ``category`` None for all."""

    decided: str = ""
    category: Category | None = None


def candidates(session: SelectionSession, filters: CandidateFilters, number: int) -> Page[Candidate]:
    """A page of the session's evaluated proposals with what is decided so far. Three statements."""
    page = paginate(_query(session, filters), number=number, row=lambda row: row)
    read = results.summaries([row.id for row in page.items])
    found = [
        Candidate(
            row.folio,
            row.title,
            row.status,
            row.place if row.mean is not None else None,
            read.get(row.id),
            row.category,
            bool(row.departs_from_order),
        )
        for row in page.items
    ]
    return Page(found, page.number, page.size, page.total)


def _query(session: SelectionSession, filters: CandidateFilters) -> sa.Select[Any]:
    every = _ranked(session)
    decided = sa.and_(Decision.proposal_id == every.c.id, Decision.session_id == session.id)
    query = (
        sa.select(every, Decision.category, Decision.departs_from_order)
        .outerjoin(Decision, decided)
        .order_by(every.c.mean.is_(None), every.c.mean.desc(), every.c.plain_mean.desc(), every.c.folio_number)
    )
    if filters.decided:
        query = query.where(Decision.id.is_not(None) if filters.decided == "si" else Decision.id.is_(None))
    if filters.category:
        query = query.where(Decision.category == filters.category)
    return query


def _ranked(session: SelectionSession) -> sa.Subquery:
    """Every proposal that the session answers with its place among all of them: filters do not change places."""
    place = results.standings(session.plan_id)
    return (
        sa.select(
            Proposal.id,
            Proposal.folio,
            Proposal.folio_number,
            Proposal.title,
            Proposal.status,
            place.c.mean,
            place.c.plain_mean,
            sa.func.rank().over(order_by=(place.c.mean.is_(None), place.c.mean.desc())).label("place"),
        )
        .outerjoin(place, place.c.proposal_id == Proposal.id)
        .where(in_scope(session), Proposal.status == ProposalStatus.EVALUATED)
        .subquery()
    )
