"""What outreach is given: campaigns, steps of actors, letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from models.enums import ActorKind, ContactChannel, OutreachStep

#: At most so many actors are added in one press.
MOST_ADDED = 500
#: At most so many rows are marked in one press: those of a page, and some room.
MOST_MARKED = 100
#: How far along each step is. Declining undoes a confirmation; whoever comes after all has come.
ORDER: tuple[OutreachStep, ...] = (
    OutreachStep.IDENTIFIED,
    OutreachStep.CONTACTED,
    OutreachStep.CONFIRMED,
    OutreachStep.DECLINED,
    OutreachStep.ATTENDED,
    OutreachStep.CONTRIBUTED,
    OutreachStep.ANSWERED,
)
RANK = {step: rank for rank, step in enumerate(ORDER)}
#: What the team may note; the first one comes with adding the actor.
NOTABLE = (
    OutreachStep.CONTACTED,
    OutreachStep.CONFIRMED,
    OutreachStep.DECLINED,
    OutreachStep.ATTENDED,
    OutreachStep.CONTRIBUTED,
    OutreachStep.ANSWERED,
)
#: Kinds of letters: templates/mail/<kind>.txt.
INVITATION, REMINDER = "outreach_invitation", "outreach_reminder"
LETTERS = (INVITATION, REMINDER)
#: To whom each kind goes unless the team says otherwise.
USUAL_STEPS = {
    INVITATION: (OutreachStep.IDENTIFIED,),
    REMINDER: (OutreachStep.CONTACTED,),
}
#: Actors in these steps may be written to.
WRITABLE = (OutreachStep.IDENTIFIED, OutreachStep.CONTACTED, OutreachStep.CONFIRMED)


def furthest(steps: list[OutreachStep]) -> OutreachStep:
    """The step that is furthest along; identified where there is none."""
    return max(steps, key=RANK.__getitem__, default=OutreachStep.IDENTIFIED)


@dataclass(frozen=True, kw_only=True)
class CampaignInput:
    """A campaign. Theme and territory by code, event by slug, owner by mail address; None where there is none."""

    title: str
    due_on: date
    plan_code: str
    owner: str
    purpose: str = ""
    theme: str | None = None
    territory: str | None = None
    event: str | None = None
    slug: str | None = None


@dataclass(frozen=True, kw_only=True)
class StepInput:
    """A step noted of an actor."""

    step: OutreachStep
    channel: ContactChannel | None = None
    note: str = ""
    confirmed: bool = True  # that it happened although the actor had said no: False where a person was not asked yet


@dataclass(frozen=True, kw_only=True)
class CandidateFilters:
    """Which actors to look for. ``territory`` takes in the places below it, those above it and the whole country."""

    q: str = ""
    theme: str = ""
    territory: str = ""
    sector: str = ""  # takes in those below it
    people: str = ""
    kind: ActorKind | None = None


@dataclass(frozen=True, kw_only=True)
class LetterInput:
    """A bulk invitation: which letter, what the team adds in its own words, to actors in which steps."""

    template: str
    words: str = ""
    steps: tuple[OutreachStep, ...] = field(default=(OutreachStep.IDENTIFIED,))


@dataclass(frozen=True, kw_only=True)
class AnswerInput:
    """What a contact answers to an invitation: ``people`` who will come, what they need to take part."""

    people: int = 1
    needs: str = ""
