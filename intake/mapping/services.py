"""Doing things in the mapping: registering actors and their contacts, events, attendance, bodies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from intake.core import audit, clock, outbox
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean, plain
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import queries
from intake.mapping.gatherings import create_body, create_event, edit_event, record_attendance
from intake.mapping.inputs import ActorInput, ContactInput
from intake.mapping.lifecycle import ACTOR
from intake.mapping.records import all_found, check_version, free_slug
from models import Actor, ActorContact, Consent, Sector, Theme

if TYPE_CHECKING:
    from intake.core.identity import Principal

__all__ = [
    "add_contact",
    "check_version",
    "create_actor",
    "create_body",
    "create_event",
    "edit_actor",
    "edit_event",
    "move_actor",
    "record_attendance",
    "revoke_contact",
    "self_register",
]

CONSENT_PURPOSE = "actor_contact"


def create_actor(given: ActorInput, *, by: Principal) -> Actor:
    """Register an organisation, still to be verified. Raises `Invalid` with the field at fault."""
    authorize(by, Permission.ACTOR_CREATE)
    with transaction():
        actor = _new_actor(given, by)
        audit.record("actor.create", actor, by=by, extra=_places(given))
    return actor


def self_register(given: ActorInput, contact: ContactInput, *, by: Principal) -> Actor:
    """Let an organisation register itself: pending, and unseen by the public, until the team verifies it."""
    authorize(by, Permission.ACTOR_SELF_REGISTER)
    with transaction():
        actor = _new_actor(given, by)
        audit.record("actor.self_register", actor, by=by, extra=_places(given))
        kept = _new_contact(actor, contact, by)
        outbox.enqueue("actor_self_register", to=kept.email, locale=by.locale, **_facts(actor, contact.name))
    return actor


def edit_actor(actor: Actor, given: ActorInput, *, by: Principal, version: int | None = None) -> Actor:
    """Change the record; its address stays. ``version`` is the lock version that the person saw."""
    authorize(by, Permission.ACTOR_EDIT, actor)
    with transaction():
        check_version(actor, version)
        before = _places_of(actor)
        _fill(actor, given)
        after = _places(given)
        extra = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        audit.record("actor.edit", actor, by=by, extra=extra)
    return actor


def move_actor(actor: Actor, action: str, *, by: Principal, reason: str = "") -> Actor:
    """Verify or reject a record, and tell its contacts."""
    with transaction():
        authorize(by, ACTOR[action].permission, actor)
        actor.status_reason = clean(reason)
        if action == "verify":
            actor.verified_by_id = by.user_id
        row = ACTOR.fire(actor, action, by=by, reason=reason)
        if row.notifies:
            for contact in queries.contacts_of(actor, public_only=False):
                facts = {**_facts(actor, contact.name), "reason": actor.status_reason}
                key = f"{ACTOR.mail_kind(action)}:{actor.id}:{actor.lock_version}:{contact.id}"
                outbox.enqueue(ACTOR.mail_kind(action), to=contact.email, dedupe_key=key, **facts)
    return actor


def add_contact(actor: Actor, given: ContactInput, *, by: Principal) -> ActorContact:
    """Add a way to reach the actor, with the consent that the person gave."""
    authorize(by, Permission.ACTOR_EDIT, actor)
    with transaction():
        return _new_contact(actor, given, by)


def revoke_contact(contact: ActorContact, actor: Actor, *, by: Principal) -> None:
    """Take a consent back: the contact is erased, the consent stays as proof with its end."""
    authorize(by, Permission.ACTOR_EDIT, actor)
    with transaction():
        consent = db.session.get_one(Consent, contact.consent_id)
        consent.revoked_at = clock.now()
        contact.name, contact.email, contact.phone, contact.is_public = "—", None, None, False
        audit.record("actor_contact.revoke", contact, by=by, reference=actor.slug)


def _new_actor(given: ActorInput, by: Principal) -> Actor:
    actor = Actor(created_at=clock.now(), created_by_id=by.user_id, is_fictional=given.is_fictional)
    _fill(actor, given)
    actor.slug = free_slug(Actor, given.slug or given.name)
    return actor


def _fill(actor: Actor, given: ActorInput) -> None:
    with db.session.no_autoflush:
        actor.name = clean(given.name)
        actor.name_plain = plain(actor.name)
        actor.kind = given.kind
        actor.acronym = clean(given.acronym) or None
        actor.website = given.website or None
        actor.description = clean(given.description)
        actor.source = given.source
        sectors = _found(Sector, (given.sector,) if given.sector else (), "sector")
        actor.sector_id = sectors[0].id if sectors else None
        actor.themes = _found(Theme, given.themes, "themes")
        actor.territories = all_found(queries.territories, given.territories, "territories")


def _found(model: Any, codes: Sequence[str], field: str) -> list[Any]:
    return all_found(lambda wanted: queries.known_codes(model, wanted), codes, field)


def _places(given: ActorInput) -> dict[str, list[str]]:
    return {"territories": sorted(given.territories), "themes": sorted(given.themes)}


def _places_of(actor: Actor) -> dict[str, list[str]]:
    return {"territories": sorted(t.code for t in actor.territories), "themes": sorted(t.code for t in actor.themes)}


def _new_contact(actor: Actor, given: ContactInput, by: Principal) -> ActorContact:
    if not (given.email or given.phone):
        raise Invalid(_l("Deje un correo o un teléfono."), field="contact_email")
    consent = Consent(purpose=CONSENT_PURPOSE, text_version=given.consent_version, given_at=clock.now())
    db.session.add(consent)
    db.session.flush()
    contact = ActorContact(
        actor_id=actor.id,
        name=clean(given.name),
        email=(given.email or "").strip().lower() or None,
        phone=given.phone or None,
        is_public=given.is_public,
        consent_id=consent.id,
    )
    audit.record("actor_contact.create", contact, by=by, reference=actor.slug)
    return contact


def _facts(actor: Actor, name: str) -> dict[str, Any]:
    return {"actor_name": actor.name, "slug": actor.slug, "contact_name": name}
