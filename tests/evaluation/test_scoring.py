"""The formula: what it gives, and what it can never do."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from intake.evaluation.scoring import CriterionScore, review_total, summary

BLOCKS = {"factibilidad": Decimal(50), "relevancia": Decimal(50)}


def score(value: int | None, block: str = "factibilidad", weight: int = 1) -> CriterionScore:
    return CriterionScore(block, BLOCKS[block], Decimal(weight), 0, 3, value)


scores = st.lists(
    st.builds(
        score,
        st.one_of(st.none(), st.integers(0, 3)),
        st.sampled_from(sorted(BLOCKS)),
        st.integers(1, 5),
    ),
    max_size=8,
)
totals = st.lists(st.decimals(0, 100, places=3), min_size=1, max_size=6)


def test_blocks_weigh_half_each_whatever_their_length() -> None:
    review = [score(3), score(3), score(0), score(0), score(3, "relevancia")]
    assert review_total(review) == Decimal("75.000")


def test_zero_counts_and_not_applicable_does_not() -> None:
    assert review_total([score(0), score(3)]) == Decimal("50.000")
    assert review_total([score(None), score(3)]) == Decimal("100.000")
    assert review_total([score(0), score(0)]) == Decimal("0.000")


def test_nothing_answered_is_no_total_and_not_zero() -> None:
    assert review_total([score(None), score(None, "relevancia")]) is None
    assert review_total([]) is None


def test_an_empty_block_gives_its_weight_to_the_other() -> None:
    assert review_total([score(2), score(None, "relevancia")]) == Decimal("66.667")


@given(scores, st.sampled_from(sorted(BLOCKS)))
def test_adding_a_lowest_score_never_raises(found: list[CriterionScore], block: str) -> None:
    before = review_total(found)
    after = review_total([*found, score(0, block)])
    assert after is not None
    assert before is None or after <= before


@given(scores, st.randoms(use_true_random=False))
def test_order_of_criteria_makes_no_difference(found: list[CriterionScore], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert review_total(shuffled) == review_total(found)


@given(scores)
def test_skipping_the_weakest_criterion_never_lowers(found: list[CriterionScore]) -> None:
    answered = [s for s in found if s.value is not None]
    if len(answered) < 2:
        return
    weakest = min(answered, key=lambda s: s.share)
    skipped = [replace(s, value=None) if s is weakest else s for s in found]
    before, after = review_total(found), review_total(skipped)
    assert before is not None
    assert after is not None
    assert after >= before


@given(st.integers(0, 3), st.lists(st.booleans(), min_size=2, max_size=8).filter(any))
def test_skipping_leaves_an_even_review_as_it_is(value: int, answered: list[bool]) -> None:
    sides = sorted(BLOCKS)
    review = [score(value if told else None, sides[i % 2]) for i, told in enumerate(answered)]
    assert review_total(review) == (Decimal(100 * value) / 3).quantize(Decimal("0.001"))


@given(scores)
def test_total_is_a_percentage(found: list[CriterionScore]) -> None:
    total = review_total(found)
    assert total is None or 0 <= total <= 100


def test_mean_is_of_all_and_in_no_order() -> None:
    for order in permutations([Decimal(10), Decimal(5), Decimal(15)]):
        assert summary({"academia": order}).mean == Decimal("10.000")


def test_sectors_weigh_the_same() -> None:
    found = summary({"academia": [Decimal(90)], "government": [Decimal(30), Decimal(30), Decimal(30)]})
    assert (found.mean, found.plain_mean) == (Decimal("60.000"), Decimal("45.000"))
    assert (found.spread, found.sector_gap, found.reviews) == (Decimal("60.000"), Decimal("60.000"), 4)
    assert found.deviation == Decimal("25.981")
    assert found.disagrees


def test_no_reviews_have_no_mean() -> None:
    found = summary({"academia": []})
    assert (found.reviews, found.mean, found.spread, found.disagrees) == (0, None, None, False)


@given(totals)
def test_a_lowest_review_never_raises_the_mean(found: list[Decimal]) -> None:
    before, after = summary({"academia": found}), summary({"academia": [*found, Decimal(0)]})
    assert before.mean is not None
    assert after.mean is not None
    assert after.mean <= before.mean
