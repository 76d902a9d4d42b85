"""Who came: by numbers or by list, on a telephone at the door."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.attendance import AttendanceForm, CloseListForm, DoorForm, ProfileForm
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import ngettext
from intake.core.pagination import number_from
from intake.core.permissions import Permission, authorize
from intake.mapping import attendance, profiles, queries, seats, services
from intake.mapping.doors import has_come
from intake.mapping.queries import gatherings as reading
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.web.access import principal, requires
from intake.web.listing import Listing
from models import Event
from models.enums import AttendanceMethod, EventStatus


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
            services.record_attendance(
                found,
                form.total.data,
                form.counts,
                by=principal(),
                source=form.source.data or "",
                switch=bool(form.switch.data),
                reason=form.reason.data or "",
            )
        except (Conflict, Invalid) as error:
            common.put_on_form(_as_invalid(error), form)
            found = queries.event(slug)
            known = queries.participation_of(found)
        else:
            flash(str(_l("Asistencia guardada.")), "success")
            return redirect(url_for("mapping.event", slug=slug))
    g.plan = found.plan
    by_list = known is not None and known.method is AttendanceMethod.LIST
    page = render_template("mapping/attendance_form.html", form=form, event=found, by_list=by_list)
    return page, common.status()


def _as_invalid(error: Conflict | Invalid) -> Invalid:
    return error if isinstance(error, Invalid) else Invalid(error.message)


@bp.route("/mesas/<slug:slug>/asistencia/lista", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_RECORD, load=queries.event)
def attendance_list(found: Event) -> ResponseReturnValue:
    """The list, a page at a time: mark who came."""
    slug = found.slug
    typed = request.args.get("q", "").strip()[:120]
    number = number_from(request.args.get("pagina"))
    part = next((one for one in reading.Part if one.value == request.args.get("ver", "")), reading.Part.SEATED)
    if request.method == "POST":
        came, shown = request.form.getlist("vino")[:100], request.form.getlist("persona")[:100]
        changed = attendance.mark(found, came, shown, by=principal())
        words = ngettext("%(num)s marca guardada.", "%(num)s marcas guardadas.", changed)
        flash(str(words), "success")
        return redirect(
            url_for(
                "mapping.attendance_list", slug=slug, q=typed or None, ver=part.value or None, pagina=number or None
            )
        )
    g.plan = found.plan
    known = queries.participation_of(found)
    counted = known is not None and known.method is AttendanceMethod.LIST
    queue = seats.queue(found)
    return render_template(
        "mapping/attendance_list.html",
        event=found,
        may_describe=not counted and found.status in {EventStatus.CALLED, EventStatus.HELD},
        page=Listing(reading.registrations(found, number=number, name=typed, part=part, waiting=queue)),
        has_come=has_come(found),
        numbers=reading.list_numbers(found),
        typed=typed,
        which=part,
        queue=queue,
        without_mail=reading.without_mail(found),
        form=CloseListForm(),
        known=known,
    )


@bp.route("/mesas/<slug:slug>/asistencia/puerta", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_RECORD, load=queries.event, form=True)
def add_at_door(found: Event) -> ResponseReturnValue:
    """Add somebody who came without having registered; then they may say how they describe themselves."""
    form = DoorForm()
    slug = found.slug
    if request.method == "POST" and form.validate():
        try:
            made = attendance.add_at_door(found, form.to_input(), by=principal(), another=bool(form.another.data))
        except (Conflict, Invalid) as error:
            common.put_on_form(_as_invalid(error), form)
            found = queries.event(slug)
        else:
            flash(str(_l("%(name)s está en la lista.", name=made.name)), "success")
            return redirect(url_for("mapping.describe_at_door", slug=slug, reference=made.reference))
    g.plan = found.plan
    return render_template("mapping/attendance_door.html", form=form, event=found), common.status()


@bp.route("/mesas/<slug:slug>/asistencia/perfil/<slug:reference>", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_RECORD, form=True)
def describe_at_door(slug: str, reference: str) -> ResponseReturnValue:
    """The telephone goes to the person, who answers or not; what they answered is not shown again.

    The page has no way into the account of whoever facilitates; at its end it asks to give the telephone back.
    """
    found = queries.event(slug)
    authorize(principal(), Permission.ATTENDANCE_RECORD, found)
    person = reading.registration(found, reference)
    name = person.name
    form = ProfileForm()
    if request.method == "POST" and form.validate():
        try:
            profiles.describe(person, found, form.to_input())
        except (Conflict, Invalid) as error:
            form.form_errors = [*form.form_errors, error.message]
            found = queries.event(slug)
        else:
            return redirect(url_for("mapping.describe_at_door", slug=slug, reference=reference, listo="si"))
    if request.method == "GET" and request.args.get("listo"):
        answered = request.args["listo"] == "si"
        return render_template("mapping/event_profile_done.html", event=found, answered=answered)
    g.plan = found.plan
    back = url_for("mapping.describe_at_door", slug=slug, reference=reference, listo="no")
    return render_template("mapping/event_profile.html", event=found, form=form, back=back, name=name), common.status()


@bp.route("/mesas/<slug:slug>/asistencia/cerrar-lista", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_RECORD, load=queries.event, form=True)
def close_list(found: Event) -> ResponseReturnValue:
    """Count the list: the figures of the event are made of it."""
    form = CloseListForm()
    slug = found.slug
    if request.method == "POST" and form.validate():
        try:
            counted = attendance.close_list(
                found, by=principal(), switch=bool(form.switch.data), reason=form.reason.data or ""
            )
        except (Conflict, Invalid) as error:
            common.put_on_form(_as_invalid(error), form)
            found = queries.event(slug)
        else:
            words = ngettext("Lista cerrada: %(num)s persona.", "Lista cerrada: %(num)s personas.", counted.total)
            flash(str(words), "success")
            return redirect(url_for("mapping.event", slug=slug))
    g.plan = found.plan
    known = queries.participation_of(found)
    by_counts = known is not None and known.method is AttendanceMethod.COUNTS
    return (
        render_template(
            "mapping/attendance_close.html",
            form=form,
            event=found,
            numbers=reading.list_numbers(found),
            by_counts=by_counts,
            total=known.total if known else 0,
        ),
        common.status(),
    )
