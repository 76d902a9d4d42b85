"""What the reader of the coverage chose in the address, and the table that answers it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import request

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.mapping import coverage as tables
from intake.mapping import grids, queries
from intake.mapping.coverage import Choice, Place, Table
from intake.mapping.queries.actors import NONE as NOWHERE
from intake.mapping.queries.reach import Group, Metric, State
from intake.mapping.queries.vocabulary import COUNTRY
from intake.plans import queries as plans
from intake.plans.inputs import CATEGORIES
from models import Plan, Territory

METRICS = {
    Metric.ACTORS: _l("Actores"),
    Metric.ATTENDANCE: _l("Asistencias"),
    Metric.PROPOSALS: _l("Propuestas"),
    Metric.EVENTS: _l("Mesas y encuentros"),
}
DEFINITIONS = {
    Metric.ACTORS: _l(
        "Actores verificados que trabajan el tema en el lugar. El que trabaja varios temas o en varias provincias"
        " cuenta en cada uno; en el total de una provincia cuenta una vez."
    ),
    Metric.ATTENDANCE: _l(
        "Asistencias registradas en las mesas del plan sobre el tema en el lugar: quien fue a dos cuenta dos veces. Una"
        " mesa con varios temas cuenta en cada uno; la que se cuenta dentro de otra no se suma. Las mesas con menos de"
        " 5 asistentes y los grupos que una mesa no publica tampoco se suman: entonces el número dice «al menos»."
    ),
    Metric.PROPOSALS: _l("Propuestas recibidas en el plan sobre el tema que hablan del lugar."),
    Metric.EVENTS: _l(
        "Mesas y encuentros del plan sobre el tema en el lugar. La que tiene varios temas cuenta en cada uno."
    ),
}
STATES = {
    State.NO_ACTOR: _l("ningún actor"),
    State.NOT_INVITED: _l("hay actores, no invitados"),
    State.SILENT: _l("invitado y en silencio"),
    State.RESPONDED: _l("respondió, aún no participa"),
    State.TOOK_PART: _l("participó"),
}
SHORT = {
    State.NO_ACTOR: _l("falta"),
    State.NOT_INVITED: _l("sin invitar"),
    State.SILENT: _l("en silencio"),
    State.RESPONDED: _l("respondió"),
    State.TOOK_PART: _l("participó"),
}
GROUPS: Sequence[Group] = [(d, category) for d, categories in CATEGORIES.items() for category in categories]


class ThemeName(NamedTuple):
    """A theme without its row, so that it can be kept between requests."""

    code: str
    name_es: str
    name_en: str


@dataclass(frozen=True)
class Page:
    """What the page shows. ``area``: the province, or the whole country; ``whole``: the themes in all of the area."""

    choice: Choice
    plan: Plan | None
    plans: Sequence[Plan]
    area: Place | None
    themes: Sequence[ThemeName]
    table: Table
    whole: Table

    def theme_name(self, code: str) -> str:
        """The name of a theme in the reader's language; "" for one that does not exist."""
        return next((str(localized(theme, "name")) for theme in self.themes if theme.code == code), "")


def read(province: str = "") -> Page:
    """What the address asks for; what nobody knows is left out. Raises `NotFound` for an unknown province."""
    known = plans.all_plans()
    provinces = queries.provinces()
    area = next((_place(p) for p in provinces if p.code == province), None)
    if province and area is None:
        raise NotFound(_l("No existe una provincia con ese código."))
    themes = [ThemeName(t.code, t.name_es, t.name_en) for t in queries.themes()]
    plan = _chosen(known)
    choice = Choice(
        metric=next((m for m in Metric if m.value == _asked("medida")), Metric.ACTORS),
        per_inhabitants=_asked("por") == "habitantes",
        plan=plan.code if plan else "",
        plan_asked=plan is not None and plan.code == _asked("plan").upper(),
        province=province,
        theme=_one_of(_asked("tema"), (theme.code for theme in themes)),
        sector=_asked("sector"),
        people=_asked("pueblo"),
        group=next((group for group in GROUPS if f"{group[0]}.{group[1]}" == _asked("grupo")), None),
    )
    codes = [theme.code for theme in themes]
    whole = _table(choice, plan, "", _country(provinces), codes)
    places = [*map(_place, queries.cantons(province)), area] if area else []
    table = _table(choice, plan, province, places, codes) if area else whole
    return Page(choice, plan, known, area, themes, table, whole)


def _asked(name: str) -> str:
    return request.args.get(name, "")[:120].replace("\x00", "")


def _one_of(value: str, known: Iterable[str]) -> str:
    return value if value in known else ""


def _chosen(known: Sequence[Plan]) -> Plan | None:
    """The plan of the address, else the one under way, else the newest."""
    asked = next((plan for plan in known if plan.code == _asked("plan").upper()), None)
    current = next((plan for plan in known if plan.is_current), None)
    return asked or current or next(iter(known), None)


def _country(provinces: Iterable[Territory]) -> list[Place]:
    whole = Place(COUNTRY, str(_l("Todo el país"))), Place(NOWHERE, str(_l("Sin lugar")))
    return [*map(_place, provinces), *whole]


def _place(row: Territory) -> Place:
    return Place(row.code, row.name, row.population_2025 or row.population_2022)


def _table(choice: Choice, plan: Plan | None, province: str, places: Sequence[Place], themes: Sequence[str]) -> Table:
    plan_id = plan.id if plan else None
    narrow = (choice.sector, choice.people) if choice.metric is Metric.ACTORS else ("", "")
    reach = grids.reach(plan_id, province, *narrow)
    values = tables.told_values(choice.metric, _values(choice, plan_id, province, reach))
    return tables.table(choice, places, themes, reach, values, province)


def _values(choice: Choice, plan_id: int | None, province: str, reach: Any) -> Any:
    if choice.metric is Metric.ACTORS:
        return reach
    if choice.metric is Metric.PROPOSALS:
        return grids.proposals(plan_id, province)
    return grids.meetings(plan_id, province, choice.group if choice.metric is Metric.ATTENDANCE else None)
