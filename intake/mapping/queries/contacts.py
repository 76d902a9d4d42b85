"""Reading the contacts of actors: only those whose consent is in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.extensions import db
from models import Actor, ActorContact, Consent


def in_force() -> sa.Select[ActorContact]:
    """The contacts of everybody whose consent is in force, by key."""
    return (
        sa.select(ActorContact)
        .join(Consent, Consent.id == ActorContact.consent_id)
        .where(Consent.revoked_at.is_(None))
        .order_by(ActorContact.id)
    )


def contacts_of(actor: Actor, *, public_only: bool) -> Sequence[ActorContact]:
    """The contacts whose consent is in force; for the public only those that agreed to be shown. One statement."""
    query = in_force().where(ActorContact.actor_id == actor.id).options(joinedload(ActorContact.consent))
    return db.session.scalars(query.where(ActorContact.is_public) if public_only else query).all()


def with_mail(actor_ids: Iterable[int]) -> Sequence[ActorContact]:
    """Contacts of these actors that can be written to. One statement."""
    query = in_force().where(ActorContact.actor_id.in_(list(actor_ids)), ActorContact.email.is_not(None))
    return db.session.scalars(query).all()


def numbered_contacts(actor: Actor) -> dict[int, ActorContact]:
    """Number → contact whose consent is in force. One statement.

    Numbers count from 1 all that the actor ever had: erasing one renumbers no other.
    """
    query = (
        sa.select(ActorContact)
        .where(ActorContact.actor_id == actor.id)
        .options(joinedload(ActorContact.consent))
        .order_by(ActorContact.id)
    )
    everyone = enumerate(db.session.scalars(query), start=1)
    return {number: contact for number, contact in everyone if contact.consent.revoked_at is None}
