"""The two voices of monitoring: the institution reports with evidence, the counterpart answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.accountability import queries
from intake.accountability.inputs import is_address
from intake.accountability.lifecycle import MILESTONE, REPORTED
from intake.accountability.progress import COMPLETE
from intake.accountability.services import messages
from intake.accountability.services.parties import current
from intake.core import audit, clock, files
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import lazy_number
from intake.core.permissions import Permission, authorize
from intake.core.transaction import lock, transaction
from intake.extensions import db
from models import CounterpartResponse, Evidence, Milestone, ProgressReport
from models.enums import CommitmentStatus, MilestoneStatus, PartyRole, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.accountability.inputs import AnswerInput, EvidenceInput, ReportInput
    from intake.core.identity import Principal
    from models import Commitment

MAX_EVIDENCE = 10


def report(milestone: Milestone, given: ReportInput, *, by: Principal) -> ProgressReport:
    """Add what the institution says of a milestone; its state and percentage follow. Reports are never edited.

    Raises `Invalid` (fields ``status``, ``progress_pct``, ``text``, ``lowering_reason``, ``evidence-<i>-<part>``),
    `Conflict` where the commitment is not formalized, `Forbidden` for another institution.
    """
    cleaned = clean_files(given.evidence)
    with transaction():
        commitment = queries.for_change(milestone.commitment_id)
        milestone = next(m for m in commitment.milestones if m.id == milestone.id)
        authorize(by, Permission.PROGRESS_REPORT, commitment)
        if commitment.status is not CommitmentStatus.FORMALIZED:
            raise Conflict(_l("Solo se reporta el avance de un compromiso formalizado."))
        _check_report(milestone, given)
        ready = check_evidence(given.evidence, cleaned)
        made = _write_report(commitment, milestone, given, by)
        audit.record("progress.report", made, by=by, reference=f"{commitment.reference}/{milestone.number}")
        keep_evidence(given.evidence, ready, by=by, report_id=made.id)
        messages.tell_reported(commitment, milestone, made)
    return made


def _check_report(milestone: Milestone, given: ReportInput) -> None:
    if not given.text.strip():
        raise Invalid(_l("Cuente qué se hizo."), field="text")
    if not 0 <= given.progress_pct <= COMPLETE:
        raise Invalid(_l("El avance va de 0 a 100."), field="progress_pct")
    completed = given.status is MilestoneStatus.COMPLETED
    if completed and given.progress_pct != COMPLETE:
        raise Invalid(_l("Un hito completado tiene un avance de 100."), field="progress_pct")
    if given.progress_pct == COMPLETE and not completed:
        raise Invalid(_l("Con un avance de 100 el hito está completado: elija ese estado."), field="status")
    if completed and not given.evidence:
        raise Invalid(_l("Para completar un hito adjunte al menos una evidencia."), field="evidence")
    if given.progress_pct < milestone.progress_pct and not given.lowering_reason.strip():
        raise Invalid(
            _l("El avance baja: antes era %(old)s %%. Escriba por qué.", old=lazy_number(milestone.progress_pct)),
            field="lowering_reason",
        )


def _write_report(commitment: Commitment, milestone: Milestone, given: ReportInput, by: Principal) -> ProgressReport:
    now = clock.now()
    milestone.progress_pct = given.progress_pct
    milestone.progress_as_of = clock.today()
    reference = f"{commitment.reference}/{milestone.number}"
    if milestone.status is given.status:
        audit.record("milestone.report", milestone, by=by, reason=given.lowering_reason, reference=reference)
    else:
        reason = given.lowering_reason or given.text
        MILESTONE.fire(milestone, REPORTED[given.status], by=by, reason=reason, milestone=reference)
    made = ProgressReport(
        milestone_id=milestone.id,
        actor_id=speaker(commitment, PartyRole.RESPONSIBLE, by),
        reported_by_id=by.user_id,
        reported_at=now,
        status=given.status,
        progress_pct=given.progress_pct,
        text=_told(given),
    )
    db.session.add(made)
    return made


def _told(given: ReportInput) -> str:
    """What the public reads: the text, and why the percentage went down where it did."""
    if not given.lowering_reason.strip():
        return given.text
    return str(_("%(text)s\n\nPor qué baja el avance: %(reason)s", text=given.text, reason=given.lowering_reason))


def speaker(commitment: Commitment, role: PartyRole, by: Principal) -> int | None:
    """The organisation in whose name the person speaks: of those bound with that role, the lead first."""
    bound = sorted(current(commitment, role), key=lambda p: not p.is_lead)
    mine = bound if by.is_system else [p for p in bound if p.actor_id in by.actor_ids]
    return mine[0].actor_id if mine else None


def answer(report: ProgressReport, given: AnswerInput, *, by: Principal) -> CounterpartResponse:
    """Add the counterpart's word on a report, once. Raises `Invalid` (``comment``), `Conflict`, `Forbidden`."""
    cleaned = clean_files(given.evidence)
    with transaction():
        milestone = db.session.get_one(Milestone, report.milestone_id)
        commitment = queries.for_change(milestone.commitment_id)
        authorize(by, Permission.PROGRESS_ANSWER, commitment)
        lock(sa.select(ProgressReport.id).where(ProgressReport.id == report.id))
        if db.session.scalar(sa.select(CounterpartResponse.id).where(CounterpartResponse.report_id == report.id)):
            raise Conflict(_l("La contraparte ya respondió a este reporte."))
        if given.verdict is not Verdict.CONFIRMED and not given.comment.strip():
            raise Invalid(_l("Explique en qué no está de acuerdo: es público."), field="comment")
        ready = check_evidence(given.evidence, cleaned)
        response = CounterpartResponse(
            report_id=report.id,
            actor_id=speaker(commitment, PartyRole.COUNTERPART, by),
            answered_by_id=by.user_id,
            answered_at=clock.now(),
            verdict=given.verdict,
            comment=given.comment,
        )
        db.session.add(response)
        audit.record("progress.answer", response, by=by, reference=f"{commitment.reference}/{milestone.number}")
        keep_evidence(given.evidence, ready, by=by, response_id=response.id)
        messages.tell_answered(commitment, milestone, response)
    return response


