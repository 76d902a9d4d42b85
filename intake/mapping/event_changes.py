"""Telling those who are coming that an event changed its day, its hour or its place: once for each change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from intake.core import clock, outbox
from intake.core.outbox import Letter
from intake.extensions import db
from intake.mapping import registering, registration_mail, seats
from intake.mapping.queries.letters import stopped
from intake.mapping.zones import in_galapagos
from models import ActorContact, AuditEntry, Campaign, Consent, Event, Invitation, Registration, Target, Territory
from models.enums import EventStatus, OutreachStep

KIND = "event_change"


@dataclass(frozen=True)
class WhenAndWhere:
    """What people plan their way by."""

    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    territory_id: int | None
    online_url: str | None


class Invited(NamedTuple):
    """Somebody who was written to and answered that their organisation comes."""

    contact_id: int
    email: str
    locale: str


@dataclass(frozen=True)
class Readers:
    """Who is coming: people of the list, and of the invited whoever does not stand there."""

    registered: Sequence[Registration] = ()
    invited: Sequence[Invited] = ()

    @property
    def letters(self) -> int:
        """To how many one can write."""
        return sum(row.email is not None for row in self.registered) + len(self.invited)


def when_and_where(event: Event) -> WhenAndWhere:
    """What the event says now."""
    return WhenAndWhere(event.starts_at, event.ends_at, event.place, event.territory_id, event.online_url)


def last_told(event: Event) -> WhenAndWhere:
    """What people were told last: what the event says, without what changed while its day lay behind.

    One statement, or none.
    """
    said = when_and_where(event)
    if event.starts_at is None or event.starts_at > clock.now():
        return said
    query = sa.select(AuditEntry).where(
        AuditEntry.subject_type == Event.__tablename__,
        AuditEntry.subject_id == event.id,
        AuditEntry.action.in_(("event.call", "event.edit")),
    )
    for entry in db.session.scalars(query.order_by(AuditEntry.id.desc())):
        if entry.action == "event.call" or (said.starts_at is not None and said.starts_at > entry.at):
            break
        said = replace(said, **_old(entry.changes))
    return said


def _old(changes: dict[str, Any]) -> dict[str, Any]:
    """When and where it was before a change, as the trace keeps it."""
    found = {name: changes[name][0] for name in WhenAndWhere.__annotations__ if name in changes}
    moments = {name: datetime.fromisoformat(v) for name, v in found.items() if name.endswith("_at") and v}
    return found | moments


def readers(event: Event, before: WhenAndWhere) -> Readers:
    """Who is to be told: nobody unless the call is out, the event lies ahead and these facts changed.

    Of another link for connecting only those whom it lets in: who waits or was invited never had the old one. Three
    statements, or none.
    """
    ahead = event.starts_at is not None and event.starts_at > clock.now()
    if event.status is not EventStatus.CALLED or not ahead or when_and_where(event) == before:
        return Readers()
    listed = registering.registered(event)
    if replace(before, online_url=event.online_url) == when_and_where(event):
        waiting = {row.id for row in seats.waiting(event)}
        return Readers([row for row in listed if row.id not in waiting])
    there = {row.email.lower() for row in listed if row.email}
    invited = {row.email.lower(): row for row in _confirmed(event) if row.email.lower() not in there}
    gone = stopped(invited)
    return Readers(listed, [row for address, row in invited.items() if address not in gone])


def _confirmed(event: Event) -> list[Invited]:
    query = (
        sa.select(ActorContact.id, ActorContact.email, ActorContact.locale)
        .join(Consent, Consent.id == ActorContact.consent_id)
        .join(Invitation, Invitation.contact_id == ActorContact.id)
        .join(Target, Target.id == Invitation.target_id)
        .join(Campaign, Campaign.id == Target.campaign_id)
        .where(
            Campaign.event_id == event.id,
            Target.step == OutreachStep.CONFIRMED,
            Invitation.answered_at.is_not(None),
            ActorContact.email.is_not(None),
            Consent.revoked_at.is_(None),
        )
        .distinct()
        .order_by(ActorContact.id)
    )
    return [Invited(key, email or "", locale) for key, email, locale in db.session.execute(query)]


def tell(event: Event, before: WhenAndWhere, to: Readers) -> None:
    """Queue the letters. Call after the change was flushed: its version names it."""
    if to.letters:
        outbox.enqueue_all(KIND, _letters(event, before, to))


def _letters(event: Event, before: WhenAndWhere, to: Readers) -> Iterator[Letter]:
    places = _places(before.territory_id, event.territory_id)
    facts: dict[str, Any] = {
        "title": event.title,
        "slug": event.slug,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "galapagos": in_galapagos(event),
        "place": _where(event.place, places.get(event.territory_id)),
        "old_starts_at": before.starts_at,
        "old_place": _where(before.place, places.get(before.territory_id)),
    }
    waiting = {row.id for row in seats.waiting(event)}
    for row in to.registered:
        is_waiting = row.id in waiting
        own = {"waiting": is_waiting, "online": "" if is_waiting else event.online_url or ""}
        own["link"] = registration_mail.link_of(row, event)
        yield Letter(row.email, row.locale, f"{KIND}:{row.reference}:{event.lock_version}", context={**facts, **own})
    for guest in to.invited:
        key = f"{KIND}:{event.id}:{guest.contact_id}:{event.lock_version}"
        none = {"waiting": False, "online": "", "link": ""}
        yield Letter(guest.email, guest.locale, key, context={**facts, **none})


def _where(place: str, territory: str | None) -> str:
    return ", ".join(part for part in (place, territory) if part)


def _places(*ids: int | None) -> dict[int | None, str]:
    query = sa.select(Territory.id, Territory.name).where(Territory.id.in_([key for key in ids if key is not None]))
    return {row.id: row.name for row in db.session.execute(query)}
