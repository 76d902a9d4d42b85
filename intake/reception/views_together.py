"""Proposing together: the author's list of people, and the page where each of them answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from forms.reception_together import NO, YES, CoAuthorForm, NamePersonForm
from intake.core.errors import Conflict, Invalid, TooMany
from intake.core.i18n import gettext as _
from intake.core.permissions import Permission
from intake.reception.blueprint import bp
from intake.reception.loading import load, proposal_folio
from intake.reception.queries import attached
from intake.reception.services import inviting
from intake.web.access import principal, public, requires
from models.enums import CoAuthorStatus

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import CoAuthor, Proposal


@bp.route("/propuestas/<folio:folio>/coautores", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_EDIT, load=load, form=True)
def people(proposal: Proposal) -> ResponseReturnValue:
    """Whom the author named and what each of them said; a POST names one more."""
    form = NamePersonForm()
    if form.validate_on_submit():
        name, email = form.person_name.data or "", form.person_email.data or ""
        try:
            inviting.invite(proposal, name, email, by=principal(), address=request.remote_addr or "")
        except Invalid as error:
            form[error.field or "person_email"].errors = [error.message]
            proposal = load(proposal_folio())
        else:
            flash(_("Le escribimos para preguntarle. Aquí verá su respuesta."), "success")
            return _to_list(proposal_folio())
    page = render_template(
        "reception/people.html",
        proposal=proposal,
        form=form,
        people=attached.people_of(proposal),
        is_open=proposal.status in inviting.OPEN,
        most=inviting.MOST_PEOPLE,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _to_list(folio: str) -> ResponseReturnValue:
    return redirect(url_for("reception.people", folio=folio), HTTPStatus.SEE_OTHER)


def _of_list(folio: str, number: int) -> Proposal:  # noqa: ARG001 -- the number is looked up by the service
    return load(folio)


def _number() -> int:
    return int((request.view_args or {})["number"])


@bp.route("/propuestas/<folio:folio>/coautores/<int:number>/otra-vez", methods=["POST"])
@requires(Permission.PROPOSAL_EDIT, load=_of_list)
def invite_again(proposal: Proposal) -> ResponseReturnValue:
    """Send the invitation once more."""
    try:
        inviting.ask_again(proposal, _number(), by=principal(), address=request.remote_addr or "")
    except (TooMany, Conflict) as error:
        flash(str(error.message), "warning")
    else:
        flash(_("Le escribimos otra vez. El enlace anterior ya no sirve."), "success")
    return _to_list(proposal_folio())


@bp.route("/propuestas/<folio:folio>/coautores/<int:number>/quitar", methods=["POST"])
@requires(Permission.PROPOSAL_EDIT, load=_of_list)
def uninvite(proposal: Proposal) -> ResponseReturnValue:
    """Take an invitation back that waits for its answer."""
    try:
        inviting.take_back(proposal, _number(), by=principal())
    except Conflict as error:
        flash(str(error.message), "warning")
    else:
        flash(_("La invitación quedó retirada."), "success")
    return _to_list(proposal_folio())


@bp.route("/coautoria/<key:token>", methods=["GET", "POST"])
@public(form=True)
def co_author(token: str) -> ResponseReturnValue:
    """The invited person's page: the proposal in short, and yes or no. Reading it answers nothing."""
    row, proposal = inviting.look(token)
    form = CoAuthorForm() if request.method == "POST" else _begun(row)
    if form.validate_on_submit():
        accepts = form.answer.data == YES
        try:
            inviting.answer(
                token, accepts=accepts, name=form.name.data or "", is_named=bool(form.is_named.data), by=principal()
            )
        except Invalid as error:
            form[error.field or "answer"].errors = [error.message]
            row, proposal = inviting.look(token)
        else:
            thanks = _("Gracias. Quedó anotado: usted también la propone.") if accepts else _("Quedó anotado que no.")
            flash(thanks, "success")
            return redirect(url_for("reception.co_author", token=token), HTTPStatus.SEE_OTHER)
    page = render_template("reception/co_author.html", row=row, proposal=proposal, form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _begun(row: CoAuthor) -> CoAuthorForm:
    said = {CoAuthorStatus.ACCEPTED: YES, CoAuthorStatus.DECLINED: NO}.get(row.status, "")
    return CoAuthorForm(formdata=None, data={"answer": said, "name": row.name, "is_named": row.is_named})
