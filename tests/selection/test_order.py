"""When a decision departs from the order of the means."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.selection.order import departs, departures, unexplained
from models.enums import Category

IN, OUT, NEXT, RESERVE = Category.IN_PLAN, Category.OUTSIDE_PLAN, Category.NEXT_PLAN, Category.RESERVE
RANKED = {name: Decimal(mean) for name, mean in zip("abcdef", (90, 80, 70, 60, 50, 40), strict=True)}

cases = st.dictionaries(
    st.integers(0, 9),
    st.tuples(st.one_of(st.none(), st.decimals(0, 100, places=1)), st.sampled_from(Category)),
    min_size=1,
)


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ({}, set()),
        ({"a": IN, "b": IN, "c": OUT, "d": NEXT}, set()),
        ({"a": IN, "b": OUT, "c": IN}, {"b", "c"}),
        ({"a": RESERVE, "f": IN}, {"a", "f"}),
        ({"a": OUT, "b": OUT}, set()),
        ({"e": IN, "f": IN}, set()),
        ({"a": IN, "b": IN, "c": OUT, "d": IN, "e": OUT}, {"c", "d"}),
    ],
)
def test_departures(decisions: dict[str, Category], expected: set[str]) -> None:
    assert departures(RANKED, decisions) == expected


def test_equal_means_never_depart() -> None:
    ranked = {"a": Decimal(50), "b": Decimal(50), "c": Decimal(50)}
    assert departures(ranked, {"a": OUT, "b": IN, "c": NEXT}) == frozenset()


def test_no_reviews_count_below_every_mean() -> None:
    assert departures({"a": Decimal(0), "b": None}, {"a": OUT, "b": IN}) == {"a", "b"}


def test_an_explained_departure_is_set_aside() -> None:
    decided = {"a": IN, "b": OUT}
    assert departs(RANKED, decided, "c", IN)
    assert not departs(RANKED, decided, "c", IN, explained={"b"})
    assert unexplained(RANKED, {**decided, "c": IN}, {"b"}) == frozenset()


def test_deciding_again_does_not_compare_with_oneself() -> None:
    assert not departs(RANKED, {"a": IN, "b": IN, "c": IN}, "c", OUT)


def test_in_order_from_above_nothing_departs() -> None:
    decided: dict[str, Category] = {}
    for name, category in zip("abcdef", (IN, IN, IN, RESERVE, NEXT, OUT), strict=True):
        assert not departs(RANKED, decided, name, category)
        decided[name] = category


@given(cases)
def test_departures_come_on_both_sides_and_in_number(found: dict[int, tuple[Decimal | None, Category]]) -> None:
    """Whoever is in without a claim has at least as many better ones as there are places."""
    ranked = {key: mean for key, (mean, _category) in found.items()}
    decisions = {key: category for key, (_mean, category) in found.items()}
    departing = departures(ranked, decisions)
    taken = {key for key in departing if decisions[key] is IN}
    assert bool(taken) <= bool(departing)
    assert len(taken) <= sum(category is IN for category in decisions.values())
    for key in taken:
        better = sum(_value(ranked[other]) > _value(ranked[key]) for other in decisions)
        assert better >= sum(category is IN for category in decisions.values())


def _value(mean: Decimal | None) -> Decimal:
    return Decimal(-1) if mean is None else mean