def clean_files(evidence: Sequence[EvidenceInput]) -> list[files.Clean | Invalid | None]:
    """The files, bare, before the transaction: they are public. An error waits for its turn in `check_evidence`."""
    return [_cleaned(item, i) for i, item in enumerate(evidence[:MAX_EVIDENCE])]


def _cleaned(item: EvidenceInput, i: int) -> files.Clean | Invalid | None:
    try:
        return files.cleaned(item.upload, bare=True, signed=True) if item.upload is not None else None
    except Invalid as error:
        return Invalid(error.message, field=f"evidence-{i}-upload")


def check_evidence(
    evidence: Sequence[EvidenceInput], cleaned: Sequence[files.Clean | Invalid | None]
) -> list[files.Clean | None]:
    """Refuse bad evidence before anything is stored, and return the files that may be.

    Fields are named ``evidence-<i>-title|url|upload``, i from 0.
    """
    if len(evidence) > MAX_EVIDENCE:
        raise Invalid(_l("Adjunte como máximo %(n)s evidencias por vez.", n=MAX_EVIDENCE), field="evidence")
    return [_checked(item, ready, i) for i, (item, ready) in enumerate(zip(evidence, cleaned, strict=True))]


def _checked(item: EvidenceInput, ready: files.Clean | Invalid | None, i: int) -> files.Clean | None:
    if not item.title.strip():
        raise Invalid(_l("Escriba qué es esta evidencia."), field=f"evidence-{i}-title")
    if (item.url is None) == (item.upload is None):
        raise Invalid(_l("Dé un enlace o un archivo, uno de los dos."), field=f"evidence-{i}-url")
    if item.url is not None and not is_address(item.url):
        raise Invalid(_l("Escriba un enlace completo, que empiece con https://"), field=f"evidence-{i}-url")
    if isinstance(ready, Invalid):
        raise ready
    return ready


def keep_evidence(
    evidence: Sequence[EvidenceInput],
    ready: Sequence[files.Clean | None],
    *,
    by: Principal,
    report_id: int | None = None,
    response_id: int | None = None,
) -> None:
    """Store the evidence, whose files are public, after everything else has been checked."""
    for item, given in zip(evidence, ready, strict=True):
        row = Evidence(
            report_id=report_id, response_id=response_id, title=item.title, url=item.url, added_at=clock.now()
        )
        if given is not None:
            row.file = files.store(given, by=by, public=True)
        digest = {"sha256": row.file.sha256} if row.file else {}
        audit.record("evidence.add", row, by=by, extra=digest)
