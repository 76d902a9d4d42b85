"""What of the mapping may be shown to everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from intake.core.labels import label
from intake.core.smallcells import Withheld, is_reserved, published
from intake.plans.inputs import CATEGORIES
from models import Participation, Territory
from models.enums import Dimension


@dataclass(frozen=True)
class Count:
    """People of a category; ``people`` None: not told, and ``withheld`` says why."""

    label: str
    people: int | None
    withheld: Withheld | None = None


@dataclass(frozen=True)
class CountGroup:
    """The categories of one dimension."""

    dimension: Dimension
    label: str
    rows: tuple[Count, ...]


def count_groups(participation: Participation, *, exact: bool, part: bool = False) -> list[CountGroup]:
    """The attendance of an event by dimension. Unless ``exact``, no few people are told: see `smallcells`.

    ``part``: its people are among those of another event; told twice, a subtraction would tell who came to one only.
    """
    found: list[CountGroup] = []
    if not exact and (part or is_reserved(participation.total)):
        return found
    for dimension in Dimension:
        people = {c.category: c.people for c in participation.counts if c.dimension is dimension}
        if people:
            shown = people if exact else published(people)
            rows = tuple(_count(category, shown[category]) for category in _in_order(dimension, people))
            found.append(CountGroup(dimension, label(dimension), rows))
    return found


def _count(category: str, shown: int | Withheld) -> Count:
    if isinstance(shown, Withheld):
        return Count(label(category), None, shown)
    return Count(label(category), shown)


def _in_order(dimension: Dimension, people: Mapping[str, Any]) -> Iterable[str]:
    known = [category for category in CATEGORIES[dimension] if category in people]
    return [*known, *(category for category in people if category not in known)]


def territory_dict(place: Territory) -> dict[str, str]:
    """A place for the picker: its code and name."""
    return {"codigo": place.code, "nombre": place.name}
