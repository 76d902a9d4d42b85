"""Who came, name by name, and how they described themselves, kept apart.

A registration says who; a profile says what somebody is like and knows no name. What joins them for a moment is a keyed
hash that needs the server's secret (`person_key`); nothing stores the two together, and no page reads a profile back.
Describing oneself is not written in the trace either: its line would name the person or the moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.keyed import keyed_hash
from intake.core.permissions import Permission, authorize
from intake.core.text import clean, plain
from intake.core.transaction import in_savepoint, lock, transaction
from intake.extensions import db
from intake.mapping import noticed
from intake.mapping.doors import check_begun, check_reason
from intake.mapping.event_lifecycle import EVENT, REGISTRATION
from intake.mapping.inputs_events import ProfileInput, RegistrationInput
from intake.plans import services as plan_services
from intake.plans.inputs import CATEGORIES
from models import Event, Participation, PersonProfile, Plan, ProfileAttendance, Registration
from models.enums import AttendanceMethod, Dimension, EventStatus, RegistrationStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal

NOT_STATED = "not_stated"


def person_key(plan_id: int, contact: str) -> str:
    """The key under which a plan knows whoever is reached at ``contact``: 64 hexadecimal digits."""
    return keyed_hash("person_profile", str(plan_id), contact.strip().casefold())


def begin(event: Event, method: AttendanceMethod, *, switch: bool, reason: str, by: Principal) -> None:
    """Make an event ready to take figures by ``method``, within the caller's transaction.

    One that was called is held from its day on. Raises `Conflict` where nothing can have been held, `Invalid`
    (``switch``) where the other method gave the figures and nobody said to replace them.
    """
    lock(sa.select(Event.id).where(Event.id == event.id))
    db.session.refresh(event, ["status"])
    if event.status in {EventStatus.PLANNED, EventStatus.CANCELLED}:
        raise Conflict(_l("Este encuentro no se convocó o se canceló: no tiene asistencia."))
    check_begun(event)
    check_reason(event, reason)
    known = db.session.scalar(sa.select(Participation.method).where(Participation.event_id == event.id))
    if known not in {None, method} and not switch:
        raise Invalid(
            _l("Ya hay cifras tomadas de otra manera. Confirme que las nuevas las reemplazan."), field="switch"
        )
    if event.status is EventStatus.CALLED:
        EVENT.fire(event, "hold", by=by)
    if reason.strip():
        audit.record("event.correct", event, by=by, reason=reason)
    db.session.execute(sa.delete(ProfileAttendance).where(ProfileAttendance.event_id == event.id))


def mark(event: Event, came: Sequence[str], shown: Sequence[str], *, by: Principal) -> int:
    """Mark who came among the references ``shown``; the others of them lose the mark. How many marks changed."""
    authorize(by, Permission.ATTENDANCE_RECORD, event)
    with transaction():
        _markable(event)
        query = sa.select(Registration).where(Registration.event_id == event.id, Registration.reference.in_(shown))
        moves = [(row, move) for row in db.session.scalars(query) if (move := _move(row, row.reference in came))]
        for row, move in moves:
            REGISTRATION.fire(row, move, by=by)
        noticed.attended(event)
    return len(moves)


def _move(row: Registration, came: bool) -> str | None:  # noqa: FBT001 -- a mark is set or not
    if came:
        return "come" if row.status in {RegistrationStatus.REGISTERED, RegistrationStatus.ABSENT} else None
    return "unmark" if row.status is RegistrationStatus.ATTENDED else None


def add_at_door(event: Event, given: RegistrationInput, *, by: Principal) -> Registration:
    """Add somebody who came without having registered. Raises `Invalid` if that person stands in the list."""
    authorize(by, Permission.ATTENDANCE_RECORD, event)
    with transaction():
        _markable(event)
        same = sa.select(Registration).where(Registration.event_id == event.id)
        for row in db.session.scalars(same):
            if plain(row.name) == plain(given.name) and (row.email, row.phone) == (given.email, given.phone):
                raise Invalid(_l("Esa persona ya está en la lista."), field="name")
        made = Registration(
            event_id=event.id,
            reference=tokens.new_code(10).lower(),
            name=clean(given.name),
            email=given.email,
            phone=given.phone,
            at_door=True,
            created_at=clock.now(),
            noted_by_id=by.user_id,
        )
        REGISTRATION.establish(made, RegistrationStatus.ATTENDED)
        audit.record("registration.at_door", made, by=by)
    return made


def _markable(event: Event) -> None:
    """Raise `Conflict` unless the list is open: on or after the day, before the act."""
    lock(sa.select(Event.id).where(Event.id == event.id))
    db.session.refresh(event, ["status"])
    if event.status not in {EventStatus.CALLED, EventStatus.HELD}:
        raise Conflict(_l("La lista de este encuentro ya no se puede cambiar."))
    check_begun(event)


def describe(registration: Registration, event: Event, given: ProfileInput) -> None:
    """Keep how the person describes themselves. Raises `Conflict` once a closed list has counted them.

    Whoever calls has shown that they are that person (the code of the registration) or hand them the telephone.
    """
    for dimension, category in given.answers.items():
        if category not in CATEGORIES[dimension]:
            raise Invalid(_l("Elija una de las opciones."), field=dimension.value)
    with transaction():
        if registration.status is RegistrationStatus.CANCELLED or is_erased(registration):
            raise Conflict(_l("Esta inscripción ya no está vigente."))
        profile = _profile(event.plan_id, _key_of(registration, event.plan_id))
        counted = sa.select(ProfileAttendance.id).where(ProfileAttendance.profile_id == profile.id).limit(1)
        if db.session.scalar(counted) is not None:
            raise Conflict(_l("Las respuestas ya se contaron al cerrar la lista y no cambian."))
        for dimension in Dimension:
            setattr(profile, dimension.value, given.answers.get(dimension, NOT_STATED))


def is_erased(registration: Registration) -> bool:
    """Whether the personal data is gone (`retention`)."""
    return not registration.name


def close_list(event: Event, *, by: Principal, switch: bool = False, reason: str = "") -> Participation:
    """Count the list: who is marked came, the others did not; each person once, however often they stand there.

    In one transaction the figures of the event are made of the profiles of those who came. Whoever told nothing about
    themselves counts as "not stated". May be done again until the act is signed.
    """
    authorize(by, Permission.ATTENDANCE_RECORD, event)
    with transaction():
        begin(event, AttendanceMethod.LIST, switch=switch, reason=reason, by=by)
        rows = _of_list(event)
        for row in rows:
            if row.status is RegistrationStatus.REGISTERED:
                REGISTRATION.fire(row, "miss", by=by)
        keys = _keys(rows, event.plan_id)
        profiles = [_profile(event.plan_id, key) for key in keys]
        db.session.add_all(ProfileAttendance(profile_id=profile.id, event_id=event.id) for profile in profiles)
        plan = db.session.get_one(Plan, event.plan_id)
        return plan_services.record_participation(
            plan,
            _counts(profiles),
            total=len(profiles),
            event=event,
            method=AttendanceMethod.LIST,
            by=by,
        )


def _counts(profiles: Sequence[PersonProfile]) -> dict[Dimension, dict[str, int]]:
    """People by category of each dimension, those of nobody included, as a form of numbers has them."""
    if not profiles:
        return {}
    found = {dimension: Counter(getattr(p, dimension.value) for p in profiles) for dimension in Dimension}
    return {dimension: {c: found[dimension][c] for c in CATEGORIES[dimension]} for dimension in Dimension}


def _of_list(event: Event) -> list[Registration]:
    query = sa.select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
    rows = list(db.session.scalars(query))
    if any(is_erased(row) for row in rows):
        raise Conflict(_l("Los datos de esta lista ya se borraron, como se prometió: no se puede contar otra vez."))
    return rows


def _keys(rows: Sequence[Registration], plan_id: int) -> list[str]:
    """The keys of those who came, each once, in an order that tells nothing of the list."""
    came = [row for row in rows if row.status is RegistrationStatus.ATTENDED]
    return sorted({_key(row, rows, plan_id) for row in came})


def _key_of(registration: Registration, plan_id: int) -> str:
    earlier = sa.select(Registration).where(
        Registration.event_id == registration.event_id, Registration.id < registration.id
    )
    return _key(registration, db.session.scalars(earlier.order_by(Registration.id)).all(), plan_id)


def _key(row: Registration, others: Sequence[Registration], plan_id: int) -> str:
    """By mail, else telephone, else the registration itself. A second name under one contact is another person."""
    contact = _contact(row)
    first = next((o for o in others if o.id < row.id and _contact(o) == contact), row)
    if plain(first.name) == plain(row.name):
        return person_key(plan_id, contact)
    return person_key(plan_id, f"{contact}#{plain(row.name)}")


def _contact(row: Registration) -> str:
    return (row.email or row.phone or f"registration:{row.reference}").lower()


def _profile(plan_id: int, key: str) -> PersonProfile:
    """The profile of the key, or a new one that states nothing."""
    query = sa.select(PersonProfile).where(PersonProfile.plan_id == plan_id, PersonProfile.person_key == key)
    known = db.session.scalar(query)
    if known is None:
        in_savepoint(lambda: db.session.add(PersonProfile(plan_id=plan_id, person_key=key)))
        known = db.session.scalars(query).one()
    return known
