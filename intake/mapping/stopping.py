"""Sending no more letters to a mailbox, because its reader asked for none: of no campaign, whatever the contact."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.identity import GUEST
from intake.core.keyed import address_hash
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from intake.mapping import mailings
from intake.mapping.inputs_outreach import LETTERS
from intake.mapping.invitations import reference, sent_to
from intake.mapping.queries.letters import STOP_PURPOSE
from intake.mapping.records import hold_stops
from models import Invitation, MailStop, OutboxMessage


def stop(invitation: Invitation) -> None:
    """Send no more invitations to this address: none of any campaign. What is queued and not sent yet goes nowhere.

    May be repeated. Only a keyed hash of the address is kept.
    """
    email = sent_to(invitation)
    if email is None:
        return
    with transaction():
        hold_stops()
        row = MailStop(address_hash=address_hash(STOP_PURPOSE, email), stopped_at=clock.now())
        known = db.session.scalar(sa.select(MailStop.id).where(MailStop.address_hash == row.address_hash))
        if known is None and in_savepoint(lambda: db.session.add(row)) is None:
            audit.record("mail_stop.add", row, by=GUEST, reference=reference(invitation))
        _drop_unsent(email)
        if invitation.answered_at is None:
            invitation.answered_at = clock.now()


def _drop_unsent(email: str) -> None:
    """Take letters to the address out of the queue; their invitations count as answered."""
    keys = mailings.take_unsent(OutboxMessage.to_address == email, OutboxMessage.kind.in_(LETTERS))
    sent_as = [mailings.mailing_and_contact(key) for key in keys]
    mine = sa.tuple_(Invitation.mailing_id, Invitation.contact_id).in_(sent_as)
    db.session.execute(sa.update(Invitation).where(mine).values(answered_at=clock.now()))


def is_stopped(invitation: Invitation) -> bool:
    """Whether the reader has asked for no more letters. At most two statements."""
    email = sent_to(invitation)
    if email is None:
        return False
    query = sa.select(MailStop.id).where(MailStop.address_hash == address_hash(STOP_PURPOSE, email))
    return db.session.scalar(query) is not None
