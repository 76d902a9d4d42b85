"""Asking for a place at an event, without an account; giving it back; telling people what they need to know.

What opens a registration to its owner is a 256-bit code that the form carries from the beginning: pressed twice, the
same form asks for the same place. Only its hash is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import audit, clock, outbox, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean, plain
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.mapping import seats
from intake.mapping.doors import doors
from intake.mapping.event_lifecycle import REGISTRATION
from intake.mapping.inputs_events import REGISTRATION_CONSENT, RegistrationInput
from models import Actor, Consent, Event, OutboxMessage, Registration
from models.enums import ActorStatus, RegistrationStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal

PURPOSE = "event_registration"
REMINDED_BEFORE = timedelta(days=2)
CODE = re.compile(r"[A-Za-z0-9_-]{43}")
_MAY_CHANGE = ["status", "capacity", "starts_at", "registration_closes_on", "takes_registrations", "online_url"]


def register(
    event: Event, given: RegistrationInput, *, code: str, by: Principal, proved: bool = False
) -> Registration | None:
    """Ask for a place, or for one among those waiting (`seats.place_in_queue`).

    The same ``code`` again gives the same registration. None: this person had a place already; a new link goes to their
    mail, and nothing tells whoever asks here. That link is a new secret, never the one that was sent along, unless the
    mailbox is ``proved`` (a letter brought the secret there). Raises `Conflict` if registration is closed.
    """
    authorize(by, Permission.EVENT_REGISTER, event)
    if not (given.email or given.phone):
        raise Invalid(_l("Deje un correo o un teléfono."), field="email")
    with transaction():
        _lock(event)
        known = by_code(event, code)
        if known is not None:
            return known
        if not doors(event).is_open:
            raise Conflict(_l("Las inscripciones a este encuentro están cerradas."))
        same = _same_person(event, given)
        if same is not None:
            _link_again(same, event, code if proved else tokens.new_token())
            return None
        made = _new(event, given, code, by)
        waiting = seats.place_in_queue(made, event)
        _confirm(made, event, code, waiting, by)
        if not waiting:
            _remind(made, event)
    return made


def by_code(event: Event, code: str) -> Registration | None:
    """The registration that the code opens at this event."""
    if not CODE.fullmatch(code):
        return None
    query = sa.select(Registration).where(
        Registration.code_hash == tokens.token_hash(code), Registration.event_id == event.id
    )
    return db.session.scalar(query)


def cancel(registration: Registration, event: Event, *, by: Principal) -> Registration:
    """Give a place back; whoever waited longest gets it and is told. Pressed twice, it does nothing more."""
    with transaction():
        _lock(event)
        db.session.refresh(registration)
        if registration.status is RegistrationStatus.CANCELLED:
            return registration
        before = seats.waiting(event)
        REGISTRATION.fire(registration, "cancel", by=by)
        _forget_reminder(registration)
        seat_those_waiting(event, before)
    return registration


def seat_those_waiting(event: Event, before: Sequence[Registration]) -> None:
    """Tell those who waited ``before`` and have a place now."""
    db.session.flush()
    still = {row.id for row in seats.waiting(event)}
    for row in before:
        if row.id not in still and row.status is RegistrationStatus.REGISTERED:
            outbox.enqueue(
                "registration_seat", to=row.email, dedupe_key=f"registration_seat:{row.reference}", **_facts(event)
            )
            _remind(row, event)


def tell_cancelled(event: Event) -> None:
    """Tell those registered that the event does not take place, and why. No reminder goes out any more."""
    for row in registered(event):
        _forget_reminder(row)
        key = f"event_cancel:{row.reference}"
        outbox.enqueue("event_cancel", to=row.email, dedupe_key=key, reason=event.status_reason, **_facts(event))


def move_reminders(event: Event) -> None:
    """Bring unsent reminders in step with the event's day and words."""
    for row in registered(event):
        if _forget_reminder(row) and seats.place_in_queue(row, event) == 0:
            _remind(row, event)


