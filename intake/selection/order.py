"""When a decision departs from the order of the means. Pure functions: no database.

Let k be the number of proposals put in the plan. Without departures these would be the k with the highest means. So,
among the proposals already decided,

- one that is in the plan departs if k or more others have a higher mean: the k places would be theirs;
- one that is not in the plan departs if, counting it, at most k have a mean as high: a place was its due.

Equal means never make a departure by themselves. A proposal without reviews counts as below every mean. A departure
that has been explained is set aside and the others are compared without it, so that the neighbours of an exception
need not explain it again. Before the last decision the answer is provisional; publishing asks again over all of them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from models.enums import Category

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

K = TypeVar("K")
_NONE = Decimal(-1)


def departures(ranked: Mapping[K, Decimal | None], decisions: Mapping[K, Category]) -> frozenset[K]:
    """The decisions that depart from the order. ``ranked``: proposal → mean (0-100, None without reviews)."""
    means = {key: _mean(ranked, key) for key in decisions}
    ordered = sorted(means.values(), reverse=True)
    places = sum(category is Category.IN_PLAN for category in decisions.values())
    if not places or places == len(ordered):
        return frozenset()
    last_in = ordered[places - 1]  # the lowest mean that the k places reach
    first_out = ordered[places]  # the highest mean that they do not
    return frozenset(
        key
        for key, category in decisions.items()
        if (means[key] < last_in if category is Category.IN_PLAN else means[key] > first_out)
    )


def departs(
    ranked: Mapping[K, Decimal | None],
    decisions: Mapping[K, Category],
    proposal: K,
    category: Category,
    *,
    explained: Collection[K] = (),
) -> bool:
    """Whether deciding ``category`` for ``proposal``, given what is decided of the others, departs from the order."""
    others = {key: chosen for key, chosen in decisions.items() if key not in explained and key != proposal}
    return proposal in departures(ranked, {**others, proposal: category})


def unexplained(
    ranked: Mapping[K, Decimal | None], decisions: Mapping[K, Category], explained: Collection[K]
) -> frozenset[K]:
    """The departures that nobody has explained yet."""
    return departures(ranked, {key: chosen for key, chosen in decisions.items() if key not in explained})


def _mean(ranked: Mapping[K, Decimal | None], key: K) -> Decimal:
    mean = ranked.get(key)
    return _NONE if mean is None else mean
