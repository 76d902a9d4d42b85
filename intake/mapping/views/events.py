"""Co-creation events: list, one event, and its record for the team."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import with_rows
from forms.events import EventForm
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized, ngettext
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission, can
from intake.core.smallcells import is_reserved
from intake.core.text import clean
from intake.mapping import calling, event_changes, gatherings, queries, seats, services
from intake.mapping.doors import WITH_STEPS, doors, has_come
from intake.mapping.event_lifecycle import EVENT
from intake.mapping.queries import gatherings as reading
from intake.mapping.queries import outreach
from intake.mapping.serializers import count_groups
from intake.mapping.steps import STEP_WORDS
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.mapping.views.event_common import Narrowed, visible
from intake.plans import queries as plans
from intake.web.access import principal, public, requires
from intake.web.listing import Listing, chips, url_with
from models import Event
from models.enums import AttendanceMethod, EventFileKind, EventStatus

#: Where whoever left only a telephone has to be called when something changes.
_TOLD = frozenset({EventStatus.CALLED, EventStatus.CANCELLED})


@bp.route("/mesas/")
@public(reusable=True)
def events() -> str:
    """The list with its filters, and the map of provinces beside its table."""
    narrowed = Narrowed()
    if narrowed.plan is not None:
        g.plan = narrowed.plan
    page = queries.events(narrowed.filters, number=number_from(request.args.get("pagina")))
    counts = queries.events_by_province(narrowed.plan)
    return render_template(
        "mapping/events.html",
        form=narrowed.form,
        page=Listing(page),
        active=chips(narrowed.active),
        counts=counts,
        provinces=[p for p in narrowed.provinces if p.code in counts],
        urls={p.code: url_with(provincia=p.code) for p in narrowed.provinces if p.code in counts},
        plan=narrowed.plan,
    )


@bp.route("/mesas/<slug:slug>")
@public(reusable=True)
def event(slug: str) -> str:
    """One event: the call, or who came (as counts), what it left and what was born there."""
    return _page(visible(slug))


def _page(found: Event, failed: dict[str, Any] | None = None) -> str:
    g.plan = found.plan
    participation = queries.participation_of(found)
    inside = can(principal(), Permission.ATTENDANCE_RECORD, found)
    by_list = participation is not None and participation.method is AttendanceMethod.LIST
    exact = inside and not by_list  # beside the names of a list, few answers would tell whose they are
    files = reading.files_of(found)
    invites = outreach.inviting_to(found) if can(principal(), Permission.OUTREACH_READ) else []
    proposals, with_sheets = queries.proposals_born(found)
    early = set() if has_come(found) else {"hold"}
    moves = [move for move in EVENT.open_to(principal(), found) if move.button and move.action not in early]
    return render_template(
        "mapping/event.html",
        event=found,
        path=queries.territories_path(found.territory) if found.territory else [],
        participation=participation,
        groups=count_groups(participation, exact=exact, part=found.counted_in_id is not None) if participation else [],
        exact=exact,
        reserved=participation is not None and not inside and is_reserved(participation.total),
        few_listed=participation is not None and inside and by_list and is_reserved(participation.total),
        born=reading.born(found),
        proposals=proposals,
        with_sheets=with_sheets,
        doors=doors(found),
        room=seats.room(found) if doors(found).is_open else None,
        photos=[f for f in files if f.kind is EventFileKind.PHOTO],
        papers=[f for f in files if f.kind is not EventFileKind.PHOTO],
        steps=reading.steps_of(found),
        step_words=STEP_WORDS,
        with_steps=found.kind in WITH_STEPS,
        has_come=not early,
        without_mail=reading.without_mail(found) if inside and found.status in _TOLD else 0,
        campaigns=invites,
        moves=moves,
        failed=failed,
        missing=calling.missing(found) if found.status is EventStatus.PLANNED else [],
    )


@bp.route("/mesas/<slug:slug>/movimientos", methods=["POST"])
@requires(Permission.EVENT_EDIT, load=queries.event)
def move_event(found: Event) -> ResponseReturnValue:
    """Call, hold or cancel; what is missing shows the page again with what was typed."""
    slug = found.slug
    action, reason = request.form.get("action", ""), request.form.get("reason", "")
    try:
        gatherings.move_event(found, action, by=principal(), reason=reason)
    except Invalid as error:
        failed = {"action": action, "reason": reason, "error": error.message}
        return _page(queries.event(slug), failed), 422
    flash(str(_l("Listo: el encuentro está en «%(state)s».", state=label(found.status))), "success")
    if action == "cancel":
        _ask_to_call(found)
    return redirect(url_for("mapping.event", slug=slug))


def _ask_to_call(found: Event) -> None:
    """Say how many no letter reaches; the page of the event leads to their telephones."""
    if number := reading.without_mail(found):
        words = ngettext("%(num)s persona sin correo: llámela.", "%(num)s personas sin correo: llámelas.", number)
        flash(str(words), "warning")


@bp.route("/mesas/nueva", methods=["GET", "POST"])
@requires(Permission.EVENT_CREATE, form=True)
def new_event() -> ResponseReturnValue:
    """Prepare or record an event; ``?tema=`` and ``?territorio=`` say what for."""
    form = EventForm()
    if request.method == "GET":
        _suggest(form)
    _fill(form)
    if request.method == "POST" and not common.is_refresh() and form.validate():
        try:
            made = services.create_event(form.to_input(), by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
        else:
            flash(str(_l("Mesa guardada.")), "success")
            return redirect(url_for("mapping.event", slug=made.slug))
    return render_template("mapping/event_form.html", form=form, event=None), common.status()


def _suggest(form: EventForm) -> None:
    """Begin with the plan under way and what the address names; an odd value names nothing."""
    current = plans.current()
    form.plan.data = current.code if current else None
    form.themes.data = [theme.code for theme in queries.themes() if theme.code == request.args.get("tema")]
    place = queries.territory_by_code(clean(request.args.get("territorio", ""))[:8])
    form.place_at(place.code if place and place.code.isdecimal() else None)


def _fill(form: EventForm, event: Event | None = None) -> None:
    common.fill_territory(form)
    with_rows(form.plan, [(plan.code, localized(plan, "title")) for plan in plans.all_plans()])
    with_rows(form.themes, [(theme.code, localized(theme, "name")) for theme in queries.themes()])
    others = reading.countable(form.plan.data or "", event) if event else []
    with_rows(form.counted_in, others, _l("No: se cuentan por sí mismas"))


@bp.route("/mesas/<slug:slug>/editar", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.event, form=True)
def edit_event(found: Event) -> ResponseReturnValue:
    """Change an event; with a signed act this needs a reason."""
    form = EventForm()
    if request.method == "GET":
        form.show(found)
    _fill(form, found)
    slug, current = found.slug, found.lock_version
    if request.method == "POST" and not common.is_refresh() and form.validate():
        before = event_changes.when_and_where(found)
        try:
            version, reason = common.version_in(form), form.reason.data or ""
            services.edit_event(found, form.to_input(), by=principal(), version=version, reason=reason)
        except Conflict as error:
            common.put_conflict(error, form, current)
            return render_template("mapping/event_form.html", form=form, event=queries.event(slug)), 409
        except Invalid as error:
            common.put_on_form(error, form)
            found = queries.event(slug)
        else:
            flash(str(_l("Cambios guardados.")), "success")
            if found.status is EventStatus.CALLED and event_changes.when_and_where(found) != before:
                _ask_to_call(found)
            return redirect(url_for("mapping.event", slug=slug))
    return render_template("mapping/event_form.html", form=form, event=found), common.status()
