"""Another claim code for who lost it: asked for with folio and address, made with the link that comes by mail."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, make_response, redirect, render_template, request, session, url_for

from forms.reception import LostCodeForm, RenewForm
from intake.accounts import links
from intake.core.i18n import gettext as _
from intake.reception import queries, services
from intake.reception.blueprint import bp
from intake.reception.views_track import shown_again, typed_folio
from intake.reception.views_write import RECEIPT
from intake.web.access import principal, public, remember_claim

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue


@bp.route("/seguimiento/codigo", methods=["GET", "POST"])
@public(form=True)
def ask_code() -> ResponseReturnValue:
    """Ask for another code; the answer is the same whether folio and address belong together or not."""
    form = LostCodeForm(folio=request.args.get("folio", "")[:40])
    if form.validate_on_submit():
        folio = typed_folio(form.folio.data or "")
        services.ask_for_code(folio, form.email.data or "", address=request.remote_addr or "")
        return redirect(url_for("reception.code_sent"), HTTPStatus.SEE_OTHER)
    return _page("ask_code", shown_again(form), form=form)


@bp.route("/seguimiento/codigo/enviado")
@public()
def code_sent() -> ResponseReturnValue:
    """What to do now; it knows neither folio nor address."""
    return render_template("reception/code_sent.html", minutes=links.MINUTES)


@bp.route("/seguimiento/codigo/<key:token>", methods=["GET", "POST"])
@public(form=True)
def new_code(token: str) -> ResponseReturnValue:
    """Make the new code by pressing a button (mail scanners open links); the receipt shows it, once."""
    form = RenewForm()
    if not form.validate_on_submit():
        status = shown_again(form)
        return _page("new_code", status, form=form, proposal=services.look_at_link(token))
    receipt = services.renew_code(token, by=principal())
    remember_claim(queries.by_folio(receipt.folio))
    session[RECEIPT] = {"folio": receipt.folio, "code": receipt.claim_code}
    flash(_("Este es su código nuevo. El anterior ya no sirve."), "success")
    return redirect(url_for("reception.receipt", folio=receipt.folio), HTTPStatus.SEE_OTHER)


def _page(template: str, status: int, **values: Any) -> Response:
    """A page that no cache keeps: it carries what was typed, or a link that opens something."""
    answer = make_response(render_template(f"reception/{template}.html", **values), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
