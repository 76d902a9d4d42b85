"""What was set aside: a list to let through in one go, and one at a time with one key."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from forms.reception import DiscardForm
from intake.core.errors import Conflict
from intake.core.i18n import gettext as _
from intake.core.i18n import ngettext
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.plans import queries as plans
from intake.reception import queries, services
from intake.reception.blueprint import bp
from intake.reception.loading import load_any
from intake.web.access import principal, requires
from intake.web.listing import Listing
from models.enums import HoldReason, ProposalStatus

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Hold, Proposal

DISCARDED = "descartadas"
#: Let through at once: what one page shows.
MOST = 20


@bp.route("/propuestas/apartadas", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_ADMIT)
def held() -> ResponseReturnValue:
    """What waits for a person's word, the oldest first; a POST lets the marked ones through."""
    folios = request.form.getlist("folios")[:MOST]
    if folios:
        _release_all(folios)
        return redirect(url_for("reception.held"), HTTPStatus.SEE_OTHER)
    none_marked = request.method == "POST"
    state = ProposalStatus.DISCARDED if request.args.get("ver") == DISCARDED else ProposalStatus.HELD
    page = queries.held(state, number=number_from(request.args.get("pagina")))
    plan = plans.current()
    shown = render_template(
        "reception/held.html",
        page=Listing(page),
        numbers=queries.held_numbers(),
        state=state,
        screened=queries.screened(plan.id) if plan else [],
        none_marked=none_marked,
    )
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if none_marked else HTTPStatus.OK


def _release_all(folios: list[str]) -> None:
    """Let them through, and say how many; that somebody else had decided on all of them is no success."""
    done = services.release_all(queries.by_folios(folios), by=principal())
    if done:
        flash(ngettext("%(num)s propuesta dejada pasar.", "%(num)s propuestas dejadas pasar.", done), "success")
    else:
        flash(_("No pasó ninguna: otra persona ya decidió sobre las que marcó."), "warning")


@bp.route("/propuestas/apartadas/<folio:folio>", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_ADMIT, load=load_any, form=True)
def held_one(proposal: Proposal) -> ResponseReturnValue:
    """One that was set aside, with why. The first button has the focus: one key lets it through and shows the next."""
    form = DiscardForm(demanding="discard" in request.form)
    following = queries.next_held(proposal)
    if request.method == "POST" and form.validate():
        if "discard" in request.form:  # what is refused now comes back with the reason that was typed
            services.discard(proposal, by=principal(), reason=form.reason.data or "")
            flash(_("%(folio)s se descartó.", folio=proposal.folio), "success")
        else:
            _release(proposal)
        if following:
            return redirect(url_for("reception.held_one", folio=following), HTTPStatus.SEE_OTHER)
        return redirect(url_for("reception.held"), HTTPStatus.SEE_OTHER)
    page = render_template(
        "reception/held_one.html",
        proposal=proposal,
        holds=[(hold, _signs(hold)) for hold in queries.holds_of(proposal)],
        form=form,
        following=following,
        typed=form.reason.data or "" if proposal.status is not ProposalStatus.HELD else "",
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _release(proposal: Proposal) -> None:
    """Let it through; that somebody else had decided is said, and there is no more to do about it."""
    try:
        services.release(proposal, by=principal())
        flash(_("%(folio)s pasó.", folio=proposal.folio), "success")
    except Conflict as error:
        flash(str(error.message), "warning")


def _signs(hold: Hold) -> list[tuple[str, str]]:
    """Reason and evidence, in words."""
    return [(label(HoldReason(reason)), str(sign[1])) for reason, sign in hold.findings.items()]


@bp.route("/propuestas/<folio:folio>/apartar", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_ADMIT, load=load_any, form=True)
def set_aside(proposal: Proposal) -> ResponseReturnValue:
    """Set a received proposal aside by hand, with the reason."""
    form = DiscardForm(demanding=True)
    if form.validate_on_submit():
        services.hold_by_hand(proposal, by=principal(), reason=form.reason.data or "")
        return redirect(url_for("reception.held_one", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    page = render_template("reception/set_aside.html", proposal=proposal, form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
