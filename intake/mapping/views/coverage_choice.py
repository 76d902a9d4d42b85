"""What the reader of the coverage chose in the address, and the table that answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from flask import request

from intake.core.errors import NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.mapping import coverage as tables
from intake.mapping import grids, queries
from intake.mapping.coverage import Choice, Place, Table
from intake.mapping.queries.actors import NONE as NOWHERE
from intake.mapping.queries.cells import Metric, Scope
from intake.mapping.queries.held import Group
from intake.mapping.queries.reach import State
from intake.mapping.queries.vocabulary import COUNTRY
from intake.plans import queries as plans
from intake.plans.inputs import CATEGORIES
from intake.web.kept import kept
from models import Plan, Territory

T = TypeVar("T")

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
    State.PRESENT: _l("hay actores"),
    State.NOT_INVITED: _l("hay actores, no invitados"),
    State.SILENT: _l("invitado y en silencio"),
    State.RESPONDED: _l("respondió, aún no participa"),
    State.TOOK_PART: _l("participó"),
}
SHORT = {
    State.NO_ACTOR: _l("falta"),
    State.PRESENT: _l("hay actores"),
    State.NOT_INVITED: _l("sin invitar"),
    State.SILENT: _l("en silencio"),
    State.RESPONDED: _l("respondió"),
    State.TOOK_PART: _l("participó"),
}
#: What the public is told of how far the plan came (`Reach.in_public`).
PUBLIC_STATES = (State.NO_ACTOR, State.PRESENT, State.TOOK_PART)
GROUPS: Sequence[Group] = [(d, category) for d, categories in CATEGORIES.items() for category in categories]


#: The arguments of the address as the form calls them.
FIELDS = {
    "medida": _l("Contar"),
    "tema": _l("Tema"),
    "por": _l("Mostrar"),
    "plan": _l("Plan"),
    "sector": _l("Sector"),
    "pueblo": _l("Pueblo o nacionalidad"),
    "grupo": _l("De quiénes"),
}


class Named(NamedTuple):
    """A theme or a sector without its row, so that it can be kept between requests."""

    code: str
    name_es: str
    name_en: str


class Words(NamedTuple):
    """The places and themes of the page."""

    provinces: Sequence[Place]
    themes: Sequence[Named]


class Filters(NamedTuple):
    """By what actors can be narrowed."""

    sectors: Sequence[Named] = ()
    peoples: Sequence[str] = ()


@dataclass(frozen=True)
class Page:
    """What the page shows. ``area``: the province, or the whole country; ``exact``: with what only the team may know.

    The tables are counted when somebody looks at them: a page that was kept needs none.
    """

    choice: Choice
    plan: Plan | None
    plans: Sequence[Plan]
    area: Place | None
    words: Words
    filters: Filters
    ignored: Sequence[str]  # what was asked for and is not known, or says nothing here
    exact: bool

    @property
    def themes(self) -> Sequence[Named]:
        """The themes, in their order."""
        return self.words.themes

    @cached_property
    def table(self) -> Table:
        """Places by themes: the provinces, or the cantons of the area."""
        if self.area is None:
            country = Place(COUNTRY, str(_l("Todo el país"))), Place(NOWHERE, str(_l("Sin lugar")))
            return self._table(Scope(self._plan_id), [*self.words.provinces, *country])
        places = [*map(_place, queries.cantons(self.area.code)), self.area]
        return self._table(Scope(self._plan_id, self.area.code), places, self.area.code)

    @cached_property
    def whole(self) -> Table:
        """The themes in all of the area."""
        return self._table(Scope(self._plan_id, self.area.code, whole=True), [self.area]) if self.area else self.table

    def theme_name(self, code: str) -> str:
        """The name of a theme in the reader's language; "" for one that does not exist."""
        return next((str(localized(theme, "name")) for theme in self.themes if theme.code == code), "")

    @property
    def seconds(self) -> int:
        """How old the numbers may be: who plans with them sees each change at once."""
        return 0 if self.exact else grids.SECONDS

    @property
    def _plan_id(self) -> int | None:
        return self.plan.id if self.plan else None

    def _table(self, scope: Scope, places: Sequence[Place], area: str = "") -> Table:
        reach = grids.reach(scope, self.choice.sector, self.choice.people, seconds=self.seconds)
        values = tables.told_values(self.choice.metric, self._values(scope, reach))
        shown = reach if self.exact else {key: cell.in_public() for key, cell in reach.items()}
        return tables.table(self.choice, places, [theme.code for theme in self.themes], shown, values, area)

    def _values(self, scope: Scope, reach: tables.Values) -> tables.Values:
        if self.choice.metric is Metric.ACTORS:
            return reach
        if self.choice.metric is Metric.PROPOSALS:
            return grids.proposals(scope, seconds=self.seconds)
        return grids.meetings(scope, self.choice.group, seconds=self.seconds)


