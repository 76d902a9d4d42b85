"""No reader can work out how many the few were, even one who knows the rule."""

from __future__ import annotations

from collections import defaultdict

import pytest

from intake.mapping.smallcells import SMALL, Withheld, published


def vectors(cells: int, total: int):
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in vectors(cells - 1, total - first):
            yield (first, *rest)


@pytest.mark.parametrize(
    ("cells", "totals"), [(1, range(5, 30)), (2, range(5, 40)), (3, range(5, 26)), (4, range(5, 19)), (6, range(5, 10))]
)
def test_every_hidden_number_could_be_another(cells, totals):
    for total in totals:
        same_page = defaultdict(list)
        for vector in vectors(cells, total):
            shown = published({str(i): n for i, n in enumerate(vector)})
            same_page[tuple(shown.values())].append(vector)
            assert [n for n in shown.values() if isinstance(n, int) and 0 < n < SMALL] == []
        for page, possible in same_page.items():
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
