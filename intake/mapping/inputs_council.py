"""What the bodies of a plan and their meetings are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models.enums import BodyKind, MeetingMode, Presence, ReviewSector, Seat, Vote

#: A body's kind as addresses say it.
KINDS = {"grupo-nucleo": BodyKind.CORE_GROUP, "grupo-de-trabajo": BodyKind.WORKING_GROUP}
SLUGS = {kind: slug for slug, kind in KINDS.items()}
#: How a seat is present at a meeting, by whose delegate sits in it.
SITS = {Seat.PRINCIPAL: Presence.PRINCIPAL, Seat.ALTERNATE: Presence.ALTERNATE}
PRESENT = frozenset(SITS.values())


@dataclass(frozen=True, kw_only=True)
class SeatInput:
    """A new seat: ``organisation`` is the name, acronym or address of a verified actor."""

    organisation: str
    sector: ReviewSector
    pair: int | None = None
    joined_on: date | None = None
    by_invitation: bool = False


@dataclass(frozen=True, kw_only=True)
class DelegateInput:
    """Who speaks for a seat. ``email``: of the person's account, empty without one. Both days are included."""

    seat: Seat
    name: str
    since: date
    until: date | None = None
    position: str = ""
    email: str = ""
    designated_by: str = ""
    is_public: bool = False


@dataclass(frozen=True, kw_only=True)
class MeetingInput:
    """A call: when (aware instants), where, and what will be spoken of."""

    title: str
    mode: MeetingMode
    place: str
    starts_at: datetime
    agenda: str
    ends_at: datetime | None = None
    confirmed: bool = True  # that a day in the past is meant: False where a person wrote it and was not asked yet


@dataclass(frozen=True, kw_only=True)
class PresenceInput:
    """Seat number ``position``; ``delegate`` counts the seat's delegates from 1, and is given where one came."""

    position: int
    presence: Presence
    delegate: int | None = None


@dataclass(frozen=True, kw_only=True)
class ResolutionInput:
    """What was decided, why, and the vote of each present seat by its position."""

    text: str
    votes: Mapping[int, Vote]
    reason: str = ""
