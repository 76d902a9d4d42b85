"""How the invariants of outreach are broken on the demonstration; each returns what the check then names."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core import clock
from intake.core.keyed import address_hash
from intake.extensions import db
from intake.mapping.inputs_outreach import LETTERS
from intake.mapping.queries.letters import STOP_PURPOSE
from models import Actor, Campaign, Invitation, Mailing, MailStop, OutboxMessage, Target
from models.enums import OutreachStep


def _first_letter():
    """An unanswered invitation: its name in the check, the key of its message, its address."""
    row = db.session.execute(
        sa.select(Campaign.slug, Mailing.number, Invitation.mailing_id, Invitation.contact_id)
        .join(Mailing, Mailing.id == Invitation.mailing_id)
        .join(Campaign, Campaign.id == Mailing.campaign_id)
        .where(Invitation.answered_at.is_(None))
        .order_by(Invitation.id)
        .limit(1)
    ).one()
    key = f"invitation:{row.mailing_id}:{row.contact_id}"
    address = db.session.scalars(sa.select(OutboxMessage.to_address).where(OutboxMessage.dedupe_key == key)).one()
    return f"{row.slug}/{row.number} contact {row.contact_id}", key, address


def break_outreach_steps() -> str:
    row = db.session.execute(
        sa.select(Target.id, Campaign.slug, Actor.slug.label("actor"))
        .join(Campaign, Campaign.id == Target.campaign_id)
        .join(Actor, Actor.id == Target.actor_id)
        .where(Target.step == OutreachStep.CONTACTED)
        .limit(1)
    ).one()
    db.session.execute(sa.update(Target.__table__).where(Target.id == row.id).values(step="answered"))
    return f"{row.slug}/{row.actor}"


def break_invitations_sent() -> str:
    name, key, _address = _first_letter()
    db.session.execute(sa.delete(OutboxMessage).where(OutboxMessage.dedupe_key == key))
    return name


def break_letters_invited() -> str:
    message = OutboxMessage(
        kind=LETTERS[0],
        to_address="nadie@demo.example",
        context={},
        created_at=clock.now(),
        not_before=clock.now(),
    )
    db.session.add(message)
    db.session.flush()
    return f"outbox_message {message.id}"


def break_stopped_in_peace() -> str:
    name, _key, address = _first_letter()
    since = db.session.scalars(sa.select(sa.func.min(Campaign.created_at))).one()
    db.session.add(MailStop(address_hash=address_hash(STOP_PURPOSE, address), stopped_at=since))
    db.session.flush()
    return name