class _Asked:
    """The arguments of the address, and which of them say nothing."""

    def __init__(self) -> None:
        self.ignored: list[str] = []

    def one(self, name: str, known: Iterable[T], code: Callable[[T], str], *, applies: bool = True) -> T | None:
        """What the argument names among the ``known``; None without it, and for one that is noted as ignored."""
        value = request.args.get(name, "")[:120].replace("\x00", "")
        if not value:
            return None
        if not applies:
            self.ignored.append(str(_("El filtro «%(name)s» no vale para lo que se cuenta aquí.", name=FIELDS[name])))
            return None
        found = next((one for one in known if code(one).casefold() == value.casefold()), None)
        if found is None:
            words = _("No se reconoce «%(value)s» en «%(name)s».", value=value, name=FIELDS[name])
            self.ignored.append(str(words))
        return found


def read(province: str = "", *, exact: bool = False) -> Page:
    """What the address asks for; what nobody knows is left out and noted. Raises `NotFound` for an unknown province."""
    known, words = plans.all_plans(), kept(("coverage words",), grids.WORDS, _words)
    area = next((place for place in words.provinces if place.code == province), None)
    if province and area is None:
        raise NotFound(_l("No existe una provincia con ese código."))
    asked = _Asked()
    asked_plan = asked.one("plan", known, lambda one: one.code)
    plan = asked_plan or _usual(known)
    metric = asked.one("medida", Metric, str) or Metric.ACTORS
    of_actors = metric is Metric.ACTORS
    filters = kept(("coverage filters",), grids.WORDS, _filters) if of_actors else Filters()
    theme = asked.one("tema", words.themes, lambda one: one.code)
    sector = asked.one("sector", filters.sectors, lambda one: one.code, applies=of_actors)
    by_group = metric is Metric.ATTENDANCE
    choice = Choice(
        metric=metric,
        per_inhabitants=asked.one("por", ["habitantes"], str) is not None,
        plan=plan.code if plan else "",
        plan_asked=asked_plan is not None,
        province=province,
        theme=theme.code if theme else "",
        sector=sector.code if sector else "",
        people=asked.one("pueblo", filters.peoples, str, applies=of_actors) or "",
        group=asked.one("grupo", GROUPS, lambda one: f"{one[0].value}.{one[1]}", applies=by_group),
    )
    return Page(choice, plan, known, area, words, filters, asked.ignored, exact)


def _usual(known: Sequence[Plan]) -> Plan | None:
    """The plan under way, else the newest."""
    return next((plan for plan in known if plan.is_current), None) or next(iter(known), None)


def _words() -> Words:
    themes = [Named(one.code, one.name_es, one.name_en) for one in queries.themes()]
    return Words([_place(row) for row in queries.provinces()], themes)


def _filters() -> Filters:
    sectors = [Named(one.code, one.name_es, one.name_en) for one in queries.sectors()]
    return Filters(sectors, [one.name for one in queries.peoples()])


def _place(row: Territory) -> Place:
    return Place(row.code, row.name, row.population_2025 or row.population_2022)
