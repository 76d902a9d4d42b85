"""No reader can work out how many the few were, even one who knows the rule and adds and subtracts all that is told."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.core.smallcells import SMALL, Told, Withheld, is_reserved, published, published_table, told, told_total

NAMES = "abcdef"


def vectors(cells: int, total: int):
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in vectors(cells - 1, total - first):
            yield (first, *rest)


def page_of(vector: tuple[int, ...]) -> tuple[object, ...]:
    return tuple(published(dict(zip(NAMES, vector, strict=False))).values())


@cache
def alike(cells: int, total: int) -> dict[tuple[object, ...], list[tuple[int, ...]]]:
    """What a row's page may stand for: page → the rows that give it."""
    found = defaultdict(list)
    for vector in vectors(cells, total):
        found[page_of(vector)].append(vector)
    return found


@pytest.mark.parametrize(
    ("cells", "totals"), [(1, range(5, 30)), (2, range(5, 40)), (3, range(5, 26)), (4, range(5, 19)), (6, range(5, 10))]
)
def test_every_hidden_number_could_be_another(cells, totals):
    for total in totals:
        for page, possible in alike(cells, total).items():
            assert [n for n in page if isinstance(n, int) and 0 < n < SMALL] == []
            for cell, shown in enumerate(page):
                if isinstance(shown, Withheld):
                    assert len({vector[cell] for vector in possible}) > 1, (page, possible)
                else:
                    assert {vector[cell] for vector in possible} == {shown}


def test_what_reveals_nothing_is_told():
    assert published({"woman": 12, "man": 9, "other": 0}) == {"woman": 12, "man": 9, "other": 0}
    assert published({"woman": 12, "man": 2, "other": 3}) == {"woman": 12, "man": Withheld.FEW, "other": Withheld.FEW}


def test_a_single_small_number_takes_the_next_one_with_it():
    assert published({"woman": 12, "man": 9, "other": 1, "not_stated": 0}) == {
        "woman": 12,
        "man": Withheld.KEPT,
        "other": Withheld.KEPT,
        "not_stated": 0,
    }


def rows_of(cells: int):
    return st.lists(st.integers(0, 8), min_size=cells, max_size=cells).map(tuple).filter(lambda row: sum(row) >= SMALL)


tables = st.integers(2, 3).flatmap(lambda cells: st.lists(rows_of(cells), min_size=1, max_size=3))


def answers(table: list[tuple[int, ...]]) -> list[object]:
    """All that the public is told while the events of a plan come one after the other: each row, and the sums then."""
    named = [dict(zip(NAMES, row, strict=False)) for row in table]
    return [published_table(dict(enumerate(named[: n + 1]))) for n in range(len(named))]


@settings(max_examples=300, deadline=None)
@given(table=tables)
def test_no_hidden_number_follows_from_all_that_is_told_before_and_after_each_event(table):
    """The reader writes down every row and every sum after each event, and tries each table that could stand behind."""
    told_so_far = answers(table)
    choices = [alike(len(row), sum(row))[page_of(row)] for row in table]
    possible = [other for other in product(*choices) if answers(list(other)) == told_so_far]
    for row, shown in enumerate(told_so_far[-1].rows.values()):
        for cell, value in enumerate(shown.values()):
            if isinstance(value, Withheld):
                assert len({other[row][cell] for other in possible}) > 1, (table, told_so_far)


@settings(max_examples=300, deadline=None)
@given(table=tables)
def test_a_sum_moves_by_what_the_new_event_tells(table):
    found = answers(table)
    for before, after in pairwise(found):
        (new,) = after.rows.keys() - before.rows.keys()
        for name, value in after.rows[new].items():
            assert after.totals[name] == before.totals.get(name, Told()) + told(value)


def test_a_plan_read_before_and_after_a_small_event_does_not_tell_who_came():
    """With hidden numbers in the sums, `other` would have gone from 12 to 15 here."""
    rows = {n: {"woman": 20 + n, "man": 9 + n, "other": 1 + n % 3} for n in range(6)}
    before, after = published_table(rows), published_table({**rows, 6: {"woman": 14, "man": 9, "other": 3}})
    assert before.totals == {"woman": Told(135), "man": Told(0, 6), "other": Told(0, 6)}
    assert after.totals == {"woman": Told(149), "man": Told(0, 7), "other": Told(0, 7)}


def test_sums_of_a_large_plan_are_quick_and_tell_most():
    rows = {n: {"woman": 15 + n % 40, "man": 11 + n % 37, "other": n % 6, "not_stated": n % 3} for n in range(2000)}
    found = published_table(rows)
    told_people = sum(total.value for total in found.totals.values())
    assert told_people == sum(n for row in found.rows.values() for n in row.values() if not isinstance(n, Withheld))
    assert told_people > 0.7 * sum(sum(row.values()) for row in rows.values())


def test_sums_add_what_is_told_and_count_what_is_not():
    cells = (told(12), told(Withheld.FEW), told(0), told_total(4), told_total(30))
    assert sum(cells, Told()) == Told(42, 2)
    assert [is_reserved(n) for n in (0, 1, 4, 5)] == [False, True, True, False]
    assert Told(0, 2).is_withheld and not Told(0, 0).is_withheld and Told(7).is_exact
