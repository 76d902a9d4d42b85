"""What of the mapping may be shown to everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from intake.core.labels import label
from intake.plans.inputs import CATEGORIES
from models import Participation, Territory
from models.enums import Dimension

#: In the public view of a single event, fewer people than this could be recognised by such a category.
SMALL = 5
_SENSITIVE_GENDERS = frozenset({"non_binary", "other"})


@dataclass(frozen=True)
class Count:
    """People of a category; ``people`` None: fewer than five, and not said how many."""

    label: str
    people: int | None


@dataclass(frozen=True)
class CountGroup:
    """The categories of one dimension."""

    dimension: Dimension
    label: str
    rows: tuple[Count, ...]


def is_sensitive(dimension: Dimension, category: str) -> bool:
    """Whether a small number in this category could point at a person."""
    if dimension is Dimension.SELF_IDENTIFICATION:
        return True
    return dimension is Dimension.GENDER and category in _SENSITIVE_GENDERS


def count_groups(participation: Participation, *, exact: bool) -> list[CountGroup]:
    """The attendance of an event by dimension. Unless ``exact``, small numbers of sensitive categories are withheld.

    Zeros of these categories are withheld too, or the one that is not zero could be worked out from the total.
    """
    found = []
    for dimension in Dimension:
        people = {c.category: c.people for c in participation.counts if c.dimension is dimension}
        if people:
            rows = tuple(_count(dimension, c, people[c], exact=exact) for c in _in_order(dimension, people))
            found.append(CountGroup(dimension, label(dimension), rows))
    return found


def _count(dimension: Dimension, category: str, people: int, *, exact: bool) -> Count:
    hidden = not exact and people < SMALL and is_sensitive(dimension, category)
    return Count(label(category), None if hidden else people)


def _in_order(dimension: Dimension, people: Mapping[str, Any]) -> Iterable[str]:
    known = [category for category in CATEGORIES[dimension] if category in people]
    return [*known, *(category for category in people if category not in known)]


def territory_dict(place: Territory) -> dict[str, str]:
    """A place for the picker: its code and name."""
    return {"codigo": place.code, "nombre": place.name}
