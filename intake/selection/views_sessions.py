"""Sessions: the list, a new one, and the order of the proposals in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from forms.selection import CandidateFilterForm, SessionForm
from intake.core import clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import gettext as _
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission, authorize
from intake.evaluation.blueprint import current_plan, require_nothing_owed
from intake.selection import queries, scopes, services
from intake.selection.blueprint import bp
from intake.selection.candidates import CandidateFilters, candidates
from intake.selection.views_session_edit import offer_scopes
from intake.web.access import principal, requires
from intake.web.listing import Listing, chips
from models.enums import Category, ReviewSector, SessionStatus

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/seleccion/", methods=["GET", "POST"])
@requires(Permission.SELECTION_READ, form=True)
def index() -> ResponseReturnValue:
    """The plan's sessions, its reserve, and the form for a new session."""
    plan = current_plan()
    form = SessionForm()
    offer_scopes(form, plan)
    if request.method == "POST":
        authorize(principal(), Permission.SESSION_MANAGE)
    if form.validate_on_submit():
        try:
            made = services.open_session(plan, form.to_input(), by=principal())
        except Invalid as error:
            form[error.field or "title"].errors = [error.message]
        except Conflict as error:
            form.form_errors.append(error.message)
        else:
            flash(_("Se abrió la sesión %(number)s.", number=made.number), "success")
            return redirect(url_for(".session", number=made.number))
    status = 422 if request.method == "POST" else 200
    page = render_template(
        "selection/index.html", form=form, plan=plan, sessions=queries.sessions(plan), reserves=queries.reserves(plan)
    )
    return page, status


@bp.route("/seleccion/sesiones/<int:number>")
@requires(Permission.SELECTION_READ)
def session(number: int) -> ResponseReturnValue:
    """The evaluated proposals in the order of their means, with what is decided so far."""
    require_nothing_owed()
    plan = current_plan()
    found = queries.session_of(plan, number)
    if found.status is SessionStatus.CANCELLED:
        return render_template("selection/cancelled.html", session=found, entry=scopes.cancellation(found))
    if found.status is SessionStatus.PUBLISHED:
        return redirect(url_for(".published_session", code=plan.code, number=number))
    form = CandidateFilterForm(request.args)
    category = form.categoria.data
    filters = CandidateFilters(decided=form.decididas.data or "", category=category)
    words = {"si": _("Decididas"), "no": _("Sin decidir")}
    return render_template(
        "selection/session.html",
        session=found,
        page=Listing(candidates(found, filters, number_from(request.args.get("pagina")))),
        tally=queries.tally(found),
        categories=list(Category),
        sectors=list(ReviewSector),
        today=clock.today(),
        form=form,
        active=chips(
            [("decididas", words.get(filters.decided, "")), ("categoria", label(category) if category else "")]
        ),
        clear=url_for(".session", number=number),
    )
