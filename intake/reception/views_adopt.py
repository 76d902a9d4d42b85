"""Keeping in an account what was sent without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from forms.reception import AdoptForm, ClaimForm
from intake.core.errors import Conflict, Invalid, TooMany
from intake.core.i18n import gettext as _
from intake.core.permissions import Permission
from intake.reception import services
from intake.reception.blueprint import bp
from intake.reception.loading import load, proposal_folio
from intake.reception.views_track import wait_words
from intake.web.access import principal, requires

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Proposal


@bp.route("/seguimiento/<folio:folio>/cuenta", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_ADOPT, load=load, form=True)
def adopt(proposal: Proposal) -> ResponseReturnValue:
    """Ask for the code, or for one press of whose browser has shown it: the page names the account."""
    form: Any = AdoptForm() if services.has_shown_code(proposal, principal()) else ClaimForm()
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        code = form.claim_code.data or "" if "claim_code" in form else ""
        try:
            services.adopt(proposal, code, by=principal(), address=request.remote_addr or "")
        except Invalid as error:
            if "claim_code" not in form:  # renewed a moment ago: the page comes again and asks for the new one
                raise
            form.claim_code.errors = [str(error.message)]
        except TooMany as error:
            status, form.claim_code.errors = 429, [wait_words(error)]
        except Conflict as error:
            status = 409
            form.form_errors.append(error.message)
        else:
            flash(_("Su propuesta quedó en su cuenta."), "success")
            return redirect(url_for("reception.follow", folio=proposal.folio), 303)
    return render_template("reception/adopt.html", form=form, proposal=load(proposal_folio())), status
