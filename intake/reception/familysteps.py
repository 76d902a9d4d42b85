"""The points of a proposal's story that joining brings: who was asked, what they said, what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core.i18n import gettext as _
from intake.core.i18n import ngettext
from intake.core.labels import label
from intake.reception import families
from intake.reception.storysteps import CURRENT, DONE, Step, day_of
from intake.web.filters import fecha, lista
from models.enums import JoinStatus, ProposalKind, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.reception.queries import Story
    from models import JoinRequest, Proposal


def asked(proposal: Proposal, story: Story) -> Iterable[Step]:
    """What its author was asked about joining, but for the yes that stands; of a collective one how many answered."""
    if proposal.kind is ProposalKind.COLLECTIVE:
        yield from _gathered(story)
        return
    for request in story.family.asked:
        if not families.is_joined(request):
            state = CURRENT if families.is_awaited(request) else DONE
            words = _("Se preguntó a quien la presentó si la une a %(folio)s", folio=request.collective.folio)
            yield Step(words, state, day_of(request.asked_at), _outcome(request))


def _outcome(request: JoinRequest) -> str:
    standing = families.standing(request)
    if standing is JoinStatus.ASKED:
        return str(_("Puede responder hasta el %(date)s.", date=fecha(request.due_on)))
    moment = families.settled_at(request)
    words = label(standing)
    return str(_("%(what)s (%(date)s).", what=words, date=fecha(moment)) if moment else f"{words}.")


def _gathered(story: Story) -> Iterable[Step]:
    parts = story.family.parts
    if not parts:
        return
    waits = len(story.family.awaited)
    words = ngettext("Se unió %(num)s propuesta.", "Se unieron %(num)s propuestas.", len(story.family.joined))
    last = max(part.request.due_on for part in parts)
    if waits:
        yield Step(_("Responden sus autores"), CURRENT, None, f"{words} {_until(waits, fecha(last))}")
        return
    moments = [part.request.answered_at for part in parts if part.request.answered_at]
    yield Step(_("Respondieron sus autores"), DONE, day_of(max(moments)) if moments else last, words)


def _until(waits: int, last: str) -> str:
    return str(
        ngettext(
            "Falta la respuesta de %(num)s autor, hasta el %(date)s.",
            "Faltan las respuestas de %(num)s autores, hasta el %(date)s.",
            waits,
            date=last,
        )
    )


def joined(story: Story) -> Iterable[Step]:
    """The day on which its author joined it."""
    for request in story.family.asked:
        if families.is_joined(request):
            words = _("Lo que se decida de la colectiva vale también para esta.")
            title = _("Unida a la propuesta colectiva %(folio)s", folio=request.collective.folio)
            yield Step(title, DONE, day_of(request.answered_at), words)


def next_of(proposal: Proposal, story: Story | None) -> str:
    """What is awaited of the authors of a collective proposal's parts, or of this one's; "" where nothing is."""
    if story is None or proposal.status not in families.JOINABLE:
        return ""
    if proposal.kind is ProposalKind.COLLECTIVE and proposal.status is ProposalStatus.SUBMITTED:
        waiting = story.family.awaited
        return _until(len(waiting), fecha(max(p.request.due_on for p in waiting))) if waiting else ""
    question = story.family.open_question
    if question is None:
        return ""
    words = _(
        "El equipo pregunta a quien la presentó si la une a %(folio)s. Puede responder hasta el %(date)s.",
        folio=question.collective.folio,
        date=fecha(question.due_on),
    )
    return str(words)


def byline(story: Story) -> str:
    """Who made a collective proposal: the names that their authors show, in order, and how many show none."""
    named = [row.name for row in story.authors if row.is_named and row.name]
    nameless = len(story.authors) - len(named)
    if not story.authors:
        return str(_("Reúne propuestas de varios autores"))
    if not named:
        return str(ngettext("%(num)s autor sin nombre público", "%(num)s autores sin nombre público", nameless))
    if not nameless:
        return lista(named)
    words = ngettext(
        "%(names)s y %(num)s autor sin nombre público",
        "%(names)s y %(num)s autores sin nombre público",
        nameless,
        names=", ".join(named),
    )
    return str(words)
