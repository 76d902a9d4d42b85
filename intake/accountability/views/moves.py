"""Consultation, confirmation, formalization: of a commitment and of the whole plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, g, redirect, render_template, request, url_for

from forms.accountability import ConsultationForm, ReasonForm
from intake.accountability import queries, services
from intake.accountability.views.common import (
    CONFLICT,
    UNPROCESSABLE,
    argument,
    attach,
    bp,
    changeable,
    refuse,
    show_bar,
    to_page,
)
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import ngettext
from intake.core.labels import label
from intake.core.permissions import Permission
from intake.plans import queries as plans
from intake.web.access import principal, requires

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Commitment, Plan


@bp.route("/compromisos/<commitment:reference>/consulta", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_MOVE, load=changeable, form=True)
def consult(commitment: Commitment) -> ResponseReturnValue:
    """Open the public consultation of a draft."""
    form = ConsultationForm()
    if form.validate_on_submit():
        try:
            opens_on, closes_on = form.days()
            services.open_consultation(commitment, opens_on, closes_on, by=principal())
        except Invalid as error:
            attach(form, error)
        except Conflict as error:
            refuse(form, error)
        else:
            flash(_("La consulta pública está anunciada y el borrador ya se puede leer."), "success")
            return to_page(queries.named(argument("reference")))
    body = render_template("accountability/consult.html", form=form, c=show_bar(queries.named(argument("reference"))))
    return (body, UNPROCESSABLE) if form.errors else body


@bp.route("/compromisos/<commitment:reference>/mover", methods=["POST"])
@requires(Permission.COMMITMENT_MOVE, load=changeable)
def move(commitment: Commitment) -> ResponseReturnValue:
    """Confirm, formalize, conclude or drop: one press, with a reason where the table asks for one."""
    action, reason = request.form.get("action", ""), request.form.get("reason", "")
    if action == "confirm":
        services.confirm(commitment, reason, by=principal())
    elif action == "formalize":
        services.formalize(commitment, by=principal())
    else:
        services.move(commitment, action, reason, by=principal())
    state = label(queries.named(argument("reference")).status)
    words = _("El cambio quedó registrado. %(reference)s: %(state)s.", reference=argument("reference"), state=state)
    flash(words, "success")
    return redirect(url_for("accountability.show", reference=argument("reference")))


def _plan(code: str) -> Plan:
    plan = g.plan = plans.by_code(code)
    return plan


@bp.route("/compromisos/formalizar/<plan:code>", methods=["GET", "POST"])
@requires(Permission.PLAN_MOVE, load=_plan, form=True)
def formalize_plan(plan: Plan) -> ResponseReturnValue:
    """What is missing before the plan can be formalized; and the act itself."""
    form = ReasonForm()
    status = 200
    code = plan.code
    if form.validate_on_submit():
        try:
            moved = services.formalize_plan(plan, form.reason.data or "", by=principal())
        except Invalid as error:
            attach(form, error)
        except Conflict as error:
            refuse(form, error)
            status = CONFLICT
        else:
            flash(
                ngettext(
                    "El plan se formalizó con %(num)s compromiso más.",
                    "El plan se formalizó con %(num)s compromisos más.",
                    moved,
                ),
                "success",
            )
            return redirect(url_for("accountability.index", plan=code))
    plan = _plan(code)
    body = render_template(
        "accountability/formalize.html",
        form=form,
        plan=plan,
        missing=services.plan_obstacles(plan),
        commitments=[(c, services.obstacles(c)) for c in queries.of_plan(plan)],
        uncovered=queries.uncovered_proposals(plan),
    )
    return body, UNPROCESSABLE if form.errors and status != CONFLICT else status
