"""How to reach an actor: contacts with their consent, seen or unseen, and taken back by the team or by the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import audit, clock, tokens
from intake.core.errors import Conflict, Gone, Invalid, NotFound
from intake.core.i18n import LANGUAGES
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import mailings
from intake.mapping.inputs import ContactInput
from intake.mapping.records import refuse_merged, take_hold
from models import Actor, ActorContact, Consent, Invitation

if TYPE_CHECKING:
    from intake.core.identity import Principal

CONSENT_PURPOSE = "actor_contact"
#: Where a consent keeps the hash of the link by which the person takes it back.
_LINK = "link_hash"


def add_contact(actor: Actor, given: ContactInput, *, by: Principal) -> ActorContact:
    """Add a way to reach the actor, with the consent that the person gave."""
    authorize(by, Permission.ACTOR_EDIT, actor)
    with transaction():
        take_hold(actor)
        refuse_merged(actor)
        return new_contact(actor, given, by)[0]


def show_contact(contact: ActorContact, actor: Actor, *, public: bool, by: Principal) -> None:
    """Show a contact on the public page because its person agreed, or show it no longer.

    Raises `Conflict` where the consent was taken back.
    """
    authorize(by, Permission.ACTOR_EDIT, actor)
    with transaction():
        take_hold(actor)
        consent = db.session.get_one(Consent, contact.consent_id)
        if consent.revoked_at is not None:
            raise Conflict(_l("La persona retiró su consentimiento: este contacto ya no se usa."))
        consent.details = {**consent.details, "public_since": clock.now().isoformat() if public else None}
        contact.is_public = public
        audit.record("actor_contact.show" if public else "actor_contact.hide", contact, by=by, reference=actor.slug)


def revoke_contact(contact: ActorContact, actor: Actor, *, by: Principal) -> None:
    """Take a consent back: the contact is erased, the consent stays as proof with its end."""
    authorize(by, Permission.ACTOR_EDIT, actor)
    with transaction():
        take_hold(actor)
        _erase(contact, db.session.get_one(Consent, contact.consent_id), actor, by)


def look_by_link(token: str) -> tuple[ActorContact, Actor]:
    """The contact that a mailed link takes back. Raises `NotFound`, `Gone` where it was taken back already."""
    query = (
        sa.select(ActorContact, Actor, Consent.revoked_at)
        .join(Actor, Actor.id == ActorContact.actor_id)
        .join(Consent, Consent.id == ActorContact.consent_id)
        .where(Consent.purpose == CONSENT_PURPOSE, Consent.details[_LINK].as_string() == tokens.token_hash(token))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound(_l("Este enlace no es válido. Cópielo entero del correo."))
    contact, actor, revoked_at = row
    if revoked_at is not None:
        raise Gone(_l("Ya retiró su consentimiento y borramos sus datos de contacto. No tiene que hacer nada más."))
    return contact, actor


def revoke_by_link(token: str, *, by: Principal) -> None:
    """Let whoever holds the mailed link take the consent back. The link is the right to do it."""
    with transaction():
        contact, actor = look_by_link(token)
        take_hold(actor)
        _erase(contact, db.session.get_one(Consent, contact.consent_id), actor, by)


def new_contact(actor: Actor, given: ContactInput, by: Principal) -> tuple[ActorContact, str]:
    """Within the caller's transaction: the contact, and the secret of the link that takes it back."""
    if not (given.email or given.phone):
        raise Invalid(_l("Deje un correo o un teléfono."), field="contact_email")
    now, token = clock.now(), tokens.new_token()
    details: dict[str, Any] = {
        _LINK: tokens.token_hash(token),
        "public_since": now.isoformat() if given.is_public else None,
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


def _erase(contact: ActorContact, consent: Consent, actor: Actor, by: Principal) -> None:
    consent.revoked_at = clock.now()
    mailings.drop_unsent(Invitation.contact_id == contact.id)
    contact.name, contact.email, contact.phone, contact.is_public = "—", None, None, False
    contact.position = ""
    audit.record("actor_contact.revoke", contact, by=by, reference=actor.slug)
