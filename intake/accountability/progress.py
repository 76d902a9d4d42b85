"""Progress, defined once.

The progress of a commitment is the arithmetic mean of the percentages of its milestones; that of a plan is the mean
over all milestones of its formalized commitments, each weighing the same. Source: the indicator methodology of the
national monitoring platform (rev. 3 Nov 2021; process.md §10 [METH]: plan % = mean of milestone %, and what nobody
reported counts as 0 %). Only a milestone of a past plan whose source gives no figure is unknown, and does not count.

A milestone is *late* when its end date has passed in Ecuador and the last known progress is below 100 %. Where the
commitment is concluded or its plan is closed, and the last known progress is older than the milestone's end date,
nobody knows what became of it: it is not late but *without news*, and is counted apart.

A milestone is *disputed* when the latest answer of its counterpart says so; a new report does not take that back.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from intake.core import clock
from models.enums import CommitmentStatus, PlanStatus, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

COMPLETE = Decimal(100)
_HUNDREDTH = Decimal("0.01")


def mean_progress(values: Iterable[Decimal | None]) -> Decimal | None:
    """The mean of percentages (0-100), half up to hundredths; unknown ones do not count, None if none is known."""
    known = [Decimal(v) for v in values if v is not None]
    if not known:
        return None
    return (sum(known, Decimal(0)) / len(known)).quantize(_HUNDREDTH, ROUND_HALF_UP)


def known_pct(milestone: Any) -> Decimal | None:
    """A milestone's percentage; None where nobody ever gave one (``progress_as_of`` is empty)."""
    return None if milestone.progress_as_of is None else milestone.progress_pct


def of_milestones(milestones: Iterable[Any]) -> Decimal | None:
    """The mean over milestones (or rows with ``progress_pct`` and ``progress_as_of``)."""
    return mean_progress(known_pct(m) for m in milestones)


def is_over(commitment: Any) -> bool:
    """Whether nothing more will be reported: the commitment is concluded, or its plan (loaded) is closed."""
    return commitment.status is CommitmentStatus.CONCLUDED or commitment.plan.status is PlanStatus.CLOSED


def is_late(milestone: Any, *, over: bool = False) -> bool:
    """Whether the end date has passed below 100 %; where its commitment is ``over``, only if that is known."""
    return _ran_out(milestone) and not (over and _is_older(milestone))


def is_without_news(milestone: Any, *, over: bool) -> bool:
    """Whether the end date has passed, all is ``over``, and the last known progress is older than that date."""
    return over and _ran_out(milestone) and _is_older(milestone)


def _ran_out(milestone: Any) -> bool:
    pct = known_pct(milestone)
    if milestone.ends_on is None or pct is None:
        return False
    return bool(milestone.ends_on < clock.today() and pct < COMPLETE)


def _is_older(milestone: Any) -> bool:
    return bool(milestone.progress_as_of < milestone.ends_on)


def is_disputed(milestone: Any) -> bool:
    """Whether the counterpart's latest answer disputes a report; reports and answers are loaded."""
    answers = [r.response for r in milestone.reports if r.response is not None]
    return bool(answers) and max(answers, key=lambda a: a.id).verdict is Verdict.DISPUTED


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A computed progress (0-100) beside the one a source published, with how many milestones stand behind it."""

    computed: Decimal | None
    milestones: int
    late: int = 0
    without_news: int = 0
    disputed: tuple[int, ...] = ()  # numbers of milestones
    published: Decimal | None = None
    published_on: date | None = None
    published_source: str = ""

    @property
    def differs(self) -> bool:
        """Whether both exist and are not the same number."""
        return self.computed is not None and self.published is not None and self.computed != self.published


def figure_of(commitment: Any, disputed: Iterable[int] = ()) -> Figure:
    """The figure of a commitment whose plan and milestones are loaded; ``disputed`` numbers its disputed milestones."""
    over = is_over(commitment)
    return Figure(
        computed=of_milestones(commitment.milestones),
        milestones=len(commitment.milestones),
        late=sum(is_late(m, over=over) for m in commitment.milestones),
        without_news=sum(is_without_news(m, over=over) for m in commitment.milestones),
        disputed=tuple(disputed),
        published=commitment.published_progress_pct,
        published_on=commitment.published_progress_on,
        published_source=commitment.published_progress_source,
    )