def registered(event: Event) -> Sequence[Registration]:
    """Those who have, or wait for, a place. One statement."""
    query = sa.select(Registration).where(
        Registration.event_id == event.id, Registration.status == RegistrationStatus.REGISTERED
    )
    return db.session.scalars(query.order_by(Registration.id)).all()


def _lock(event: Event) -> None:
    """One after the other, on what the event says now: two people never take the last place."""
    lock(sa.select(Event.id).where(Event.id == event.id))
    db.session.refresh(event, _MAY_CHANGE)


def _new(event: Event, given: RegistrationInput, code: str, by: Principal) -> Registration:
    consent = Consent(purpose=PURPOSE, text_version=REGISTRATION_CONSENT, given_at=clock.now())
    db.session.add(consent)
    db.session.flush()
    made = Registration(
        event_id=event.id,
        reference=tokens.new_code(10).lower(),
        status=RegistrationStatus.REGISTERED,
        name=clean(given.name),
        email=given.email,
        phone=given.phone,
        actor_id=_actor_id(given.actor),
        user_id=by.user_id,
        needs=clean(given.needs),
        code_hash=tokens.token_hash(code),
        consent_id=consent.id,
        created_at=clock.now(),
    )
    audit.record("registration.create", made, by=by)
    return made


def _actor_id(slug: str | None) -> int | None:
    """The organisation, if it is verified: nobody learns from here which ones wait to be."""
    if not slug:
        return None
    found = db.session.scalar(sa.select(Actor.id).where(Actor.slug == slug, Actor.status == ActorStatus.VERIFIED))
    if found is None:
        raise Invalid(_l("Esa organización no está en el registro público."), field="actor")
    return found


def _same_person(event: Event, given: RegistrationInput) -> Registration | None:
    """Who has a place under the same mail or telephone and the same name: families share a telephone."""
    ways = []
    if given.email:
        ways.append(sa.func.lower(Registration.email) == given.email.lower())
    if given.phone:
        ways.append(Registration.phone == given.phone)
    query = sa.select(Registration).where(
        Registration.event_id == event.id, Registration.status == RegistrationStatus.REGISTERED, sa.or_(*ways)
    )
    return next((row for row in db.session.scalars(query) if plain(row.name) == plain(given.name)), None)


def _link_again(row: Registration, event: Event, code: str) -> None:
    if row.email is None:
        return
    row.code_hash = tokens.token_hash(code)
    outbox.enqueue("registration_link", to=row.email, link=_link(event, code), **_facts(event))


def _confirm(row: Registration, event: Event, code: str, waiting: int, by: Principal) -> None:
    outbox.enqueue(
        "registration_confirm",
        to=row.email,
        locale=by.locale,
        waiting=waiting,
        online=event.online_url or "",
        link=_link(event, code),
        **_facts(event),
    )


def _link(event: Event, code: str) -> str:
    return f"/mesas/{event.slug}/registro/{code}"


def _facts(event: Event) -> dict[str, Any]:
    return {"title": event.title, "slug": event.slug, "starts_at": event.starts_at, "place": event.place}


def _remind(row: Registration, event: Event) -> None:
    """Queue the reminder for two days before, where that lies ahead."""
    if event.starts_at is None or event.starts_at - REMINDED_BEFORE <= clock.now():
        return
    outbox.enqueue(
        "registration_reminder",
        to=row.email,
        dedupe_key=_reminder_key(row),
        not_before=event.starts_at - REMINDED_BEFORE,
        accessibility=event.accessibility,
        online=event.online_url or "",
        **_facts(event),
    )


def _forget_reminder(row: Registration) -> bool:
    """Take the unsent reminder back; whether there was one."""
    mine = sa.and_(OutboxMessage.dedupe_key == _reminder_key(row), OutboxMessage.sent_at.is_(None))
    return bool(db.session.execute(sa.delete(OutboxMessage).where(mine)).rowcount)  # type: ignore[attr-defined]


def _reminder_key(row: Registration) -> str:
    return f"registration_reminder:{row.reference}"
