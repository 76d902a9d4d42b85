"""The formula of a review's total, and the summary of a proposal's reviews. Pure functions: no database.

Source: First Plan (PAGA I), pp. 21-22: feasibility weighs 50 %, relevance 50 %, every indicator is scored 0 to 3.
The weights inside a block were never published, so each block is the mean of its indicators (their ``weight`` is 1).

    share of a criterion = (value - minimum) / (maximum - minimum)
    share of a block     = sum(weight x share) / sum(weight)          over the criteria that were ANSWERED
    total                = 100 x sum(block weight x block share) / sum(block weight)   over the blocks with any answer

A score of 0 is an answer and counts. "Not applicable" and an empty answer are no answers and never count: neither in
the numerator nor in the denominator. A review without any answer has no total (None), which is not the same as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

K = TypeVar("K")
#: Totals are kept with three decimals (column ``assignment.total_pct``).
STEP = Decimal("0.001")
#: From this distance between two sector means on, the results page says that they disagree. Ours: PAGA I asks for a
#: third review when two are "significantly different" (p. 22, note 20) and does not publish what that means.
DISAGREEMENT_POINTS = Decimal(30)


@dataclass(frozen=True)
class CriterionScore:
    """One criterion of a review. ``value`` None: unanswered or not applicable. Only ratios of weights count."""

    block: str
    block_weight: Decimal
    weight: Decimal
    minimum: int
    maximum: int
    value: int | None

    @property
    def share(self) -> Fraction:
        """How far the value lies from the minimum (0) to the maximum (1)."""
        if self.value is None:
            raise ValueError("a criterion without a value has no share")
        return Fraction(self.value - self.minimum, self.maximum - self.minimum)


@dataclass(frozen=True)
class Summary:
    """A proposal's submitted reviews. Percentages 0-100 with three decimals; None where no review has a total.

    ``mean`` is the mean of the sector means, so that no sector weighs more for having sent more reviews; it orders
    the proposals. ``plain_mean`` is the mean of the reviews. ``spread`` is the highest total minus the lowest;
    ``deviation`` their standard deviation (of the reviews themselves, not an estimate); ``sector_gap`` the distance
    between sector means.
    """

    reviews: int
    mean: Decimal | None
    plain_mean: Decimal | None
    by_sector: Mapping[str, Decimal]
    spread: Decimal | None
    deviation: Decimal | None
    sector_gap: Decimal | None

    @property
    def disagrees(self) -> bool:
        """Whether sectors, or reviews, lie so far apart that somebody should look."""
        far = (self.sector_gap or Decimal(0), self.spread or Decimal(0))
        return far[0] >= DISAGREEMENT_POINTS or far[1] >= DISAGREEMENT_POINTS


def review_total(scores: Sequence[CriterionScore]) -> Decimal | None:
    """The total of a review, 0-100 with three decimals; None if nothing was answered."""
    blocks: dict[str, list[CriterionScore]] = {}
    for score in scores:
        if score.value is not None:
            blocks.setdefault(score.block, []).append(score)
    if not blocks:
        return None
    weights = {block: Fraction(found[0].block_weight) for block, found in blocks.items()}
    weighted = sum((weights[block] * _block_share(found) for block, found in blocks.items()), Fraction(0))
    return _percent(100 * weighted / sum(weights.values(), Fraction(0)))


def summary(totals: Mapping[str, Sequence[Decimal]]) -> Summary:
    """Summarise the totals (0-100) of a proposal's submitted reviews, given by sector; empty sectors do not count."""
    given = {sector: [Fraction(t) for t in found] for sector, found in totals.items() if found}
    everything = [total for found in given.values() for total in found]
    if not everything:
        return Summary(0, None, None, {}, None, None, None)
    means = {sector: _mean(found) for sector, found in given.items()}
    return Summary(
        reviews=len(everything),
        mean=_percent(_mean(means.values())),
        plain_mean=_percent(_mean(everything)),
        by_sector={sector: _percent(mean) for sector, mean in means.items()},
        spread=_percent(max(everything) - min(everything)),
        deviation=_deviation(everything),
        sector_gap=_percent(max(means.values()) - min(means.values())),
    )


def _block_share(scores: Sequence[CriterionScore]) -> Fraction:
    weight = sum(Fraction(score.weight) for score in scores)
    return Fraction(sum(Fraction(score.weight) * score.share for score in scores)) / weight


def _mean(values: Iterable[Fraction]) -> Fraction:
    found = list(values)
    return sum(found, Fraction(0)) / len(found)


def _deviation(values: Sequence[Fraction]) -> Decimal:
    mean = _mean(values)
    return Decimal(sqrt(_mean((v - mean) ** 2 for v in values))).quantize(STEP, ROUND_HALF_EVEN)


def _percent(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(STEP, ROUND_HALF_EVEN)
