"""Invariants of co-creation events: figures of lists, closing acts, photographs, places."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.extensions import db
from intake.plans import participation
from models import (
    Base,
    Event,
    EventAct,
    EventFile,
    Participation,
    ParticipationCount,
    ProfileAttendance,
    Registration,
)
from models.enums import AttendanceMethod, EventFileKind, EventStatus, RegistrationStatus

#: Tables that say who somebody is, and those that say what somebody is like.
WHO = frozenset({"registration", "user", "actor_contact", "proposal_contact", "consent"})
LIKE = frozenset({"person_profile", "profile_attendance"})


def lists_agree() -> Sequence[Any]:
    """Events counted by list whose figures are not those of the profiles that attended, or whose total is another."""
    query = sa.select(Event.id, Event.slug, Participation.id, Participation.total).join(
        Participation, Participation.event_id == Event.id
    )
    rows = db.session.execute(query.where(Participation.method == AttendanceMethod.LIST).order_by(Event.id)).all()
    return [slug for event_id, slug, key, total in rows if not _agrees(event_id, key, total)]


def _agrees(event_id: int, participation_id: int, total: int) -> bool:
    came = sa.select(sa.func.count(ProfileAttendance.id)).where(ProfileAttendance.event_id == event_id)
    query = sa.select(ParticipationCount.dimension, ParticipationCount.category, ParticipationCount.people).where(
        ParticipationCount.participation_id == participation_id
    )
    told = {(dimension, category): people for dimension, category, people in db.session.execute(query) if people}
    listed = {(d, c): n for d, parts in participation.listed(event_id).items() for c, n in parts.items()}
    return db.session.scalar(came) == total and told == listed


def counts_have_no_list() -> Sequence[Any]:
    """Events counted by numbers, or not at all, whose people also stand in a list that counts."""
    query = (
        sa.select(Event.slug)
        .join(ProfileAttendance, ProfileAttendance.event_id == Event.id)
        .outerjoin(Participation, Participation.event_id == Event.id)
        .where(sa.func.coalesce(Participation.method, AttendanceMethod.COUNTS) != AttendanceMethod.LIST)
    )
    return db.session.scalars(query.distinct().order_by(Event.slug)).all()


def closed_have_their_act() -> Sequence[Any]:
    """Closed events without an act, acts of events that are not closed, and acts that are not what was signed."""
    query = sa.select(Event.slug, Event.status, EventAct.content, EventAct.sha256).outerjoin(
        EventAct, EventAct.event_id == Event.id
    )
    either = sa.or_(Event.status == EventStatus.CLOSED, EventAct.id.is_not(None))
    found = []
    for slug, status, content, digest in db.session.execute(query.where(either).order_by(Event.id)):
        signed = hashlib.sha256((content or "").encode()).hexdigest() == digest
        if status is not EventStatus.CLOSED or not signed:
            found.append(slug)
    return found


def photographs_are_described() -> Sequence[Any]:
    """Photographs that say nothing to whoever cannot see them."""
    blank = sa.func.trim(EventFile.description) == ""
    query = sa.select(Event.slug).join(EventFile, EventFile.event_id == Event.id)
    return db.session.scalars(query.where(EventFile.kind == EventFileKind.PHOTO, blank).order_by(EventFile.id)).all()


def attendance_was_possible() -> Sequence[Any]:
    """Events that nobody held (prepared, called, cancelled) and that have figures or people who came."""
    figures = sa.exists().where(Participation.event_id == Event.id)
    came = sa.exists().where(Registration.event_id == Event.id, Registration.status == RegistrationStatus.ATTENDED)
    prepared = Event.status.in_((EventStatus.PLANNED, EventStatus.CANCELLED))
    wrong = sa.or_(prepared & (figures | came), (Event.status == EventStatus.CALLED) & figures)
    return db.session.scalars(sa.select(Event.slug).where(wrong).order_by(Event.slug)).all()


def counted_once() -> Sequence[Any]:
    """Events counted in one of another plan, or in one that is itself counted in a third."""
    into = sa.orm.aliased(Event)
    query = sa.select(Event.slug).join(into, into.id == Event.counted_in_id)
    wrong = sa.or_(into.plan_id != Event.plan_id, into.counted_in_id.is_not(None))
    return db.session.scalars(query.where(wrong).order_by(Event.slug)).all()


def profiles_lead_to_nobody() -> Sequence[Any]:
    """Foreign keys between who somebody is and what somebody is like: there must be none."""
    keys = (
        (table.name, key.column.table.name) for table in Base.metadata.tables.values() for key in table.foreign_keys
    )
    return sorted(f"{a} → {b}" for a, b in keys if (a in LIKE and b in WHO) or (b in LIKE and a not in LIKE))
