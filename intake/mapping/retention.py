"""Forgetting: names, ways to reach people and what they need go some time after the event, as the form promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from intake.core import bulk, clock
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import profiles
from models import AuditEntry, Event, PersonProfile, Registration

#: After how many days without another word. The form says so to whoever registers.
DAYS = 90


def forget(days: int = DAYS) -> int:
    """Erase the personal data of registrations whose event ended (or was to end) so many days ago; how many.

    The row stays: that somebody had a place and came is no secret, who it was is. Answers that waited under it go;
    those that were counted stand under a key that led to the contact, and the contact is gone.
    """
    limit = clock.now() - timedelta(days=days)
    ended = sa.func.coalesce(Event.ends_at, Event.starts_at, Event.called_at)  # also what nobody declared held
    with transaction():
        query = sa.select(Event).where(
            ended < limit, sa.exists().where(Registration.event_id == Event.id, Registration.name != "")
        )
        numbers = _erase({event.id: event for event in db.session.scalars(query)})
        rows = bulk.Rows()
        for event, number in numbers:
            facts = {"registrations": number}
            rows.add(AuditEntry, **bulk.entry("event.forget", Event, event.id, event.slug, by=SYSTEM, changes=facts))
        rows.write()
    return sum(number for _event, number in numbers)


def _erase(events: Mapping[int, Event]) -> list[tuple[Event, int]]:
    """Each event with how many registrations it forgot. Three statements."""
    mine = Registration.event_id.in_(events)
    found = db.session.execute(sa.select(Registration.event_id, Registration.reference, Registration.name).where(mine))
    kept = found.all()
    own = [profiles.own_key(events[row.event_id].plan_id, row.reference) for row in kept]
    db.session.execute(sa.delete(PersonProfile).where(PersonProfile.person_key.in_(own)))
    db.session.execute(
        sa.update(Registration)
        .where(mine, Registration.name != "")
        .values(name="", email=None, phone=None, needs="", code_hash=None, user_id=None)
    )
    erased = Counter(row.event_id for row in kept if row.name)
    return [(event, erased[key]) for key, event in events.items()]
