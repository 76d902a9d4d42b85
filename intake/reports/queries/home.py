"""What the first page shows of the plan under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core import clock
from intake.extensions import db
from models import Actor, Commitment, Decision, Event, Proposal, Territory, sent_by_people
from models.enums import ActorStatus, DecisionStatus, EventStatus, TerritoryLevel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models import Plan

LATEST_ANSWERS = 3
NEXT_EVENTS = 3


@dataclass(frozen=True)
class Numbers:
    """Counts of rows: proposals received, verified actors, public commitments of the plan."""

    proposals: int
    actors: int
    commitments: int


@dataclass(frozen=True)
class Province:
    """A province with its number of proposals received; 0 is a gap."""

    code: str
    name: str
    proposals: int


def received(plan_id: int) -> tuple[sa.ColumnExpressionArgument[bool], ...]:
    """Conditions on `Proposal`: of the plan, for everybody to read, and sent by people: none is counted twice."""
    return (Proposal.plan_id == plan_id, Proposal.is_public, sent_by_people())


def numbers(plan: Plan) -> Numbers:
    """The three numbers. One statement."""
    count = sa.func.count()
    row = db.session.execute(
        sa.select(
            sa.select(count).select_from(Proposal).where(*received(plan.id)).scalar_subquery(),
            sa.select(count).select_from(Actor).where(Actor.status == ActorStatus.VERIFIED).scalar_subquery(),
            sa.select(count).select_from(Commitment).where(*public_commitments(plan)).scalar_subquery(),
        )
    ).one()
    return Numbers(*(int(n) for n in row))


def public_commitments(plan: Plan) -> tuple[sa.ColumnExpressionArgument[bool], ...]:
    """Conditions on `Commitment`: of the plan, and readable by anybody."""
    return (Commitment.plan_id == plan.id, Commitment.is_public)


def provinces(plan_id: int) -> list[Province]:
    """Every province by name with its proposals, those of its cantons and parishes included. One statement."""
    here = (
        sa.select(Territory.province_code, sa.func.count().label("n"))
        .select_from(Proposal)
        .join(Territory, Territory.id == Proposal.territory_id)
        .where(*received(plan_id))
        .group_by(Territory.province_code)
        .subquery()
    )
    query = (
        sa.select(Territory.code, Territory.name, sa.func.coalesce(here.c.n, 0))
        .outerjoin(here, here.c.province_code == Territory.code)
        .where(Territory.level == TerritoryLevel.PROVINCE, Territory.selectable)
        .order_by(Territory.name_plain)
    )
    return [Province(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class Answer:
    """A published decision as the first page tells it."""

    folio: str
    title: str
    language: str
    category: Any
    reason: str
    published_at: datetime


def latest_answers(plan_id: int) -> list[Answer]:
    """The latest published decisions of the plan that give a reason. One statement."""
    query = (
        sa.select(
            Proposal.folio,
            Proposal.title,
            Proposal.language,
            Decision.category,
            Decision.reason,
            Decision.published_at,
        )
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(Proposal.plan_id == plan_id, Decision.status == DecisionStatus.PUBLISHED, Decision.reason != "")
        .order_by(Decision.published_at.desc(), Decision.rank, Decision.id)
        .limit(LATEST_ANSWERS)
    )
    return [Answer(*row) for row in db.session.execute(query)]  # type: ignore[arg-type]  # both are set once published


def next_events(plan_id: int) -> Sequence[Event]:
    """The plan's events from now on, soonest first, with their place. One statement."""
    query = (
        sa.select(Event)
        .options(joinedload(Event.territory))
        .where(
            Event.plan_id == plan_id,
            Event.is_public,
            Event.status != EventStatus.CANCELLED,
            Event.starts_at >= clock.start_of(clock.today()),
        )
        .order_by(Event.starts_at, Event.id)
        .limit(NEXT_EVENTS)
    )
    return db.session.scalars(query).all()
