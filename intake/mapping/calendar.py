"""Events and meetings as calendar programs read them (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Entry

from intake.core import clock
from intake.core.mail import url_of
from intake.mapping.inputs_council import SLUGS
from intake.mapping.zones import GALAPAGOS
from models.enums import EventStatus, MeetingStatus

if TYPE_CHECKING:
    from models import Event, Meeting

PRODUCT = "-//Intake//Gobierno Abierto Ecuador//ES"
#: How long is shown what says no end.
USUAL = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Dated:
    """What a calendar keeps. ``name`` identifies it and never changes; ``version`` rises with each change."""

    name: str
    version: int
    title: str
    starts_at: datetime
    ends_at: datetime | None
    has_time: bool = True
    place: str
    text: str
    path: str
    is_cancelled: bool
    zone: ZoneInfo = clock.ECUADOR  # whose wall clock its hours are


def of_events(events: Iterable[Event]) -> list[Dated]:
    """The dated ones."""
    return [_of_event(event, event.starts_at) for event in events if event.starts_at is not None]


def _of_event(event: Event, starts_at: datetime) -> Dated:
    return Dated(
        name=event.slug,
        version=event.lock_version,
        title=event.title,
        starts_at=starts_at,
        ends_at=event.ends_at,
        has_time=event.has_time,
        place=", ".join(part for part in (event.place, event.territory.name if event.territory else "") if part),
        text=event.description,
        path=f"/mesas/{event.slug}",
        is_cancelled=event.status is EventStatus.CANCELLED,
        zone=clock.GALAPAGOS if event.territory and event.territory.province_code == GALAPAGOS else clock.ECUADOR,
    )


def of_meeting(meeting: Meeting) -> Dated:
    """A meeting of a body; body and plan are loaded."""
    path = f"/nucleo/{meeting.body.plan.code}/{SLUGS[meeting.body.kind]}/reuniones/{meeting.number}"
    return Dated(
        name=path.strip("/").replace("/", "-"),
        version=meeting.lock_version,
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        text=meeting.agenda,
        path=path,
        is_cancelled=meeting.status is MeetingStatus.CANCELLED,
    )


def as_ics(entries: Iterable[Dated], name: str, *, domain: str) -> bytes:
    """A calendar. ``domain`` ends the identifiers, which never change.

    A program that reads the file again updates what it knows, because each change raises the SEQUENCE.
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "America/Guayaquil")
    for one in entries:
        made.add_component(_entry(one, domain))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _entry(one: Dated, domain: str) -> Entry:
    entry = Entry()
    entry.add("uid", f"{one.name}@{domain}")
    entry.add("sequence", one.version)
    entry.add("dtstamp", clock.now())
    entry.add("summary", one.title)
    start = one.starts_at.astimezone(one.zone)
    if one.has_time:
        entry.add("dtstart", start)
        entry.add("dtend", one.ends_at.astimezone(one.zone) if one.ends_at else start + USUAL)
    else:
        entry.add("dtstart", clock.local(one.starts_at).date())
    if one.place:
        entry.add("location", one.place)
    address = url_of(one.path)
    entry.add("description", "\n\n".join(part for part in (one.text, address) if part))
    entry.add("url", address)
    entry.add("status", "CANCELLED" if one.is_cancelled else "CONFIRMED")
    return entry
