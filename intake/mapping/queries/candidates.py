"""Looking for actors to reach: those of the registry that a campaign does not have yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core.pagination import Page, paginate
from intake.core.text import plain
from intake.extensions import db
from intake.mapping.queries.conditions import of_people, of_sector, of_theme
from intake.mapping.queries.vocabulary import COUNTRY, territory_by_code
from models import (
    Actor,
    Campaign,
    People,
    Target,
    Territory,
    actor_territory,
)
from models.enums import ActorStatus

if TYPE_CHECKING:
    from intake.mapping.inputs_outreach import CandidateFilters

#: Records that may be reached: what was refused or joined to another is not somebody to write to.
REACHABLE = (ActorStatus.VERIFIED, ActorStatus.PENDING)


def candidates(campaign: Campaign, filters: CandidateFilters, *, number: int = 1) -> Page[Actor]:
    """A page of actors that the campaign has not, by name, with sector, territories and themes. Five statements."""
    query = (
        _found(campaign, filters)
        .options(joinedload(Actor.sector), selectinload(Actor.territories), selectinload(Actor.themes))
        .order_by(Actor.name_plain, Actor.id)
    )
    return paginate(query, number=number)


def candidate_ids(campaign: Campaign, filters: CandidateFilters, *, limit: int) -> Sequence[int]:
    """Keys of the first actors found, by name. Two statements."""
    query = _found(campaign, filters).with_only_columns(Actor.id).order_by(Actor.name_plain, Actor.id)
    return db.session.scalars(query.limit(limit)).all()


def reachable_ids(campaign: Campaign, slugs: Sequence[str]) -> Sequence[int]:
    """Keys of the actors with these addresses that the campaign has not and that may be reached. One statement."""
    query = sa.select(Actor.id).where(Actor.slug.in_(slugs), *_free(campaign))
    return db.session.scalars(query.order_by(Actor.name_plain, Actor.id)).all()


def _free(campaign: Campaign) -> list[sa.ColumnElement[bool]]:
    held = sa.select(Target.actor_id).where(Target.campaign_id == campaign.id)
    return [Actor.status.in_(REACHABLE), Actor.id.not_in(held)]


def _found(campaign: Campaign, filters: CandidateFilters) -> sa.Select[Actor]:
    return sa.select(Actor).where(*_free(campaign), *_conditions(filters))


def _conditions(filters: CandidateFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [
        Actor.name_plain.contains(word, autoescape=True) for word in plain(filters.q).split()[:8]
    ]
    if filters.kind is not None:
        found.append(Actor.kind == filters.kind)
    found += [*of_sector(filters.sector), *of_theme(filters.theme), *of_people(filters.people)]
    if filters.territory:
        found.append(_around(filters.territory))
    return found


def _around(code: str) -> sa.ColumnElement[bool]:
    """Works in the place, in one below it, in one that holds it, or in the whole country. One statement."""
    place = territory_by_code(code)
    if place is None:
        return sa.false()
    somewhere = sa.select(actor_territory.c.actor_id).join(Territory, Territory.id == actor_territory.c.territory_id)
    if place.code == COUNTRY:
        return Actor.id.in_(somewhere)
    above = [COUNTRY, *(part for part in place.path.split(".") if part)]
    below = Territory.path.startswith(place.path, autoescape=True)
    return Actor.id.in_(somewhere.where(Territory.code.in_(above) | below))


def peoples() -> Sequence[People]:
    """Peoples and nationalities, by name. One statement."""
    return db.session.scalars(sa.select(People).order_by(People.name)).all()
