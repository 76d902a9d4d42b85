"""A proposal that somebody says or brings, at a window or a table, and the slip to take home."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, session, url_for

from forms.base import with_rows
from forms.desk import WindowForm
from intake.core import calendar, clock, mail, tokens
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.reception import queries
from intake.reception.blueprint import bp
from intake.reception.queries import desk
from intake.reception.services import keying
from intake.reception.underway import plan_under_way
from intake.reception.views_desk import SLIP, begin, lists
from intake.web.access import principal, requires
from models.enums import StageKind

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Event, Plan


@bp.route("/ventanilla/nueva", methods=["GET", "POST"])
@requires(Permission.SHEET_KEY, form=True)
def window() -> ResponseReturnValue:
    """A proposal that a person says or brings. The person is its author; this session gains nothing on it."""
    plan = plan_under_way()
    events = desk.events_to_choose(plan.id)
    form = WindowForm()
    with_rows(form.event, [(e.slug, e.title) for e in events], _l("Ninguno: en una ventanilla"))
    if request.method == "GET":
        session.pop(SLIP, None)
        form.key.data = tokens.new_token()
        form.event.data = request.args.get("mesa", "")
    event = next((e for e in events if e.slug == form.event.data), None)
    if request.method == "GET":
        _begin(form, plan, event)
    lists(form)
    if request.method == "POST" and not form.asks_refresh and form.validate():
        if form.event.data and event is None:
            form.event.errors = [_l("Este encuentro ya no está en la lista: quizá se canceló. Elija otro, o ninguno.")]
        else:
            _receive(form, plan, event)
            return redirect(url_for("reception.slip"), HTTPStatus.SEE_OTHER)
    page = render_template("reception/desk_new.html", form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" and form.errors else HTTPStatus.OK


def _begin(form: WindowForm, plan: Plan, event: Event | None) -> None:
    """As for a sheet of the event; else with today, where that could be received."""
    if event is not None:
        begin(form, event)
    elif calendar.view_of(plan.stages, StageKind.RECEPTION).is_open:
        form.dated_on.data = clock.today()


def _receive(form: WindowForm, plan: Plan, event: Event | None) -> None:
    receipt = keying.receive(
        plan,
        form.to_proposal(),
        form.to_contact(),
        by=principal(),
        dated_on=form.dated_on.data,  # type: ignore[arg-type]  # the form demands it
        event=event,
        on_paper=form.how.data == "paper",
        once=form.key.data if tokens.is_token(form.key.data or "") else None,
    )
    session[SLIP] = {"folio": receipt.folio, "code": receipt.claim_code}


@bp.route("/ventanilla/comprobante")
@requires(Permission.SHEET_KEY)
def slip() -> ResponseReturnValue:
    """What the person takes home, to be printed or copied; it goes with the next person's turn."""
    kept = session.get(SLIP)
    if not kept:
        return redirect(url_for("reception.desk_home"), HTTPStatus.SEE_OTHER)
    proposal = queries.by_folio(kept["folio"])
    g.plan = proposal.plan
    address = mail.url_of(url_for("reception.follow", folio=kept["folio"]))
    return render_template("reception/desk_slip.html", proposal=proposal, code=kept["code"], address=address)
