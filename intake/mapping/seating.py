"""Who holds a seat of a body, and who speaks for it, on a day. Pure; both ends of a term are included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from models import BodyMember, Delegate
from models.enums import ReviewSector, Seat


def in_force(member: BodyMember, day: date) -> bool:
    """Whether the seat belongs to the body on that day."""
    return (member.joined_on is None or member.joined_on <= day) and (member.left_on is None or member.left_on >= day)


def seats_on(members: Iterable[BodyMember], day: date) -> list[BodyMember]:
    """The seats in force on a day, in order."""
    return [member for member in members if in_force(member, day)]


def in_term(delegate: Delegate, day: date) -> bool:
    """Whether the delegate speaks for the seat on that day."""
    return delegate.since <= day and (delegate.until is None or delegate.until >= day)


def speaking(member: BodyMember, day: date) -> list[Delegate]:
    """The delegates of a seat in their term, the principal first; the seat's delegates are loaded."""
    order = list(Seat)
    return sorted((d for d in member.delegates if in_term(d, day)), key=lambda d: order.index(d.seat))


def numbered(member: BodyMember) -> dict[int, Delegate]:
    """The seat's delegates of all times by their number: 1 is the one written down first."""
    return dict(enumerate(sorted(member.delegates, key=lambda d: d.id), 1))


def overlaps(known: Iterable[Delegate], seat: Seat, since: date, until: date | None) -> Delegate | None:
    """A delegate who holds the same place at the same time; None."""
    clash = (
        d
        for d in known
        if d.seat is seat and (until is None or d.since <= until) and (d.until is None or d.until >= since)
    )
    return next(clash, None)


def balance(members: Sequence[BodyMember]) -> list[tuple[ReviewSector | None, int]]:
    """How many seats each sector has, in the order of the vocabulary; None: no source tells the sector."""
    found = Counter(member.sector for member in members)
    order: list[ReviewSector | None] = [*ReviewSector, None]
    return [(sector, found[sector]) for sector in order if found[sector]]
