"""Events by month, and as files for calendar programs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby

from flask import Response, g, render_template, request

from intake.core import clock
from intake.core.i18n import gettext as _
from intake.mapping import calendar, queries
from intake.mapping.views.blueprint import bp
from intake.mapping.views.event_common import Narrowed, calendar_file, visible
from intake.web.access import public
from intake.web.listing import chips, url_with
from models import Event

FIRST_YEAR, LAST_YEAR = 2000, 2100


@bp.route("/mesas/calendario")
@public(reusable=True)
def event_calendar() -> str:
    """The events of a month, day by day."""
    narrowed = Narrowed()
    if narrowed.plan is not None:
        g.plan = narrowed.plan
    first = _month(request.args.get("mes", ""))
    after = _next(first)
    before = (first - timedelta(days=1)).replace(day=1)
    found = queries.events_of_month(narrowed.filters, clock.start_of(first), clock.start_of(after))
    return render_template(
        "mapping/event_month.html",
        form=narrowed.form,
        active=chips(narrowed.active),
        month=first,
        days=[(day, list(rows)) for day, rows in groupby(found, key=_day)],
        before=(before, url_with(mes=f"{before:%Y-%m}")),
        after=(after, url_with(mes=f"{after:%Y-%m}")),
    )


def _day(event: Event) -> date:
    assert event.starts_at is not None, "the query asks for a date"
    return clock.local(event.starts_at).date()


def _month(text: str) -> date:
    """The first day of ``YYYY-MM``; of the present month for anything else."""
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=clock.ECUADOR).date()
    except ValueError:
        return clock.today().replace(day=1)
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else clock.today().replace(day=1)


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


@bp.route("/mesas/calendario.ics")
@public(reusable=True)
def calendar_feed() -> Response:
    """Every dated event that the filters leave, to subscribe to."""
    found = queries.events_for_calendar(Narrowed().filters)
    return calendar_file(calendar.of_events(found), str(_("Mesas y encuentros de gobierno abierto")))


@bp.route("/mesas/<slug:slug>.ics")
@public(reusable=True)
def event_file(slug: str) -> Response:
    """One event, to add to a calendar."""
    found = visible(slug)
    return calendar_file(calendar.of_events([found]), found.title)
