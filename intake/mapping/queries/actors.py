"""Reading actors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.core.text import plain
from intake.extensions import db
from intake.mapping.queries.vocabulary import COUNTRY
from models import (
    Actor,
    ActorContact,
    Body,
    BodyMember,
    Commitment,
    CommitmentParty,
    Consent,
    Plan,
    Sector,
    Territory,
    Theme,
    actor_territory,
    actor_theme,
)
from models.enums import ActorKind, ActorStatus, BodyKind

#: Names at least this alike (0..1, difflib) are asked about before a second record is made.
ALIKE = 0.72
CANDIDATES = 300
NONE = "ninguna"  # value of the province filter for actors without any territory
SORTS: dict[str, tuple[Any, ...]] = {
    "nombre": (Actor.name_plain.asc(), Actor.id),
    "-nombre": (Actor.name_plain.desc(), Actor.id),
    "fecha": (Actor.created_at.asc(), Actor.id),
    "-fecha": (Actor.created_at.desc(), Actor.id.desc()),
}


@dataclass(frozen=True, kw_only=True)
class ActorFilters:
    """What a list of actors is narrowed to. ``sector`` takes in those below it; ``province`` EC: the whole country."""

    q: str = ""
    kind: ActorKind | None = None
    sector: str = ""
    province: str = ""
    theme: str = ""
    status: ActorStatus | None = ActorStatus.VERIFIED  # None: any
    sort: str = "nombre"


def actors(filters: ActorFilters, *, number: int = 1) -> Page[Actor]:
    """A page of actors with sector, territories and themes. Four statements."""
    query = (
        sa.select(Actor)
        .where(*_conditions(filters))
        .options(joinedload(Actor.sector), selectinload(Actor.territories), selectinload(Actor.themes))
        .order_by(*SORTS.get(filters.sort, SORTS["nombre"]))
    )
    total = db.session.scalar(sa.select(sa.func.count(Actor.id)).where(*_conditions(filters))) or 0
    return paginate(query, number=number, total=total)


def _conditions(filters: ActorFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [_named(word) for word in plain(filters.q).split()[:8]]
    if filters.kind is not None:
        found.append(Actor.kind == filters.kind)
    if filters.status is not None:
        found.append(Actor.status == filters.status)
    if filters.sector:
        below = Sector.code.startswith(f"{filters.sector}.", autoescape=True)
        found.append(Actor.sector_id.in_(sa.select(Sector.id).where((Sector.code == filters.sector) | below)))
    if filters.theme:
        of_theme = sa.select(actor_theme.c.actor_id).join(Theme, Theme.id == actor_theme.c.theme_id)
        found.append(Actor.id.in_(of_theme.where(Theme.code == filters.theme)))
    if filters.province:
        found.append(_in_province(filters.province))
    return found


def _named(word: str) -> sa.ColumnElement[bool]:
    acronym = sa.func.lower(sa.func.coalesce(Actor.acronym, ""))
    return Actor.name_plain.contains(word, autoescape=True) | acronym.contains(word, autoescape=True)


def _in_province(code: str) -> sa.ColumnElement[bool]:
    if code == NONE:
        return Actor.id.not_in(sa.select(actor_territory.c.actor_id))
    everywhere = Territory.province_code.is_(None)
    places = sa.select(actor_territory.c.actor_id).join(Territory, Territory.id == actor_territory.c.territory_id)
    return Actor.id.in_(places.where(everywhere if code == COUNTRY else Territory.province_code == code))


def actor(slug: str) -> Actor:
    """An actor with sector, territories and themes, in any state. Raises `NotFound`. Three statements."""
    query = (
        sa.select(Actor)
        .where(Actor.slug == slug)
        .options(joinedload(Actor.sector), selectinload(Actor.territories), selectinload(Actor.themes))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No existe un actor con esa dirección."))
    return found


def verified_actors() -> Sequence[Actor]:
    """Every verified actor by name, with nothing loaded: for pickers. One statement."""
    query = sa.select(Actor).where(Actor.status == ActorStatus.VERIFIED).order_by(Actor.name_plain)
    return db.session.scalars(query).all()


def contacts_of(actor: Actor, *, public_only: bool) -> Sequence[ActorContact]:
    """The contacts whose consent is in force; for the public only those that agreed to be shown. One statement."""
    query = (
        sa.select(ActorContact)
        .join(Consent, Consent.id == ActorContact.consent_id)
        .where(ActorContact.actor_id == actor.id, Consent.revoked_at.is_(None))
        .options(joinedload(ActorContact.consent))
        .order_by(ActorContact.id)
    )
    return db.session.scalars(query.where(ActorContact.is_public) if public_only else query).all()


def contact_numbers(actor: Actor) -> dict[int, int]:
    """Contact → its number from 1 among all that the actor ever had: erasing one renumbers no other. One statement."""
    ids = sa.select(ActorContact.id).where(ActorContact.actor_id == actor.id).order_by(ActorContact.id)
    return {key: number for number, key in enumerate(db.session.scalars(ids), start=1)}


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


def similar_actors(name: str, *, limit: int = 5) -> list[Actor]:
    """Verified actors whose name or acronym is like the one typed, the likest first. One statement."""
    typed = plain(name)
    words = sorted((w for w in typed.split() if len(w) > 3), key=len, reverse=True)[:4] or typed.split()[:2]
    if not words:
        return []
    like = [Actor.name_plain.contains(word, autoescape=True) for word in words]
    acronym = sa.func.lower(Actor.acronym) == typed
    query = sa.select(Actor).where(Actor.status == ActorStatus.VERIFIED, sa.or_(acronym, *like)).limit(CANDIDATES)
    scored = [(_likeness(typed, found), found) for found in db.session.scalars(query)]
    close = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1].name_plain))
    return [found for _score, found in close[:limit]]


def _likeness(typed: str, found: Actor) -> float:
    if found.acronym and plain(found.acronym) == typed:
        return 1.0
    return SequenceMatcher(None, typed, found.name_plain).ratio()
