"""Days of a sheet of paper: by when it is keyed, and whether it may bear the day of its event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import calendar, clock
from intake.reception import sheets
from models.enums import StageKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from intake.core.calendar import StageView
    from models import Event, Packet, Stage


def due(packet: Packet) -> date:
    """The last day on which the packet's sheets are keyed, as it is printed on them. Event, plan and stages loaded."""
    event = packet.event
    day = day_of(event)
    closes_on = calendar.view_of(event.plan.stages, StageKind.RECEPTION).closes_on
    return sheets.promised(day, clock.local(packet.created_at).date(), closes_on)


def day_of(event: Event) -> date | None:
    """The day in Ecuador on which an event begins; None where it is not known yet."""
    return clock.local(event.starts_at).date() if event.starts_at else None


def usual_day(event: Event, stages: Sequence[Stage]) -> date | None:
    """The event's day, where a sheet may bear it today: not in the future, and one of reception."""
    day = day_of(event)
    if day is None or day > clock.today():
        return None
    then = next(v for v in calendar.views(stages, day) if v.kind is StageKind.RECEPTION)
    return day if then.is_open else None


def outside_reception(event: Event) -> tuple[date, StageView] | None:
    """The event's day and the plan's reception, where sheets of that day would not count. Plan and stages loaded."""
    day, stages = day_of(event), event.plan.stages
    if day is None:
        return None
    then = next(v for v in calendar.views(stages, day) if v.kind is StageKind.RECEPTION)
    return None if then.is_open or then.opens_on is None else (day, then)
