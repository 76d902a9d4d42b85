"""Who came, name by name, and how they described themselves, kept apart.

A registration says who; a profile says what somebody is like and knows no name. What joins them for a moment is a keyed
hash that needs the server's secret; nothing stores the two together, and no page reads a profile back. Describing
oneself is not written in the trace either: its line would name the person or the moment.

What is answered through a registration stays with it (`own_key`) and touches no other answers, of whomever. Only the
list that is counted, by people who saw who came, gives the answers to the person of the plan (`person_key`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

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


def own_key(plan_id: int, reference: str) -> str:
    """The key under which the answers given through one registration wait to be counted: 64 hexadecimal digits."""
    return keyed_hash("own_profile", str(plan_id), reference)


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
        moves: defaultdict[str, list[Registration]] = defaultdict(list)
        for row in db.session.scalars(query):
            if move := _move(row, row.reference in came):
                moves[move].append(row)
        for move, rows in moves.items():
            REGISTRATION.fire_all(rows, move, by=by)
        noticed.attended(event)
    return sum(map(len, moves.values()))


def _move(row: Registration, came: bool) -> str | None:  # noqa: FBT001 -- a mark is set or not
    if came:
        return "come" if row.status in {RegistrationStatus.REGISTERED, RegistrationStatus.ABSENT} else None
    return "unmark" if row.status is RegistrationStatus.ATTENDED else None


def add_at_door(event: Event, given: RegistrationInput, *, by: Principal, another: bool = False) -> Registration:
    """Add somebody who came without having registered. Raises `Invalid` if that person stands in the list.

    Whoever bears a name that stands there already is added once somebody said that it is ``another`` person.
    """
    authorize(by, Permission.ATTENDANCE_RECORD, event)
    with transaction():
        _markable(event)
        _refuse_known(event, given, another=another)
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


def _refuse_known(event: Event, given: RegistrationInput, *, another: bool) -> None:
    """Raise `Invalid` for whoever stands in the list: under one contact surely, else unless it is ``another``."""
    query = sa.select(Registration).where(
        Registration.event_id == event.id, Registration.status != RegistrationStatus.CANCELLED
    )
    same = [row for row in db.session.scalars(query) if plain(row.name) == plain(given.name)]
    reached = (given.email, given.phone)
    if any(reached) and reached in [(row.email, row.phone) for row in same]:
        raise Invalid(_l("Esa persona ya está en la lista."), field="name")
    if same and not another:
        raise Invalid(_l("Ya hay una persona con ese nombre en la lista. ¿Es otra?"), field="another")


def _markable(event: Event) -> None:
    """Raise `Conflict` unless the list is open: on or after the day, before the act."""
    lock(sa.select(Event.id).where(Event.id == event.id))
    db.session.refresh(event, ["status"])
    if event.status not in {EventStatus.CALLED, EventStatus.HELD}:
        raise Conflict(_l("La lista de este encuentro ya no se puede cambiar."))
    check_begun(event)


def describe(registration: Registration, event: Event, given: ProfileInput) -> None:
    """Keep how the person describes themselves. Raises `Conflict` once the list of this event was counted.

    Whoever calls has shown that the registration is theirs (its code) or hands the person the telephone. That they are
    who the registration names is shown by nothing, so no answers but its own change, and nothing tells of others.
    """
    for dimension, category in given.answers.items():
        if category not in CATEGORIES[dimension]:
            raise Invalid(_l("Elija una de las opciones."), field=dimension.value)
    with transaction():
        lock(sa.select(Event.id).where(Event.id == event.id))
        if registration.status is RegistrationStatus.CANCELLED or is_erased(registration):
            raise Conflict(_l("Esta inscripción ya no está vigente."))
        method = db.session.scalar(sa.select(Participation.method).where(Participation.event_id == event.id))
        if method is AttendanceMethod.LIST:
            raise Conflict(_l("Las respuestas ya se contaron al cerrar la lista y no cambian."))
        key = own_key(event.plan_id, registration.reference)
        _answer(_profiles(event.plan_id, [key])[key], {d: given.answers.get(d, NOT_STATED) for d in Dimension})


def _answer(profile: PersonProfile, answers: Mapping[Dimension, str]) -> None:
    for dimension, category in answers.items():
        setattr(profile, dimension.value, category)


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
        absent = [row for row in rows if row.status is RegistrationStatus.REGISTERED]
        REGISTRATION.fire_all(absent, "miss", by=by)
        profiles = _described(event, _people(rows, event.plan_id))
        _attend(event, profiles)
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


def _people(rows: Sequence[Registration], plan_id: int) -> dict[str, list[Registration]]:
    """The registrations of each person who came, by the person's key, in an order that tells nothing of the list.

    A person is known by mail, else telephone, else the registration itself. A second name under one contact is another
    person.
    """
    first: dict[str, Registration] = {}
    found: defaultdict[str, list[Registration]] = defaultdict(list)
    for row in rows:
        contact = _contact(row)
        same = plain(first.setdefault(contact, row).name) == plain(row.name)
        if row.status is RegistrationStatus.ATTENDED:
            found[person_key(plan_id, contact if same else f"{contact}#{plain(row.name)}")].append(row)
    return dict(sorted(found.items()))


def _contact(row: Registration) -> str:
    return (row.email or row.phone or f"registration:{row.reference}").lower()


def _described(event: Event, people: Mapping[str, Sequence[Registration]]) -> list[PersonProfile]:
    """The profiles of these people, with what they answered for this event. A constant number of statements.

    Answers that another event's list has counted stay as they are: its figures are made of them.
    """
    known = _profiles(event.plan_id, list(people))
    ids = [profile.id for profile in known.values()]
    # another event's list counts the same people after us, or did so before: read what it left
    mine = sa.select(PersonProfile).where(PersonProfile.id.in_(ids)).order_by(PersonProfile.id).with_for_update()
    db.session.scalars(mine.execution_options(populate_existing=True)).all()
    own_keys = {row.id: own_key(event.plan_id, row.reference) for rows in people.values() for row in rows}
    own = _known(event.plan_id, list(own_keys.values()))
    counted = set(
        db.session.scalars(sa.select(ProfileAttendance.profile_id).where(ProfileAttendance.profile_id.in_(ids)))
    )
    for key, rows in people.items():
        answered = next((own[own_keys[row.id]] for row in rows if own_keys[row.id] in own), None)
        if answered is not None and known[key].id not in counted:
            _answer(known[key], {d: getattr(answered, d.value) for d in Dimension})
    return list(known.values())


def _attend(event: Event, profiles: Sequence[PersonProfile]) -> None:
    rows = [{"profile_id": profile.id, "event_id": event.id} for profile in profiles]
    if rows:
        db.session.execute(sa.insert(ProfileAttendance), rows)


def _profiles(plan_id: int, keys: Sequence[str]) -> dict[str, PersonProfile]:
    """The profile of each key, in their order; new ones state nothing."""
    known = _known(plan_id, keys)
    while missing := [key for key in keys if key not in known]:
        new: list[dict[str, Any]] = [{"plan_id": plan_id, "person_key": key} for key in missing]
        in_savepoint(partial(_add, new))
        known = _known(plan_id, keys)  # also what another list made a moment ago
    return {key: known[key] for key in keys}


def _add(new: list[dict[str, Any]]) -> None:
    db.session.execute(sa.insert(PersonProfile), new)


def _known(plan_id: int, keys: Sequence[str]) -> dict[str, PersonProfile]:
    query = sa.select(PersonProfile).where(PersonProfile.plan_id == plan_id, PersonProfile.person_key.in_(keys))
    return {profile.person_key: profile for profile in db.session.scalars(query)}
