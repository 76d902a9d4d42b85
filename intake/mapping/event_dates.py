"""On which days an event or a meeting may lie, and what moving it over today means for an event."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from intake.mapping.event_lifecycle import EVENT
from models import Event, EventFile, EventStep, Participation, Proposal, Registration
from models.enums import EventStatus, RegistrationStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.mapping.inputs import EventInput

#: Ecuador joined the Open Government Partnership in 2018: nothing that is recorded here happened before.
EARLIEST = date(2018, 1, 1)
#: Years ahead of today that a date may lie; further away it is a slip of the keyboard.
YEARS_AHEAD = 3
#: The box with which a person says that a past day is meant.
CONFIRMATION = "already_held"


def check_bounds(moment: datetime | None, before: datetime | None = None) -> None:
    """Raise `Invalid` (``starts_at``) for a day that cannot be meant; one that stays as it was is left alone."""
    if moment is None or moment == before:
        return
    day, today = clock.local(moment).date(), clock.today()
    last = date(today.year + YEARS_AHEAD, today.month, 28 if today.month == 2 else today.day)  # there may be no 29th
    if not EARLIEST <= day <= last:
        words = _l("Revise el año: la fecha tiene que estar entre %(first)d y %(last)d.", first=2018, last=last.year)
        raise Invalid(words, field="starts_at")


def is_past(starts_at: datetime | None, *, has_time: bool = True) -> bool:
    """Whether it lies behind us; where only the day is known, today does not. An unknown day is one of the past."""
    if starts_at is None:
        return True
    return starts_at < clock.now() if has_time else clock.local(starts_at).date() < clock.today()


def check_new(given: EventInput) -> None:
    """Raise `Invalid` where a new event lies on an odd day, or in the past without anybody having said so."""
    check_bounds(given.starts_at)
    if given.status is None and is_past(given.starts_at, has_time=given.has_time):
        _require_confirmed(given)


def _require_confirmed(given: EventInput) -> None:
    if not given.confirmed:
        raise Invalid(_l("Esa fecha ya pasó. Corríjala o confirme que el encuentro ya se realizó."), field=CONFIRMATION)


def turn(event: Event, given: EventInput) -> str:
    """Which move the new day asks for: ``hold`` to the past, ``redraft`` or ``recall`` to the future, "" for none.

    Raises `Invalid` for an odd day, a past one that nobody confirmed, and a future one of what has left its marks.
    """
    check_bounds(given.starts_at, event.starts_at)
    if given.starts_at in {None, event.starts_at}:
        return ""
    past = is_past(given.starts_at, has_time=given.has_time)
    if past and event.status in {EventStatus.PLANNED, EventStatus.CALLED}:
        _require_confirmed(given)
        return "hold"
    if past or event.status not in {EventStatus.HELD, EventStatus.CLOSED}:
        return ""
    if event.status is EventStatus.CLOSED or _left_marks(event):
        words = _l("Este encuentro ya tiene registro de lo que pasó: su fecha no puede quedar en el futuro.")
        raise Invalid(words, field="starts_at")
    return "redraft" if event.called_at is None else "recall"


def make(event: Event, move: str, *, by: Principal) -> None:
    """Make the move of `turn`, if there is one."""
    if move:
        EVENT.fire(event, move, by=by)


def _left_marks(event: Event) -> bool:
    """Whether anything says that it took place: who came, minutes, steps, files, proposals. One statement."""
    came = (RegistrationStatus.ATTENDED, RegistrationStatus.ABSENT)
    there = sa.or_(
        sa.exists().where(Participation.event_id == event.id),
        sa.exists().where(Registration.event_id == event.id, Registration.status.in_(came)),
        sa.exists().where(EventStep.event_id == event.id),
        sa.exists().where(EventFile.event_id == event.id),
        sa.exists().where(Proposal.event_id == event.id),
    )
    return bool(event.minutes) or bool(db.session.scalar(sa.select(there)))
