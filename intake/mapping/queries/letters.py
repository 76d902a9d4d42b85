"""To whom a bulk invitation goes: contacts with a consent in force and an address, less those who want no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.core.keyed import address_hash
from intake.extensions import db
from intake.mapping.queries.candidates import REACHABLE
from intake.mapping.queries.contacts import with_mail
from models import Actor, ActorContact, Campaign, Consent, Invitation, Mailing, MailStop, Target
from models.enums import OutreachStep

#: What keyed hashes of addresses are for; another purpose hashes the same address differently.
STOP_PURPOSE = "mail_stop"
Rows = sa.Select[int, int, str, str | None, str, int, str, str]  # the fields of `Recipient`
#: Rows that a count reads at a time.
_READ_ROWS = 2000


@dataclass(frozen=True)
class Recipient:
    """A contact to whom a letter may go."""

    contact_id: int
    target_id: int
    name: str
    email: str  # never empty: the query asks for it
    locale: str
    actor_id: int
    actor_name: str
    actor_slug: str


def read(row: Any) -> Recipient:
    """A row of `recipients`."""
    return Recipient(*row)


@dataclass
class Audience:
    """To whom a letter would go now: how many, in which languages, and how many are left out and why."""

    letters: int = 0
    actors: int = 0
    stopped: int = 0  # addresses that want no more invitations
    without_mail: int = 0  # actors in these steps without any contact that may be written to
    locales: dict[str, int] = field(default_factory=dict)
    first: dict[str, Recipient] = field(default_factory=dict)  # the first reader of each language


def recipients(
    campaign_id: int, steps: Iterable[OutreachStep], mailing_id: int | None = None, *, after: int = 0
) -> Rows:
    """Contacts of the campaign's actors in these steps, by key, those beyond ``after``: the fields of `Recipient`.

    One contact for each address of an actor. With ``mailing_id`` those whom that mailing has written to are left out,
    and an actor whose first contact it has already reached (which moved the actor on) keeps its other contacts.
    """
    written = sa.select(Invitation.id).where(Invitation.mailing_id == mailing_id)
    begun = sa.and_(
        Target.step == OutreachStep.CONTACTED,
        written.where(Invitation.target_id == Target.id).correlate(Target).exists(),
    )
    return (
        sa.select(
            ActorContact.id,
            Target.id,
            ActorContact.name,
            ActorContact.email,
            ActorContact.locale,
            Actor.id,
            Actor.name,
            Actor.slug,
        )
        .join(Consent, Consent.id == ActorContact.consent_id)
        .join(Actor, Actor.id == ActorContact.actor_id)
        .join(Target, Target.actor_id == Actor.id)
        .where(
            Target.campaign_id == campaign_id,
            ActorContact.id > after,
            Consent.revoked_at.is_(None),
            ActorContact.email.is_not(None),
            Actor.status.in_(REACHABLE),
            sa.or_(Target.step.in_(list(steps)), begun),
            ~_has_earlier_twin(),
            ~written.where(Invitation.contact_id == ActorContact.id).correlate(ActorContact).exists(),
        )
        .order_by(ActorContact.id)
    )


def _has_earlier_twin() -> sa.ColumnElement[bool]:
    """Whether the contact's address is that of an earlier contact of its actor, whose consent is in force too."""
    twin, consent = aliased(ActorContact), aliased(Consent)
    same = (
        sa.select(twin.id)
        .join(consent, consent.id == twin.consent_id)
        .where(
            twin.actor_id == ActorContact.actor_id,
            sa.func.lower(twin.email) == sa.func.lower(ActorContact.email),
            twin.id < ActorContact.id,
            consent.revoked_at.is_(None),
        )
    )
    return same.correlate(ActorContact).exists()


def stopped(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that want no more invitations. One statement, none for no address."""
    hashes = {address: address_hash(STOP_PURPOSE, address) for address in addresses}
    if not hashes:
        return set()
    found = sa.select(MailStop.address_hash).where(MailStop.address_hash.in_(set(hashes.values())))
    gone = set(db.session.scalars(found))
    return {address for address, hashed in hashes.items() if hashed in gone}


def audience(campaign: Campaign, steps: Sequence[OutreachStep]) -> Audience:
    """To whom a letter would go now. Two statements, and one for each `_READ_ROWS` contacts."""
    found, actors = Audience(), set()
    rows = [read(row) for row in db.session.execute(recipients(campaign.id, steps))]
    for start in range(0, len(rows), _READ_ROWS):
        part = rows[start : start + _READ_ROWS]
        gone = stopped(r.email for r in part)
        for reader in part:
            actors.add(reader.target_id)
            if reader.email in gone:
                found.stopped += 1
                continue
            found.letters += 1
            found.locales[reader.locale] = found.locales.get(reader.locale, 0) + 1
            found.first.setdefault(reader.locale, reader)
    chosen = sa.select(sa.func.count()).where(Target.campaign_id == campaign.id, Target.step.in_(list(steps)))
    found.actors = len(actors)
    found.without_mail = (db.session.scalar(chosen) or 0) - len(actors)
    return found


def mailings(campaign: Campaign) -> Sequence[tuple[Mailing, int, int]]:
    """The campaign's bulk letters, the latest first: how many are queued, how many were answered. One statement."""
    queued = sa.select(sa.func.count()).where(Invitation.mailing_id == Mailing.id)
    answers = queued.where(Invitation.answered_at.is_not(None))
    query = (
        sa.select(
            Mailing,
            queued.correlate(Mailing).scalar_subquery(),
            answers.correlate(Mailing).scalar_subquery(),
        )
        .where(Mailing.campaign_id == campaign.id)
        .order_by(Mailing.number.desc())
    )
    return db.session.execute(query).all()


def mailing(campaign: Campaign, number: int) -> Mailing | None:
    """One bulk letter of the campaign. One statement."""
    query = sa.select(Mailing).where(Mailing.campaign_id == campaign.id, Mailing.number == number)
    return db.session.scalar(query)


def next_number(campaign: Campaign) -> int:
    """The number that the campaign's next bulk letter gets. One statement."""
    last = sa.select(sa.func.max(Mailing.number)).where(Mailing.campaign_id == campaign.id)
    return int(db.session.scalar(last) or 0) + 1


def unfinished() -> Sequence[int]:
    """Keys of the bulk letters that stopped half way, the oldest first. One statement."""
    return db.session.scalars(sa.select(Mailing.id).where(Mailing.finished_at.is_(None)).order_by(Mailing.id)).all()


WRITABLE, STOPPED, NO_MAIL = "mail", "stopped", "none"


def reach_of(actor_ids: Sequence[int]) -> dict[int, str]:
    """Whether each actor can be written to: `WRITABLE`, `STOPPED` (every address asked for no more) or `NO_MAIL`.

    Two statements.
    """
    rows = [(contact.actor_id, contact.email) for contact in with_mail(actor_ids) if contact.email]
    gone = stopped(email for _key, email in rows)
    found = dict.fromkeys(actor_ids, NO_MAIL)
    for key, email in rows:
        found[key] = STOPPED if email in gone and found[key] != WRITABLE else WRITABLE
    return found
