"""Where and on what there are actors, and where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from intake.extensions import db
from intake.mapping.queries.vocabulary import COUNTRY, provinces, themes
from models import Actor, Event, Participation, Plan, Proposal, Territory, Theme, actor_territory, actor_theme
from models.enums import ActorStatus

PER_INHABITANTS = 10_000


class Metric(StrEnum):
    """What the map of provinces counts; the values stand in the address."""

    ACTORS = "actores"
    EVENTS = "mesas"
    ATTENDANCE = "asistentes"
    PROPOSALS = "propuestas"


@dataclass(frozen=True)
class Coverage:
    """Verified actors by theme and province; ``cells`` by theme code and province code (EC: the whole country)."""

    themes: Sequence[Theme]
    provinces: Sequence[Territory]
    cells: Mapping[tuple[str, str], int]

    def cell(self, theme: str, province: str) -> int:
        """How many actors work on the theme in the province; 0 is a gap."""
        return self.cells.get((theme, province), 0)

    @property
    def gaps(self) -> int:
        """How many pairs of theme and province have no actor."""
        pairs = ((t.code, p.code) for t in self.themes for p in self.provinces)
        return sum(1 for pair in pairs if not self.cells.get(pair))


def actor_coverage() -> Coverage:
    """The table of theme by province; an actor counts once in a cell however many places it has there.

    Three statements.
    """
    place = sa.func.coalesce(Territory.province_code, COUNTRY)
    query = (
        sa.select(Theme.code, place, sa.func.count(Actor.id.distinct()))
        .select_from(Actor)
        .join(actor_theme, actor_theme.c.actor_id == Actor.id)
        .join(Theme, Theme.id == actor_theme.c.theme_id)
        .join(actor_territory, actor_territory.c.actor_id == Actor.id)
        .join(Territory, Territory.id == actor_territory.c.territory_id)
        .where(Actor.status == ActorStatus.VERIFIED)
        .group_by(Theme.code, place)
    )
    cells = {(theme, province): number for theme, province, number in db.session.execute(query)}
    return Coverage(themes(), provinces(), cells)


def actors_elsewhere() -> tuple[int, int]:
    """Verified actors that no province counts: those of the whole country, and those without a place. One statement."""
    places = sa.select(Territory.province_code).join(actor_territory, actor_territory.c.territory_id == Territory.id)
    of_actor = places.where(actor_territory.c.actor_id == Actor.id).correlate(Actor)
    in_province = of_actor.where(Territory.province_code.is_not(None)).exists()
    anywhere = of_actor.exists()
    query = sa.select(
        sa.func.coalesce(sa.func.sum(sa.case((anywhere & ~in_province, 1), else_=0)), 0),
        sa.func.coalesce(sa.func.sum(sa.case((~anywhere, 1), else_=0)), 0),
    ).where(Actor.status == ActorStatus.VERIFIED)
    national, nowhere = db.session.execute(query).one()
    return int(national), int(nowhere)


@dataclass(frozen=True)
class ProvinceFigure:
    """How much there is in a province; ``population`` people (INEC, projection of 2025, else census of 2022)."""

    code: str
    name: str
    count: int
    population: int | None

    @property
    def rate(self) -> float | None:
        """The count for each 10,000 inhabitants, None where the population is not known."""
        return PER_INHABITANTS * self.count / self.population if self.population else None


def province_figures(metric: Metric, plan: Plan | None = None) -> list[ProvinceFigure]:
    """Every province with its count, by name. Actors belong to no plan. Two statements."""
    counts = {code: int(number or 0) for code, number in db.session.execute(_COUNTS[metric](plan))}
    return [
        ProvinceFigure(p.code, p.name, counts.get(p.code, 0), p.population_2025 or p.population_2022)
        for p in provinces()
    ]


def events_by_province(plan: Plan | None = None) -> dict[str, int]:
    """Province code → events there. One statement."""
    return {code: int(number) for code, number in db.session.execute(_events(plan)) if code}


Counting = sa.Select[str | None, int]


def _actors(_plan: Plan | None) -> Counting:
    return (
        sa.select(Territory.province_code, sa.func.count(Actor.id.distinct()))
        .select_from(Actor)
        .join(actor_territory, actor_territory.c.actor_id == Actor.id)
        .join(Territory, Territory.id == actor_territory.c.territory_id)
        .where(Actor.status == ActorStatus.VERIFIED)
        .group_by(Territory.province_code)
    )


def _events(plan: Plan | None) -> Counting:
    query = sa.select(Territory.province_code, sa.func.count(Event.id)).join(Event, Event.territory_id == Territory.id)
    return _of_plan(query, Event.plan_id, plan).group_by(Territory.province_code)


def _attendance(plan: Plan | None) -> Counting:
    query = (
        sa.select(Territory.province_code, sa.func.sum(Participation.total))
        .join(Event, Event.territory_id == Territory.id)
        .join(Participation, Participation.event_id == Event.id)
    )
    return _of_plan(query, Event.plan_id, plan).group_by(Territory.province_code)


def _proposals(plan: Plan | None) -> Counting:
    query = (
        sa.select(Territory.province_code, sa.func.count(Proposal.id))
        .join(Proposal, Proposal.territory_id == Territory.id)
        .where(Proposal.is_public)
    )
    return _of_plan(query, Proposal.plan_id, plan).group_by(Territory.province_code)


def _of_plan(query: Counting, column: sa.SQLColumnExpression[int], plan: Plan | None) -> Counting:
    return query if plan is None else query.where(column == plan.id)


_COUNTS = {
    Metric.ACTORS: _actors,
    Metric.EVENTS: _events,
    Metric.ATTENDANCE: _attendance,
    Metric.PROPOSALS: _proposals,
}
