"""Publishing a session: every letter is read before, and all go out together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from intake.core import clock
from intake.core.errors import Conflict
from intake.core.i18n import ngettext
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.evaluation.blueprint import current_plan
from intake.selection import letters, order, queries, services
from intake.selection.blueprint import bp
from intake.web.access import principal, requires
from intake.web.listing import PAGE, Listing
from models.enums import SessionStatus

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/seleccion/sesiones/<int:number>/publicar", methods=["GET", "POST"])
@requires(Permission.DECISION_PUBLISH)
def publish(number: int) -> ResponseReturnValue:
    """What is missing, the letters a page at a time, and the button, which publishes all of them."""
    plan = current_plan()
    session = queries.session_of(plan, number)
    if session.status is SessionStatus.PUBLISHED:
        return redirect(url_for(".published_session", code=plan.code, number=number))
    if session.status is SessionStatus.CANCELLED:
        return redirect(url_for(".session", number=number))
    refusal, status = None, 200
    if request.method == "POST":
        try:
            n = services.publish(session, by=principal())
        except Conflict as error:
            refusal, status = error.message, 409
        else:
            words = ngettext("Se publicó %(num)s decisión.", "Se publicaron %(num)s decisiones.", n)
            flash(words, "success")
            return redirect(url_for(".published_session", code=plan.code, number=number))
    decisions = queries.decisions(session, number_from(request.args.get(PAGE)))
    chosen, explained = queries.decided(session)
    page = render_template(
        "selection/publish.html",
        session=session,
        refusal=refusal,
        missing=queries.undecided(session),
        today=clock.today(),
        unexplained=queries.titles(order.unexplained(queries.means(session), chosen, explained)),
        page=Listing(decisions),
        letters=[(d, letters.preview(d.proposal, d.category, d.reason, d.fallback)) for d in decisions.items],
    )
    return page, status
