"""Events as calendar programs read them (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar
from icalendar import Event as Entry

from intake.core import clock
from intake.core.mail import url_of
from models.enums import EventStatus

if TYPE_CHECKING:
    from models import Event

PRODUCT = "-//Intake//Gobierno Abierto Ecuador//ES"
#: How long an event is shown that says no end.
USUAL = timedelta(hours=2)


def as_ics(events: Iterable[Event], name: str, *, domain: str) -> bytes:
    """A calendar of the dated ones. ``domain`` ends the identifiers, which never change.

    A program that reads the file again updates what it knows, because each change of an event raises its SEQUENCE.
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "America/Guayaquil")
    for event in events:
        if event.starts_at is not None:
            made.add_component(_entry(event, event.starts_at, domain))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _entry(event: Event, starts_at: datetime, domain: str) -> Entry:
    entry = Entry()
    entry.add("uid", f"{event.slug}@{domain}")
    entry.add("sequence", event.lock_version)
    entry.add("dtstamp", clock.now())
    entry.add("summary", event.title)
    start = clock.local(starts_at)
    if event.has_time:
        entry.add("dtstart", start)
        entry.add("dtend", clock.local(event.ends_at) if event.ends_at else start + USUAL)
    else:
        entry.add("dtstart", start.date())
    place = ", ".join(part for part in (event.place, event.territory.name if event.territory else "") if part)
    if place:
        entry.add("location", place)
    address = url_of(f"/mesas/{event.slug}")
    entry.add("description", "\n\n".join(part for part in (event.description, address) if part))
    entry.add("url", address)
    entry.add("status", "CANCELLED" if event.status is EventStatus.CANCELLED else "CONFIRMED")
    return entry
