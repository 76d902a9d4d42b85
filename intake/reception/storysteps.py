"""A point of a proposal's story, and those of what was asked of its author and what the author replied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from intake.core import calendar, clock
from intake.core.i18n import gettext as _
from intake.core.labels import label
from intake.reception import answers
from intake.web.filters import fecha
from models.enums import ProposalKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from intake.reception.queries import Story
    from models import InformationRequest, Proposal

DONE, CURRENT, PENDING, BAD = "done", "current", "pending", "bad"


@dataclass(frozen=True)
class Step:
    """A point of the line; ``date`` None lies ahead. In it, what people wrote says its language."""

    label: str
    state: str
    date: date | None = None
    detail: str = ""


def day_of(moment: datetime | None) -> date | None:
    """The day in Ecuador."""
    return clock.local(moment).date() if moment else None


def questions(proposal: Proposal, story: Story) -> Iterable[Step]:
    """What the team asked about it, and what became of each question."""
    several = proposal.kind is ProposalKind.COLLECTIVE
    asking = _("El equipo preguntó a sus autores") if several else _("El equipo preguntó a quien la presentó")
    for question in story.questions:
        waits = question.answered_at is None and proposal.status in answers.ANSWERABLE
        state = CURRENT if waits else DONE
        words = _outcome(question, waits=waits)
        yield Step(asking, state, day_of(question.asked_at), words)


def _outcome(question: InformationRequest, *, waits: bool) -> str:
    if question.answered_at is not None:
        date = fecha(question.answered_at)
        if answers.is_late(question):
            return str(_("Respondió el %(date)s, después del plazo.", date=date))
        return str(_("Respondió el %(date)s.", date=date))
    if not waits:
        return str(_("No hubo respuesta."))
    if answers.is_overdue(question):
        return str(_("El plazo terminó el %(date)s; todavía puede responder.", date=fecha(question.due_on)))
    return str(_("Puede responder hasta el %(date)s.", date=fecha(question.due_on)))


def reply(story: Story) -> Iterable[Step]:
    """The author's reply to the decision, and the second official's answer to it."""
    if story.reply is None:
        return
    yield Step(_("Réplica de quien la presentó"), DONE, day_of(story.reply.replied_at))
    if story.reply.answered_at is None:
        waits = _("La lee una persona que no intervino en la decisión.")
        yield Step(_("Respuesta a la réplica"), CURRENT, None, waits)
    else:
        yield Step(_("Respuesta a la réplica"), DONE, day_of(story.reply.answered_at))


def awaiting(proposal: Proposal, story: Story) -> InformationRequest | None:
    """The question that its author may answer now, late or not; of a part, the one to the collective proposal."""
    asked, told = story.fate or (proposal, story)
    if asked.status not in answers.ANSWERABLE:
        return None
    return next((question for question in told.questions if question.answered_at is None), None)


def next_of(proposal: Proposal, story: Story | None) -> str:
    """What is awaited of the author, with its day; "" where nothing is."""
    asked = awaiting(proposal, story) if story is not None else None
    if asked is None or answers.is_overdue(asked):
        return ""
    if proposal.kind is ProposalKind.COLLECTIVE:
        return str(_("El equipo espera, hasta el %(date)s, la respuesta de sus autores.", date=fecha(asked.due_on)))
    words = _("El equipo espera, hasta el %(date)s, la respuesta de quien la presentó.", date=fecha(asked.due_on))
    return str(words)


def until(proposal: Proposal, story: Story) -> date | None:
    """The last day to reply to the decision, while that day has not passed and nobody has replied."""
    if story.reply is not None:
        return None
    decided, moment = (proposal, story.decided_at)
    if story.fate is not None:  # the answer to the collective proposal is that of its parts
        decided, moment = story.fate.collective, story.fate.story.decided_at
    last = answers.reply_until(decided.status, moment)
    return last if last is not None and clock.today() <= last else None


def planned(view: Any) -> str:
    """The days of a stage that lie ahead: a day that has passed is no plan."""
    if view is None or view.opens_on is None or view.state == calendar.DONE:
        return ""
    if view.is_open:
        return str(_("Hasta el %(closes)s.", closes=fecha(view.closes_on))) if view.closes_on else ""
    if view.closes_on is None:
        return str(_("Prevista desde el %(opens)s.", opens=fecha(view.opens_on)))
    return str(_("Prevista del %(opens)s al %(closes)s.", opens=fecha(view.opens_on), closes=fecha(view.closes_on)))


def stage_ahead(view: Any) -> str:
    if view is None or view.opens_on is None or view.state == calendar.DONE:
        return ""
    name = label(view.kind)
    if view.closes_on is None:
        since = (
            ""
            if view.is_open
            else _("Lo que sigue: %(name)s, desde el %(opens)s.", name=name, opens=fecha(view.opens_on))
        )
        return str(since)
    dates = {"name": name, "opens": fecha(view.opens_on), "closes": fecha(view.closes_on)}
    if view.is_open:
        return str(_("Ahora: %(name)s, hasta el %(closes)s.", **dates))
    return str(_("Lo que sigue: %(name)s, del %(opens)s al %(closes)s.", **dates))


__all__ = [
    "BAD",
    "CURRENT",
    "DONE",
    "PENDING",
    "Step",
    "awaiting",
    "day_of",
    "next_of",
    "planned",
    "questions",
    "reply",
    "stage_ahead",
    "until",
]
