"""Who has a place at an event with limited room, and who waits: the order in which they registered decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.extensions import db
from models import Registration
from models.enums import RegistrationStatus

if TYPE_CHECKING:
    from models import Event


def _holding(event_id: int) -> list[sa.ColumnElement[bool]]:
    """Those who asked for a place and did not give it back; people at the door came anyway and take none."""
    return [
        Registration.event_id == event_id,
        Registration.status != RegistrationStatus.CANCELLED,
        Registration.at_door.is_(False),
    ]


def taken(event: Event) -> int:
    """How many asked for a place and keep it, those waiting included. One statement."""
    return db.session.scalar(sa.select(sa.func.count(Registration.id)).where(*_holding(event.id))) or 0


def given(event: Event) -> int:
    """How many have a place, those waiting left out. One statement."""
    number = taken(event)
    return number if event.capacity is None else min(number, event.capacity)


def left(event: Event) -> int | None:
    """Free places, 0 when others wait; None without a limit. One statement, or none."""
    return None if event.capacity is None else max(0, event.capacity - taken(event))


def place_in_queue(registration: Registration, event: Event) -> int:
    """0 with a place, else the number among those waiting. One statement, or none."""
    if event.capacity is None or registration.at_door:
        return 0
    query = sa.select(sa.func.count(Registration.id)).where(*_holding(event.id), Registration.id <= registration.id)
    return max(0, (db.session.scalar(query) or 0) - event.capacity)


def queue(event: Event) -> dict[int, int]:
    """Key of each registration that waits → its number, in order. One statement, or none."""
    if event.capacity is None:
        return {}
    query = sa.select(Registration.id).where(*_holding(event.id)).order_by(Registration.id).offset(event.capacity)
    return {key: number for number, key in enumerate(db.session.scalars(query), 1)}


def waiting(event: Event) -> Sequence[Registration]:
    """Those without a place, in order. One statement, or none."""
    if event.capacity is None:
        return []
    query = sa.select(Registration).where(*_holding(event.id)).order_by(Registration.id).offset(event.capacity)
    return db.session.scalars(query).all()
