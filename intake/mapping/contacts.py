"""How to reach an actor: contacts with their consent, seen or unseen, and taken back by the team or by the person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.core import audit, clock, outbox, tokens
from intake.core.errors import Conflict, Gone, Invalid, NotFound
from intake.core.i18n import LANGUAGES
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean, plain
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import mailings, registration_mail
from intake.mapping.inputs import ContactInput
from intake.mapping.queries.contacts import in_force
from intake.mapping.records import refuse_merged, take_hold
from models import Actor, ActorContact, Consent, Event, Invitation, Registration
from models.enums import EventStatus, RegistrationStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal

CONSENT_PURPOSE = "actor_contact"
#: Where a consent keeps the hash of the link by which the person takes it back.
_LINK = "link_hash"
#: The same of the letter that tells a person that their contact is public now; the first link stays good.
_LINK_SHOWN = "shown_link_hash"
#: What others may change of a contact while somebody waits for its actor.
_MAY_CHANGE = ["actor_id", "name", "email", "phone", "position", "locale", "is_public"]


def add_contact(actor: Actor, given: ContactInput, *, by: Principal) -> ActorContact:
    """Add a way to reach the actor, with the consent that the person gave."""
    authorize(by, Permission.ACTOR_EDIT, actor)
    with transaction():
        take_hold(actor)
        refuse_merged(actor)
        return new_contact(actor, given, by)[0]


def show_contact(contact: ActorContact, actor: Actor, *, public: bool, by: Principal, how: str = "") -> None:
    """Show a contact on the public page because its person agreed, or show it no longer.

    ``how`` the person agreed is kept as evidence with who says so and when, and the person is told by mail. Raises
    `Invalid` where nothing says how, `Conflict` where the consent was taken back.
    """
    authorize(by, Permission.ACTOR_EDIT, actor)
    if public and not clean(how):
        raise Invalid(_l("Escriba cómo aceptó la persona que su contacto se publique."), field="how")
    with transaction():
        take_hold(actor)
        consent = _held(contact)
        if consent.revoked_at is not None:
            raise Conflict(_l("La persona retiró su consentimiento: este contacto ya no se usa."))
        consent.details = {**consent.details, "public_since": None, **(_evidence(how, by) if public else {})}
        contact.is_public = public
        if public:
            _tell_shown(contact, consent, actor, how)
        audit.record("actor_contact.show" if public else "actor_contact.hide", contact, by=by, reference=actor.slug)


def _held(contact: ActorContact) -> Consent:
    """Read the contact and its consent again, once its actor is held: the person may have taken it back meanwhile."""
    consent = db.session.get_one(Consent, contact.consent_id)
    db.session.refresh(contact, _MAY_CHANGE, with_for_update=True)
    db.session.refresh(consent, ["revoked_at", "details"], with_for_update=True)
    return consent


def _evidence(how: str, by: Principal) -> dict[str, Any]:
    """What shows that a person agreed to be public: who said so, when, and how it was agreed."""
    return {"public_since": clock.now().isoformat(), "shown_by": by.name, "shown_how": clean(how)}


def _tell_shown(contact: ActorContact, consent: Consent, actor: Actor, how: str) -> None:
    token = tokens.new_token()
    consent.details = {**consent.details, _LINK_SHOWN: tokens.token_hash(token)}
    facts: dict[str, Any] = {
        "actor_name": actor.name,
        "slug": actor.slug,
        "contact_name": contact.name,
        "how": clean(how),
    }
    outbox.enqueue("actor_contact_shown", to=contact.email, locale=contact.locale, token=token, **facts)


def shown_since(contact: ActorContact) -> datetime | None:
    """Since when the contact is public; None where it is not, or nothing says so. The consent is loaded."""
    since = (contact.consent.details or {}).get("public_since")
    return datetime.fromisoformat(since) if contact.is_public and since else None


def revoke_contact(contact: ActorContact, actor: Actor, *, by: Principal) -> None:
    """Take a consent back: the contact is erased, the consent stays as proof with its end. Again, it does nothing."""
    authorize(by, Permission.ACTOR_EDIT, actor)
    with transaction():
        take_hold(actor)
        _erase(contact, actor, by)


def look_by_link(token: str) -> tuple[ActorContact, Actor]:
    """The contact that a mailed link takes back. Raises `NotFound`, `Gone` where it was taken back already."""
    link = tokens.token_hash(token)
    query = (
        sa.select(ActorContact, Actor, Consent.revoked_at)
        .join(Actor, Actor.id == ActorContact.actor_id)
        .join(Consent, Consent.id == ActorContact.consent_id)
        .where(
            Consent.purpose == CONSENT_PURPOSE,
            sa.or_(*(Consent.details[name].as_string() == link for name in (_LINK, _LINK_SHOWN))),
        )
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound(_l("Este enlace no es válido. Cópielo entero del correo."))
    contact, actor, revoked_at = row
    if revoked_at is not None:
        raise Gone(_l("Ya retiró su consentimiento y borramos sus datos de contacto. No tiene que hacer nada más."))
    return contact, actor


def revoke_by_link(token: str, *, by: Principal) -> None:
    """Let whoever holds the mailed link take the consent back, with what else the actor keeps of the same person.

    The link is the right to do it.
    """
    with transaction():
        contact, actor = _held_by_link(token)
        for one in [contact, *of_same_person(contact)]:
            _erase(one, actor, by)


def _held_by_link(token: str) -> tuple[ActorContact, Actor]:
    """The contact and its actor, held; what was joined to another actor meanwhile is found there."""
    while True:
        contact, actor = look_by_link(token)
        take_hold(actor)
        db.session.refresh(contact, _MAY_CHANGE)
        if contact.actor_id == actor.id:
            return contact, actor


def of_same_person(contact: ActorContact) -> list[ActorContact]:
    """Further contacts of the person at the actor, as joined duplicates leave them. One statement.

    The same mailbox; or the same telephone, unless another name with a mailbox of its own shares it.
    """
    query = in_force().where(ActorContact.actor_id == contact.actor_id, ActorContact.id != contact.id)
    return [one for one in db.session.scalars(query) if _is_same(contact, one)]


def _is_same(contact: ActorContact, other: ActorContact) -> bool:
    if contact.email and contact.email == (other.email or "").lower():
        return True
    known = plain(contact.name) == plain(other.name) or not other.email
    return bool(contact.phone) and contact.phone == other.phone and known


class Remaining(NamedTuple):
    """A place at an event to come, which a contact's consent has nothing to do with; ``link`` gives it back."""

    title: str
    starts_at: datetime | None
    link: str


