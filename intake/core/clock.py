"""The one teller of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Mainland Ecuador; the calendar of a plan is kept in this zone, Galápagos included.
ECUADOR = ZoneInfo("America/Guayaquil")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- this is the clock


def today() -> date:
    """The present day in Ecuador."""
    return now().astimezone(ECUADOR).date()


def local(moment: datetime) -> datetime:
    """The instant as Ecuador's wall clocks show it."""
    return moment.astimezone(ECUADOR)


def start_of(day: date) -> datetime:
    """First instant of the day in Ecuador, in UTC."""
    return datetime.combine(day, time.min, ECUADOR).astimezone(UTC)


def end_of(day: date) -> datetime:
    """First instant after the day in Ecuador, in UTC."""
    return start_of(day + timedelta(days=1))
