"""Asking for a place at an event, without an account, and giving it back.

What opens a registration to its owner goes to the mailbox that was written there, and nowhere else: its code is made
with the server's secret (`registration_mail.code_of`), so that no form and no asker knows it. Whoever leaves only a
telephone gets the page at once, under a code made of what their form carried. Pressed twice, the same form asks for the
same place. Only hashes are kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock, limits, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.keyed import address_hash, keyed_hash
from intake.core.limits import Limit
from intake.core.permissions import Permission, authorize
from intake.core.text import clean, plain
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import registration_mail as letters
from intake.mapping import seats
from intake.mapping.doors import doors
from intake.mapping.event_lifecycle import REGISTRATION
from intake.mapping.inputs_events import REGISTRATION_CONSENT, RegistrationInput
from intake.mapping.records import hold_event
from models import Actor, Consent, Event, Registration
from models.enums import ActorStatus, RegistrationStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal

PURPOSE = "event_registration"
CODE_CHARACTERS = 43
CODE = re.compile(rf"[A-Za-z0-9_-]{{{CODE_CHARACTERS}}}")
#: A facilitator's office or a shared telephone may register many in an hour; a machine many more.
FROM_NETWORK = Limit("event_registration", times=40, minutes=60)
#: A family or a community may share a mailbox or a telephone; nobody fills it with our letters.
TO_CONTACT = Limit("event_registration_to", times=10, minutes=60)


def count(given: RegistrationInput, *, address: str) -> None:
    """Count an attempt from the network ``address`` and for the contact written, before anything is looked up.

    Raises `TooMany`, also for contacts that nobody knows: the answer tells nothing of them.
    """
    limits.hit(FROM_NETWORK, address)
    limits.hit(TO_CONTACT, address_hash(PURPOSE, given.email or given.phone or ""))


def register(
    event: Event, given: RegistrationInput, *, code: str, by: Principal, proved: bool = False
) -> Registration | None:
    """Ask for a place, or for one among those waiting (`seats.place_in_queue`).

    The same ``code`` again gives the same registration, unless the place was given back: then another one. None: this
    mailbox and name had a place already; its link goes there once more, nothing changes, and nothing tells whoever asks
    here. ``code`` opens the registration where no mailbox was left, or where a letter brought it, so that the mailbox
    is ``proved``. Raises `Conflict` if registration is closed.
    """
    authorize(by, Permission.EVENT_REGISTER, event)
    if not (given.email or given.phone):
        raise Invalid(_l("Deje un correo o un teléfono."), field="email")
    kept = code if proved or not given.email else f"form:{code}"  # what is no code opens nothing
    with transaction():
        hold_event(event)
        known = _by_hash(event, kept)
        if known is not None and known.status is not RegistrationStatus.CANCELLED:
            return known
        if not doors(event).is_open:
            raise Conflict(_l("Las inscripciones a este encuentro están cerradas."))
        actor_id = _actor_id(given.actor)
        if known is not None:
            known.code_hash = None  # opens the new place from now on
            db.session.flush()
        same = of_person(event, given.email, given.name)
        if same is not None:
            _link_again(same, event, kept if proved else "")
            return None
        made = _new(event, given, actor_id, kept, by)
        waiting = seats.place_in_queue(made, event)
        letters.confirm(made, event, waiting)
        if not waiting:
            letters.remind([made], event)
    return made


def code_of_form(form_code: str, given: RegistrationInput) -> str:
    """What a form asks for a place with: the same however often it is pressed, another for other people.

    Whoever goes back to correct the address, or to bring a second person, presses a form with the same code.
    """
    person = (given.email or "", given.phone or "", plain(given.name))
    return keyed_hash("registration_form", form_code, *person)[:CODE_CHARACTERS]


def by_code(event: Event, code: str) -> Registration | None:
    """The registration that the code opens at this event."""
    if not CODE.fullmatch(code):
        return None
    return _by_hash(event, code) or _by_letter(event, code)


def _by_hash(event: Event, kept: str) -> Registration | None:
    query = sa.select(Registration).where(
        Registration.code_hash == tokens.token_hash(kept), Registration.event_id == event.id
    )
    return db.session.scalar(query)


def _by_letter(event: Event, code: str) -> Registration | None:
    """The registration with a mailbox to which a letter brought the code."""
    query = sa.select(Registration).where(
        Registration.reference == letters.reference_in(code),
        Registration.event_id == event.id,
        Registration.email.is_not(None),
    )
    found = db.session.scalar(query)
    return found if found is not None and letters.is_code_of(found, code) else None


def cancel(registration: Registration, event: Event, *, by: Principal) -> Registration:
    """Give a place back; whoever waited longest gets it and is told. Pressed twice, it does nothing more."""
    with transaction():
        hold_event(event)
        db.session.refresh(registration)
        if registration.status is RegistrationStatus.CANCELLED:
            return registration
        before = seats.waiting(event)
        REGISTRATION.fire(registration, "cancel", by=by)
        letters.forget_reminders([registration])
        seat_those_waiting(event, before)
    return registration


def seat_those_waiting(event: Event, before: Sequence[Registration]) -> None:
    """Tell those who waited ``before`` and have a place now."""
    db.session.flush()
    still = {row.id for row in seats.waiting(event)}
    seated = [row for row in before if row.id not in still and row.status is RegistrationStatus.REGISTERED]
    letters.seated(seated, event)


def tell_cancelled(event: Event) -> None:
    """Tell those registered that the event does not take place, and why. No reminder goes out any more."""
    letters.cancelled(registered(event), event)


def move_reminders(event: Event) -> None:
    """Bring reminders that have not gone out in step with the event. As many statements for one as for all."""
    rows = registered(event)
    letters.forget_reminders(rows)
    still = {row.id for row in seats.waiting(event)}
    letters.remind([row for row in rows if row.id not in still], event)


def registered(event: Event) -> Sequence[Registration]:
    """Those who have, or wait for, a place. One statement."""
    query = sa.select(Registration).where(
        Registration.event_id == event.id, Registration.status == RegistrationStatus.REGISTERED
    )
    return db.session.scalars(query.order_by(Registration.id)).all()


def _new(event: Event, given: RegistrationInput, actor_id: int | None, kept: str, by: Principal) -> Registration:
    consent = Consent(purpose=PURPOSE, text_version=REGISTRATION_CONSENT, given_at=clock.now())
    db.session.add(consent)
    db.session.flush()
    made = Registration(
        event_id=event.id,
        reference=tokens.new_code(letters.REFERENCE).lower(),
        status=RegistrationStatus.REGISTERED,
        name=clean(given.name),
        email=given.email,
        phone=given.phone,
        locale=by.locale,
        actor_id=actor_id,
        user_id=by.user_id,
        needs=clean(given.needs),
        code_hash=tokens.token_hash(kept),
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


def of_person(event: Event, mailbox: str | None, name: str) -> Registration | None:
    """Who has a place under this mailbox and this name: families share one.

    Without a mailbox nobody is recognised. Their page opens at once, so another answer would tell who is registered;
    whoever is in the list twice takes one place (`seats`) and is counted once (`people`) all the same.
    """
    if not mailbox:
        return None
    query = sa.select(Registration).where(
        Registration.event_id == event.id,
        Registration.status == RegistrationStatus.REGISTERED,
        sa.func.lower(Registration.email) == mailbox.lower(),
    )
    return next((row for row in db.session.scalars(query) if plain(row.name) == plain(name)), None)


def _link_again(row: Registration, event: Event, proved: str) -> None:
    """Send the link once more. A code that a letter brought opens the registration from now on, too."""
    if proved:
        row.code_hash = tokens.token_hash(proved)
    letters.link_again(row, event)
