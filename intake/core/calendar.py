"""Which stage of a plan is open, computed when asked from its dates. No job moves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from intake.core import clock
from intake.core.errors import StageClosed
from intake.core.i18n import lazy_gettext as _l
from models.enums import StageStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models import Stage
    from models.enums import StageKind

DONE, OPEN, NEXT, PENDING = "done", "open", "next", "pending"


@dataclass(frozen=True)
class StageView:
    """A stage as it stands on a given day in Ecuador. ``state`` is done, open, next or pending."""

    number: int
    kind: StageKind
    state: str
    opens_on: date | None
    closes_on: date | None

    @property
    def is_open(self) -> bool:
        """Whether today lies within its dates, both included."""
        return self.state == OPEN


def views(stages: Sequence[Stage], day: date | None = None) -> list[StageView]:
    """The stages in order, each with its state on ``day`` (today). The first that lies ahead is *next*."""
    day = day or clock.today()
    found: list[StageView] = []
    next_given = False
    for stage in sorted(stages, key=lambda s: s.number):
        state = _state(stage, day)
        if state == PENDING and stage.opens_on is not None and not next_given:
            state, next_given = NEXT, True
        found.append(StageView(stage.number, stage.kind, state, stage.opens_on, stage.closes_on))
    return found


def _state(stage: Stage, day: date) -> str:
    if stage.closes_on is None and stage.status is StageStatus.CONCLUDED:
        return DONE  # a stage of a past plan whose last day no source tells
    if stage.opens_on is None:
        return DONE if stage.closes_on is not None and stage.closes_on < day else PENDING
    if day < stage.opens_on:
        return PENDING
    return OPEN if stage.closes_on is None or day <= stage.closes_on else DONE


def view_of(stages: Sequence[Stage], kind: StageKind) -> StageView:
    """The view of one stage. Raises `KeyError` if the plan has none of this kind."""
    for view in views(stages):
        if view.kind is kind:
            return view
    raise KeyError(kind)


def require_open(stages: Sequence[Stage], kind: StageKind) -> None:
    """Raise `StageClosed`, with the view of the stage and of the next one, unless the stage is open."""
    all_views = views(stages)
    view = next(v for v in all_views if v.kind is kind)
    if not view.is_open:
        following = next((v for v in all_views if v.state in {OPEN, NEXT}), None)
        raise StageClosed(_l("Esta etapa no está abierta en este momento."), stage=view, following=following)
