"""Invariants of the figures of who took part: nobody counted twice, parts that add up, nobody to be worked out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from intake.core.smallcells import SMALL, Published, Told, Withheld, published
from intake.extensions import db
from intake.plans import participation
from models import Event, Participation, ParticipationCount, PersonProfile, Plan, ProfileAttendance
from models.enums import AttendanceMethod, Dimension

Cell = tuple[int, str]  # event, category
Bounds = dict[Cell, tuple[int, int]]


def participation_adds_up() -> Sequence[Any]:
    """Counts of people with a dimension whose parts are not the total."""
    query = (
        sa.select(Participation.id)
        .join(ParticipationCount, ParticipationCount.participation_id == Participation.id)
        .group_by(Participation.id, Participation.total, ParticipationCount.dimension)
        .having(sa.func.sum(ParticipationCount.people) != Participation.total)
    )
    return [f"participation {key}" for key in sorted(set(db.session.scalars(query).all()))]


def people_once() -> Sequence[Any]:
    """Plans whose exact figure is not the people of lists, each once, and the numbers of the other events."""
    found = []
    for plan_id, code in db.session.execute(sa.select(Plan.id, Plan.code).order_by(Plan.number)):
        own = (Event.plan_id == plan_id, Event.counted_in_id.is_(None))
        method = Participation.method
        numbers = sa.select(sa.func.coalesce(sa.func.sum(Participation.total), 0)).join(
            Event, Event.id == Participation.event_id
        )
        people = (
            sa.select(sa.func.count(ProfileAttendance.profile_id.distinct()))
            .join(Event, Event.id == ProfileAttendance.event_id)
            .join(Participation, Participation.event_id == Event.id)
        )
        counted = db.session.scalar(numbers.where(*own, method != AttendanceMethod.LIST)) or 0
        listed = db.session.scalar(people.where(*own, method == AttendanceMethod.LIST)) or 0
        if participation.of_plan(plan_id, exact=True).from_events != counted + listed:
            found.append(code)
    return found


def parts_make_the_figure() -> Sequence[Any]:
    """Dimensions of a plan whose parts, told and untold, are not the figure that its pages give."""
    found = []
    for plan_id, code in db.session.execute(sa.select(Plan.id, Plan.code).order_by(Plan.number)):
        for exact in (False, True):
            figures = participation.of_plan(plan_id, exact=exact)
            number = figures.from_events if exact else figures.attendances.value
            for part in participation.breakdowns(plan_id, exact=exact):
                told = sum(one.value for _category, one in part.rows)
                if told + part.undisclosed + part.unasked != number or part.undisclosed < 0:
                    found.append(f"{code} {part.dimension.value}")
    return found


def people_have_one_plan() -> Sequence[Any]:
    """People of the lists of one plan who stand in a list of another: they would count in both."""
    query = (
        sa.select(Event.slug)
        .join(ProfileAttendance, ProfileAttendance.event_id == Event.id)
        .join(PersonProfile, PersonProfile.id == ProfileAttendance.profile_id)
        .where(PersonProfile.plan_id != Event.plan_id)
    )
    return db.session.scalars(query.distinct().order_by(Event.slug)).all()


def nobody_worked_out() -> Sequence[Any]:
    """Withheld numbers that a reader could work out from what an event tells, and sums of more than events tell.

    A sum that holds a hidden number tells it to who reads it before and after the event.
    """
    found = []
    for plan_id, code in db.session.execute(sa.select(Plan.id, Plan.code).order_by(Plan.number)):
        sums = {part.dimension: dict(part.rows) for part in participation.breakdowns(plan_id)}
        for dimension in Dimension:
            rows = _rows(plan_id, dimension)
            shown = {key: published(row) for key, row in rows.items()}
            if sums.get(dimension, {}) != _added(shown.values()) or _fixed(rows, shown):
                found.append(f"{code} {dimension.value}")
    return found


def _added(shown: Iterable[Published]) -> dict[str, Told]:
    """Category → the sum of what the events tell, with how many of them tell nothing of it."""
    told, hidden = Counter[str](), Counter[str]()
    for name, value in (pair for row in shown for pair in row.items()):
        told[name] += 0 if isinstance(value, Withheld) else value
        hidden[name] += isinstance(value, Withheld)
    return {name: Told(told[name], hidden[name]) for name in told}


def _rows(plan_id: int, dimension: Dimension) -> dict[int, dict[str, int]]:
    c = ParticipationCount
    query: Iterable[Any] = db.session.execute(
        sa.select(Event.id, c.category, c.people)
        .join(Participation, Participation.event_id == Event.id)
        .join(c, c.participation_id == Participation.id)
        .where(Event.plan_id == plan_id, Event.counted_in_id.is_(None))
        .where(Participation.total >= SMALL, c.dimension == dimension)
    )
    rows: dict[int, dict[str, int]] = defaultdict(dict)
    for event_id, category, people in query:
        rows[event_id][category] = people
    return dict(rows)


def _fixed(rows: dict[int, dict[str, int]], shown: dict[int, Published]) -> list[Cell]:
    """The hidden cells for which the public total of their event leaves one value alone."""
    bounds: Bounds = {}
    sums = []
    for key, row in shown.items():
        cells = [(key, name) for name, value in row.items() if isinstance(value, Withheld)]
        for cell in cells:
            few, least = row[cell[1]] is Withheld.FEW, int(len(cells) == 2)  # of two, neither is nobody
            bounds[cell] = (1, SMALL - 1) if few else (least, sum(rows[key].values()))
        sums.append((cells, sum(rows[key][name] for _key, name in cells)))
    while any([_narrow(bounds, cells, total) for cells, total in sums]):  # noqa: C419 -- every sum narrows, each round
        pass
    return [cell for cell, (low, high) in bounds.items() if low == high]


def _narrow(bounds: Bounds, cells: list[Cell], total: int) -> bool:
    """Narrow the cells of one sum; whether any of them did."""
    lows, highs = sum(bounds[cell][0] for cell in cells), sum(bounds[cell][1] for cell in cells)
    new = {}
    for cell in cells:
        low, high = bounds[cell]
        new[cell] = (max(low, total - (highs - high)), min(high, total - (lows - low)))
    changed = any(new[cell] != bounds[cell] for cell in cells)
    bounds.update(new)
    return changed
