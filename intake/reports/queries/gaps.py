"""What each province has brought, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.extensions import db
from models import Actor, Event, Proposal, Territory, actor_territory
from models.enums import ActorStatus, TerritoryLevel

if TYPE_CHECKING:
    from models import Plan


@dataclass(frozen=True)
class ProvinceGap:
    """What a province has brought: rows, and proposals per 10,000 inhabitants (None without a population)."""

    code: str
    name: str
    population: int | None
    actors: int
    proposals: int
    tables: int

    @property
    def per_ten_thousand(self) -> float | None:
        """Proposals per 10,000 inhabitants of the census of 2022."""
        return 10_000 * self.proposals / self.population if self.population else None

    @property
    def gaps(self) -> int:
        """How many of actor, proposal and table are missing."""
        return (self.actors, self.proposals, self.tables).count(0)


def provinces(plan: Plan) -> list[ProvinceGap]:
    """Every province with what it has, those with most gaps first. One statement."""
    actors = (
        sa.select(Territory.province_code, sa.func.count(sa.distinct(Actor.id)).label("n"))
        .join(actor_territory, actor_territory.c.territory_id == Territory.id)
        .join(Actor, Actor.id == actor_territory.c.actor_id)
        .where(Actor.status == ActorStatus.VERIFIED)
        .group_by(Territory.province_code)
        .subquery()
    )
    proposals = _in_province(Proposal.territory_id, Proposal.plan_id == plan.id, Proposal.is_public)
    tables = _in_province(Event.territory_id, Event.plan_id == plan.id)
    found = [sa.func.coalesce(part.c.n, 0) for part in (actors, proposals, tables)]
    query = sa.select(Territory.code, Territory.name, Territory.population_2022, *found).where(
        Territory.level == TerritoryLevel.PROVINCE, Territory.selectable
    )
    for part in (actors, proposals, tables):
        query = query.outerjoin(part, part.c.province_code == Territory.code)
    rows = [ProvinceGap(*row) for row in db.session.execute(query.order_by(Territory.name_plain))]
    return sorted(rows, key=lambda row: -row.gaps)


def without_province(plan: Plan) -> int:
    """Proposals of the plan that speak of no province: of the whole country, or without a place. One statement."""
    query = (
        sa.select(sa.func.count())
        .select_from(Proposal)
        .outerjoin(Territory, Territory.id == Proposal.territory_id)
        .where(Proposal.plan_id == plan.id, Proposal.is_public, Territory.province_code.is_(None))
    )
    return db.session.scalar(query) or 0


def _in_province(
    column: sa.orm.InstrumentedAttribute[int | None], *conditions: sa.ColumnExpressionArgument[bool]
) -> sa.Subquery:
    """Rows counted by the province of their place."""
    return (
        sa.select(Territory.province_code, sa.func.count().label("n"))
        .join(column.class_, column == Territory.id)
        .where(*conditions)
        .group_by(Territory.province_code)
        .subquery()
    )
