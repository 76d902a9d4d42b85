"""Bulk invitations by mail: queued in pieces, each in one transaction with its messages.

A mailing that was killed goes on where it stopped: nobody is written to twice, nobody is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core import audit, bulk, clock, mail, outbox, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import SYSTEM
from intake.core.outbox import Letter
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.mapping import outreach_steps as steps
from intake.mapping.inputs_outreach import LETTERS, WRITABLE, LetterInput, StepInput
from intake.mapping.letter_facts import context, is_full
from intake.mapping.queries import letters
from intake.mapping.queries.letters import Recipient
from intake.mapping.records import NOT_OPEN, hold_stops
from models import Actor, Campaign, Event, Invitation, Mailing, OutboxMessage, Plan, Target
from models.enums import CampaignStatus, ContactChannel, EventStatus, OutreachStep

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal
    from intake.core.mail import Mail

#: Contacts of one transaction.
PIECE = 200
#: Pieces that one press of the button queues; the command and the next press go on.
PIECES_A_PRESS = 5
#: Stands in a preview where each reader's own link will be.
LINK_IN_PREVIEW = "…"


@dataclass(frozen=True)
class Progress:
    """What a run did: ``queued`` letters, and whether the mailing is ``finished``."""

    queued: int
    finished: bool


def preview(campaign: Campaign, given: LetterInput, reader: Recipient) -> Mail:
    """The letter as this reader will get it, but for the link, which nobody else may see."""
    link = f"/acercamiento/respuesta/{LINK_IN_PREVIEW}"
    facts = context(campaign, given.words, reader, link, full=is_full(campaign.event))
    return mail.render(given.template, reader.locale, facts)


def start(campaign: Campaign, given: LetterInput, *, number: int, by: Principal) -> Mailing:
    """Begin a mailing; `continue_mailing` queues its letters. ``number`` is the one that the person saw it would get.

    Raises `Conflict` if that number is taken (the button was pressed twice), `Invalid` for an odd letter.
    """
    authorize(by, Permission.OUTREACH_EDIT, campaign)
    if given.template not in LETTERS:
        raise Invalid(_l("Elija una carta."), field="template")
    if not given.steps or not set(given.steps) <= set(WRITABLE):
        raise Invalid(_l("Elija a quiénes se escribe."), field="steps")
    with transaction():
        lock(sa.select(Campaign.id).where(Campaign.id == campaign.id))
        _require_sendable(for_letters(campaign.id))
        if letters.next_number(campaign) != number:
            raise Conflict(_l("Este envío ya empezó: alguien pulsó el botón antes."))
        mailing = Mailing(
            campaign_id=campaign.id,
            number=number,
            template=given.template,
            words=clean(given.words),
            steps=",".join(step.value for step in given.steps),
            started_at=clock.now(),
            started_by_id=by.user_id,
        )
        audit.record("mailing.start", mailing, by=by, reference=f"{campaign.slug}/{number}")
    return mailing


def continue_mailing(mailing: Mailing, *, by: Principal, pieces: int | None = None) -> Progress:
    """Queue the letters that are still missing, at most ``pieces`` times `PIECE` contacts (None: all).

    Raises `Conflict` if the campaign is no longer open or its event was cancelled.
    """
    key, queued, after = mailing.id, 0, 0
    authorize(by, Permission.OUTREACH_EDIT, mailing)
    while pieces is None or pieces > 0:
        with transaction():
            last, number, finished = _piece(key, after, by)
        queued, after = queued + number, last
        if finished:
            return Progress(queued, finished=True)
        pieces = None if pieces is None else pieces - 1
    return Progress(queued, finished=False)


def continue_all() -> dict[str, int]:
    """Finish every mailing that stopped half way; letters queued by ``campaign/number``. For the command."""
    found = {}
    with transaction():  # so that SQLite's pieces begin as writers
        keys = letters.unfinished()
    for key in keys:
        mailing = db.session.get_one(Mailing, key)
        campaign = db.session.get_one(Campaign, mailing.campaign_id)
        name = f"{campaign.slug}/{mailing.number}"
        try:
            found[name] = continue_mailing(mailing, by=SYSTEM).queued
        except Conflict:  # closed meanwhile: it stays as it is, and says so on its page
            found[name] = 0
    return found


def _piece(key: int, after: int, by: Principal) -> tuple[int, int, bool]:
    """Queue the next letters after a contact's key: the last key looked at, how many, whether none is left.

    Whoever else continues the same mailing waits here and then sees what was queued.
    """
    lock(sa.select(Mailing.id).where(Mailing.id == key))
    mailing = db.session.get_one(Mailing, key, populate_existing=True)
    if mailing.finished_at is not None:
        return after, 0, True
    campaign = for_letters(mailing.campaign_id)
    _require_sendable(campaign)
    wanted = [OutreachStep(value) for value in mailing.steps.split(",")]
    rows = _held_readers(letters.recipients(campaign.id, wanted, mailing.id, after=after).limit(PIECE))
    if not rows:
        mailing.finished_at = clock.now()
        audit.record("mailing.finish", mailing, by=by, reference=f"{campaign.slug}/{mailing.number}")
        return after, 0, True
    hold_stops()
    gone = letters.stopped(r.email for r in rows)
    readers = [r for r in rows if r.email not in gone]
    _mark_contacted(campaign, mailing, readers, by)
    full = is_full(campaign.event)
    _queue(campaign, mailing, readers, full=full)
    return rows[-1].contact_id, len(readers), False


def _held_readers(query: letters.Rows) -> list[Recipient]:
    """The recipients as they stay: their actors are held, so nobody takes a contact back or joins it meanwhile.

    Held for reading alone, and before the targets: as a merge does, and whoever answers an invitation may go on.
    """
    held: set[int] = set()
    while True:
        rows = [letters.read(row) for row in db.session.execute(query)]
        missing = {r.actor_id for r in rows} - held
        if not missing:
            return rows
        actors = sa.select(Actor.id).where(Actor.id.in_(missing)).order_by(Actor.id)
        db.session.execute(actors.with_for_update(read=True))
        held |= missing


def _queue(campaign: Campaign, mailing: Mailing, readers: Sequence[Recipient], *, full: bool) -> None:
    """A letter to each: the invitation with the hash of its link, and the message that carries the link."""
    rows, written = bulk.Rows(), []
    for reader in readers:
        token = tokens.new_token()
        to = {"mailing_id": mailing.id, "target_id": reader.target_id, "contact_id": reader.contact_id}
        rows.add(Invitation, token_hash=tokens.token_hash(token), queued_at=clock.now(), **to)
        facts = context(campaign, mailing.words, reader, f"/acercamiento/respuesta/{token}", full=full)
        key = message_key(mailing.id, reader.contact_id)
        written.append(Letter(reader.email, reader.locale, key, context=facts))
    rows.write()
    outbox.enqueue_all(mailing.template, written)


def drop_unsent(*of: sa.ColumnElement[bool]) -> None:
    """Take the letters of these invitations out of the queue where they have not gone out; they count as answered."""
    found = {message_key(i.mailing_id, i.contact_id): i for i in db.session.scalars(sa.select(Invitation).where(*of))}
    for key in take_unsent(OutboxMessage.dedupe_key.in_(found)):
        found[key].answered_at = clock.now()


def take_unsent(*of: sa.ColumnElement[bool]) -> Sequence[str]:
    """Delete the messages of these that have not gone out; their keys. Whoever delivers one is waited for."""
    query = sa.select(OutboxMessage.id, OutboxMessage.dedupe_key).where(*of, OutboxMessage.sent_at.is_(None))
    gone = db.session.execute(query.with_for_update()).all()
    db.session.execute(sa.delete(OutboxMessage).where(OutboxMessage.id.in_([row.id for row in gone])))
    return [str(row.dedupe_key) for row in gone]


def message_key(mailing_id: int, contact_id: int) -> str:
    """What makes the message of an invitation one."""
    return f"invitation:{mailing_id}:{contact_id}"


def mailing_and_contact(key: str) -> tuple[int, int]:
    """Whose message it is that has this `message_key`."""
    _word, mailing_id, contact_id = key.split(":")
    return int(mailing_id), int(contact_id)


def _mark_contacted(campaign: Campaign, mailing: Mailing, readers: Sequence[Recipient], by: Principal) -> None:
    """Note the letter once in the log of each actor, with its first contact."""
    slugs = {r.target_id: r.actor_slug for r in readers}
    before = sa.select(Invitation.target_id).where(Invitation.mailing_id == mailing.id)
    known = set(db.session.scalars(before.where(Invitation.target_id.in_(list(slugs)))))
    query = sa.select(Target).where(Target.id.in_(slugs.keys() - known)).order_by(Target.id)
    given = StepInput(step=OutreachStep.CONTACTED, channel=ContactChannel.MAIL)
    held = db.session.scalars(query.with_for_update().execution_options(populate_existing=True))
    steps.put_all([steps.Entry(t, given, f"{campaign.slug}/{slugs[t.id]}") for t in held], by=by)


def for_letters(key: int) -> Campaign:
    """A campaign with what its letters tell. One statement."""
    query = (
        sa.select(Campaign)
        .where(Campaign.id == key)
        .options(
            joinedload(Campaign.plan).joinedload(Plan.stages), joinedload(Campaign.event).joinedload(Event.territory)
        )
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).unique().one()


def obstacle(campaign: Campaign) -> Text | None:
    """Why nobody can be invited now, None if one can; the campaign has its event loaded."""
    event, why = campaign.event, None
    if campaign.status is not CampaignStatus.OPEN:
        why = NOT_OPEN
    elif event is not None and event.status is EventStatus.PLANNED:
        why = _l("La mesa a la que se invita todavía no se convoca.")
    elif event is not None and event.status is EventStatus.CANCELLED:
        why = _l("La mesa a la que se invita se canceló.")
    elif event is not None and event.starts_at is not None and event.starts_at <= clock.now():
        why = _l("La mesa a la que se invita ya pasó.")
    return why


def _require_sendable(campaign: Campaign) -> None:
    why = obstacle(campaign)
    if why is not None:
        raise Conflict(why)
