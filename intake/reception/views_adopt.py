"""Keeping in an account what was sent without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from forms.reception import ClaimForm
from intake.core.errors import Conflict, Invalid, TooMany
from intake.core.i18n import gettext as _
from intake.core.permissions import Permission
from intake.reception import services
from intake.reception.blueprint import bp
from intake.reception.views_author import load
from intake.reception.views_track import say_again, wait_words
from intake.web.access import principal, requires

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Proposal


@bp.route("/seguimiento/<folio:folio>/cuenta", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_ADOPT, load=load, form=True)
def adopt(proposal: Proposal) -> ResponseReturnValue:
    """Ask for the code, also from who has opened the proposal with it: a telephone may have been handed on."""
    form = ClaimForm()
    address = url_for("reception.follow", folio=proposal.folio)
    if form.validate_on_submit():
        try:
            services.adopt(proposal, form.claim_code.data or "", by=principal(), address=request.remote_addr or "")
        except Invalid as error:
            form.claim_code.errors = [str(error.message)]
        except TooMany as error:
            form.too_many, form.claim_code.errors = True, [wait_words(error)]
        except Conflict as error:
            flash(str(error.message), "warning")
            return redirect(address, 303)
        else:
            flash(_("Su propuesta quedó en su cuenta."), "success")
            return redirect(address, 303)
    say_again(form)
    page = render_template("reception/adopt.html", form=form, proposal=proposal)
    return page, 429 if form.too_many else 422 if request.method == "POST" else 200
