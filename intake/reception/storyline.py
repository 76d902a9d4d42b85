"""The story of a proposal in plain words, as one line of dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from intake.core import calendar, clock
from intake.core.i18n import gettext as _
from intake.core.i18n import ngettext
from intake.core.labels import label, tone
from intake.reception import familysteps, storysteps
from intake.reception.storysteps import BAD, CURRENT, DONE, PENDING, Step, day_of
from intake.web.filters import fecha, lang, porcentaje
from models.enums import Category, ProposalKind, ProposalStatus, StageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from intake.reception.queries import Story
    from models import Proposal, Stage

S = ProposalStatus
_WAITING = frozenset({S.SUBMITTED, S.REFUSAL_PROPOSED})
_EVALUATED = frozenset({S.EVALUATED, S.SELECTED, S.RESERVE, S.OUTSIDE_PLAN, S.NEXT_PLAN})


@dataclass(frozen=True)
class Callout:
    """The decision as `macros/reasoned.html` shows it."""

    label: str
    tone: str
    reason: str
    note: str
    by: str | None
    role: str | None
    at: datetime | None


def steps(proposal: Proposal, story: Story, stages: Sequence[Stage]) -> list[Step]:
    """Received, admitted, evaluated, decided, commitment: what happened with its date, then what lies ahead."""
    when = {view.kind: view for view in calendar.views(stages)}
    asked = [*storysteps.questions(proposal, story), *familysteps.asked(proposal, story)]
    found = [_received(proposal), *asked, *_admission(proposal, story), *_evaluation(proposal, story, when)]
    if story.fate is not None:
        there = steps(story.fate.collective, story.fate.story, story.fate.collective.plan.stages)
        return [*(s for s in found if s.state == DONE), *familysteps.joined(story), *there[1:]]
    if proposal.status is S.WITHDRAWN:
        return [
            *(s for s in found if s.state == DONE),
            Step(
                _taken_back(proposal, story),
                BAD,
                day_of(proposal.withdrawn_at),
                lang(story.withdrawal.reason, proposal.language),
            ),
        ]
    if proposal.status is S.NOT_ADMITTED:
        return [*(s for s in found if s.state != PENDING), *storysteps.reply(story)]
    replied = storysteps.reply(story)
    return [*found, *_decision(proposal, story, when), *replied, *_commitments(proposal, story, when)]


def _taken_back(proposal: Proposal, story: Story) -> str:
    """Who did it."""
    if proposal.kind is ProposalKind.COLLECTIVE:
        return str(_("Deshecha: cada propuesta sigue por separado"))
    by_team = story.withdrawal.by_team
    return str(_("Retirada: hubo un error al registrarla") if by_team else _("Retirada por quien la presentó"))


def _received(proposal: Proposal) -> Step:
    if proposal.kind is ProposalKind.INTEGRATED:
        return Step(_("Integrada"), DONE, day_of(proposal.submitted_at), _("Reúne varias propuestas ciudadanas."))
    if proposal.kind is ProposalKind.COLLECTIVE:
        words = _("El equipo preguntó a quienes presentaron propuestas que hablan de lo mismo.")
        return Step(_("Se propuso unirlas"), DONE, day_of(proposal.submitted_at), words)
    return Step(_("Recibida"), DONE, day_of(proposal.submitted_at), label(proposal.channel))


def _admission(proposal: Proposal, story: Story) -> Iterable[Step]:
    admission = story.admission
    if proposal.status in _WAITING:
        return [Step(_("Análisis de admisión"), CURRENT, None, _("Una persona del equipo la lee completa."))]
    if admission is None:
        return []
    refused = proposal.status is S.NOT_ADMITTED
    at = day_of(admission.second_at or admission.examined_at)
    return [Step(_("No admitida") if refused else _("Admitida"), BAD if refused else DONE, at, lang(admission.reason))]


def _evaluation(proposal: Proposal, story: Story, when: dict[StageKind, Any]) -> Iterable[Step]:
    status = proposal.status
    if status in _EVALUATED or (status is S.WITHDRAWN and story.reviews and story.reviewed == story.reviews):
        if not story.reviews:
            return []  # of past plans no reviews are known
        result = _("Resultado: %(mean)s.", mean=porcentaje(story.mean_pct)) if story.mean_pct is not None else ""
        return [Step(_("Evaluada"), DONE, day_of(story.reviewed_at), f"{_reviews(story)} {result}".strip())]
    if status is S.IN_EVALUATION:
        return [
            Step(_("En evaluación"), CURRENT, None, Markup(" ").join(t for t in (_reviews(story), _round(story)) if t))
        ]
    return [Step(_("Evaluación"), PENDING, None, storysteps.planned(when.get(StageKind.EVALUATION)))]


def _reviews(story: Story) -> str:
    return str(
        ngettext(
            "%(done)s de %(num)s revisión enviada.",
            "%(done)s de %(num)s revisiones enviadas.",
            story.reviews,
            done=story.reviewed,
        )
    )


def _round(story: Story) -> str:
    """The round that reads it and its last day, if that day lies ahead."""
    if story.round_due is None or story.round_due < clock.today():
        return ""
    words = Markup(_("%(round)s: hasta el %(due)s."))  # noqa: S704 -- our own words; what is put in is escaped
    return words % {"round": lang(story.round_name), "due": fecha(story.round_due)}


def _decision(proposal: Proposal, story: Story, when: dict[StageKind, Any]) -> Iterable[Step]:
    if story.decision is None:
        return [Step(_("Decisión"), PENDING, None, storysteps.planned(when.get(StageKind.SELECTION)))]
    category = story.decision.category
    state = BAD if category is Category.OUTSIDE_PLAN else DONE
    reason = lang(story.decision.reason) or _("La fuente no publica el motivo.")
    detail = Markup("\n").join(t for t in (reason, reserve_note(proposal, story)) if t)
    return [Step(_("Decisión: %(category)s", category=label(category)), state, _decided(story), detail)]


def reserve_note(proposal: Proposal, story: Story) -> str:
    """What being in reserve means for this proposal, or what became of it; "" where it never was in reserve."""
    decision = story.decision
    if decision is None or decision.category is not Category.RESERVE:
        return ""
    if proposal.status is S.RESERVE:
        return {
            Category.NEXT_PLAN: str(
                _("Está en reserva: si se libera un lugar, entra al plan; si no, pasa al próximo plan.")
            ),
            Category.OUTSIDE_PLAN: str(
                _("Está en reserva: si se libera un lugar, entra al plan; si no, queda fuera del plan.")
            ),
        }.get(decision.fallback or Category.RESERVE, str(_("Está en reserva: si se libera un lugar, entra al plan.")))
    return str(
        {
            S.SELECTED: _("Estuvo en reserva y después entró al plan."),
            S.NEXT_PLAN: _("Estuvo en reserva y después pasó al próximo plan."),
            S.OUTSIDE_PLAN: _("Estuvo en reserva y después quedó fuera del plan."),
        }.get(proposal.status, "")
    )


def _decided(story: Story) -> date | None:
    decision = story.decision
    return day_of(decision.published_at or decision.decided_at) if decision else None


def _commitments(proposal: Proposal, story: Story, when: dict[StageKind, Any]) -> Iterable[Step]:
    if not story.commitments:
        waits = proposal.status is S.SELECTED
        return (
            [Step(_("Compromiso"), PENDING, None, storysteps.planned(when.get(StageKind.ACCOUNTABILITY)))]
            if waits
            else []
        )
    return [
        Step(
            _("Compromiso %(reference)s", reference=c.reference),
            DONE,
            day_of(c.formalized_at) or _decided(story),
            _("%(done)s de %(total)s hitos completados.", done=c.done, total=c.milestones) if c.milestones else "",
        )
        for c in story.commitments
    ]


def callout(proposal: Proposal, story: Story) -> Callout | None:
    """The published decision, None before. Of a part it is that of the collective proposal."""
    if story.fate is not None:
        return callout(story.fate.collective, story.fate.story)
    decision, session = story.decision, story.session
    if decision is None:
        return None
    return Callout(
        label=label(decision.category),
        tone=tone(decision.category),
        reason=lang(decision.reason) or _("La fuente no publica el motivo."),
        note=reserve_note(proposal, story),
        by=lang((session.decided_by if session else None) or decision.promoter) or None,
        role=lang(session.title) if session else None,
        at=decision.published_at or decision.decided_at,
    )


def what_next(proposal: Proposal, stages: Sequence[Stage], story: Story | None = None) -> str:
    """What comes next and when, for the page and the receipt; never a day that has passed, "" where nothing comes."""
    if story is not None and story.fate is not None:
        proposal, story = story.fate
        stages = proposal.plan.stages
    when = {view.kind: view for view in calendar.views(stages)}
    status = proposal.status
    if status is S.HELD:
        return str(
            _("La recibimos. Una persona del equipo la revisa antes de publicarla; su folio y su fecha ya valen.")
        )
    if awaited := familysteps.next_of(proposal, story) or storysteps.next_of(proposal, story):
        return awaited
    if status in _WAITING:
        return _until(
            when,
            _("Lo que sigue: la leeremos completa. La decisión se publicará a más tardar el %(date)s."),
            _("Lo que sigue: la leeremos completa y tendrá una respuesta con sus razones."),
        )
    if status in {S.ADMITTED, S.IN_EVALUATION, S.EVALUATED}:
        decided = _until(when, _("La decisión se publicará a más tardar el %(date)s."), "")
        read = _round(story) if story is not None and status is S.IN_EVALUATION else ""
        return Markup(" ").join(t for t in (read, decided) if t)
    ahead = {S.RESERVE: StageKind.SELECTION, S.SELECTED: StageKind.ACCOUNTABILITY}.get(status)
    return storysteps.stage_ahead(when.get(ahead)) if ahead else ""


def _until(when: dict[StageKind, Any], dated: str, otherwise: str) -> str:
    """The sentence with the last day of selection, or the other one where that day is unknown or past."""
    last = when.get(StageKind.SELECTION)
    if last is None or last.closes_on is None or last.state == calendar.DONE:
        return otherwise
    return dated % {"date": fecha(last.closes_on)}
