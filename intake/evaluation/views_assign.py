"""Asking for reviews by hand: which proposals, whom; and taking a request back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from forms.evaluation import ReasonForm
from forms.rounds import AssignForm
from intake.core.errors import Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import ngettext
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.core.text import number_of
from intake.evaluation import boards, conflicts, services
from intake.evaluation.blueprint import bp, current_plan
from intake.evaluation.views_rounds import board_filters
from intake.web.access import principal, requires
from intake.web.listing import Listing
from models.enums import ReviewSector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from models import Round

#: The board opens on what still lacks reviews; "todas" lists the rest as well.
ASSIGNING = "faltan"
#: How many refused pairs are named one by one after assigning.
NAMED = 8


@bp.route("/evaluacion/rondas/<int:number>/asignar", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_MANAGE, form=True)
def assign(number: int) -> ResponseReturnValue:
    """The board: proposals with what they lack, reviewers with their load. All is keyed by folio and account."""
    round_ = boards.round_of(current_plan(), number)
    form = AssignForm()
    if form.validate_on_submit():
        try:
            _assign(round_, form)
        except Invalid as error:
            form[error.field or "due_on"].errors = [error.message]
        else:
            return redirect(request.full_path.rstrip("?"))
    filter_form, filters, active = board_filters(ASSIGNING)
    page = boards.board(round_, filters, number_from(request.args.get("pagina")))
    people = boards.reviewers(round_)
    status = 422 if request.method == "POST" else 200
    html = render_template(
        "evaluation/assign.html",
        round=round_,
        form=form,
        chosen=(set(form.proposals.data or ()), set(form.reviewers.data or ())),
        filter_form=filter_form,
        active=active,
        page=Listing(page),
        sectors=[(s, [p for p in people if p.sector == s]) for s in ReviewSector],
        barred=_barred(page.items, people),
        clear=url_for(".assign", number=number),
    )
    return html, status


def _assign(round_: Round, form: AssignForm) -> None:
    proposals = boards.proposals(current_plan(), form.proposals.data or ())
    keys = [key for key in map(number_of, form.reviewers.data or ()) if key is not None]
    reviewers = boards.users(keys)
    made, skipped = services.assign_many(round_, proposals, reviewers, by=principal(), due_on=form.due_on.data)
    words = ngettext("Se pidió %(num)s evaluación.", "Se pidieron %(num)s evaluaciones.", made)
    flash(words, "success" if made else "warning")
    for one in skipped[:NAMED]:
        flash(_("%(folio)s · %(person)s: %(why)s", folio=one.folio, person=one.reviewer, why=one.why), "warning")
    if (more := len(skipped) - NAMED) > 0:
        flash(ngettext("Y otra más que no fue posible.", "Y otras %(num)s que no fueron posibles.", more), "warning")


def _barred(lines: Sequence[boards.Line], people: Sequence[Any]) -> dict[int, list[tuple[str, Any]]]:
    """Proposal → who may not review it and why. Two statements for the whole page."""
    if not lines or not people:
        return {}
    identities = conflicts.identities([p.id for p in people])
    authorships = conflicts.authorships([line.id for line in lines])
    found: dict[int, list[tuple[str, Any]]] = {}
    for line in lines:
        for person in people:
            why = conflicts.reason_against(authorships[line.id], identities[person.id])
            if why is not None:
                found.setdefault(line.id, []).append((person.name, why))
    return found


@bp.route("/evaluacion/rondas/<int:number>/cancelar", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_MANAGE, form=True)
def cancel(number: int) -> ResponseReturnValue:
    """Take one request back with a reason. ``?folio=`` and ``?revisor=`` name it."""
    round_ = boards.round_of(current_plan(), number)
    reviewer_id = number_of(request.args.get("revisor")) or 0
    assignment = boards.assignment(round_, request.args.get("folio", ""), reviewer_id)
    form = ReasonForm()
    if form.validate_on_submit():
        services.cancel(assignment, form.reason.data or "", by=principal())
        flash(_("La petición quedó cancelada."), "success")
        return redirect(url_for(".round_page", number=number))
    status = 422 if request.method == "POST" else 200
    return render_template("evaluation/cancel.html", round=round_, assignment=assignment, form=form), status
