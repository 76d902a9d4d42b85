"""Who is bound, and the milestones: pages of the Directorate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from forms.accountability import MilestoneForm, PartyForm, RescheduleForm
from forms.base import with_rows
from intake.accountability import queries, services
from intake.accountability.inputs import MilestoneInput
from intake.accountability.views.common import (
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
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.core.text import number_of
from intake.web.access import principal, requires
from models.enums import CommitmentStatus, PartyRole

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Commitment, Milestone


@bp.route("/compromisos/<commitment:reference>/participantes", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_EDIT, load=changeable, form=True)
def parties(commitment: Commitment) -> ResponseReturnValue:
    """Those who are bound, with their dates, and a form to bind one more."""
    actors = queries.verified_actors()
    form = PartyForm()
    with_rows(form.actor, [(a.slug, a.name) for a in actors], blank=_("Elija una organización"))
    if form.validate_on_submit():
        chosen = next(a for a in actors if a.slug == form.actor.data)
        try:
            services.set_party(
                commitment,
                chosen,
                form.role.data,
                is_lead=form.is_lead.data,
                since=form.since.data,
                note=form.note.data or "",
                by=principal(),
            )
        except Invalid as error:
            attach(form, error)
        except Conflict as error:
            refuse(form, error)
        else:
            flash(_("Se guardó la participación."), "success")
            return redirect(url_for("accountability.parties", reference=argument("reference")))
    fresh = show_bar(queries.named(argument("reference")))
    body = render_template("accountability/parties.html", form=form, c=fresh, roles=list(PartyRole))
    return (body, UNPROCESSABLE) if form.errors else body


@bp.route("/compromisos/<commitment:reference>/participantes/terminar", methods=["POST"])
@requires(Permission.COMMITMENT_EDIT, load=changeable)
def end_party(commitment: Commitment) -> ResponseReturnValue:
    """Say that an organisation is bound no longer; it stays on the page with its dates."""
    actor = queries.actor_named(request.form.get("actor", ""))
    role = next((r for r in PartyRole if r.value == request.form.get("role")), None)
    if role is None:
        raise Invalid(_l("Elija un papel de la lista."))
    services.end_party(commitment, actor, role, by=principal())
    flash(_("La participación terminó hoy y queda en la historia."), "success")
    return redirect(url_for("accountability.parties", reference=argument("reference")))


@bp.route("/compromisos/<commitment:reference>/hitos/nuevo", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_EDIT, load=changeable, form=True)
def new_milestone(commitment: Commitment) -> ResponseReturnValue:
    """Add a milestone."""
    if request.method == "GET":
        commitment = services.editable(commitment, by=principal())
    form = MilestoneForm()
    if form.validate_on_submit():
        try:
            services.add_milestone(commitment, form.to_input(), by=principal())
        except Invalid as error:
            attach(form, error)
        except Conflict as error:
            refuse(form, error)
        else:
            flash(_("El hito se añadió."), "success")
            return to_page(queries.named(argument("reference")), "hitos")
    return _milestone_page(form, None)


@bp.route("/compromisos/<commitment:reference>/hitos/<int:number>/editar", methods=["GET", "POST"])
@requires(Permission.COMMITMENT_EDIT, load=changeable, form=True)
def edit_milestone(commitment: Commitment) -> ResponseReturnValue:
    """Change a milestone; once the commitment is formalized only its dates, with the reason."""
    milestone = queries.milestone_of(commitment, argument("number"))
    late_form = commitment.status is CommitmentStatus.FORMALIZED
    if request.method == "GET" and not late_form:
        services.editable(commitment, by=principal())
    kind = RescheduleForm if late_form else MilestoneForm
    form: Any = kind(data=_written(milestone) if request.method == "GET" else None)
    if form.validate_on_submit():
        given = _moved(milestone, form) if late_form else form.to_input()
        version = number_of(form.version.data) or 0
        try:
            services.edit_milestone(milestone, given, by=principal(), lock_version=version)
        except Invalid as error:
            attach(form, error)
        except Conflict as error:
            refuse(form, error)
        else:
            flash(_("El hito se guardó."), "success")
            return to_page(queries.named(argument("reference")), "hitos")
    return _milestone_page(form, argument("number"))


def _milestone_page(form: Any, number: int | None) -> ResponseReturnValue:
    commitment = show_bar(queries.named(argument("reference")))
    milestone = queries.milestone_of(commitment, number) if number is not None else None
    body = render_template("accountability/milestone.html", form=form, c=commitment, milestone=milestone)
    return (body, UNPROCESSABLE) if form.errors else body


def _moved(milestone: Milestone, form: RescheduleForm) -> MilestoneInput:
    return MilestoneInput(
        title_es=milestone.title_es,
        output=milestone.output,
        kind=milestone.kind,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,  # type: ignore[arg-type]  # demanded by its validator
        reason=form.reason.data or "",
    )


def _written(milestone: Milestone) -> dict[str, Any]:
    names = ("number", "title_es", "output", "kind", "starts_on", "ends_on")
    return {**{name: getattr(milestone, name) for name in names}, "version": str(milestone.lock_version)}


@bp.route("/compromisos/<commitment:reference>/hitos/<int:number>/quitar", methods=["POST"])
@requires(Permission.COMMITMENT_EDIT, load=changeable)
def remove_milestone(commitment: Commitment) -> ResponseReturnValue:
    """Take a milestone out of a draft."""
    services.remove_milestone(queries.milestone_of(commitment, argument("number")), by=principal())
    flash(_("El hito se quitó."), "success")
    return to_page(queries.named(argument("reference")), "hitos")
