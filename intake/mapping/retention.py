"""Forgetting: names, ways to reach people and what they need go some time after the event, as the form promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
#: How many rows a statement names: PostgreSQL takes 65,535 values.
CHUNK = 1_000


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
        due = db.session.scalars(query.order_by(Event.id)).all()
        parts = (due[start : start + CHUNK] for start in range(0, len(due), CHUNK))
        numbers = [pair for part in parts for pair in _erase({event.id: event for event in part})]
        rows = bulk.Rows()
        for event, number in numbers:
            facts = {"registrations": number}
            rows.add(AuditEntry, **bulk.entry("event.forget", Event, event.id, event.slug, by=SYSTEM, changes=facts))
        rows.write()
    return sum(number for _event, number in numbers)


def _erase(events: Mapping[int, Event]) -> list[tuple[Event, int]]:
    """Each event with how many registrations it forgot. Two statements, and one for each thousand of registrations."""
    mine = Registration.event_id.in_(events)
    query = sa.select(Registration.event_id, Registration.reference, Registration.name).where(mine)
    found = db.session.execute(query.order_by(Registration.id).with_for_update())
    kept = found.all()  # held: who describes themselves meanwhile waits, and learns that it is gone
    own = [profiles.own_key(events[row.event_id].plan_id, row.reference) for row in kept]
    _drop_profiles(own)
    db.session.execute(
        sa.update(Registration)
        .where(mine, Registration.name != "")
        .values(name="", email=None, phone=None, needs="", code_hash=None, user_id=None)
    )
    erased = Counter(row.event_id for row in kept if row.name)
    return [(event, erased[key]) for key, event in events.items()]


def _drop_profiles(keys: Sequence[str]) -> None:
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        db.session.execute(sa.delete(PersonProfile).where(PersonProfile.person_key.in_(part)))
