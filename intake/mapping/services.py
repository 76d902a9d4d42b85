"""Doing things in the mapping: registering actors and their contacts, events, attendance, bodies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from intake.core import audit, clock, outbox
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.outbox import Letter
from intake.core.permissions import Permission, authorize
from intake.core.text import clean, plain
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import apart, queries, taxnumber
from intake.mapping.contacts import CONSENT_PURPOSE, add_contact, new_contact, revoke_contact
from intake.mapping.council import create_body
from intake.mapping.gatherings import create_event, edit_event, record_attendance
from intake.mapping.inputs import ActorInput, ContactInput
from intake.mapping.lifecycle import ACTOR
from intake.mapping.records import all_found, check_version, free_slug, refuse_merged, take_hold
from models import Actor, Language, Sector, Theme
from models.enums import ActorKind, GovernmentFunction, GovernmentLevel

if TYPE_CHECKING:
    from intake.core.identity import Principal

__all__ = [
    "CONSENT_PURPOSE",
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

#: Kinds of actors that are part of the State; only these have a function or a level of government.
OF_THE_STATE = frozenset({ActorKind.PUBLIC_INSTITUTION, ActorKind.LOCAL_GOVERNMENT})


def create_actor(given: ActorInput, *, by: Principal) -> Actor:
    """Register an organisation, still to be verified. Raises `Invalid` with the field at fault."""
    authorize(by, Permission.ACTOR_CREATE)
    with transaction():
        twins = apart.explained_twins(taxnumber.checked(given.ruc), given.distinct_reason)
        actor = _new_actor(given, by)
        audit.record("actor.create", actor, by=by, extra=_places(given))
        apart.tell_apart(actor, twins, given.distinct_reason, by)
    return actor


def self_register(given: ActorInput, contact: ContactInput, *, by: Principal) -> Actor:
    """Let an organisation register itself: pending, and unseen by the public, until the team verifies it."""
    authorize(by, Permission.ACTOR_SELF_REGISTER)
    with transaction():
        actor = _new_actor(given, by)
        audit.record("actor.self_register", actor, by=by, extra=_places(given))
        kept, token = new_contact(actor, contact, by)
        facts = _facts(actor, contact.name)
        outbox.enqueue("actor_self_register", to=kept.email, locale=kept.locale, token=token, **facts)
    return actor


def edit_actor(actor: Actor, given: ActorInput, *, by: Principal, version: int | None = None) -> Actor:
    """Change the record; its address stays. ``version`` is the lock version that the person saw."""
    authorize(by, Permission.ACTOR_EDIT, actor)
    with transaction():
        take_hold(actor)
        refuse_merged(actor)
        check_version(actor, version)
        number = taxnumber.checked(given.ruc)
        twins = apart.explained_twins(number, given.distinct_reason, actor) if number != actor.ruc else []
        before = _places_of(actor)
        _fill(actor, given)
        after = _places(given)
        extra = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        audit.record("actor.edit", actor, by=by, extra=extra)
        apart.tell_apart(actor, twins, given.distinct_reason, by)
    return actor


def move_actor(actor: Actor, action: str, *, by: Principal, reason: str = "") -> Actor:
    """Verify or reject a record, and tell its contacts. A merge has a page of its own (`intake.mapping.merging`)."""
    with transaction():
        authorize(by, ACTOR[action].permission, actor)
        if action == "merge":
            raise Invalid(_l("No existe esa acción."), action=action)
        take_hold(actor)
        actor.status_reason = clean(reason)
        if action == "verify":
            apart.refuse_unexplained_twin(actor)
            actor.verified_by_id = by.user_id
        row = ACTOR.fire(actor, action, by=by, reason=reason)
        if row.notifies:
            outbox.enqueue_all(ACTOR.mail_kind(action), _of_move(actor, action))
    return actor


def _of_move(actor: Actor, action: str) -> Iterator[Letter]:
    for contact in queries.contacts_of(actor, public_only=False):
        facts = {**_facts(actor, contact.name), "reason": actor.status_reason}
        key = f"{ACTOR.mail_kind(action)}:{actor.id}:{actor.lock_version}:{contact.id}"
        yield Letter(contact.email, contact.locale, key, context=facts)


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
        actor.function, actor.level = _government(given)
        actor.acronym = clean(given.acronym) or None
        actor.ruc = taxnumber.checked(given.ruc)
        actor.website = given.website or None
        actor.description = clean(given.description)
        actor.source, actor.source_on = given.source, _past(given)
        sectors = _found(Sector, (given.sector,) if given.sector else (), "sector")
        actor.sector_id = sectors[0].id if sectors else None
        actor.themes = _found(Theme, given.themes, "themes")
        actor.languages = _found(Language, given.languages, "languages")
        actor.peoples = queries.peoples_found(given.peoples)
        actor.territories = all_found(queries.territories, given.territories, "territories")


def _government(given: ActorInput) -> tuple[GovernmentFunction | None, GovernmentLevel | None]:
    """Function and level, refused where the actor is no part of the State."""
    if given.kind not in OF_THE_STATE and (given.function or given.level):
        words = _l("Solo las instituciones públicas y los gobiernos locales tienen función y nivel de gobierno.")
        raise Invalid(words, field="function" if given.function else "level")
    return given.function, given.level


def _past(given: ActorInput) -> Any:
    if given.source_on and given.source_on > clock.today():
        raise Invalid(_l("La fecha de la fuente no puede ser futura."), field="source_on")
    return given.source_on


def _found(model: Any, codes: Sequence[str], field: str) -> list[Any]:
    return all_found(lambda wanted: queries.known_codes(model, wanted), codes, field)


def _places(given: ActorInput) -> dict[str, list[str]]:
    names = ("territories", "themes", "peoples", "languages")
    return {name: sorted(getattr(given, name)) for name in names}


def _places_of(actor: Actor) -> dict[str, list[str]]:
    return {
        "territories": sorted(t.code for t in actor.territories),
        "themes": sorted(t.code for t in actor.themes),
        "peoples": sorted(p.name for p in actor.peoples),
        "languages": sorted(one.code for one in actor.languages),
    }


def _facts(actor: Actor, name: str) -> dict[str, Any]:
    return {"actor_name": actor.name, "slug": actor.slug, "contact_name": name}
