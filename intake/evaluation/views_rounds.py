"""Rounds: making them, looking at them, reminding, finishing, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from forms.base import with_rows
from forms.evaluation import ReasonForm
from forms.rounds import BoardFilterForm, DueDateForm, FinishForm, RoundForm
from intake.core import clock
from intake.core.errors import Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import localized, ngettext
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.core.text import number_of
from intake.evaluation import boards, queries, services
from intake.evaluation.blueprint import bp, current_plan
from intake.web.access import principal, requires
from intake.web.listing import Listing, chips

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Round


@bp.route("/evaluacion/rondas/", methods=["GET", "POST"])
@requires(Permission.ROUND_MANAGE, form=True)
def rounds() -> ResponseReturnValue:
    """The plan's rounds and the form for a new one."""
    plan = current_plan()
    form = RoundForm()
    versions = [(str(r.version), f"{localized(r, 'title')} (v{r.version})") for r in boards.versions()]
    with_rows(form.rubric_version, versions, blank=_("La más reciente"))
    if form.validate_on_submit():
        try:
            made = services.create_round(plan, form.to_input(), by=principal())
        except Invalid as error:
            form[error.field or "name"].errors = [error.message]
        else:
            flash(_("Se abrió la ronda %(number)s. Asigne ahora las evaluaciones.", number=made.number), "success")
            return redirect(url_for(".assign", number=made.number))
    status = 422 if request.method == "POST" else 200
    page = render_template("evaluation/rounds.html", form=form, rounds=boards.rounds(plan), today=clock.today())
    return page, status


@bp.route("/evaluacion/rondas/<int:number>")
@requires(Permission.ROUND_MANAGE)
def round_page(number: int) -> ResponseReturnValue:
    """How far a round has come, proposal by proposal."""
    round_ = boards.round_of(current_plan(), number)
    form, filters, active = board_filters()
    page = boards.board(round_, filters, number_from(request.args.get("pagina")), everything=True)
    return render_template(
        "evaluation/round.html",
        round=round_,
        page=Listing(page),
        form=form,
        active=active,
        reviewers=boards.reviewers(round_),
        today=clock.today(),
        clear=url_for(".round_page", number=number),
    )


def board_filters(default: str = "") -> tuple[BoardFilterForm, boards.BoardFilters, list[Any]]:
    """The filters of a board from the address; ``default`` is the state where the address asks for none."""
    form = BoardFilterForm(request.args)
    if "estado" not in request.args:
        form.estado.data = default
    themes = [(t.code, localized(t, "name")) for t in queries.themes()]
    with_rows(form.tema, themes, blank=_("Todos los temas"))
    filters = boards.BoardFilters(
        state=form.estado.data or "",
        theme=form.tema.data or "",
        q=form.q.data or "",
        reviewer_id=number_of(request.args.get("revisor")),
    )
    states = {value: str(words) for value, words, *_rest in form.estado.iter_choices() if value}
    active = chips(
        [
            ("q", filters.q and f"«{filters.q[:60]}»"),
            ("estado", states.get(filters.state, "")),
            ("tema", dict(themes).get(filters.theme, "")),
            ("revisor", _("lo que debe una persona") if filters.reviewer_id else ""),
        ]
    )
    return form, filters, active


@bp.route("/evaluacion/rondas/<int:number>/recordar", methods=["POST"])
@requires(Permission.ASSIGNMENT_MANAGE)
def remind(number: int) -> ResponseReturnValue:
    """Remind whoever owes a review."""
    people = services.remind(_round(number), by=principal())
    flash(ngettext("Se recordó a %(num)s persona.", "Se recordó a %(num)s personas.", people), "success")
    return redirect(url_for(".round_page", number=number))


@bp.route("/evaluacion/rondas/<int:number>/plazo", methods=["GET", "POST"])
@requires(Permission.ROUND_MANAGE, form=True)
def due(number: int) -> ResponseReturnValue:
    """Another last day for the round and for what is due with it."""
    round_ = _round(number)
    form = DueDateForm(data={"due_on": round_.due_on})
    if form.validate_on_submit():
        try:
            moved = services.change_due(round_, form.due_on.data or clock.today(), by=principal())
        except Invalid as error:
            form[error.field or "due_on"].errors = [error.message]
        else:
            words = ngettext(
                "Plazo cambiado; vale para %(num)s evaluación.",
                "Plazo cambiado; vale para %(num)s evaluaciones.",
                moved,
            )
            flash(words, "success")
            return redirect(url_for(".round_page", number=number))
    status = 422 if request.method == "POST" else 200
    return render_template("evaluation/due.html", round=round_, form=form), status


@bp.route("/evaluacion/rondas/<int:number>/dar-por-evaluadas", methods=["GET", "POST"])
@requires(Permission.ROUND_MANAGE)
def finish(number: int) -> ResponseReturnValue:
    """Declare evaluated what is complete; with a reason, also what has at least one review and nobody working on it."""
    round_ = _round(number)
    form = FinishForm()
    if request.method == "POST":
        moved = services.finish_ready(round_, by=principal(), reason=form.reason.data or "")
        words = ngettext("%(num)s propuesta quedó evaluada.", "%(num)s propuestas quedaron evaluadas.", moved)
        flash(words, "success" if moved else "warning")
        return redirect(url_for(".round_page", number=number))
    return render_template("evaluation/finish.html", round=round_, form=form)


@bp.route("/evaluacion/rondas/<int:number>/cerrar", methods=["GET", "POST"])
@requires(Permission.ROUND_MANAGE, form=True)
def close(number: int) -> ResponseReturnValue:
    """Close the round for good."""
    round_ = _round(number)
    form = ReasonForm()
    if form.validate_on_submit():
        cancelled = services.close_round(round_, form.reason.data or "", by=principal())
        words = ngettext(
            "La ronda quedó cerrada; se canceló %(num)s evaluación que no se envió.",
            "La ronda quedó cerrada; se cancelaron %(num)s evaluaciones que no se enviaron.",
            cancelled,
        )
        flash(words if cancelled else _("La ronda quedó cerrada."), "success")
        return redirect(url_for(".round_page", number=number))
    owed = sum(r.open for r in boards.reviewers(round_))
    status = 422 if request.method == "POST" else 200
    return render_template("evaluation/close.html", round=round_, form=form, owed=owed), status


def _round(number: int) -> Round:
    return boards.round_of(current_plan(), number)
