"""``/evaluacion/<folio>``: the examination, the second signature, the review, or how far the proposal has come.

Which one it is follows from the reader and from the state of the proposal. A form says which of them it was made for,
so that what was meant as an examination is never taken for a signature after somebody else has acted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from forms.evaluation import CountersignForm, examination_form
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.permissions import Permission, can
from intake.evaluation import conflicts, paga_rubric, queries, services, views_review, views_stale
from intake.evaluation.blueprint import bp
from intake.reception import answers
from intake.reception.queries import answering, joining
from intake.reception.views_similar import alike_to
from intake.web.access import principal, requires
from intake.web.filters import fecha
from models.enums import ProposalKind, ProposalStatus, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from models import InformationRequest, Proposal

EXAMINATION, SIGNATURE, REVIEW = "examen", "firma", "evaluacion"


@bp.route("/evaluacion/<folio:folio>", methods=["GET", "POST"])
@requires(Permission.REVIEW_LIST, form=True)
def record(folio: str) -> ResponseReturnValue:
    """What the reader has to do with this proposal now."""
    who = principal()
    assignment = queries.assignment_of(folio, who.user_id or 0) if who.holds(Role.REVIEWER) else None
    if assignment is not None:
        _check_kind(REVIEW)
        return views_review.page(assignment)
    if not who.holds(Role.ANALYST, Role.DIRECTORATE):
        raise Forbidden(_l("Esta propuesta no está entre las que se le pidió evaluar."))
    proposal = queries.proposal_by_folio(folio)
    try:
        return _step(proposal)
    except Conflict as error:
        if request.method == "GET":
            raise
        return views_stale.page(proposal, error.message), 409


def _step(proposal: Proposal) -> ResponseReturnValue:
    """The page for what an analyst or the Directorate may do with it now."""
    who = principal()
    if proposal.status is ProposalStatus.SUBMITTED and can(who, Permission.PROPOSAL_ADMIT, proposal):
        _check_kind(EXAMINATION)
        return examination(proposal)
    if proposal.status is ProposalStatus.REFUSAL_PROPOSED and can(who, Permission.PROPOSAL_COUNTERSIGN, proposal):
        _check_kind(SIGNATURE)
        return signature(proposal)
    _check_kind("")
    return render_template(
        "evaluation/record.html", proposal=proposal, criteria=criteria_words(), outcome=outcome(proposal)
    )


def _check_kind(kind: str) -> None:
    """Refuse a form that was made for another step."""
    if request.method == "POST" and request.form.get("kind") != kind:
        raise Conflict(_l("Otra persona actuó sobre esta propuesta mientras usted la tenía abierta. Nada se guardó."))


def criteria_words() -> dict[str, tuple[str, str]]:
    """Field → (criterion, question) in the reader's language."""
    return {c.field: (localized(c, "label"), localized(c, "question")) for c in paga_rubric.ADMISSION}


def outcome(proposal: Proposal) -> list[tuple[str, bool]]:
    """What the examiner answered to each criterion; empty before the examination."""
    if proposal.admission is None:
        return []
    return [(label, getattr(proposal.admission, field)) for field, (label, _question) in criteria_words().items()]


def examination(proposal: Proposal) -> ResponseReturnValue:
    """The analyst's four answers and the reason."""
    form = examination_form(criteria_words())()
    why = conflicts.between(proposal.id, principal())
    asked = answering.questions(proposal)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and _may_decide(form, asked):
            try:
                admission = services.examine(proposal, form.to_input(), by=principal())
            except Invalid as error:
                _put(form, error)
            else:
                admitted = all(getattr(admission, c.field) for c in paga_rubric.ADMISSION)
                flash(
                    _("%(folio)s quedó admitida.", folio=proposal.folio)
                    if admitted
                    else _("%(folio)s espera la segunda firma de otra persona.", folio=proposal.folio),
                    "success",
                )
                return redirect(url_for(".index", vista="admision"))
    page = render_template(
        "evaluation/examination.html",
        proposal=proposal,
        form=form,
        why=why,
        kind=EXAMINATION,
        rubric=paga_rubric,
        **_beside(proposal),
        unready=joining.why_not_ready(proposal),
        questions=asked,
        awaited=_awaited(asked),
        is_late=answers.is_late,
    )
    return page, status


def _beside(proposal: Proposal) -> dict[str, Any]:
    """What says the same, and the question to its author about joining that is open: until then no other is put."""
    question = joining.family(proposal).open_question if proposal.kind is ProposalKind.CITIZEN else None
    joins = proposal.kind is ProposalKind.CITIZEN and question is None
    return {"alike": alike_to(proposal), "joins": joins, "union_asked": question}


def _awaited(asked: Sequence[InformationRequest]) -> InformationRequest | None:
    """The question whose answer may still come in time."""
    return next((q for q in asked if q.answered_at is None and not answers.is_overdue(q)), None)


def _may_decide(form: Any, asked: Sequence[InformationRequest]) -> bool:
    """Whether no answer is awaited, or the analyst says to decide without it; else the form says what is awaited."""
    waiting = _awaited(asked)
    if waiting is None or form.despite.data:
        return True
    words = _l("Quien la presentó puede responder hasta el %(date)s. Marque la casilla si decide sin esperar.")
    form.despite.errors = [str(words) % {"date": fecha(waiting.due_on)}]
    return False


def signature(proposal: Proposal) -> ResponseReturnValue:
    """The second signature of a refusal, by somebody else."""
    form = CountersignForm()
    signed = proposal.admission is not None and proposal.admission.examined_by_id == principal().user_id
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                confirm = form.verdict.data == "confirm"
                services.countersign(proposal, confirm=confirm, reason=form.reason.data or "", by=principal())
            except Invalid as error:
                _put(form, error)
            else:
                words = (
                    _("%(folio)s no se admite; se avisó a quien la presentó.", folio=proposal.folio)
                    if confirm
                    else _("%(folio)s quedó admitida.", folio=proposal.folio)
                )
                flash(words, "success")
                return redirect(url_for(".index"))
    page = render_template(
        "evaluation/signature.html",
        proposal=proposal,
        form=form,
        signed=signed,
        kind=SIGNATURE,
        criteria=criteria_words(),
        outcome=outcome(proposal),
        why=conflicts.between(proposal.id, principal()),
    )
    return page, status


def _put(form: Any, error: Invalid) -> None:
    """Show a refusal at its field, or on top of the form."""
    if error.field and error.field in form:
        form[error.field].errors = [*form[error.field].errors, error.message]
    else:
        form.form_errors.append(error.message)
