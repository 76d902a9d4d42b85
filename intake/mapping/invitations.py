"""Answering an invitation from the mail, without an account: the link's secret is the only right there is."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core import audit, clock, tokens
from intake.core.errors import Conflict, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import GUEST
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import mailings, registering, seats
from intake.mapping import outreach_steps as steps
from intake.mapping.doors import doors
from intake.mapping.inputs_events import RegistrationInput
from intake.mapping.inputs_outreach import RANK, AnswerInput, StepInput
from models import ActorContact, Campaign, Event, Invitation, OutboxMessage, Plan, Registration, Target
from models.enums import ActorStatus, ContactChannel, OutreachStep, RegistrationStatus

if TYPE_CHECKING:
    from intake.core.i18n import Text

#: Why a reader's earlier answer gives way to the new one, as the trace keeps it.
_CHANGED = "La organización cambió su respuesta desde el correo."


@dataclasses.dataclass(frozen=True)
class Room:
    """Whether the reader asked for a place, the number with which they wait (0: they need not), or would wait."""

    has_place: bool = False
    waiting: int = 0
    would_wait: int = 0


def by_token(token: str) -> Invitation:
    """The invitation that a link opens, with contact, actor, campaign, plan and event. One statement.

    Raises `NotFound`, the same for every link that opens nothing.
    """
    campaign = joinedload(Invitation.target).joinedload(Target.campaign)
    query = (
        sa.select(Invitation)
        .where(Invitation.token_hash == tokens.token_hash(token))
        .options(
            joinedload(Invitation.contact),
            joinedload(Invitation.target).joinedload(Target.actor),
            campaign.joinedload(Campaign.plan).joinedload(Plan.stages),
            campaign.joinedload(Campaign.event).joinedload(Event.territory),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound(_l("Este enlace no es válido. Cópielo entero del correo."))
    return found


def obstacle(invitation: Invitation) -> Text | None:
    """Why the invitation can no longer be answered, None if it can. Stopping further letters is always possible."""
    return mailings.obstacle(invitation.target.campaign)


def confirm(invitation: Invitation, given: AnswerInput, *, token: str) -> Registration | None:
    """Somebody of the actor will come. Raises `Conflict` where it is too late.

    Where the event takes registrations the contact gets a place; pressed twice, the same one. None without a place.
    """
    with transaction():
        target = _held(invitation)
        _require_open(invitation)
        if target.step is OutreachStep.DECLINED:
            steps.cut(target, [OutreachStep.DECLINED], by=GUEST, reason=_CHANGED, reference=reference(invitation))
        note = f"{given.people} personas" if given.people > 1 else ""
        invitation.people = given.people
        _put(invitation, target, StepInput(step=OutreachStep.CONFIRMED, channel=ContactChannel.MAIL, note=note))
        return _register(invitation, given, token)


def decline(invitation: Invitation, *, token: str) -> None:
    """Nobody of the actor can come: the place that this reader asked for in answer to a letter is given back.

    An actor that has already taken part stays where it is. Raises `Conflict` where it is too late.
    """
    with transaction():
        target = _held(invitation)
        _require_open(invitation)
        if RANK[target.step] <= RANK[OutreachStep.DECLINED]:
            invitation.people = None
            _put(invitation, target, StepInput(step=OutreachStep.DECLINED, channel=ContactChannel.MAIL))
        event, place = invitation.target.campaign.event, _place(invitation, token)
        if event is not None and place is not None:
            registering.cancel(place, event, by=GUEST)


def takes_places(invitation: Invitation) -> bool:
    """Whether an answer can ask for a place at the event now."""
    event = invitation.target.campaign.event
    return event is not None and doors(event).is_open


def room(invitation: Invitation, token: str) -> Room:
    """Where the reader stands at the event. Six statements at most."""
    event, place = invitation.target.campaign.event, _place(invitation, token)
    if event is not None and place is not None:
        return Room(has_place=True, waiting=seats.place_in_queue(place, event))
    if event is None or event.capacity is None or not takes_places(invitation):
        return Room()
    return Room(would_wait=max(0, seats.taken(event) - event.capacity + 1))


def _place(invitation: Invitation, token: str) -> Registration | None:
    """The place that the reader keeps, asked for through this letter or another one to the same mailbox.

    Whoever answers a second letter has one place all the same, which the second code opens from then on; the first
    letter still leads to it, because whoever reads one of them reads the mailbox. Five statements at most.
    """
    event = invitation.target.campaign.event
    if event is None:
        return None
    mine = registering.by_code(event, place_code(token))
    if mine is not None and mine.status is not RegistrationStatus.CANCELLED:
        return mine
    mailbox = sent_to(invitation)
    if mailbox is None or not _was_accepted(event, mailbox):
        return None
    return registering.of_person(event, mailbox, invitation.contact.name)


def _was_accepted(event: Event, mailbox: str) -> bool:
    """Whether some invitation to the event at this mailbox was answered with coming."""
    query = (
        sa.select(Invitation.id)
        .join(ActorContact, ActorContact.id == Invitation.contact_id)
        .join(Target, Target.id == Invitation.target_id)
        .join(Campaign, Campaign.id == Target.campaign_id)
        .where(
            Campaign.event_id == event.id,
            sa.func.lower(ActorContact.email) == mailbox.lower(),
            Invitation.people.is_not(None),
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def place_code(token: str) -> str:
    """What opens the place that was asked for through an invitation: its reader can work it out, nobody else."""
    digest = hashlib.sha256(f"registration:{token}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _register(invitation: Invitation, given: AnswerInput, token: str) -> Registration | None:
    event, contact, actor = invitation.target.campaign.event, invitation.contact, invitation.target.actor
    if event is None or contact.email is None or not takes_places(invitation):
        return None
    asked = RegistrationInput(
        name=contact.name,
        email=contact.email,
        actor=actor.slug if actor.status is ActorStatus.VERIFIED else None,
        needs=given.needs,
    )
    by = dataclasses.replace(GUEST, locale=contact.locale)
    return registering.register(event, asked, code=place_code(token), by=by, proved=True)


def sent_to(invitation: Invitation) -> str | None:
    """Where the letter went; the contact may have been erased or corrected since."""
    key = mailings.message_key(invitation.mailing_id, invitation.contact_id)
    sent_to = db.session.scalar(sa.select(OutboxMessage.to_address).where(OutboxMessage.dedupe_key == key))
    if sent_to is not None:
        return sent_to
    contact = db.session.get(ActorContact, invitation.contact_id)
    return contact.email if contact else None


def is_erased(invitation: Invitation) -> bool:
    """Whether the reader's contact was erased since: nothing is written to it any more. The contact is loaded."""
    return not (invitation.contact.email or invitation.contact.phone)


def _held(invitation: Invitation) -> Target:
    """The target, held; what the page had loaded is read again: the contact may have been taken back meanwhile."""
    target, campaign = invitation.target, invitation.target.campaign
    steps.hold(target)
    db.session.refresh(invitation, ["people", "answered_at"])
    db.session.refresh(invitation.contact, ["name", "email", "phone"])
    db.session.refresh(campaign, ["status", "lock_version"])
    if campaign.event is not None:
        db.session.refresh(campaign.event, ["status", "starts_at", "lock_version"])
    return target


def _put(invitation: Invitation, target: Target, given: StepInput) -> None:
    steps.put(target, given, by=GUEST, reference=reference(invitation))
    invitation.answered_at = clock.now()
    audit.record(
        "invitation.answer", invitation, by=GUEST, extra={"answer": given.step}, reference=reference(invitation)
    )


def reference(invitation: Invitation) -> str:
    target = invitation.target
    return f"{target.campaign.slug}/{target.actor.slug}"


def _require_open(invitation: Invitation) -> None:
    if (why := obstacle(invitation)) is not None:
        raise Conflict(why)
