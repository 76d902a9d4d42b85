"""Ways to break the invariants of events, for `test_invariants`."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from models import Event, EventAct, EventFile, Participation, PersonProfile, ProfileAttendance, StoredFile
from models.enums import AttendanceMethod, EventFileKind, EventStatus


def _event(*where: sa.ColumnElement[bool]) -> Event:
    query = sa.select(Event).join(Participation, Participation.event_id == Event.id, isouter=True)
    return db.session.scalars(query.where(*where).order_by(Event.id).limit(1)).one()


def _set(event: Event, **values: object) -> str:
    db.session.execute(sa.update(Event.__table__).where(Event.id == event.id).values(**values))
    return event.slug


def break_lists_agree() -> str:
    event = _event(Participation.method == AttendanceMethod.LIST)
    mine = sa.select(ProfileAttendance.profile_id).where(ProfileAttendance.event_id == event.id).limit(1)
    key = db.session.scalar(mine)
    other = sa.case((PersonProfile.gender == "woman", "man"), else_="woman")
    db.session.execute(sa.update(PersonProfile.__table__).where(PersonProfile.id == key).values(gender=other))
    return event.slug


def break_counts_have_no_list() -> str:
    event = _event(Participation.method == AttendanceMethod.COUNTS)
    key = db.session.scalar(sa.select(PersonProfile.id).order_by(PersonProfile.id).limit(1))
    db.session.add(ProfileAttendance(profile_id=key, event_id=event.id))
    return event.slug


def break_closed_have_their_act() -> str:
    event = _event(Event.status == EventStatus.CLOSED)
    db.session.execute(sa.update(EventAct).where(EventAct.event_id == event.id).values(content="Otra cosa"))
    return event.slug


def break_photographs_described() -> str:
    event = _event(Event.status == EventStatus.HELD)
    given = {"key": "x" * 43, "name": "f.jpg", "media_type": "image/jpeg", "size_bytes": 1, "sha256": "0" * 64}
    stored = StoredFile(**given, created_at=clock.now())
    db.session.add(stored)
    db.session.flush()
    row = EventFile(event_id=event.id, file_id=stored.id, kind=EventFileKind.PHOTO, description=" ")
    row.added_at = clock.now()
    db.session.add(row)
    return event.slug


def break_attendance_was_possible() -> str:
    return _set(_event(Participation.total > 0), status="planned")


def break_events_counted_once() -> str:
    first = _event(Event.status == EventStatus.HELD)
    other = _event(Event.plan_id != first.plan_id)
    return _set(first, counted_in_id=other.id)
