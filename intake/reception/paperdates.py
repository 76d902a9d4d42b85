"""By when a sheet of paper is keyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import calendar, clock
from intake.reception import sheets
from models.enums import StageKind

if TYPE_CHECKING:
    from datetime import date

    from models import Packet


def due(packet: Packet) -> date:
    """The last day on which the packet's sheets are keyed, as it is printed on them. Event, plan and stages loaded."""
    event = packet.event
    day = clock.local(event.starts_at).date() if event.starts_at else None
    closes_on = calendar.view_of(event.plan.stages, StageKind.RECEPTION).closes_on
    return sheets.promised(day, clock.local(packet.created_at).date(), closes_on)
