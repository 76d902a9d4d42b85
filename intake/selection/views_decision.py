"""Deciding on one proposal, and what becomes of a reserve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from forms.selection import DecisionForm, ReserveForm
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import gettext as _
from intake.core.permissions import Permission
from intake.evaluation import queries as evaluation
from intake.evaluation import results
from intake.evaluation.blueprint import current_plan, require_nothing_owed
from intake.selection import letters, queries, services
from intake.selection.blueprint import bp
from intake.web.access import principal, requires
from models.enums import Category, ProposalStatus, ReviewSector

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Decision, Proposal, SelectionSession

RESERVE_STEPS = {"llamar": services.call_up, "liberar": services.release}


@bp.route("/seleccion/sesiones/<int:number>/<folio:folio>", methods=["GET", "POST"])
@requires(Permission.DECISION_WRITE, form=True)
def decision(number: int, folio: str) -> ResponseReturnValue:
    """The decision on one proposal: category, public reason, departure from the order, and the letter to come."""
    require_nothing_owed()
    session = queries.session_of(current_plan(), number)
    proposal = evaluation.proposal_by_folio(folio)
    kept = queries.decision_of(proposal.id)
    form = DecisionForm(data=_data(kept))
    status = 200
    if request.method == "POST":
        status = 422
        if request.form.get("action") == "quitar" and _is_ours(form):
            services.undecide(session, proposal, by=principal())
            flash(_("Se quitó la decisión sobre %(folio)s.", folio=folio), "success")
            return redirect(url_for(".session", number=number))
        if form.validate() and request.form.get("action") not in {"ver", "quitar"} and _decide(session, proposal, form):
            flash(_("Decisión guardada. No es pública hasta publicar la sesión."), "success")
            return redirect(url_for(".session", number=number))
    return render_template("selection/decision.html", **_context(session, proposal, kept, form)), status


def _is_ours(form: DecisionForm) -> bool:
    """Whether the press came from our own page. To take a decision back the other fields need not be in order."""
    form.validate()
    return not form.is_too_old


def _data(kept: Decision | None) -> dict[str, Any]:
    if kept is None:
        return {"lock_version": "0"}
    return {
        "lock_version": str(kept.lock_version),
        "category": kept.category.value,
        "fallback": kept.fallback.value if kept.fallback else "",
        "reason": kept.reason,
        "departure_reason": kept.departure_reason,
    }


def _decide(session: SelectionSession, proposal: Proposal, form: DecisionForm) -> bool:
    """Keep the decision. False: the form is shown again with what is wrong and everything typed."""
    try:
        services.decide(session, proposal, form.to_input(), by=principal())
    except Invalid as error:
        field = form[error.field or "reason"]
        field.errors = [*field.errors, error.message]
        return False
    except Conflict as error:
        form.form_errors.append(error.message)
        if (kept := queries.decision_of(proposal.id)) is not None:
            words = _("Lo último lo escribió %(name)s. Su texto sigue aquí.", name=queries.decider(kept) or "—")
            form.form_errors.append(words)
            form.lock_version.data = str(kept.lock_version)
        return False
    return True


def _context(
    session: SelectionSession, proposal: Proposal, kept: Decision | None, form: DecisionForm
) -> dict[str, Any]:
    ranked = queries.means(session)
    category = Category(form.category.data) if form.category.data in set(Category) else None
    return {
        "session": session,
        "proposal": proposal,
        "kept": kept,
        "form": form,
        "rank": queries.rank_in(ranked, proposal.id),
        "among": len(ranked),
        "places": sum(c is Category.IN_PLAN for c in queries.decided(session)[0].values()),
        "summary": results.summaries([proposal.id]).get(proposal.id),
        "sectors": list(ReviewSector),
        "letter": letters.preview(proposal, category, form.reason.data or "", form.fallback.data)
        if category and form.reason.data
        else None,
    }


@bp.route("/seleccion/reserva/<folio:folio>/<any('llamar', 'liberar'):step>", methods=["GET", "POST"])
@requires(Permission.DECISION_PUBLISH, form=True)
def reserve(folio: str, step: str) -> ResponseReturnValue:
    """Call a reserve to the plan, or let it go where its decision said."""
    proposal = evaluation.proposal_by_folio(folio)
    if proposal.status is not ProposalStatus.RESERVE:
        raise Conflict(_("Esta propuesta ya no está en reserva."))
    form = ReserveForm()
    if form.validate_on_submit():
        RESERVE_STEPS[step](proposal, form.reason.data or "", by=principal())
        flash(_("Hecho. Se avisó a quien presentó %(folio)s.", folio=folio), "success")
        return redirect(url_for(".index"))
    kept = queries.decision_of(proposal.id)
    fallback = (kept.fallback if kept else None) or Category.NEXT_PLAN
    status = 422 if request.method == "POST" else 200
    return render_template("selection/reserve.html", proposal=proposal, form=form, step=step, fallback=fallback), status
