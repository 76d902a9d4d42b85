"""How many people took part in a plan: computed here and nowhere else, for every page, export and sentence.

* A plan's total as its source published it (a `Participation` without event) stands for itself; events never add to it.
* Otherwise: the attendances of its events, without the events that are counted in another one, less what listed people
  attended again (a list recognises a person at the second event). Numbers of an event taken as counts recognise nobody,
  so unless everything came from lists, or from a single event, the figure is of attendances and is called so.
* In public, an event with from one to four people is left out and counted as left out (`intake.core.smallcells`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.core.smallcells import SMALL, Told, published_table
from intake.extensions import db
from intake.plans.inputs import CATEGORIES
from models import Event, Participation, ParticipationCount, PersonProfile, ProfileAttendance
from models.enums import AttendanceMethod, Dimension

People = Mapping[str, int]


@dataclass(frozen=True)
class Figures:
    """What is known of how many took part. ``attendances.left_out``: events of fewer than five people, in public."""

    reported: int | None  # people, as a source published the plan's total
    counted: int  # events whose attendance was recorded and that are not part of another one
    attendances: Told
    repeats: int | None  # attendances of listed people after their first; None: too few to be told
    by_list: int  # events of ``attendances`` whose people were listed

    @property
    def summed(self) -> int:
        """How many the events of ``attendances`` are."""
        return self.counted - self.attendances.left_out

    @property
    def from_events(self) -> int:
        """What the events add up to: attendances less the known repetitions."""
        return self.attendances.value - (self.repeats or 0)

    @property
    def events_know_people(self) -> bool:
        """Whether everybody is counted once by the events: there is one alone, or all have lists."""
        return self.summed == 1 or (self.summed == self.by_list > 0 and self.repeats is not None)

    @property
    def number(self) -> int:
        """The figure of the plan: people if `are_people`, else attendances."""
        return self.reported if self.reported is not None else self.from_events

    @property
    def are_people(self) -> bool:
        """Whether `number` counts everybody once: the source says so, or the events know."""
        return self.reported is not None or self.events_know_people


def of_plan(plan_id: int, *, exact: bool = False) -> Figures:
    """The figures of a plan; ``exact`` for those who record attendance: no event is left out. One statement."""
    few = sa.and_(Participation.total >= 1, Participation.total < SMALL) & sa.literal(not exact)
    listed = sa.and_(Participation.method == AttendanceMethod.LIST, ~few)
    sums = (
        sa.select(
            sa.func.count(Participation.id).label("counted"),
            _sum(sa.case((~few, Participation.total), else_=0)).label("people"),
            _sum(sa.case((few, 1), else_=0)).label("few"),
            _sum(sa.case((listed, 1), else_=0)).label("by_list"),
        )
        .join(Event, Event.id == Participation.event_id)
        .where(*_counts_here(plan_id))
        .subquery()
    )
    reported = (
        sa.select(Participation.total)
        .where(Participation.plan_id == plan_id, Participation.event_id.is_(None))
        .order_by(Participation.id)
        .limit(1)
        .scalar_subquery()
    )
    again = sa.select(_sum(_again(plan_id, exact=exact).c.n - 1)).scalar_subquery()
    row: Sequence[Any] = db.session.execute(sa.select(reported, *sums.c, again)).one()
    told, (counted, people, left_out, by_list, repeats) = row[0], (int(n) for n in row[1:])
    hidden = not exact and 1 <= repeats < SMALL
    return Figures(told, counted, Told(people, left_out), None if hidden else repeats, by_list)


def _sum(column: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(column), 0)


def _counts_here(plan_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions on `Event`: of the plan, and its people are not among those of another event."""
    return (Event.plan_id == plan_id, Event.counted_in_id.is_(None))


def _again(plan_id: int, *, exact: bool) -> sa.Subquery:
    """Profiles of the plan that were at more than one of the events that count, with how many (``n``)."""
    query = (
        sa.select(ProfileAttendance.profile_id, sa.func.count().label("n"))
        .join(Event, Event.id == ProfileAttendance.event_id)
        .join(Participation, Participation.event_id == Event.id)
        .where(*_counts_here(plan_id), Participation.method == AttendanceMethod.LIST)
        .group_by(ProfileAttendance.profile_id)
        .having(sa.func.count() > 1)
    )
    return (query if exact else query.where(Participation.total >= SMALL)).subquery()


