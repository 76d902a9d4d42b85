"""Reading what belongs to one event: who registered, its files, steps and act."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.extensions import db
from models import AuditEntry, Event, EventAct, EventFile, EventStep, Proposal, Registration, StoredFile
from models.enums import EventFileKind, RegistrationStatus

#: Acts of the trace that correct a record after its act was signed.
CORRECTIONS = ("event.edit", "event.correct", "event.minutes")
FIRST_PROPOSALS = 10


@dataclass(frozen=True)
class ListNumbers:
    """How many of an event's list stand where."""

    registered: int = 0
    attended: int = 0
    absent: int = 0
    cancelled: int = 0

    @property
    def standing(self) -> int:
        """Everybody but those who cancelled."""
        return self.registered + self.attended + self.absent


def list_numbers(event: Event) -> ListNumbers:
    """One statement."""
    query = (
        sa.select(Registration.status, sa.func.count(Registration.id))
        .where(Registration.event_id == event.id)
        .group_by(Registration.status)
    )
    return ListNumbers(**{status.value: int(number) for status, number in db.session.execute(query)})


class Part(StrEnum):
    """Which of an event's list: the values stand in addresses."""

    SEATED = ""  # everybody but those who wait
    WAITING = "espera"
    WITHOUT_MAIL = "sin-correo"


def registrations(
    event: Event, *, number: int = 1, name: str = "", part: Part = Part.SEATED, waiting: Collection[int] = ()
) -> Page[Registration]:
    """A page of those who did not cancel, by name (who waits: in order), with the organisation. Two statements.

    ``name`` narrows without regard to capitals, among those with a place and those without; accents count, as the
    database compares. ``waiting``: keys of the registrations that wait (`seats.queue`).
    """
    found = [Registration.event_id == event.id, Registration.status != RegistrationStatus.CANCELLED]
    if name:
        found.append(sa.func.lower(Registration.name).contains(name.lower(), autoescape=True))
    order: list[Any] = [sa.func.lower(Registration.name), Registration.id]
    if part is Part.WITHOUT_MAIL:
        found += _by_telephone()
    elif part is Part.WAITING:
        found.append(Registration.id.in_(waiting))
        order = [Registration.id]
    elif not name:
        found.append(Registration.id.not_in(waiting))
    query = sa.select(Registration).where(*found).options(joinedload(Registration.actor)).order_by(*order)
    return paginate(query, number=number)


def _by_telephone() -> list[sa.ColumnElement[bool]]:
    """No letter reaches them: somebody has to call."""
    return [
        Registration.email.is_(None),
        Registration.phone.is_not(None),
        Registration.status == RegistrationStatus.REGISTERED,
    ]


def without_mail(event: Event) -> int:
    """How many who have, or wait for, a place are reached by telephone alone. One statement."""
    query = sa.select(sa.func.count(Registration.id)).where(Registration.event_id == event.id, *_by_telephone())
    return db.session.scalar(query) or 0


def registration(event: Event, reference: str) -> Registration:
    """One of the list, by its reference. Raises `NotFound`. One statement."""
    query = sa.select(Registration).where(
        Registration.event_id == event.id, Registration.reference == reference.lower()
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_l("No existe esa inscripción."))
    return found


def files_of(event: Event, *, everything: bool = False) -> Sequence[EventFile]:
    """Photographs and documents with what is stored of them; the signed sheet only for the team. One statement."""
    query = sa.select(EventFile).where(EventFile.event_id == event.id).options(joinedload(EventFile.file))
    if not everything:
        query = query.where(EventFile.kind != EventFileKind.ACT)
    return db.session.scalars(query.order_by(EventFile.id)).all()


def file_of(event: Event, key: str) -> EventFile:
    """A file of the event, by its key. Raises `NotFound`. One statement."""
    query = (
        sa.select(EventFile)
        .join(StoredFile, StoredFile.id == EventFile.file_id)
        .where(EventFile.event_id == event.id, StoredFile.key == key)
    )
    found = db.session.scalar(query.options(joinedload(EventFile.file)))
    if found is None:
        raise NotFound(_l("No existe un archivo con esa dirección."))
    return found


def steps_of(event: Event) -> dict[int, EventStep]:
    """The steps gone through, by number. One statement."""
    query = sa.select(EventStep).where(EventStep.event_id == event.id).order_by(EventStep.number)
    return {step.number: step for step in db.session.scalars(query)}


def act_of(event: Event) -> EventAct | None:
    """The closing act with its sheet, None before it is signed. One statement."""
    query = sa.select(EventAct).where(EventAct.event_id == event.id).options(joinedload(EventAct.file))
    return db.session.scalar(query)


class Correction(NamedTuple):
    """That a record changed after its act was signed, and why."""

    at: datetime
    reason: str


def corrections(event: Event, act: EventAct) -> list[Correction]:
    """What was corrected since the act, in order. One statement."""
    query = (
        sa.select(AuditEntry.at, AuditEntry.reason)
        .where(
            AuditEntry.subject_type == Event.__tablename__,
            AuditEntry.subject_id == event.id,
            AuditEntry.action.in_(CORRECTIONS),
            AuditEntry.at > act.facilitator_signed_at,
        )
        .order_by(AuditEntry.id)
    )
    return [Correction(*row) for row in db.session.execute(query)]


class Born(NamedTuple):
    """A proposal that was made at an event."""

    folio: str
    title: str


def born(event: Event) -> list[Born]:
    """The public proposals made there, the first ten. One statement."""
    query = (
        sa.select(Proposal.folio, Proposal.title)
        .where(Proposal.event_id == event.id, Proposal.is_public)
        .order_by(Proposal.id)
        .limit(FIRST_PROPOSALS)
    )
    return [Born(str(folio), title) for folio, title in db.session.execute(query)]


class Choice(NamedTuple):
    """An event that another one may be counted in."""

    slug: str
    title: str


#: How many events on each side of an event's date may be the one in which its people are counted.
NEAREST = 100


def countable(plan_code: str, event: Event) -> list[Choice]:
    """Events of the plan that count for themselves, the latest first: those nearest to the event's date. One statement.

    The one in which it is counted now is always among them.
    """
    day = Event.starts_at if event.starts_at is None else sa.literal(event.starts_at, Event.starts_at.type)
    rows = sa.select(Event.id).where(
        Event.plan.has(code=plan_code), Event.counted_in_id.is_(None), Event.id != event.id
    )
    after = rows.where(Event.starts_at > day).order_by(Event.starts_at, Event.id).limit(NEAREST)
    until = rows.where(Event.starts_at <= day).order_by(Event.starts_at.desc(), Event.id.desc()).limit(NEAREST)
    undated = rows.where(Event.starts_at.is_(None)).order_by(Event.id.desc()).limit(NEAREST)
    near = [Event.id.in_(sa.select(part.subquery().c.id)) for part in (after, until, undated)]
    now = sa.and_(Event.id == event.counted_in_id, Event.plan.has(code=plan_code))
    query = sa.select(Event.slug, Event.title).where(sa.or_(*near, now))
    found = db.session.execute(query.order_by(Event.starts_at.is_(None), Event.starts_at.desc(), Event.id.desc()))
    return [Choice(*row) for row in found]
