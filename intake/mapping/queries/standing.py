"""Whether those who said that they come have a place at the event, or wait for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.extensions import db
from intake.mapping import seats
from models import ActorContact, Event, Registration
from models.enums import OutreachStep, RegistrationStatus

if TYPE_CHECKING:
    from models import Target


def waiting_actors(event: Event | None, actor_ids: Collection[int]) -> dict[int, int]:
    """Actor → its number among those waiting, for actors of which nobody has a place. Two statements at most."""
    queue = seats.queue(event) if event is not None and actor_ids else {}
    if event is None or not queue:
        return {}
    found = defaultdict(list)
    for key, actor_id in db.session.execute(_asked(event, actor_ids)):
        found[actor_id].append(queue.get(key, 0))
    return {actor_id: min(numbers) for actor_id, numbers in found.items() if min(numbers)}


def _asked(event: Event, actor_ids: Collection[int]) -> sa.Select[int, int]:
    """Registrations in the name of these actors, or under the mailbox of one of their contacts."""
    mailbox = sa.func.lower(ActorContact.email) == sa.func.lower(Registration.email)
    actor = sa.case((Registration.actor_id.in_(actor_ids), Registration.actor_id), else_=ActorContact.actor_id)
    return (
        sa.select(Registration.id, actor)
        .outerjoin(ActorContact, mailbox & ActorContact.actor_id.in_(actor_ids))
        .where(
            Registration.event_id == event.id,
            Registration.status != RegistrationStatus.CANCELLED,
            Registration.actor_id.in_(actor_ids) | ActorContact.actor_id.is_not(None),
        )
    )


def waiting_number(target: Target) -> int:
    """The number with which a confirmed actor waits, 0 for any other; its campaign is loaded. Three statements."""
    key = target.campaign.event_id
    if key is None or target.step is not OutreachStep.CONFIRMED:
        return 0
    return waiting_actors(db.session.get(Event, key), [target.actor_id]).get(target.actor_id, 0)
