"""Sending a proposal: the preview of what everybody will read, and the button that gives it its folio."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, session, url_for

from forms.reception import SendForm
from intake.core import calendar
from intake.core.errors import Invalid, StageClosed
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.reception import personal, points, queries, serializers, services
from intake.reception.blueprint import bp
from intake.reception.prefill import form_of
from intake.reception.queries import attached
from intake.reception.services import crowding, forgetting
from intake.reception.views_similar import alike_to
from intake.reception.views_write import DRAFT, RECEIPT, closed, draft_key, load_draft
from intake.reception.writing import TEXTS
from intake.web.access import principal, remember_claim, requires
from models.enums import ProposalStatus, StageKind

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Proposal


@bp.route("/propuestas/borrador/<key:key>/revisar")
@requires(Permission.PROPOSAL_SUBMIT, load=load_draft)
def review(proposal: Proposal) -> ResponseReturnValue:
    """What the public will see and what stays private, before sending."""
    if proposal.status is not ProposalStatus.DRAFT:
        return redirect(url_for("reception.receipt", folio=proposal.folio), 303)
    if not form_of(proposal).check(reviewing=True):
        return redirect(url_for("reception.draft", key=draft_key(), revisar=1), 303)
    return _review_page(proposal, SendForm())


def _press_again(proposal: Proposal, form: SendForm) -> ResponseReturnValue:
    """The review once more, with a token that counts."""
    if proposal.status is not ProposalStatus.DRAFT:
        return redirect(url_for("reception.receipt", folio=proposal.folio), 303)
    return _review_page(proposal, form), 422


def _ask_for_proof(proposal: Proposal, form: SendForm, needed: crowding.ProofNeeded) -> ResponseReturnValue:
    """The review again, with something to compute before it is sent."""
    if needed.refused:
        form.form_errors.append(_l("El cálculo que hizo su equipo ya no vale. Se hace otro ahora mismo."))
    return _review_page(proposal, form, needed.challenge), HTTPStatus.TOO_MANY_REQUESTS


def _proven(proposal: Proposal, key: str) -> bool | None:
    """Whether what a crowded network is asked for came. Nothing is asked of the team, nor of what was sent already."""
    if proposal.status is not ProposalStatus.DRAFT or principal().is_staff:
        return None
    return crowding.proven(key, request.form.get("altcha"), request.remote_addr or "")


def _review_page(proposal: Proposal, form: SendForm, challenge: dict[str, str | int] | None = None) -> str:
    texts = {name: getattr(proposal, name) for name in TEXTS}
    return render_template(
        "reception/review.html",
        proposal=proposal,
        form=form,
        key=draft_key(),
        reception=calendar.view_of(proposal.plan.stages, StageKind.RECEPTION),
        places=list(serializers.place_names(proposal.territory).values()),
        personal=personal.seen(texts),
        shouted=personal.shouted(texts),
        alike=alike_to(proposal),
        joins=False,
        files=attached.files_of(proposal),
        people=attached.people_of(proposal),
        point=points.of(proposal),
        is_coarse=points.is_coarse(proposal),
        square=points.COARSE,
        challenge=challenge,
    )


@bp.route("/propuestas/borrador/<key:key>/borrar", methods=["POST"])
@requires(Permission.PROPOSAL_EDIT, load=load_draft)
def delete(proposal: Proposal) -> ResponseReturnValue:
    """Delete the draft for good, with its files."""
    forgetting.delete_draft(proposal, by=principal())
    session.pop(DRAFT, None)
    flash(_("Su borrador quedó borrado, con sus archivos."), "success")
    return redirect(url_for("reception.new"), 303)


@bp.route("/propuestas/borrador/<key:key>/enviar", methods=["POST"])
@requires(Permission.PROPOSAL_SUBMIT, load=load_draft, form=True)
def send(proposal: Proposal) -> ResponseReturnValue:
    """Give it its folio, once. Whoever lost the session on the way sees the review again and presses once more."""
    key, form = draft_key(), SendForm()
    if not form.validate_on_submit():
        return _press_again(proposal, form)
    try:
        who, secret = principal(), key if proposal.author_id is None else None
        proven, address = _proven(proposal, key), request.remote_addr or ""
        receipt = services.submit(proposal, by=who, key=secret, sparing=True, address=address, proven=proven)
    except crowding.ProofNeeded as needed:
        return _ask_for_proof(proposal, form, needed)
    except StageClosed:
        plan = queries.by_draft_key(key).plan
        return render_template("reception/closed.html", plan=plan, **closed(plan), key=key), 409
    except Invalid:
        return redirect(url_for("reception.draft", key=key, revisar=1), 303)
    if secret:
        remember_claim(proposal)  # by the code that it has from now on
    if receipt.claim_code:
        session[RECEIPT] = {"folio": receipt.folio, "code": receipt.claim_code}
    session.pop(DRAFT, None)
    return redirect(url_for("reception.receipt", folio=receipt.folio), 303)
