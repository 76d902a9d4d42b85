"""Reading what was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.core.pagination import Page, paginate
from intake.extensions import db
from models import Hold, Proposal
from models.enums import HoldReason, ProposalStatus


def held(state: ProposalStatus = ProposalStatus.HELD, *, number: int = 1) -> Page[Any]:
    """What was set aside (or discarded), the longest waiting first. Two statements.

    Rows: folio, title, problem, language, submitted_at, reason, by_machine, held_at.
    """
    latest = (
        sa.select(sa.func.max(Hold.id)).where(Hold.proposal_id == Proposal.id).correlate(Proposal).scalar_subquery()
    )
    query: Any = (
        sa.select(
            Proposal.folio,
            Proposal.title,
            Proposal.problem,
            Proposal.language,
            Proposal.submitted_at,
            Hold.reason,
            Hold.by_machine,
            Hold.held_at,
        )
        .join(Hold, Hold.id == latest)
        .where(Proposal.status == state)
        .order_by(Proposal.submitted_at, Proposal.id)
    )
    return paginate(query, number=number, row=lambda r: r)


def held_numbers() -> Mapping[ProposalStatus, int]:
    """How many wait and how many were discarded. One statement."""
    states = (ProposalStatus.HELD, ProposalStatus.DISCARDED)
    query = sa.select(Proposal.status, sa.func.count()).where(Proposal.status.in_(states)).group_by(Proposal.status)
    return {status: int(n) for status, n in db.session.execute(query)}


def next_held(after: Proposal) -> str | None:
    """The folio that waits next after this one, else the first that waits; None if nothing does. One statement."""
    later = (Proposal.submitted_at > after.submitted_at) | (
        (Proposal.submitted_at == after.submitted_at) & (Proposal.id > after.id)
    )
    query = (
        sa.select(Proposal.folio)
        .where(Proposal.status == ProposalStatus.HELD, Proposal.id != after.id)
        .order_by(sa.case((later, 0), else_=1), Proposal.submitted_at, Proposal.id)
        .limit(1)
    )
    return db.session.scalar(query)


def holds_of(proposal: Proposal) -> Sequence[Hold]:
    """Every time that it was set aside, the latest first. One statement."""
    query = sa.select(Hold).where(Hold.proposal_id == proposal.id).order_by(Hold.id.desc())
    return db.session.scalars(query).all()


def by_folios(folios: Sequence[str]) -> Sequence[Proposal]:
    """The proposals under these folios, with nothing loaded. One statement."""
    return db.session.scalars(sa.select(Proposal).where(Proposal.folio.in_(folios)).order_by(Proposal.id)).all()


@dataclass(frozen=True)
class Screened:
    """What was set aside of a plan and what became of it, for the public count."""

    reason: HoldReason
    held: int
    released: int
    discarded: int
    waiting: int


def screened(plan_id: int) -> list[Screened]:
    """How many were set aside, by reason, and what became of them. One statement."""
    query = (
        sa.select(
            Hold.reason,
            sa.func.count(),
            sa.func.sum(sa.case((Hold.released.is_(True), 1), else_=0)),
            sa.func.sum(sa.case((Hold.released.is_(False), 1), else_=0)),
            sa.func.sum(sa.case((Hold.settled_at.is_(None), 1), else_=0)),
        )
        .join(Proposal, Proposal.id == Hold.proposal_id)
        .where(Proposal.plan_id == plan_id, Proposal.status != ProposalStatus.DRAFT)
        .group_by(Hold.reason)
        .order_by(Hold.reason)
    )
    return [Screened(reason, *(int(n or 0) for n in numbers)) for reason, *numbers in db.session.execute(query)]
