"""The public clock: what each author was promised by which day, and whether it was kept. Pure: no database, no request.

A promise is made when a proposal is sent: its receipt names the days of the stages ahead. The day that counts is the
one that stood then (`Timetable.day_at`): moving a stage afterwards does not undo a breach. Days are Ecuador's, both
ends included. The acknowledgement itself is no row here: the receipt is handed over in the moment of sending.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from intake.core import clock
from intake.core.i18n import lazy_gettext as _l
from models.enums import ProposalKind, ProposalStatus, StageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models import Proposal, Reschedule, Stage

S = ProposalStatus


class Promise(StrEnum):
    """What is promised; values are those of addresses and files."""

    ADMISSION = "admision"
    EVALUATION = "evaluacion"
    DECISION = "decision"
    REPLY = "replica"
    APPEAL = "apelacion"
    QUESTION = "pregunta"


class Kept(StrEnum):
    """How it stands; values are those of addresses and files."""

    ON_TIME = "cumplida"
    LATE = "cumplida-tarde"
    OVERDUE = "vencida"
    PENDING = "pendiente"
    ENDED = "terminada"  # withdrawn, refused or joined before its day: nothing is owed any more


#: What counts as a breach.
BREACHES = frozenset({Kept.LATE, Kept.OVERDUE})
#: Promises that run to the end of a stage.
STAGED = {
    Promise.ADMISSION: StageKind.EVALUATION,
    Promise.EVALUATION: StageKind.EVALUATION,
    Promise.DECISION: StageKind.SELECTION,
}
#: Promises that run a number of days from the day on which somebody asked. Our own working rules.
TERMS = {Promise.REPLY: timedelta(days=10), Promise.APPEAL: timedelta(days=10)}
#: The one term that is the author's and not the team's: never counted as a breach.
OF_THE_AUTHOR = frozenset({Promise.QUESTION})
STAGE_OF = {**STAGED, Promise.REPLY: StageKind.SELECTION, Promise.APPEAL: StageKind.RECEPTION}
STAGE_OF[Promise.QUESTION] = StageKind.EVALUATION

LABELS = {
    Promise.ADMISSION: _l("Decir si se admite"),
    Promise.EVALUATION: _l("Terminar la evaluación"),
    Promise.DECISION: _l("Publicar la decisión"),
    Promise.REPLY: _l("Responder la réplica"),
    Promise.APPEAL: _l("Resolver la apelación de un comentario"),
    Promise.QUESTION: _l("Respuesta de quien la presentó a una pregunta"),
}
MEANINGS = {
    Promise.ADMISSION: _l(
        "A más tardar el último día de la etapa de análisis y evaluación que decía el comprobante. Se cumple cuando "
        "hay respuesta sobre la admisión: una negativa necesita dos firmas."
    ),
    Promise.EVALUATION: _l(
        "A más tardar el último día de la etapa de análisis y evaluación que decía el comprobante. Se cumple con la "
        "última revisión enviada, cuando la propuesta queda evaluada."
    ),
    Promise.DECISION: _l(
        "A más tardar el último día de la etapa de selección que decía el comprobante. Se cumple el día en que la "
        "decisión y sus razones se publican. Las propuestas unidas esperan la de su propuesta colectiva."
    ),
    Promise.REPLY: _l("Diez días desde la réplica. Se cumple con la respuesta de una segunda persona."),
    Promise.APPEAL: _l("Diez días desde la apelación. Se cumple cuando otra persona la resuelve."),
    Promise.QUESTION: _l(
        "El día que fijó la pregunta del equipo. Es un plazo de quien presentó la propuesta: no cuenta como "
        "incumplimiento de nadie."
    ),
}
STATES = {
    Kept.ON_TIME: _l("Cumplida a tiempo"),
    Kept.LATE: _l("Cumplida tarde"),
    Kept.OVERDUE: _l("Vencida sin cumplir"),
    Kept.PENDING: _l("En plazo"),
    Kept.ENDED: _l("Ya no se debe"),
}
TONES = {
    Kept.ON_TIME: "good",
    Kept.LATE: "warning",
    Kept.OVERDUE: "bad",
    Kept.PENDING: "progress",
    Kept.ENDED: "neutral",
}


@dataclass(frozen=True)
class Timetable:
    """The last day of a stage as it stood over time: ``moved`` are instants until which an earlier day stood."""

    moved: tuple[tuple[datetime, date | None], ...]
    now: date | None

    def day_at(self, moment: datetime) -> date | None:
        """The day that stood then."""
        return next((day for until, day in self.moved if moment < until), self.now)


def timetables(stages: Iterable[Stage], reschedules: Sequence[Reschedule]) -> dict[StageKind, Timetable]:
    """How the last day of each stage stood. ``reschedules``: oldest first."""
    return {
        stage.kind: Timetable(
            tuple((r.recorded_at, r.old_closes_on) for r in reschedules if r.stage_id == stage.id), stage.closes_on
        )
        for stage in stages
    }


def kept(due: date, met: datetime | None, *, ended: bool = False) -> Kept:
    """How a promise stands today."""
    end = clock.end_of(due)
    if met is not None:
        return Kept.ON_TIME if met < end else Kept.LATE
    if ended:
        return Kept.ENDED
    return Kept.OVERDUE if clock.now() >= end else Kept.PENDING


class Row(NamedTuple):
    """One promise about one proposal. ``made_on``, ``due`` and ``met_on`` are days in Ecuador."""

    folio: str
    title: str
    language: str
    promise: Promise
    made_on: date
    due: date
    met_on: date | None
    state: Kept


class Next(NamedTuple):
    """The next thing that is owed to an author. ``moved_to``: the calendar's day now, where it is another."""

    promise: Promise
    due: date
    state: Kept
    moved_to: date | None


#: What is owed next in each state.
NEXT = {
    S.SUBMITTED: Promise.ADMISSION,
    S.REFUSAL_PROPOSED: Promise.ADMISSION,
    S.ADMITTED: Promise.EVALUATION,
    S.IN_EVALUATION: Promise.EVALUATION,
    S.EVALUATED: Promise.DECISION,
}


def next_of(proposal: Proposal, when: dict[StageKind, Timetable]) -> Next | None:
    """What is owed next and by when; None where nothing is, or no day was promised."""
    promise = NEXT.get(proposal.status)
    if promise is None or not is_owed(proposal) or proposal.submitted_at is None or STAGED[promise] not in when:
        return None
    timetable = when[STAGED[promise]]
    due = timetable.day_at(proposal.submitted_at)
    if due is None:
        return None
    return Next(promise, due, kept(due, None), timetable.now if timetable.now != due else None)


def is_owed(proposal: Proposal) -> bool:
    """Whether a receipt of ours promised anything: what was sent here, not what sources tell of the past."""
    return proposal.kind is ProposalKind.CITIZEN and proposal.source is None
