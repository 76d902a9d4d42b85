"""Correcting an open session, and closing it without publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from forms.base import with_rows
from forms.selection import WHOLE_PLAN, CancelSessionForm, SessionForm
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import ngettext
from intake.core.permissions import Permission
from intake.evaluation.blueprint import current_plan
from intake.selection import queries, scopes, services
from intake.selection.blueprint import bp
from intake.web.access import principal, requires

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Plan, SelectionSession


def offer_scopes(form: SessionForm, plan: Plan) -> None:
    """Give the form what a session may answer, each with its counts. Two statements."""
    rows = [(WHOLE_PLAN if s.number is None else str(s.number), _words(s)) for s in scopes.scopes(plan)]
    with_rows(form.ronda, rows, blank=_("Elija…"))


def _words(scope: scopes.Scope) -> str:
    facts = {"all": scope.proposals, "waiting": scope.unevaluated}
    if scope.number is None:
        return str(_("Todo el plan: %(all)s admitidas sin respuesta, %(waiting)s sin evaluar", **facts))
    words = _(
        "Ronda %(number)s, %(name)s: %(all)s propuestas, %(waiting)s sin evaluar",
        number=scope.number,
        name=scope.name,
        **facts,
    )
    return str(words)


@bp.route("/seleccion/sesiones/<int:number>/editar", methods=["GET", "POST"])
@requires(Permission.SESSION_MANAGE, form=True)
def edit_session(number: int) -> ResponseReturnValue:
    """Correct title, day, who decides and what the session answers, while nothing of it is published."""
    plan = current_plan()
    session = queries.session_of(plan, number)
    services.require_open(session)
    form = SessionForm(data=_data(session))
    offer_scopes(form, plan)
    if form.validate_on_submit() and _edit(session, form):
        flash(_("Cambios guardados."), "success")
        return redirect(url_for(".session", number=number))
    status = 422 if request.method == "POST" else 200
    return render_template("selection/edit_session.html", session=session, form=form), status


def _data(session: SelectionSession) -> dict[str, object]:
    return {
        "lock_version": str(session.lock_version),
        "title": session.title,
        "held_on": session.held_on,
        "decided_by": session.decided_by,
        "ronda": str(session.round.number) if session.round else WHOLE_PLAN,
    }


def _edit(session: SelectionSession, form: SessionForm) -> bool:
    """Keep the changes. False: the form is shown again with what is wrong and everything typed."""
    try:
        services.edit_session(session, form.to_input(), by=principal())
    except Invalid as error:
        form[error.field or "title"].errors = [error.message]
        return False
    except Conflict as error:
        form.form_errors.append(error.message)
        form.lock_version.data = str(session.lock_version)
        return False
    return True


@bp.route("/seleccion/sesiones/<int:number>/cancelar", methods=["GET", "POST"])
@requires(Permission.SESSION_MANAGE, form=True)
def cancel_session(number: int) -> ResponseReturnValue:
    """Close the session without publishing; what was decided in it is taken back."""
    session = queries.session_of(current_plan(), number)
    services.require_open(session)
    form = CancelSessionForm()
    if form.validate_on_submit():
        taken = services.cancel_session(session, form.reason.data or "", by=principal())
        words = ngettext(
            "La sesión quedó cancelada y se quitó %(num)s decisión.",
            "La sesión quedó cancelada y se quitaron %(num)s decisiones.",
            taken,
        )
        flash(words if taken else _("La sesión quedó cancelada."), "success")
        return redirect(url_for(".index"))
    taken = sum(queries.tally(session).values())
    status = 422 if request.method == "POST" else 200
    return render_template("selection/cancel_session.html", session=session, form=form, taken=taken), status
