"""The points of a proposal's story that joining brings: who was asked, what they said, what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from intake.core import clock
from intake.core.i18n import gettext as _
from intake.core.i18n import ngettext
from intake.core.labels import label
from intake.reception import families
from intake.reception.storysteps import CURRENT, DONE, Step, day_of
from intake.web.filters import fecha, lang, lista
from models.enums import JoinStatus, ProposalKind, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from intake.reception.queries import Story
    from intake.reception.queries.joining import Part
    from models import JoinRequest, Proposal


def asked(proposal: Proposal, story: Story) -> Iterable[Step]:
    """What its author was asked about joining, but for the yes that stands; of a collective one how many answered."""
    if proposal.kind is ProposalKind.COLLECTIVE:
        yield from _gathered(story)
        return
    for request in story.family.asked:
        if families.was_joined(request):
            yield from _undone(request, story)
        elif not families.is_joined(request):
            state = CURRENT if families.is_awaited(request) else DONE
            words = _("Se preguntó a quien la presentó si la une a %(folio)s", folio=request.collective.folio)
            yield Step(words, state, day_of(request.asked_at), _outcome(request, story))


def _undone(request: JoinRequest, story: Story) -> Iterable[Step]:
    """History adds lines: the day on which its author joined it stays, beside that of the undoing and its reason."""
    folio = request.collective.folio
    yield Step(_("Unida a la propuesta colectiva %(folio)s", folio=folio), DONE, day_of(request.answered_at))
    words = _("La unión con %(folio)s se deshizo", folio=folio)
    yield Step(words, DONE, day_of(request.undone_at), lang(story.undone.get(request.id)))


def _outcome(request: JoinRequest, story: Story) -> str:
    standing = families.standing(request)
    if standing is JoinStatus.UNDONE:
        words = _("Se dejó de preguntar el %(date)s, antes de que respondiera.", date=fecha(request.undone_at))
        return Markup(" ").join(t for t in (words, lang(story.undone.get(request.id))) if t)
    if standing is JoinStatus.ASKED:
        return str(_("Puede responder hasta el %(date)s.", date=fecha(request.due_on)))
    moment = families.settled_at(request)
    words = label(standing)
    return str(_("%(what)s (%(date)s).", what=words, date=fecha(moment)) if moment else f"{words}.")


def _gathered(story: Story) -> Iterable[Step]:
    """How many joined it, with those that were taken out since, and who was."""
    parts = story.family.parts
    if not parts:
        return
    waits = len(story.family.awaited)
    joined = len(story.family.joined) + len(story.family.former)
    words = ngettext("Se unió %(num)s propuesta.", "Se unieron %(num)s propuestas.", joined)
    last = max(part.request.due_on for part in parts)
    if waits:
        yield Step(_("Responden sus autores"), CURRENT, None, f"{words} {_until(waits, fecha(last))}")
    else:
        yield _answered(parts, last, words)
    yield from _taken_out(story)


def _answered(parts: Sequence[Part], last: date, words: str) -> Step:
    """That nobody is awaited any more: who was still being asked when all was undone has not answered."""
    requests = [part.request for part in parts]
    answered = max((r.answered_at for r in requests if r.answered_at), default=None)
    closed = max((r.undone_at for r in requests if r.undone_at and not r.answered_at), default=None)
    if closed is not None:
        return Step(_("Se preguntó a sus autores"), DONE, day_of(answered or closed), words)
    return Step(_("Respondieron sus autores"), DONE, day_of(answered) or last, words)


def _taken_out(story: Story) -> Iterable[Step]:
    """Each part that left by itself. Those that went with the whole have its reason, which ends the line."""
    for part in sorted(story.family.former, key=lambda one: families.settled_at(one.request) or clock.now()):
        why = story.undone.get(part.request.id, "")
        if not why or why != story.withdrawal.reason:
            words = _("Salió de ella %(folio)s", folio=part.proposal.folio)
            yield Step(words, DONE, day_of(part.request.undone_at), lang(why))


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
    """Who made a collective proposal; while authors are being asked who accepted so far, and how many have not said."""
    waits = len(story.family.awaited)
    if not waits:
        return _names(story)
    if not story.authors:
        return str(
            ngettext(
                "Nadie la ha aceptado todavía; falta %(num)s autor por responder",
                "Nadie la ha aceptado todavía; faltan %(num)s autores por responder",
                waits,
            )
        )
    words = ngettext(
        "Aceptada por %(names)s; falta %(num)s autor por responder",
        "Aceptada por %(names)s; faltan %(num)s autores por responder",
        waits,
        names=_names(story),
    )
    return str(words)


def _names(story: Story) -> str:
    """The names that the authors show, in order, and how many show none."""
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
