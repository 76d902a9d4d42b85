"""What the first page asks of its reader: one thing, and it follows from the dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.core import calendar
from models.enums import StageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.calendar import StageView
    from models import Stage

PROPOSE, FOLLOW, RESULTS, COMMITMENTS, TAKE_PART, WAIT = (
    "propose",
    "follow",
    "results",
    "commitments",
    "take_part",
    "wait",
)
#: What a citizen can do in each stage, the most useful first where several are open together.
CALLS: tuple[tuple[StageKind, str], ...] = (
    (StageKind.RECEPTION, PROPOSE),
    (StageKind.MAPPING, TAKE_PART),
    (StageKind.EVALUATION, FOLLOW),
    (StageKind.SELECTION, RESULTS),
    (StageKind.ACCOUNTABILITY, COMMITMENTS),
)


@dataclass(frozen=True)
class Call:
    """The call to action: its ``kind``, the stage that makes it possible and the other open stages.

    For ``wait`` the stage is the next one with a date, or None.
    """

    kind: str
    stage: StageView | None
    others: tuple[StageView, ...] = ()


def call_for(stages: Sequence[Stage]) -> Call:
    """The one thing to ask for today, by the plan's dates."""
    views = calendar.views(stages)
    is_open = {view.kind: view for view in views if view.is_open}
    for kind, call in CALLS:
        if kind in is_open:
            return Call(call, is_open[kind], tuple(v for k, v in is_open.items() if k is not kind))
    ahead = next((view for view in views if view.state == calendar.NEXT), None)
    over = views and all(view.state == calendar.DONE for view in views)
    return Call(COMMITMENTS if over else WAIT, ahead)
