"""Which counts of people may be told: never a handful who could be recognised, not even by subtraction.

Three steps, each safe given the one before:

1. `published`: the categories of one dimension of one event. Every hidden number keeps at least two values that give
   the same page, also for a reader who knows the rule.
2. `published_table`: many events with the sums of each category over all of them. A hidden number is in a sum only if
   it can still be exchanged with others without anything told changing.
3. `Told`: every other sum (a theme, a province, a canton, any filter) adds only numbers that the events tell, and says
   how many events it had to leave out. A sum of told numbers tells nothing new, however sums are combined.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
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
    """Events by categories as published: every row, and the sum of every category over all rows.

    ``apart``: the rows whose hidden numbers are in no sum, because with them one could be worked out.
    """

    rows: dict[Row, Published]
    totals: dict[str, Told]
    apart: frozenset[Row]


def published_table(rows: Mapping[Row, Mapping[str, int]]) -> TableTold[Row]:
    """Rows whose own totals are public, and sums of the categories that take in as many hidden numbers as they may.

    Every hidden number that is in a sum can be one more or one less, with other hidden numbers making up for it, while
    every row and every sum looks the same, also to a reader who knows the rule. A row for which that fails stays apart;
    of it only what is told is added. No sum is of one to four people.
    """
    shown = {key: published(row) for key, row in rows.items()}
    inside = {key: hidden for key, row in rows.items() if (hidden := _hidden(shown[key]))}
    while exposed := _exposed(rows, inside):
        inside = {key: hidden for key, hidden in inside.items() if key not in exposed}
    names = dict.fromkeys(name for row in rows.values() for name in row)
    totals = {}
    for name in names:
        parts = (
            Told(row[name]) if key in inside else told(shown[key][name]) for key, row in rows.items() if name in row
        )
        totals[name] = sum(parts, Told())
    apart = frozenset(key for key in rows if key not in inside and _hidden(shown[key]))
    return TableTold(shown, totals, apart)


def _hidden(shown: Published) -> frozenset[str]:
    return frozenset(name for name, value in shown.items() if isinstance(value, Withheld))


Pair = tuple[str, str]


def _exposed(rows: Mapping[Row, Mapping[str, int]], inside: Mapping[Row, frozenset[str]]) -> set[Row]:
    """The rows that may not be in the sums with the others: one of their sums is small, or one number is fixed."""
    exchanges = {key: frozenset(_exchanges(rows[key], hidden)) for key, hidden in inside.items()}
    everywhere = Counter(pair for pairs in exchanges.values() for pair in pairs)
    sums = Counter[str]()
    for key, hidden in inside.items():
        sums.update({name: rows[key][name] for name in hidden})
    small = {name for name, number in sums.items() if 1 <= number < SMALL}
    judged: dict[tuple[frozenset[str], frozenset[Pair]], bool] = {}  # rows that may move alike are judged once
    for key, hidden in inside.items():
        kind = (hidden, exchanges[key])
        if kind not in judged:
            judged[kind] = bool(small & hidden) or not _all_may_move(*kind, everywhere)
    return {key for key, hidden in inside.items() if judged[hidden, exchanges[key]]}


def _exchanges(row: Mapping[str, int], hidden: frozenset[str]) -> Iterator[Pair]:
    """The pairs of hidden categories between which one person could be moved and the row would look the same."""
    before = published(row)
    for fewer, more in permutations(hidden, 2):
        if row[fewer] and published({**row, fewer: row[fewer] - 1, more: row[more] + 1}) == before:
            yield fewer, more


def _all_may_move(hidden: frozenset[str], own: frozenset[Pair], everywhere: Counter[Pair]) -> bool:
    """Whether each hidden number of a row is in an exchange that other rows can undo in the sums."""
    elsewhere = everywhere - Counter(own)
    steps = defaultdict(set)
    for fewer, more in elsewhere:
        steps[fewer].add(more)
    movable = {name for pair in own if pair[0] in _reached(pair[1], steps) for name in pair}
    return hidden <= movable


def _reached(start: str, steps: Mapping[str, set[str]]) -> set[str]:
    """The categories to which the other rows can pass on a person too many in ``start``, step by step."""
    seen, waiting = {start}, [start]
    while waiting:
        new = steps.get(waiting.pop(), set()) - seen
        seen |= new
        waiting.extend(new)
    return seen
