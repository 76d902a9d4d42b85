"""Who has a place at an event with limited room, and who waits: the order in which they registered decides.

Whoever leaves only a telephone is not told that they stand in the list already (`registering.of_person`), and may so
stand there twice: the same name under a telephone of an earlier registration takes no other place. Its page says what
it would say to somebody new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.text import plain
from intake.extensions import db
from models import Registration
from models.enums import RegistrationStatus

if TYPE_CHECKING:
    from models import Event

#: Up to so many free places are few.
FEW = 5


class Room(StrEnum):
    """What everybody is told of the free places.

    Never how many: a number that does not move after asking for somebody's place tells that they have one.
    """

    UNLIMITED = "unlimited"
    SOME = "some"
    FEW = "few"
    NONE = "none"


def _standing(event_id: int) -> sa.Select[Any]:
    """Those who asked for a place and did not give it back, in order; people at the door came anyway and take none."""
    return (
        sa.select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.status != RegistrationStatus.CANCELLED,
            Registration.at_door.is_(False),
        )
        .order_by(Registration.id)
    )


def _line(event_id: int) -> list[int]:
    """Keys of the registrations that take a place or wait for one, in order. One statement."""
    columns = (Registration.id, Registration.email, Registration.phone, Registration.name)
    return [row.id for row in _once(db.session.execute(_standing(event_id).with_only_columns(*columns)))]


def _once(rows: Any) -> Iterator[Any]:
    """Without what repeats an earlier one: a telephone alone, under the same name."""
    known = set()
    for row in rows:
        mark = (row.phone, " ".join(plain(row.name).split()))
        if not (row.phone and not row.email and mark in known):
            yield row
        known.add(mark)


def taken(event: Event) -> int:
    """How many asked for a place and keep it, those waiting included. One statement."""
    return len(_line(event.id))


def given(event: Event) -> int:
    """How many have a place, those waiting left out. One statement."""
    number = taken(event)
    return number if event.capacity is None else min(number, event.capacity)


def left(event: Event) -> int | None:
    """Free places, 0 when others wait; None without a limit. One statement, or none."""
    return None if event.capacity is None else max(0, event.capacity - taken(event))


def room(event: Event) -> Room:
    """What everybody is told of the free places. One statement, or none."""
    number = left(event)
    if number is None:
        return Room.UNLIMITED
    if number == 0:
        return Room.NONE
    return Room.FEW if number <= FEW else Room.SOME


def place_in_queue(registration: Registration, event: Event) -> int:
    """0 with a place, else the number among those waiting. One statement, or none."""
    if event.capacity is None or registration.at_door:
        return 0
    before = sum(key < registration.id for key in _line(event.id))
    return max(0, before + 1 - event.capacity)


def queue(event: Event) -> dict[int, int]:
    """Key of each registration that waits → its number, in order. One statement, or none."""
    if event.capacity is None:
        return {}
    return {key: number for number, key in enumerate(_line(event.id)[event.capacity :], 1)}


def waiting(event: Event) -> Sequence[Registration]:
    """Those without a place, in order. One statement, or none."""
    if event.capacity is None:
        return []
    return list(_once(db.session.scalars(_standing(event.id))))[event.capacity :]
