"""Which counts of people may be told: never a handful who could be recognised, not even by subtraction.

Two steps:

1. `published`: what one event tells of the categories of one dimension, decided from this event alone. Every hidden
   number keeps at least two values that give the same page, also for a reader who knows the rule.
2. `Told`: every sum (a plan, a theme, a province, a canton, any filter) adds only numbers that the events themselves
   tell, and says how many events it had to leave out.

So every public answer is a function of what the events tell, each for itself. Whoever subtracts (a total less its told
parts, a plan after an event less the plan before it, a province less its cantons, a rate multiplied back into people, a
file less a page) gets numbers that some event tells anyway: nothing else is in the sums. Until decision 0026 the sums
of a plan took in hidden numbers that could change places with others; read before and after one small event, such a sum
told who came to it. What is hidden in one table must be hidden in each that is linked to it, earlier and later ones
included (A. Hundepool et al., Handbook on Statistical Disclosure Control, 2nd edition, August 2024, on linked tables).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

#: Fewer people than this of one category, at one event, could be recognised.
SMALL = 5
Row = TypeVar("Row", bound=Hashable)


class Withheld(StrEnum):
    """Why a number is not told."""

    FEW = "few"  # from one to four people
    KEPT = "kept"  # of any size: with it, somebody could work out a few


Published = dict[str, int | Withheld]


def published(people: Mapping[str, int]) -> Published:
    """The categories of one dimension of an event (they add up to its public total), with what may be said of each.

    From one to four people are never told. They are told to be few only if their sum leaves each of them at least three
    values; else the next larger category (and those as large) is withheld with them, or all of them, zeros included.
    Every hidden number then has at least two values that give the same page, also for a reader who knows this rule.
    """
    few = {category for category, number in people.items() if 1 <= number < SMALL}
    if not few:
        return dict(people)
    if _leaves_room(sum(people[c] for c in few), len(few)):
        return {c: Withheld.FEW if c in few else n for c, n in people.items()}
    many = [number for number in people.values() if number >= SMALL]
    hidden = few | {c for c, n in people.items() if n == min(many)} if many else set(people)
    return {c: Withheld.KEPT if c in hidden else n for c, n in people.items()}


def _leaves_room(total: int, cells: int) -> bool:
    """Whether every one of ``cells`` numbers from 1 to 4 that add up to ``total`` can still be several."""
    return cells > 1 and cells + 2 <= total <= cells * (SMALL - 1) - 2


def is_reserved(total: int) -> bool:
    """Whether so few people came that neither their number nor any dimension is told."""
    return 1 <= total < SMALL


@dataclass(frozen=True)
class Told:
    """A sum of people in public: ``value`` of what is told; ``left_out`` events whose number is not told, not in it."""

    value: int = 0
    left_out: int = 0

    def __add__(self, other: Told) -> Told:
        return Told(self.value + other.value, self.left_out + other.left_out)

    @property
    def is_exact(self) -> bool:
        """Whether nothing was left out."""
        return not self.left_out

    @property
    def is_withheld(self) -> bool:
        """Whether there is somebody, and nothing to tell."""
        return not self.value and self.left_out > 0


def told(number: int | Withheld) -> Told:
    """One number of an event as part of a sum."""
    return Told(0, 1) if isinstance(number, Withheld) else Told(number)


def told_total(total: int) -> Told:
    """The attendance of an event as part of a sum."""
    return Told(0, 1) if is_reserved(total) else Told(total)


@dataclass(frozen=True)
class TableTold(Generic[Row]):
    """Events by categories as published: every row, and what the rows tell of every category, added up."""

    rows: dict[Row, Published]
    totals: dict[str, Told]


def published_table(rows: Mapping[Row, Mapping[str, int]]) -> TableTold[Row]:
    """Rows whose own totals are public, and sums of the categories over all rows: of what the rows tell, nothing else.

    A row that comes, goes or changes moves each sum by what that row tells before and after.
    """
    shown = {key: published(row) for key, row in rows.items()}
    totals: dict[str, Told] = {}
    for row in shown.values():
        for name, value in row.items():
            totals[name] = totals.get(name, Told()) + told(value)
    return TableTold(shown, totals)