def remaining(contact: ActorContact) -> list[Remaining]:
    """What stays with the same mailbox when the contact goes. One statement, or none."""
    if not contact.email:
        return []
    query = (
        sa.select(Registration, Event)
        .join(Event, Event.id == Registration.event_id)
        .where(
            sa.func.lower(Registration.email) == contact.email.lower(),
            Registration.status == RegistrationStatus.REGISTERED,
            Event.status == EventStatus.CALLED,
        )
        .order_by(Event.starts_at, Registration.id)
    )
    found = db.session.execute(query)
    return [Remaining(event.title, event.starts_at, registration_mail.link_of(row, event)) for row, event in found]


def new_contact(actor: Actor, given: ContactInput, by: Principal) -> tuple[ActorContact, str]:
    """Within the caller's transaction: the contact, and the secret of the link that takes it back."""
    if not (given.email or given.phone):
        raise Invalid(_l("Deje un correo o un teléfono."), field="contact_email")
    now, token = clock.now(), tokens.new_token()
    details: dict[str, Any] = {
        _LINK: tokens.token_hash(token),
        **(_evidence(given.how, by) if given.is_public else {"public_since": None}),
    }
    consent = Consent(purpose=CONSENT_PURPOSE, text_version=given.consent_version, given_at=now, details=details)
    db.session.add(consent)
    db.session.flush()
    contact = ActorContact(
        actor_id=actor.id,
        name=clean(given.name),
        email=(given.email or "").strip().lower() or None,
        phone=given.phone or None,
        position=clean(given.position),
        locale=given.locale if given.locale in LANGUAGES else "es",
        is_public=given.is_public,
        consent_id=consent.id,
    )
    audit.record("actor_contact.create", contact, by=by, reference=actor.slug)
    return contact, token


def _erase(contact: ActorContact, actor: Actor, by: Principal) -> None:
    consent = _held(contact)
    if consent.revoked_at is not None:
        return
    consent.revoked_at = clock.now()
    mailings.drop_unsent(Invitation.contact_id == contact.id)
    contact.name, contact.email, contact.phone, contact.is_public = "—", None, None, False
    contact.position = ""
    audit.record("actor_contact.revoke", contact, by=by, reference=actor.slug)
