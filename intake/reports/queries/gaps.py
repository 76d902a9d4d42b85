"""What each province has brought, and what it lacks: the figures of the page of coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.extensions import db
from intake.mapping.queries.reach import totals_by_province
from models import Proposal, Territory, sent_by_people
from models.enums import TerritoryLevel

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
    silent: int = 0  # actors that were invited and have not answered

    @property
    def per_ten_thousand(self) -> float | None:
        """Proposals per 10,000 inhabitants."""
        return 10_000 * self.proposals / self.population if self.population else None

    @property
    def gaps(self) -> int:
        """How many of actor, proposal and table are missing."""
        return (self.actors, self.proposals, self.tables).count(0)


def provinces(plan: Plan) -> list[ProvinceGap]:
    """Every province with what it has of any theme, those with most gaps first. One statement."""
    actors, proposals, tables = parts = totals_by_province(plan.id)
    population = sa.func.coalesce(Territory.population_2025, Territory.population_2022)
    found = [sa.func.coalesce(column, 0) for column in (actors.c.n, proposals.c.n, tables.c.n, actors.c.silent)]
    query = sa.select(Territory.code, Territory.name, population, *found).where(
        Territory.level == TerritoryLevel.PROVINCE, Territory.selectable
    )
    for part in parts:
        query = query.outerjoin(part, part.c.place == Territory.code)
    rows = [ProvinceGap(*row) for row in db.session.execute(query.order_by(Territory.name_plain))]
    return sorted(rows, key=lambda row: -row.gaps)


def without_province(plan: Plan) -> int:
    """Proposals of the plan that speak of no province: of the whole country, or without a place. One statement."""
    query = (
        sa.select(sa.func.count())
        .select_from(Proposal)
        .outerjoin(Territory, Territory.id == Proposal.territory_id)
        .where(Proposal.plan_id == plan.id, Proposal.is_public, sent_by_people(), Territory.province_code.is_(None))
    )
    return db.session.scalar(query) or 0
