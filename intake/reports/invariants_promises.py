"""Invariants of the public clock."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from intake.plans import queries as plans
from intake.reception import promises
from intake.reception.promises import STAGED
from intake.reception.queries import promises as reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models import Plan


def _clocks() -> Iterator[tuple[Plan, reading.When]]:
    for plan in plans.all_plans():
        yield plan, promises.timetables(plan.stages, plans.reschedules(plan))


def counted_once() -> Sequence[Any]:
    """Promises that are listed twice for one proposal, and kinds whose number is not that of their rows."""
    found: list[str] = []
    for plan, when in _clocks():
        rows = list(reading.every(plan, when))
        once = Counter((r.folio, r.promise) for r in rows if r.promise in STAGED)
        found += [f"{folio} {promise.value}" for (folio, promise), n in once.items() if n > 1]
        listed = Counter((r.promise, r.state) for r in rows)
        numbers = reading.counts(plan, when)
        found += [
            f"{plan.code} {promise.value} {state.value}"
            for promise, states in numbers.items()
            for state, number in states.items()
            if number != listed[promise, state]
        ]
    return found


def kept_after_made() -> Sequence[Any]:
    """Promises that count as kept on a day before they were made."""
    return [
        f"{row.folio} {row.promise.value}"
        for plan, when in _clocks()
        for row in reading.every(plan, when)
        if row.met_on is not None and row.met_on < row.made_on
    ]