@dataclass(frozen=True)
class Breakdown:
    """The attendances of one dimension: ``rows`` (category, how many), ``undisclosed`` and ``unasked`` are all."""

    dimension: Dimension
    rows: tuple[tuple[str, Told], ...]
    undisclosed: int  # attendances whose category is not told
    unasked: int  # attendances of events that did not count by this dimension


def breakdowns(plan_id: int, *, exact: bool = False) -> list[Breakdown]:
    """The attendances of a plan's events by each dimension that was counted.

    In public, sums of what each event tells (`published_table`). ``exact``: everything, and listed people once. Two
    statements (one in public).
    """
    totals: dict[int, int] = {}
    parts: dict[Dimension, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    rows: Iterable[Any] = db.session.execute(_parts(plan_id, exact=exact))
    for event_id, total, dimension, category, people in rows:
        totals[event_id] = total
        if dimension is not None:
            parts[dimension][event_id][category] = people
    again = _repeated(plan_id) if exact else {}
    return [_breakdown(d, parts[d], totals, again.get(d, {}), exact=exact) for d in Dimension if d in parts]


def _breakdown(
    dimension: Dimension, rows: Mapping[int, People], totals: Mapping[int, int], again: People, *, exact: bool
) -> Breakdown:
    found = _exact_sums(rows.values(), again) if exact else published_table(rows).totals
    shown = tuple((category, found[category]) for category in in_order(dimension, found))
    asked = sum(totals[event_id] for event_id in rows)
    undisclosed = asked - sum(again.values()) - sum(told.value for _category, told in shown)
    return Breakdown(dimension, shown, undisclosed, sum(totals.values()) - asked)


def _exact_sums(rows: Iterable[People], again: People) -> dict[str, Told]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums.update(row)
    sums.subtract(again)
    return {category: Told(number) for category, number in sums.items()}


def in_order(dimension: Dimension, categories: Iterable[str]) -> list[str]:
    """The categories in the order of the forms, then those that only a past source has."""
    given = list(categories)
    known = [category for category in CATEGORIES[dimension] if category in given]
    return [*known, *(category for category in given if category not in known)]


def _parts(plan_id: int, *, exact: bool) -> sa.Select[int, int, Dimension, str, int]:
    c = ParticipationCount
    query = (
        sa.select(Event.id, Participation.total, c.dimension, c.category, c.people)
        .join(Participation, Participation.event_id == Event.id)
        .outerjoin(c, c.participation_id == Participation.id)
        .where(*_counts_here(plan_id))
        .order_by(Event.id, c.id)
    )
    return query if exact else query.where(Participation.total >= SMALL)


_ANSWERS = {
    Dimension.GENDER: PersonProfile.gender,
    Dimension.AGE_BAND: PersonProfile.age_band,
    Dimension.SECTOR: PersonProfile.sector,
    Dimension.SELF_IDENTIFICATION: PersonProfile.self_identification,
    Dimension.DISABILITY: PersonProfile.disability,
}


def _repeated(plan_id: int) -> dict[Dimension, Counter[str]]:
    """Attendances of listed people after their first, by what they answered. One statement."""
    again = _again(plan_id, exact=True)
    query = sa.select(again.c.n - 1, *_ANSWERS.values()).join(PersonProfile, PersonProfile.id == again.c.profile_id)
    found: dict[Dimension, Counter[str]] = defaultdict(Counter)
    rows: Iterable[Any] = db.session.execute(query)
    for number, *answers in rows:
        for dimension, answer in zip(_ANSWERS, answers, strict=True):
            found[dimension][answer] += number
    return found


def listed(event_id: int) -> dict[Dimension, Counter[str]]:
    """What the people on the list of an event answered: the counts that its `Participation` has. One statement."""
    query = (
        sa.select(*_ANSWERS.values())
        .join(ProfileAttendance, ProfileAttendance.profile_id == PersonProfile.id)
        .where(ProfileAttendance.event_id == event_id)
    )
    rows = db.session.execute(query).all()
    return {dimension: Counter(row[n] for row in rows) for n, dimension in enumerate(_ANSWERS)}
