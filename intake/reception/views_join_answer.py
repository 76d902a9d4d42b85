"""What an author answers to being joined: by the link of the letter or by the claim code, without an account."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, make_response, redirect, render_template, url_for

from forms.joining import JoinAnswerForm, UndoForm
from intake.core.i18n import gettext as _
from intake.core.permissions import Permission
from intake.reception import families, queries
from intake.reception.blueprint import bp
from intake.reception.loading import load_any, proposal_folio
from intake.reception.queries import joining as reading
from intake.reception.queries import takenback
from intake.reception.services import holding, join_answers
from intake.reception.views_asking import load_answering, nothing_to_answer
from intake.reception.views_track import shown_again
from intake.web.access import principal, public, requires
from models.enums import JoinStatus

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from intake.core.identity import Principal
    from models import Proposal


@bp.route("/uniones/<key:token>", methods=["GET", "POST"])
@public(form=True)
def join_link(token: str) -> ResponseReturnValue:
    """The link of the letter: it shows both texts (mail scanners open links), its button answers."""
    request_id, folio = reading.folio_by_token(token)
    proposal = load_any(folio)
    page = _answering(proposal, request_id, by=holding(principal(), proposal), link=True)
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@bp.route("/seguimiento/<folio:folio>/union", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_EDIT, load=load_answering, form=True)
def join_answer(proposal: Proposal) -> ResponseReturnValue:
    """The question that waits, for whoever opened the proposal with its code or has the account."""
    found = reading.family(proposal)
    asked = found.open_question or next(iter(reversed(found.asked)), None)
    if asked is None:
        why = _("El equipo no le ha propuesto unir su propuesta con otras.")
        return nothing_to_answer(proposal, _("Nada que responder"), why)
    return _answering(proposal, asked.id, by=principal(), link=False)


def _answering(proposal: Proposal, request_id: int, *, by: Principal, link: bool) -> ResponseReturnValue:
    form = JoinAnswerForm()
    if form.validate_on_submit():
        said = JoinStatus(form.answer.data)
        join_answers.answer(reading.request_of(request_id), said, form.nuance.data or "", by=by)
        flash(_thanks(said, joined=families.is_joined(reading.request_of(request_id))), "success")
        return redirect(url_for("reception.follow", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    status = shown_again(form)
    return _page(request_id, form, link=link), status


def _page(request_id: int, form: JoinAnswerForm, *, link: bool) -> str:
    asked = reading.request_of(request_id)
    own = queries.by_folio(str(asked.proposal.folio))
    lead = queries.by_folio(str(asked.collective.folio))
    is_open = families.is_awaited(asked) and lead.status in families.FORMING and own.status in families.JOINABLE
    return render_template(
        "reception/join_answer.html",
        proposal=own,
        lead=lead,
        asked=asked,
        standing=families.standing(asked),
        others=[part.proposal for part in reading.family(lead).parts if part.proposal.id != own.id],
        is_open=is_open,
        undone=takenback.why_undone([asked]).get(asked.id, ""),
        may_leave=families.is_joined(asked) and lead.status in families.UNDOABLE and not link,
        form=form,
    )


def _thanks(said: JoinStatus, *, joined: bool) -> str:
    """What follows from the answer: a yes joins nothing where the others said no meanwhile."""
    if said is JoinStatus.DECLINED:
        return str(_("Gracias por responder. Su propuesta sigue por separado."))
    if not joined:
        return str(
            _("Gracias. Los demás no la unieron, así que no hay propuesta colectiva: la suya sigue por separado.")
        )
    return str(_("Gracias. Su propuesta forma parte de la propuesta colectiva."))


@bp.route("/seguimiento/<folio:folio>/union/salir", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_WITHDRAW, load=load_answering, form=True)
def leave_union(proposal: Proposal) -> ResponseReturnValue:
    """Take the consent back, with a reason."""
    form = UndoForm()
    asked = next((r for r in reading.family(proposal).asked if families.is_joined(r)), None)
    if asked is None:
        why = _("Su propuesta no forma parte de una propuesta colectiva.")
        return nothing_to_answer(proposal, _("Nada que responder"), why, form.reason.data)
    if form.validate_on_submit():
        join_answers.leave(reading.request_of(asked.id), reason=form.reason.data or "", by=principal())
        flash(_("Su propuesta sigue por separado, desde donde estaba."), "success")
        return redirect(url_for("reception.follow", folio=proposal_folio()), HTTPStatus.SEE_OTHER)
    status = shown_again(form)
    collective = asked.collective
    return render_template("reception/join_leave.html", proposal=proposal, collective=collective, form=form), status
