"""Co-creation events: list, one event, attendance as counts."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import with_rows
from forms.events import AttendanceForm, EventForm
from forms.mapping import EventFilterForm, member_of
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission, can
from intake.mapping import queries, services
from intake.mapping.queries import EventFilters
from intake.mapping.serializers import count_groups
from intake.mapping.smallcells import is_reserved
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.plans import queries as plans
from intake.web.access import principal, public, requires
from intake.web.listing import Listing, chips, url_with
from models import Event
from models.enums import EventKind


@bp.route("/mesas/")
@public(reusable=True)
def events() -> str:
    """The list with its filters, and the map of provinces beside its table."""
    all_plans = plans.all_plans()
    form = EventFilterForm(request.args)
    with_rows(form.plan, [(plan.code, localized(plan, "title")) for plan in all_plans], _l("Todos"))
    provinces = queries.provinces()
    with_rows(form.provincia, [(p.code, p.name) for p in provinces], _l("Todas"))
    filters = _filters(form)
    chosen = next((plan for plan in all_plans if plan.code == filters.plan), None)
    if chosen is not None:
        g.plan = chosen
    page = queries.events(filters, number=number_from(request.args.get("pagina")))
    counts = queries.events_by_province(chosen)
    return render_template(
        "mapping/events.html",
        form=form,
        page=Listing(page),
        active=chips(_active(form, filters)),
        counts=counts,
        provinces=[p for p in provinces if p.code in counts],
        urls={p.code: url_with(provincia=p.code) for p in provinces if p.code in counts},
        plan=chosen,
    )


def _filters(form: EventFilterForm) -> EventFilters:
    known = {name: {c.value for c in form[name].choices} for name in ("plan", "provincia", "cuando")}
    values = {name: form[name].data if form[name].data in offered else "" for name, offered in known.items()}
    return EventFilters(
        plan=values["plan"],
        kind=member_of(EventKind, form.tipo.data),
        province=values["provincia"],
        when=values["cuando"],
    )


def _active(form: EventFilterForm, filters: EventFilters) -> list[tuple[str, str]]:
    found = [("plan", filters.plan), ("tipo", label(filters.kind) if filters.kind else "")]
    for name, value in (("provincia", filters.province), ("cuando", filters.when)):
        words = {choice.value: str(choice.label) for choice in form[name].choices}
        found.append((name, words[value] if value else ""))
    return found


@bp.route("/mesas/<slug:slug>")
@public(reusable=True)
def event(slug: str) -> str:
    """One event: where, when, who came (as counts), and what was born there."""
    found = queries.event(slug)
    g.plan = found.plan
    participation = queries.participation_of(found)
    exact = can(principal(), Permission.ATTENDANCE_RECORD, found)
    return render_template(
        "mapping/event.html",
        event=found,
        path=queries.territories_path(found.territory) if found.territory else [],
        participation=participation,
        groups=count_groups(participation, exact=exact) if participation else [],
        exact=exact,
        reserved=participation is not None and not exact and is_reserved(participation.total),
        proposals=queries.proposals_born(found),
    )


@bp.route("/mesas/nueva", methods=["GET", "POST"])
@requires(Permission.EVENT_CREATE, form=True)
def new_event() -> ResponseReturnValue:
    """Announce or record an event."""
    form = EventForm()
    _fill(form)
    if request.method == "GET" and (current := plans.current()) is not None:
        form.plan.data = current.code
    if request.method == "POST" and not common.is_refresh() and form.validate():
        try:
            made = services.create_event(form.to_input(), by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
        else:
            flash(str(_l("Mesa guardada.")), "success")
            return redirect(url_for("mapping.event", slug=made.slug))
    return render_template("mapping/event_form.html", form=form, event=None), common.status()


def _fill(form: EventForm) -> None:
    common.fill_territory(form)
    with_rows(form.plan, [(plan.code, localized(plan, "title")) for plan in plans.all_plans()])


@bp.route("/mesas/<slug:slug>/editar", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.event, form=True)
def edit_event(found: Event) -> ResponseReturnValue:
    """Change an event."""
    form = EventForm()
    if request.method == "GET":
        form.show(found)
    _fill(form)
    slug, current = found.slug, found.lock_version
    if request.method == "POST" and not common.is_refresh() and form.validate():
        try:
            services.edit_event(found, form.to_input(), by=principal(), version=common.version_in(form))
        except Conflict as error:
            common.put_conflict(error, form, current)
            return render_template("mapping/event_form.html", form=form, event=queries.event(slug)), 409
        except Invalid as error:
            common.put_on_form(error, form)
            found = queries.event(slug)
        else:
            flash(str(_l("Cambios guardados.")), "success")
            return redirect(url_for("mapping.event", slug=slug))
    return render_template("mapping/event_form.html", form=form, event=found), common.status()


@bp.route("/mesas/<slug:slug>/asistencia", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_RECORD, load=queries.event, form=True)
def record_attendance(found: Event) -> ResponseReturnValue:
    """Record who came, as counts; what does not add up is named."""
    form = AttendanceForm()
    known = queries.participation_of(found)
    if request.method == "GET" and known is not None:
        form.show(known)
    slug = found.slug
    if request.method == "POST" and form.validate():
        try:
            source = form.source.data or ""
            services.record_attendance(found, form.total.data, form.counts, by=principal(), source=source)
        except Invalid as error:
            common.put_on_form(error, form)
            found = queries.event(slug)
        else:
            flash(str(_l("Asistencia guardada.")), "success")
            return redirect(url_for("mapping.event", slug=slug))
    return render_template("mapping/attendance_form.html", form=form, event=found), common.status()
