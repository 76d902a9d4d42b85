"""The coverage of a plan as rows to be shown: places by themes, what is counted there and how far the plan has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from intake.core.smallcells import Told
from intake.mapping.queries.actors import NONE as NOWHERE
from intake.mapping.queries.cells import ANY, NO_THEME, Key, Metric
from intake.mapping.queries.held import Group, Meetings
from intake.mapping.queries.reach import NOBODY, Reach, State
from intake.mapping.queries.vocabulary import COUNTRY

PER_INHABITANTS = 10_000
GAPS = frozenset({State.NO_ACTOR, State.NOT_INVITED, State.SILENT})
PATHS = {
    Metric.ACTORS: "/actores/",
    Metric.EVENTS: "/mesas/",
    Metric.ATTENDANCE: "/mesas/",
    Metric.PROPOSALS: "/propuestas/",
}
Values = Mapping[Key, Reach] | Mapping[Key, Meetings] | Mapping[Key, int]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the reader chose to see. ``plan``: its code; ``province``: its code, or "" for the whole country."""

    metric: Metric = Metric.ACTORS
    per_inhabitants: bool = False
    plan: str = ""
    plan_asked: bool = False  # the address names it; else it is the one under way
    province: str = ""
    theme: str = ""
    sector: str = ""
    people: str = ""
    group: Group | None = None

    @property
    def asked(self) -> dict[str, str]:
        """The choice as arguments of an address; "" where it is the usual one. The province stands in the path."""
        return {
            "medida": self.metric.value if self.metric is not Metric.ACTORS else "",
            "por": "habitantes" if self.per_inhabitants else "",
            "plan": self.plan if self.plan_asked else "",
            "tema": self.theme,
            "sector": self.sector,
            "pueblo": self.people,
            "grupo": f"{self.group[0].value}.{self.group[1]}" if self.group else "",
        }

    @cached_property
    def rows_at(self) -> str:
        """The list behind the numbers with the filters that it takes as well, ready for more of them."""
        actors = self.metric is Metric.ACTORS
        values = {"sector": self.sector, "pueblo": self.people} if actors else {"plan": self.plan}
        narrowed = urlencode({name: value for name, value in values.items() if value})
        return f"{PATHS[self.metric]}?{narrowed}{'&' if narrowed else ''}"


@dataclass(frozen=True)
class Place:
    """A province, a canton, the whole country or nowhere; ``population`` people (INEC)."""

    code: str
    name: str
    population: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is no place among others: the whole country, or nowhere."""
        return self.code in {COUNTRY, NOWHERE}


@dataclass(frozen=True)
class Cell:
    """A theme in a place. ``rate`` for each 10,000 inhabitants, None where their number is not known."""

    theme: str
    place: str
    told: Told
    rate: float | None
    reach: Reach
    url: str  # the rows behind the number; "" where no list shows them

    @property
    def state(self) -> State:
        """How far the plan has come with the actors there."""
        return self.reach.state

    @property
    def is_gap(self) -> bool:
        """Whether nobody there has been heard of."""
        return self.state in GAPS


@dataclass(frozen=True)
class Table:
    """Places by themes."""

    choice: Choice
    places: Sequence[Place]
    themes: Sequence[str]  # codes
    reach: Mapping[Key, Reach]
    values: Mapping[Key, Told]
    area: str = ""  # the province whose cantons the places are

    def cell(self, theme: str, place: Place) -> Cell:
        """What there is of a theme (`ANY` for all of them) in a place."""
        key = (theme, place.code)
        told = self.values.get(key, Told())
        rate = PER_INHABITANTS * told.value / place.population if place.population else None
        return Cell(
            theme, place.code, told, rate, self.reach.get(key, NOBODY), rows_url(self.choice, theme, place.code)
        )

    def row(self, place: Place) -> list[Cell]:
        """The cells of a place, in the order of the themes."""
        return [self.cell(theme, place) for theme in self.themes]

    def states(self, place: Place) -> Counter[State]:
        """How many themes of the place stand in each state."""
        return Counter(self.reach.get((theme, place.code), NOBODY).state for theme in self.themes if theme != NO_THEME)

    def states_of(self, theme: str) -> Counter[State]:
        """In how many places a theme stands in each state; the whole country and no place are no places."""
        return Counter(self.reach.get((theme, p.code), NOBODY).state for p in self.places if not p.is_whole)

    def gaps(self) -> Counter[State]:
        """How many pairs of theme and place stand in each state."""
        return sum((self.states(place) for place in self.places if not place.is_whole), Counter())


def rows_url(choice: Choice, theme: str, place: str) -> str:
    """The list of the rows that a number counts, as a path; "" where no list can show them."""
    if theme == NO_THEME or (place in {NOWHERE, COUNTRY} and choice.metric is not Metric.ACTORS):
        return ""
    sent = "&sin=colectivas" if choice.metric is Metric.PROPOSALS else ""  # what is counted here
    return f"{choice.rows_at}{f'tema={theme}&' if theme else ''}provincia={place}{sent}"  # codes need no quoting


def told_values(metric: Metric, found: Values) -> dict[Key, Told]:
    """The numbers of a metric, as they may be told."""
    return {key: _told(metric, value) for key, value in found.items()}


def _told(metric: Metric, value: Reach | Meetings | int) -> Told:
    if isinstance(value, Reach):
        return Told(value.actors)
    if isinstance(value, Meetings):
        return value.people if metric is Metric.ATTENDANCE else Told(value.events)
    return Told(value)


def table(
    choice: Choice,
    places: Sequence[Place],
    themes: Sequence[str],
    reach: Mapping[Key, Reach],
    values: Mapping[Key, Told],
    area: str = "",
) -> Table:
    """The table with those of the extra rows and columns (no place, no theme) that hold something."""
    used = {key for grid in (reach, values) for key in grid}
    extra = [NO_THEME] if any(theme == NO_THEME for theme, _place in used) else []
    shown = [p for p in places if not p.is_whole or (ANY, p.code) in used]
    return Table(choice, shown, [*themes, *extra], reach, values, area)
