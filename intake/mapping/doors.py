"""Whether an event takes registrations now, has begun, and may still be corrected: answers from its own dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from intake.core import clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from models.enums import EventKind, EventStatus

if TYPE_CHECKING:
    from models import Event

#: Kinds with the eight steps (First Plan, p. 20).
WITH_STEPS = frozenset({EventKind.TERRITORIAL_TABLE, EventKind.THEMATIC_TABLE})


class Door(StrEnum):
    """Why one can register, or not."""

    OPEN = "open"
    NOT_CALLED = "not_called"
    NOT_TAKEN = "not_taken"  # one simply comes
    ENDED = "ended"  # the day up to which one could register is over
    BEGUN = "begun"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Doors:
    """The answer, and since when; ``since`` None where it has no moment."""

    door: Door
    since: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether one can register."""
        return self.door is Door.OPEN


_BY_STATUS = {
    EventStatus.PLANNED: Door.NOT_CALLED,
    EventStatus.HELD: Door.OVER,
    EventStatus.CLOSED: Door.OVER,
    EventStatus.CANCELLED: Door.CANCELLED,
}


def doors(event: Event) -> Doors:
    """Whether one can register now."""
    if event.status in _BY_STATUS:
        begun = event.starts_at is not None and event.starts_at <= clock.now()
        return Doors(_BY_STATUS[event.status], event.starts_at if begun else None)
    if event.starts_at is not None and clock.now() >= event.starts_at:
        return Doors(Door.BEGUN, event.starts_at)
    if not event.takes_registrations:
        return Doors(Door.NOT_TAKEN)
    last = event.registration_closes_on
    if last is not None and clock.today() > last:
        return Doors(Door.ENDED, clock.end_of(last) - timedelta(minutes=1))
    return Doors(Door.OPEN)


def check_reason(event: Event, reason: str) -> None:
    """Raise `Invalid` where the act is signed and nothing says why the record changes."""
    if event.status is EventStatus.CLOSED and not reason.strip():
        raise Invalid(_l("El acta ya está firmada: escriba por qué corrige el registro."), field="reason")


def has_come(event: Event) -> bool:
    """Whether the day of the event has come, or is not known."""
    return event.starts_at is None or clock.local(event.starts_at).date() <= clock.today()


def check_begun(event: Event) -> None:
    """Raise `Conflict` before the day of the event has come."""
    if not has_come(event):
        raise Conflict(_l("Este encuentro todavía no empieza."))
