"""The one teller of time."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Mainland Ecuador; the calendar of a plan is kept in this zone, Galápagos included.
ECUADOR = ZoneInfo("America/Guayaquil")
#: One hour behind the mainland.
GALAPAGOS = ZoneInfo("Pacific/Galapagos")
_set_to: contextvars.ContextVar[datetime | None] = contextvars.ContextVar("set_to", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC (or the one that `at` set)."""
    return _set_to.get() or datetime.now(UTC)  # noqa: TID251 -- this is the clock


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at an aware instant. For the demonstration, which writes its own past, and for tests."""
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)


def today() -> date:
    """The present day in Ecuador."""
    return now().astimezone(ECUADOR).date()


def local(moment: datetime) -> datetime:
    """The instant as Ecuador's wall clocks show it."""
    return moment.astimezone(ECUADOR)


def in_galapagos(moment: datetime) -> datetime:
    """The instant as wall clocks of Galápagos show it."""
    return moment.astimezone(GALAPAGOS)


def start_of(day: date) -> datetime:
    """First instant of the day in Ecuador, in UTC."""
    return datetime.combine(day, time.min, ECUADOR).astimezone(UTC)


def end_of(day: date) -> datetime:
    """First instant after the day in Ecuador, in UTC."""
    return start_of(day + timedelta(days=1))
