"""Invariants of the registry of actors: contacts and their consent, records that were joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.extensions import db
from intake.mapping.contacts import CONSENT_PURPOSE
from intake.mapping.references import open_columns
from intake.mapping.services import OF_THE_STATE
from models import Actor, ActorContact, ActorMerge, Consent
from models.enums import ActorStatus


def contacts_have_consent() -> Sequence[Any]:
    """Contacts that are shown without a consent in force, or that were kept after it was taken back."""
    shown = ActorContact.is_public & (Consent.revoked_at.is_not(None) | (Consent.purpose != CONSENT_PURPOSE))
    left = Consent.revoked_at.is_not(None) & (ActorContact.email.is_not(None) | ActorContact.phone.is_not(None))
    query = (
        sa.select(Actor.slug)
        .join(ActorContact, ActorContact.actor_id == Actor.id)
        .join(Consent, Consent.id == ActorContact.consent_id)
    )
    return db.session.scalars(query.where(shown | left).distinct().order_by(Actor.slug)).all()


def joined_lead_on() -> Sequence[Any]:
    """Joined records that lead to one that was joined itself, or whose joining left no trace."""
    live = aliased(Actor)
    query = (
        sa.select(Actor.slug)
        .join(live, live.id == Actor.merged_into_id)
        .outerjoin(ActorMerge, ActorMerge.merged_id == Actor.id)
        .where((live.status == ActorStatus.MERGED) | ActorMerge.id.is_(None))
    )
    return db.session.scalars(query.order_by(Actor.slug)).all()


def joined_hold_nothing() -> Sequence[Any]:
    """Columns in which something still points at a joined record."""
    joined = sa.select(Actor.id).where(Actor.status == ActorStatus.MERGED)
    counts = [
        sa.select(sa.literal(name), sa.func.count()).where(column.in_(joined))
        for name, column, _words in open_columns()
    ]
    return [name for name, number in db.session.execute(sa.union_all(*counts)) if number]


def state_is_of_the_state() -> Sequence[Any]:
    """Actors with a function or a level of government that are no part of the State."""
    governs = Actor.function.is_not(None) | Actor.level.is_not(None)
    query = sa.select(Actor.slug).where(governs, Actor.kind.not_in(OF_THE_STATE))
    return db.session.scalars(query.order_by(Actor.slug)).all()
