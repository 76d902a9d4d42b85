"""Ways to break the invariants of the registry and of files that were brought in, for `test_invariants`."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from models import Actor, ActorContact, ActorMerge, Consent, ImportBatch, actor_theme
from models.enums import ActorKind, ActorStatus, BatchKind


def _merged() -> Actor:
    query = sa.select(Actor).where(Actor.status == ActorStatus.MERGED).order_by(Actor.id).limit(1)
    return db.session.scalars(query).one()


def break_contacts_have_consent() -> str:
    contact = db.session.scalars(
        sa.select(ActorContact)
        .join(Consent, Consent.id == ActorContact.consent_id)
        .where(ActorContact.email.is_not(None), Consent.revoked_at.is_(None))
        .order_by(ActorContact.id)
        .limit(1)
    ).one()
    db.session.execute(sa.update(Consent).where(Consent.id == contact.consent_id).values(revoked_at=clock.now()))
    return str(db.session.scalar(sa.select(Actor.slug).where(Actor.id == contact.actor_id)))


def break_joined_lead_on() -> str:
    gone = _merged()
    db.session.execute(sa.delete(ActorMerge).where(ActorMerge.merged_id == gone.id))
    return gone.slug


def break_joined_hold_nothing() -> str:
    theme = db.session.scalar(sa.select(actor_theme.c.theme_id).limit(1))
    db.session.execute(sa.insert(actor_theme).values(actor_id=_merged().id, theme_id=theme))
    return "actor_theme.actor_id"


def break_state_is_of_the_state() -> str:
    query = sa.select(Actor).where(Actor.kind == ActorKind.CIVIL_SOCIETY).order_by(Actor.id).limit(1)
    actor = db.session.scalars(query).one()
    db.session.execute(sa.update(Actor.__table__).where(Actor.id == actor.id).values(level="national"))
    return actor.slug


def break_batches_are_whole() -> str:
    db.session.add(
        ImportBatch(
            kind=BatchKind.ACTORS, name="lista", sha256="0" * 64, row_count=3, added_count=3, created_at=clock.now()
        )
    )
    db.session.flush()
    return "actors lista"
