"""Invariants about outreach: steps and their log, letters and those who want none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from intake.core.keyed import address_hash
from intake.extensions import db
from intake.mapping.inputs_outreach import LETTERS, furthest
from intake.mapping.mailings import message_key
from intake.mapping.queries.letters import STOP_PURPOSE
from models import Actor, Campaign, Invitation, Mailing, MailStop, OutboxMessage, Target, TargetStep
from models.enums import OutreachStep

CHUNK_ROWS = 2000


def steps_are_the_furthest() -> Sequence[Any]:
    """Actors of campaigns whose step is not the furthest one of their log."""
    logs: dict[int, list[OutreachStep]] = {}
    entries = sa.select(TargetStep.target_id, TargetStep.step).execution_options(yield_per=CHUNK_ROWS)
    for key, step in db.session.execute(entries):
        logs.setdefault(key, []).append(step)
    query = (
        sa.select(Target.id, Target.step, Campaign.slug, Actor.slug)
        .join(Campaign, Campaign.id == Target.campaign_id)
        .join(Actor, Actor.id == Target.actor_id)
        .order_by(Target.id)
    )
    rows = db.session.execute(query)
    return [f"{campaign}/{actor}" for key, step, campaign, actor in rows if not _agrees(step, logs.get(key))]


def _agrees(step: OutreachStep, log: list[OutreachStep] | None) -> bool:
    return log is not None and step is furthest(log)


def invitations_have_letters() -> Sequence[Any]:
    """Invitations without their message, unless the reader stopped all letters before it went out (an answer)."""
    return [name for name, message, _at, answered in _letters() if message is None and answered is None]


def stopped_are_left_in_peace() -> Sequence[Any]:
    """Invitations queued to an address after it had asked for no more."""
    stops = _stops()
    sent = [(name, address_hash(STOP_PURPOSE, message), at) for name, message, at, _answer in _letters() if message]
    return [name for name, hashed, at in sent if hashed in stops and at > stops[hashed]]


def letters_have_invitations() -> Sequence[Any]:
    """Messages of outreach that no invitation stands behind."""
    keys = {
        message_key(mailing, contact)
        for mailing, contact in db.session.execute(sa.select(Invitation.mailing_id, Invitation.contact_id))
    }
    query = sa.select(OutboxMessage.id, OutboxMessage.dedupe_key).where(OutboxMessage.kind.in_(LETTERS))
    return [f"outbox_message {key}" for key, dedupe in db.session.execute(query) if dedupe not in keys]


def _letters() -> Iterator[tuple[str, str | None, Any, Any]]:
    """Each invitation: its name, the address of its message, when it was queued, when it was answered."""
    queued = sa.select(OutboxMessage.dedupe_key, OutboxMessage.to_address).where(OutboxMessage.kind.in_(LETTERS))
    addresses = dict(db.session.execute(queued).all())
    query = (
        sa.select(Campaign.slug, Mailing.number, Invitation)
        .join(Mailing, Mailing.id == Invitation.mailing_id)
        .join(Campaign, Campaign.id == Mailing.campaign_id)
        .order_by(Invitation.id)
    )
    for slug, number, row in db.session.execute(query):
        address = addresses.get(message_key(row.mailing_id, row.contact_id))
        yield f"{slug}/{number} contact {row.contact_id}", address, row.queued_at, row.answered_at


def _stops() -> dict[str, Any]:
    return dict(db.session.execute(sa.select(MailStop.address_hash, MailStop.stopped_at)).all())
