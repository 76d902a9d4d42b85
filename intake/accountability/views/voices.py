"""The two voices: the institution reports a milestone, the counterpart answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request

from forms.monitoring import AnswerForm, ReportForm
from intake.accountability import queries, services
from intake.accountability.views.common import UNPROCESSABLE, argument, attach, bp, readable, refuse, to_page
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.web.access import principal, requires
from models.enums import CommitmentStatus

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Commitment


@bp.route("/compromisos/<commitment:reference>/hitos/<int:number>/reportar", methods=["GET", "POST"])
@requires(Permission.PROGRESS_REPORT, load=readable, form=True)
def report(commitment: Commitment) -> ResponseReturnValue:
    """Say how a milestone goes, with evidence. After an error what was typed stays; files must be chosen again."""
    milestone = queries.milestone_of(commitment, argument("number"))
    if commitment.status is not CommitmentStatus.FORMALIZED:
        raise Conflict(_l("Solo se reporta el avance de un compromiso formalizado."))
    first = {"status": milestone.status, "progress_pct": milestone.progress_pct} if request.method == "GET" else None
    form = ReportForm(data=first)
    if form.validate_on_submit():
        given = form.to_input()
        try:
            services.report(milestone, given, by=principal())
        except Invalid as error:
            attach(form, error, form.rows_given)
        except Conflict as error:
            refuse(form, error)
        else:
            flash(_("Su reporte ya es público. Avisamos a la contraparte y a quienes propusieron."), "success")
            return to_page(queries.named(argument("reference")), f"hito-{argument('number')}")
    fresh = readable(argument("reference"))
    milestone = queries.milestone_of(fresh, argument("number"))
    body = render_template("accountability/report.html", form=form, c=fresh, milestone=milestone)
    return (body, UNPROCESSABLE) if form.errors else body


@bp.route("/compromisos/<commitment:reference>/reportes/<int:ordinal>/responder", methods=["GET", "POST"])
@requires(Permission.PROGRESS_ANSWER, load=readable, form=True)
def answer(commitment: Commitment) -> ResponseReturnValue:
    """Confirm, qualify or dispute the n-th report of the commitment."""
    ordinal = argument("ordinal")
    report = queries.report_of(commitment, ordinal)
    form = AnswerForm()
    if form.validate_on_submit():
        given = form.to_input()
        try:
            services.answer(report, given, by=principal())
        except Invalid as error:
            attach(form, error, form.rows_given)
        except Conflict as error:
            refuse(form, error)
        else:
            number = queries.report_of(readable(argument("reference")), ordinal).milestone.number
            flash(_("Su respuesta ya es pública, junto a lo que dice la institución."), "success")
            return to_page(queries.named(argument("reference")), f"hito-{number}")
    fresh = readable(argument("reference"))
    report = queries.report_of(fresh, ordinal)
    body = render_template("accountability/answer.html", form=form, c=fresh, report=report, ordinal=ordinal)
    return (body, UNPROCESSABLE) if form.errors else body
