"""Which counts of an event may be told: never a handful of people who could be recognised, not even by subtraction."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

#: Fewer people than this of one category, at one event, could be recognised.
SMALL = 5


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
    """Whether so few people came that no dimension is told at all."""
    return total < SMALL
