"""Answering an invitation from the mail, without an account. The link's secret is the right."""

from __future__ import annotations

from http import HTTPStatus

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import Form
from forms.outreach import AnswerForm
from intake.core.errors import Conflict
from intake.mapping import invitations, stopping
from intake.mapping.views.blueprint import bp
from intake.web.access import public
from models import Invitation

CONFIRM, DECLINE = "confirmar", "declinar"


@bp.route("/acercamiento/respuesta/<key:token>", methods=["GET", "POST"])
@public(form=True)
def invitation(token: str) -> ResponseReturnValue:
    """The invitation with its three answers."""
    found = invitations.by_token(token)
    form = AnswerForm()
    if request.method == "GET":
        form.people.data = found.people or form.people.data
        return _page(found, token, form)
    answer = request.form.get("respuesta", "")
    valid = form.validate() if answer == CONFIRM else Form().validate()  # to decline nothing is asked
    if answer not in {CONFIRM, DECLINE} or not valid:
        return _page(found, token, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        if answer == CONFIRM:
            invitations.confirm(found, form.to_input(), token=token)
        else:
            invitations.decline(found, token=token)
    except Conflict:
        return _page(invitations.by_token(token), token, form), HTTPStatus.CONFLICT
    return redirect(url_for("mapping.invitation", token=token, hecho=answer))


def _page(found: Invitation, token: str, form: AnswerForm) -> str:
    campaign = found.target.campaign
    g.plan = campaign.plan
    return render_template(
        "mapping/outreach_answer.html",
        invitation=found,
        campaign=campaign,
        event=campaign.event,
        actor=found.target.actor,
        step=found.target.step,
        form=form,
        token=token,
        why=invitations.obstacle(found),
        takes_places=invitations.takes_places(found),
        room=invitations.room(found, token),
        stopped=stopping.is_stopped(found),
        erased=invitations.is_erased(found),
        done=request.args.get("hecho", ""),
    )


@bp.route("/acercamiento/respuesta/<key:token>/baja", methods=["GET", "POST"])
@public(form=True)
def stop_invitations(token: str) -> ResponseReturnValue:
    """No more invitations. Mail programs post here by themselves (RFC 8058), so the link's secret is enough."""
    found = invitations.by_token(token)
    if request.method == "POST":
        stopping.stop(found)
        if request.form.get("List-Unsubscribe"):
            return "", HTTPStatus.OK
        return redirect(url_for("mapping.invitation", token=token, hecho="baja"))
    g.plan = found.target.campaign.plan
    return render_template(
        "mapping/outreach_stop.html", token=token, stopped=stopping.is_stopped(found) or invitations.is_erased(found)
    )
