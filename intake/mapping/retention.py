"""Forgetting: names, ways to reach people and what they need go some time after the event, as the form promised."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import profiles
from models import Event, PersonProfile, Registration

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
        total = 0
        for event in db.session.scalars(query).all():
            number = _erase(event)
            audit.record("event.forget", event, by=SYSTEM, extra={"registrations": number})
            total += number
    return total


def _erase(event: Event) -> int:
    references = db.session.scalars(sa.select(Registration.reference).where(Registration.event_id == event.id))
    own = [profiles.own_key(event.plan_id, reference) for reference in references]
    db.session.execute(sa.delete(PersonProfile).where(PersonProfile.person_key.in_(own)))
    done = db.session.execute(
        sa.update(Registration)
        .where(Registration.event_id == event.id, Registration.name != "")
        .values(name="", email=None, phone=None, needs="", code_hash=None, user_id=None)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
