"""No reader can work out how many the few were, even one who knows the rule and adds and subtracts all that is told."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import product

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


def consistent(rows: dict[int, tuple[int, ...]], sums: list[int]) -> list[dict[int, tuple[int, ...]]]:
    """Every table whose rows look as published and whose sums are those published."""
    choices = [alike(len(row), sum(row))[page_of(row)] for row in rows.values()]
    tables = (dict(zip(rows, table, strict=True)) for table in product(*choices))
    return [t for t in tables if [sum(row[c] for row in t.values()) for c in range(len(sums))] == sums]


def rows_of(cells: int):
    return st.lists(st.integers(0, 8), min_size=cells, max_size=cells).map(tuple).filter(lambda row: sum(row) >= SMALL)


tables = st.integers(2, 3).flatmap(lambda cells: st.lists(rows_of(cells), min_size=1, max_size=3 if cells == 3 else 4))


@settings(max_examples=500, deadline=None)
@given(table=tables)
def test_no_hidden_number_follows_from_rows_and_sums_together(table):
    """The reader even knows which rows stayed apart: of these only the row itself is left to reason with."""
    found = published_table({i: dict(zip(NAMES, row, strict=False)) for i, row in enumerate(table)})
    inside = {i: row for i, row in enumerate(table) if i not in found.apart}
    told_apart = [sum(told(found.rows[i][NAMES[c]]).value for i in found.apart) for c in range(len(table[0]))]
    sums = [found.totals[NAMES[c]].value - told_apart[c] for c in range(len(table[0]))]
    possible = consistent(inside, sums)
    assert inside in possible or not inside
    for i in inside:
        for cell, shown in enumerate(found.rows[i].values()):
            if isinstance(shown, Withheld):
                assert len({other[i][cell] for other in possible}) > 1, (table, found)
    for name, total in found.totals.items():
        assert not 0 < total.value < SMALL
        assert total.left_out == sum(isinstance(found.rows[i][name], Withheld) for i in found.apart)


def narrowed(rows: dict[int, dict[str, int]], found) -> tuple[dict, dict]:
    """Bounds for each hidden number by going round the sums until nothing narrows: rows first, then sums of columns."""
    hidden = [(i, n) for i, r in found.rows.items() for n, v in r.items() if isinstance(v, Withheld)]
    few = {(i, n) for i, n in hidden if found.rows[i][n] is Withheld.FEW}
    low = {cell: 1 if cell in few else 0 for cell in hidden}
    high = {cell: SMALL - 1 if cell in few else sum(rows[cell[0]].values()) for cell in hidden}
    groups = [[cell for cell in hidden if cell[0] == i] for i in rows]
    groups += [[cell for cell in hidden if cell[1] == name and cell[0] not in found.apart] for name in NAMES]
    sums = [(cells, sum(rows[i][n] for i, n in cells)) for cells in groups]
    changed = True
    while changed:
        changed = False
        for cells, total in sums:
            for cell in cells:
                others = [c for c in cells if c != cell]
                least = max(low[cell], total - sum(high[c] for c in others))
                most = min(high[cell], total - sum(low[c] for c in others))
                changed = changed or (least, most) != (low[cell], high[cell])
                low[cell], high[cell] = least, most
    return low, high


big = st.lists(
    st.fixed_dictionaries(dict.fromkeys(NAMES[:5], st.one_of(st.integers(0, 6), st.integers(0, 60)))).filter(
        lambda row: sum(row.values()) >= SMALL
    ),
    min_size=2,
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(rows=big)
def test_bounds_never_meet_in_a_plan_with_many_events(rows):
    table = dict(enumerate(rows))
    low, high = narrowed(table, published_table(table))
    assert all(high[cell] > low[cell] for cell in low)


def test_sums_take_in_hidden_numbers_that_can_change_places():
    rows = {n: {"woman": 20 + n, "man": 9 + n, "other": 1 + n % 3} for n in range(6)}
    found = published_table(rows)
    assert found.totals == {"woman": Told(135), "man": Told(69), "other": Told(12)}
    assert {row["other"] for row in found.rows.values()} == {Withheld.KEPT}


def test_one_event_alone_tells_no_more_in_the_sum():
    found = published_table({1: {"woman": 20, "man": 9, "other": 1}})
    assert found.totals == {"woman": Told(20), "man": Told(0, 1), "other": Told(0, 1)}


def test_what_every_row_has_at_its_least_is_not_in_the_sum():
    """Events with one person each of a kind: with their number, the sum would say that it is one each."""
    for events in (3, 6):
        found = published_table({n: {"woman": 20, "man": 9 + n, "other": 1} for n in range(events)})
        assert found.totals["other"] == Told(0, events)
        assert found.totals["woman"] == Told(20 * events)


def test_two_thousand_events_are_judged_at_once():
    rows = {n: {"woman": 5 + n % 40, "man": 3 + n % 37, "other": n % 6, "not_stated": n % 3} for n in range(2000)}
    found = published_table(rows)
    told_people = sum(total.value for total in found.totals.values())
    assert told_people > 0.95 * sum(sum(row.values()) for row in rows.values())


def test_sums_add_what_is_told_and_count_what_is_not():
    cells = (told(12), told(Withheld.FEW), told(0), told_total(4), told_total(30))
    assert sum(cells, Told()) == Told(42, 2)
    assert [is_reserved(n) for n in (0, 1, 4, 5)] == [False, True, True, False]
    assert Told(0, 2).is_withheld and not Told(0, 0).is_withheld and Told(7).is_exact
