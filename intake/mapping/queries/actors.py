"""Reading actors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core import clock
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.core.text import plain
from intake.extensions import db
from intake.mapping.queries.conditions import of_sector, of_theme
from intake.mapping.queries.vocabulary import COUNTRY, in_area
from models import (
    Actor,
    ActorContact,
    AuditEntry,
    Body,
    BodyMember,
    Commitment,
    CommitmentParty,
    Consent,
    Language,
    People,
    Plan,
    Territory,
    User,
    actor_language,
    actor_people,
    actor_territory,
)
from models.enums import ActorKind, ActorStatus, BodyKind, GovernmentFunction, GovernmentLevel

NONE = "ninguna"  # value of the province filter for actors without any territory
SORTS: dict[str, tuple[Any, ...]] = {
    "nombre": (Actor.name_plain.asc(), Actor.id),
    "-nombre": (Actor.name_plain.desc(), Actor.id),
    "fecha": (Actor.created_at.asc(), Actor.id),
    "-fecha": (Actor.created_at.desc(), Actor.id.desc()),
}


@dataclass(frozen=True)
class Waiting:
    """A record to be verified: whether the organisation registered itself, and for how many days it has waited."""

    actor: Actor
    by_itself: bool
    days: int


@dataclass(frozen=True, kw_only=True)
class ActorFilters:
    """What a list of actors is narrowed to. ``sector`` takes in those below it; ``province`` EC: the whole country."""

    q: str = ""
    kind: ActorKind | None = None
    sector: str = ""
    province: str = ""
    theme: str = ""
    function: GovernmentFunction | None = None
    level: GovernmentLevel | None = None
    people: str = ""  # name
    language: str = ""  # code
    contact: str = ""  # con, sin, publico: contacts with a consent in force
    status: ActorStatus | None = ActorStatus.VERIFIED  # None: any
    sort: str = "nombre"


def selection(filters: ActorFilters) -> sa.Select[Actor]:
    """Every actor that the filters let through, ordered, with nothing loaded: for exports."""
    return sa.select(Actor).where(*_conditions(filters)).order_by(*SORTS.get(filters.sort, SORTS["nombre"]))


def actors(filters: ActorFilters, *, number: int = 1) -> Page[Actor]:
    """A page of actors with sector, territories and themes. Four statements."""
    query = (
        sa.select(Actor)
        .where(*_conditions(filters))
        .options(joinedload(Actor.sector), selectinload(Actor.territories), selectinload(Actor.themes))
        .order_by(*SORTS.get(filters.sort, SORTS["nombre"]))
    )
    return paginate(query, number=number)


def _conditions(filters: ActorFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [_named(word) for word in plain(filters.q).split()[:8]]
    if filters.kind is not None:
        found.append(Actor.kind == filters.kind)
    if filters.status is not None:
        found.append(Actor.status == filters.status)
    found += [*of_sector(filters.sector), *of_theme(filters.theme)]
    if filters.province:
        found.append(_in_province(filters.province))
    return [*found, *_further(filters)]


def _further(filters: ActorFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.function is not None:
        found.append(Actor.function == filters.function)
    if filters.level is not None:
        found.append(Actor.level == filters.level)
    if filters.people:
        ours = sa.select(actor_people.c.actor_id).join(People, People.id == actor_people.c.people_id)
        found.append(Actor.id.in_(ours.where(People.name == filters.people)))
    if filters.language:
        speak = sa.select(actor_language.c.actor_id).join(Language, Language.id == actor_language.c.language_id)
        found.append(Actor.id.in_(speak.where(Language.code == filters.language)))
    if filters.contact:
        found.append(_reached(filters.contact))
    return found


def _reached(contact: str) -> sa.ColumnElement[bool]:
    """Whether there is a contact with a consent in force (``con``, ``publico``), or none (``sin``)."""
    reached = (
        sa.select(ActorContact.actor_id)
        .join(Consent, Consent.id == ActorContact.consent_id)
        .where(Consent.revoked_at.is_(None))
    )
    if contact == "publico":
        reached = reached.where(ActorContact.is_public)
    return Actor.id.not_in(reached) if contact == "sin" else Actor.id.in_(reached)


def _named(word: str) -> sa.ColumnElement[bool]:
    acronym = sa.func.lower(sa.func.coalesce(Actor.acronym, ""))
    return Actor.name_plain.contains(word, autoescape=True) | acronym.contains(word, autoescape=True)


def _in_province(code: str) -> sa.ColumnElement[bool]:
    if code == NONE:
        return Actor.id.not_in(sa.select(actor_territory.c.actor_id))
    everywhere = Territory.province_code.is_(None)
    places = sa.select(actor_territory.c.actor_id).join(Territory, Territory.id == actor_territory.c.territory_id)
    return Actor.id.in_(places.where(everywhere if code == COUNTRY else in_area(code)))


def actor(slug: str) -> Actor:
    """An actor with sector, territories, themes, peoples and languages, in any state. Raises `NotFound`.

    Five statements.
    """
    query = (
        sa.select(Actor)
        .where(Actor.slug == slug)
        .options(
            joinedload(Actor.sector),
            selectinload(Actor.territories),
            selectinload(Actor.themes),
            selectinload(Actor.peoples),
            selectinload(Actor.languages),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No existe un actor con esa dirección."))
    return found


def verified_actors() -> Sequence[Actor]:
    """Every verified actor by name, with nothing loaded: for pickers. One statement."""
    query = sa.select(Actor).where(Actor.status == ActorStatus.VERIFIED).order_by(Actor.name_plain)
    return db.session.scalars(query).all()


def waiting(*, number: int = 1) -> Page[Waiting]:
    """A page of the records that wait for somebody of the team, the longest waiting first. Three statements."""
    registered_itself = sa.exists().where(
        AuditEntry.subject_type == "actor",
        AuditEntry.subject_id == Actor.id,
        AuditEntry.action == "actor.self_register",
    )
    query: Any = (
        sa.select(Actor, registered_itself)
        .where(Actor.status == ActorStatus.PENDING)
        .options(selectinload(Actor.territories))
        .order_by(Actor.created_at, Actor.id)
    )
    today = clock.today()
    return paginate(
        query,
        number=number,
        row=lambda row: Waiting(row[0], bool(row[1]), (today - clock.local(row[0].created_at).date()).days),
    )


def verified_by(actor: Actor) -> str:
    """The name of whoever verified the record, "" where nobody of the team did. At most one statement."""
    if actor.verified_by_id is None:
        return ""
    return db.session.scalar(sa.select(User.name).where(User.id == actor.verified_by_id)) or ""


def bodies_of(actor: Actor) -> Sequence[tuple[BodyKind, str, Any]]:
    """The bodies in which the actor has a seat: kind, code of the plan, since when. One statement."""
    query = (
        sa.select(Body.kind, Plan.code, BodyMember.joined_on)
        .join(BodyMember, BodyMember.body_id == Body.id)
        .join(Plan, Plan.id == Body.plan_id)
        .where(BodyMember.actor_id == actor.id)
        .order_by(Plan.number.desc(), Body.kind)
    )
    return db.session.execute(query).all()


def commitments_of(actor: Actor) -> Sequence[tuple[Commitment, Plan, CommitmentParty]]:
    """The commitments that bind the actor (not those in draft), newest plan first. One statement."""
    query = (
        sa.select(Commitment, Plan, CommitmentParty)
        .join(CommitmentParty, CommitmentParty.commitment_id == Commitment.id)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(CommitmentParty.actor_id == actor.id, Commitment.is_public)
        .order_by(Plan.number.desc(), Commitment.number)
    )
    return db.session.execute(query).all()
