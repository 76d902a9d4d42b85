"""The reviewer's page: the proposal without its author beside the rubric, and stepping aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from forms.evaluation import ReasonForm
from forms.review import given, review_form
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.evaluation import conflicts, queries, scoring, services
from intake.evaluation.blueprint import bp, criterion_words
from intake.evaluation.inputs import LIVE_STATES, PENDING_STATES
from intake.web.access import principal, requires
from models.enums import AssignmentStatus, RoundStatus

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from forms.review import ReviewForm
    from models import Assignment

#: Presses that send the review for good, and presses that open the next one afterwards.
SENDING = frozenset({"enviar", "enviar-siguiente"})
GOING_ON = frozenset({"siguiente", "enviar-siguiente"})
STEPS = {"conflicto": services.declare_conflict, "no-competente": services.decline}


def page(assignment: Assignment) -> ResponseReturnValue:
    """The review, open or sent. An author who was assigned by mistake sees no more than the way out."""
    why = conflicts.between(assignment.proposal_id, principal())
    if why is not None:
        return render_template("evaluation/recused.html", assignment=assignment, why=why), 403
    if assignment.status not in PENDING_STATES or assignment.round.status is not RoundStatus.OPEN:
        if request.method == "POST":
            raise Conflict(_l("Esta evaluación ya se cerró y no se puede cambiar."))
        return render_template("evaluation/sent.html", **_sent(assignment))
    form = _form(assignment)
    status = 200
    if request.method == "POST":
        status = 422
        if (answer := _act(assignment, form)) is not None:
            return answer
        form.lock_version.data = str(assignment.lock_version)
    left = queries.review_counts(assignment.reviewer_id)
    whole = sum(left.get(s, 0) for s in LIVE_STATES)
    return (
        render_template(
            "evaluation/review.html",
            assignment=assignment,
            proposal=assignment.proposal,
            form=form,
            kind="evaluacion",
            done=left.get(AssignmentStatus.SUBMITTED, 0),
            whole=whole,
        ),
        status,
    )


def _form(assignment: Assignment) -> ReviewForm:
    """The form with what was saved; what was just posted goes before it."""
    criteria = assignment.round.rubric.criteria
    scores = {s.criterion_id: s for s in assignment.scores}
    data: dict[str, Any] = {"comment": assignment.comment, "lock_version": str(assignment.lock_version)}
    for criterion in criteria:
        if (score := scores.get(criterion.id)) is not None:
            data[f"score_{criterion.key}"] = given(score.value, not_applicable=score.not_applicable)
            data[f"note_{criterion.key}"] = score.comment
    return review_form([criterion_words(c) for c in criteria])(data=data)


def _act(assignment: Assignment, form: ReviewForm) -> ResponseReturnValue | None:
    """Save or send. None: the form is shown again with what is wrong."""
    action = request.form.get("action", "guardar")
    sends = action in SENDING
    if not form.validate() or (sends and not form.demand_all()):
        return None
    try:
        save = services.submit_review if sends else services.save_review
        save(assignment, form.to_input(), by=principal())
    except Invalid as error:
        field = error.field or "comment"
        form[field].errors = [*form[field].errors, error.message]
        return None
    except Conflict as error:  # saved meanwhile in another window: keep what was typed here
        form.form_errors.append(error.message)
        form.form_errors.append(_("Lo que escribió sigue aquí. Si lo guarda ahora, reemplaza lo anterior."))
        return None
    flash(_("Evaluación enviada. Gracias.") if sends else _("Borrador guardado."), "success")
    return _after(assignment, action)


def _after(assignment: Assignment, action: str) -> ResponseReturnValue:
    """Where to go: a draft stays, "next" goes on, what was sent shows what others said."""
    folio = assignment.proposal.folio or ""
    if action not in GOING_ON:
        return redirect(url_for(".record", folio=folio))
    following = queries.next_folio(assignment.reviewer_id, after=folio)
    return redirect(url_for(".record", folio=following) if following else url_for(".index", vista="revision"))


def _sent(assignment: Assignment) -> dict[str, Any]:
    """One's own review, and after sending it the others', by sector and without names."""
    criteria = assignment.round.rubric.criteria
    by_id = {c.id: criterion_words(c) for c in criteria}
    beside = queries.reviews_beside(assignment)
    totals: dict[str, list[Any]] = {}
    if assignment.status is AssignmentStatus.SUBMITTED:
        for one in (assignment, *beside):
            if one.total_pct is not None:
                totals.setdefault(one.sector, []).append(one.total_pct)
    return {
        "assignment": assignment,
        "proposal": assignment.proposal,
        "criteria": by_id,
        "beside": beside,
        "summary": scoring.summary(totals),
        "following": queries.next_folio(assignment.reviewer_id, after=assignment.proposal.folio or ""),
    }


@bp.route("/evaluacion/<folio:folio>/<any('conflicto', 'no-competente'):step>", methods=["GET", "POST"])
@requires(Permission.REVIEW_LIST, form=True)
def step_aside(folio: str, step: str) -> ResponseReturnValue:
    """Say why one does not review this proposal."""
    assignment = queries.assignment_of(folio, principal().user_id or 0)
    if assignment is None:
        raise Forbidden(_l("Esta propuesta no está entre las que se le pidió evaluar."))
    if assignment.status not in PENDING_STATES:
        raise Conflict(_l("Esta evaluación ya se cerró y no se puede cambiar."))
    form = ReasonForm()
    if form.validate_on_submit():
        STEPS[step](assignment, form.reason.data or "", by=principal())
        flash(_("Gracias por decirlo. Se pedirá la evaluación a otra persona."), "success")
        return redirect(url_for(".index", vista="revision"))
    status = 422 if request.method == "POST" else 200
    return render_template(
        "evaluation/step_aside.html", assignment=assignment, form=form, step=step, folio=folio
    ), status
