"""Who came, name by name, and closing the list: each person is counted once, as they described themselves.

A registration says who; what somebody is like is a profile, kept apart (`profiles`). They meet here for a moment, when
the list is counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean, plain
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import noticed
from intake.mapping.doors import check_begun, check_reason
from intake.mapping.event_lifecycle import EVENT, REGISTRATION
from intake.mapping.inputs_events import RegistrationInput
from intake.mapping.people import who_came
from intake.mapping.profiles import attend, counts, described, is_erased
from intake.mapping.records import hold_event
from intake.plans import services as plan_services
from models import Event, Participation, Plan, ProfileAttendance, Registration
from models.enums import AttendanceMethod, EventStatus, RegistrationStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal


def begin(event: Event, method: AttendanceMethod, *, switch: bool, reason: str, by: Principal) -> None:
    """Make an event ready to take figures by ``method``, within the caller's transaction.

    One that was called is held from its day on. Raises `Conflict` where nothing can have been held, `Invalid`
    (``switch``) where the other method gave the figures and nobody said to replace them.
    """
    hold_event(event)
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
        for row in db.session.scalars(query.with_for_update().execution_options(populate_existing=True)):
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
    hold_event(event)
    if event.status not in {EventStatus.CALLED, EventStatus.HELD}:
        raise Conflict(_l("La lista de este encuentro ya no se puede cambiar."))
    check_begun(event)


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
        profiles = described(event, who_came(rows, event.plan_id))
        attend(event, profiles)
        plan = db.session.get_one(Plan, event.plan_id)
        return plan_services.record_participation(
            plan,
            counts(profiles),
            total=len(profiles),
            event=event,
            method=AttendanceMethod.LIST,
            by=by,
        )


def _of_list(event: Event) -> list[Registration]:
    query = sa.select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
    rows = list(db.session.scalars(query.with_for_update().execution_options(populate_existing=True)))
    if any(is_erased(row) for row in rows):
        raise Conflict(_l("Los datos de esta lista ya se borraron, como se prometió: no se puede contar otra vez."))
    return rows
