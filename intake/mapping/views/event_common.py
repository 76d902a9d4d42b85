"""What the pages of events share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request

from forms.base import with_rows
from forms.events import EventFilterForm
from forms.mapping import member_of
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.labels import label
from intake.core.permissions import Permission, can
from intake.mapping import calendar, queries
from intake.mapping.queries import EventFilters
from intake.mapping.views import common
from intake.plans import queries as plans
from intake.web.access import principal
from models import Event, Plan, Territory
from models.enums import EventKind

ICS = "text/calendar; charset=utf-8"


def calendar_file(entries: Iterable[calendar.Dated], name: str) -> Response:
    """Answer with a file for calendar programs."""
    domain = urlsplit(current_app.config["INTAKE"].base_url).hostname or "intake"
    return Response(calendar.as_ics(entries, name, domain=domain), content_type=ICS)


def visible(slug: str) -> Event:
    """The event, if the reader may know of it. Raises `NotFound`, also for one that was not called yet."""
    found = queries.event(slug)
    if not can(principal(), Permission.EVENT_READ, found):
        raise NotFound(_l("No existe una mesa con esa dirección."))
    return found


class Narrowed:
    """The filters of the address: their form with its lists, and what they say. Three statements."""

    def __init__(self) -> None:
        self.form = EventFilterForm(request.args)
        self.plans: list[Plan] = list(plans.all_plans())
        self.provinces: list[Territory] = list(queries.provinces())
        with_rows(self.form.plan, [(plan.code, localized(plan, "title")) for plan in self.plans], _l("Todos"))
        canton = common.cantons_asked(self.form.provincia.data or "")
        with_rows(self.form.provincia, [*((p.code, p.name) for p in self.provinces), *canton], _l("Todas"))
        with_rows(self.form.tema, [(t.code, localized(t, "name")) for t in queries.themes()], _l("Todos"))
        self.filters = self._filters()
        self.plan = next((plan for plan in self.plans if plan.code == self.filters.plan), None)

    def _filters(self) -> EventFilters:
        form: Any = self.form
        names = ("plan", "provincia", "tema", "cuando")
        known = {name: {c.value for c in form[name].choices} for name in names}
        values = {name: form[name].data if form[name].data in offered else "" for name, offered in known.items()}
        return EventFilters(
            plan=values["plan"],
            kind=member_of(EventKind, form.tipo.data),
            province=values["provincia"],
            theme=values["tema"],
            when=values["cuando"],
            everything=can(principal(), Permission.EVENT_CREATE),
        )

    @property
    def active(self) -> list[tuple[str, str]]:
        """Each filter that is on, with its words."""
        form: Any = self.form
        found = [("plan", self.filters.plan), ("tipo", label(self.filters.kind) if self.filters.kind else "")]
        chosen = {"provincia": self.filters.province, "tema": self.filters.theme, "cuando": self.filters.when}
        for name, value in chosen.items():
            words = {choice.value: str(choice.label) for choice in form[name].choices}
            found.append((name, words[value] if value else ""))
        return found
