"""Supporting a proposal: with an account by one button, as a guest through a link that comes by mail."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, g, make_response, redirect, render_template, request, url_for

from forms.conversation import GuestSupportForm, HideTotalsForm, SupportForm
from intake.core.i18n import gettext as _
from intake.core.i18n import language
from intake.core.permissions import Permission
from intake.plans import queries as plans
from intake.reception import conversation
from intake.reception.blueprint import bp
from intake.reception.loading import load
from intake.reception.queries import conversation as reading
from intake.reception.services import supporting
from intake.reception.views_track import shown_again
from intake.web.access import principal, public, requires

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from models import Plan, Proposal

TAKE_BACK = "retirar"


@bp.route("/propuestas/<folio:folio>/apoyar", methods=["GET", "POST"])
@public(form=True)
def support(folio: str) -> ResponseReturnValue:
    """Give or take back a support: an account with one button, a guest with an address."""
    proposal = load(folio)
    return _as_account(proposal) if principal().is_signed_in else _as_guest(proposal)


def _as_account(proposal: Proposal) -> ResponseReturnValue:
    form, by = SupportForm(), principal()
    if form.validate_on_submit():
        if request.form.get("action") == TAKE_BACK:
            done = supporting.take_back(proposal, by=by)
            flash(_("Retiró su apoyo.") if done else _("Usted no tenía un apoyo a esta propuesta."), "success")
        else:
            done = supporting.give(proposal, by=by)
            flash(_("Contamos su apoyo. ¡Gracias!") if done else _("Su apoyo ya estaba contado."), "success")
        return redirect(url_for("reception.support", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    own = reading.own_support(proposal, by.user_id or 0, by.email)
    status = shown_again(form)
    return _page("support", status, form=form, proposal=proposal, own=own, guest=False)


def _as_guest(proposal: Proposal) -> ResponseReturnValue:
    form = GuestSupportForm()
    if form.validate_on_submit():
        supporting.ask(proposal, form.email.data or "", address=request.remote_addr or "", locale=language())
        return redirect(url_for("reception.support_asked", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    return _page("support", shown_again(form), form=form, proposal=proposal, own=None, guest=True)


def _page(template: str, status: int, **values: Any) -> Response:
    """A page that no cache keeps, with whether supports are open and told."""
    if proposal := values.get("proposal"):
        values["is_open"] = conversation.is_open(proposal, proposal.plan.stages)
        values["told"] = conversation.totals_told(proposal.plan)
        values["why_closed"] = conversation.WHY_CLOSED
    answer = make_response(render_template(f"reception/{template}.html", **values), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/propuestas/<folio:folio>/apoyar/enviado")
@public()
def support_asked(folio: str) -> ResponseReturnValue:
    """What to do now; it does not know the address."""
    return render_template("reception/support_asked.html", proposal=load(folio), hours=supporting.LINK_HOURS)


@bp.route("/apoyos/<key:token>", methods=["GET", "POST"])
@public(form=True)
def support_link(token: str) -> ResponseReturnValue:
    """The link of the mail: it shows the proposal (mail scanners open links), its button counts or takes back."""
    form, by = SupportForm(), principal()
    if form.validate_on_submit():
        if request.form.get("action") == TAKE_BACK:
            proposal = supporting.take_back_by_link(token, by=by)
            flash(_("Retiró su apoyo."), "success")
        else:
            proposal, done = supporting.confirm(token, by=by)
            flash(_("Contamos su apoyo. ¡Gracias!") if done else _("Su apoyo ya estaba contado."), "success")
        return redirect(url_for("reception.show", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    found, counted = supporting.look_at_link(token)
    status = shown_again(form)
    return _page("support_link", status, form=form, proposal=load(str(found.folio)), counted=counted)


def _load_plan(code: str) -> Plan:
    g.plan = plans.by_code(code)
    return g.plan  # type: ignore[no-any-return]


@bp.route("/planes/<plan:code>/apoyos", methods=["GET", "POST"])
@requires(Permission.PLAN_RESCHEDULE, load=_load_plan, form=True)
def hide_totals(plan: Plan) -> ResponseReturnValue:
    """Say until when nobody reads how many support each proposal."""
    form = HideTotalsForm(until=plan.supports_hidden_until)
    if form.validate_on_submit():
        supporting.hide_totals(plan, form.until.data, by=principal())
        flash(_("Guardado."), "success")
        return redirect(url_for("reception.hide_totals", code=plan.code), HTTPStatus.SEE_OTHER)
    page = render_template("reception/support_totals.html", form=form, plan=plan)
    return page, shown_again(form)
