"""Who came to a meeting of a body, and what they decided: for the Directorate."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from forms.council import presence_form, resolution_form
from intake.core import clock
from intake.core.errors import Conflict, Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.permissions import Permission
from intake.mapping import meetings, resolving, seating
from intake.mapping.inputs_council import PRESENT, SITS
from intake.mapping.queries import council as queries
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.mapping.views.meetings import MEETING_AT, address, load_meeting, put, to_page
from intake.web.access import principal, requires
from models import BodyMember, Meeting, Resolution
from models.enums import MeetingStatus, Presence


@bp.route(f"{MEETING_AT}/asistencia", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_meeting, form=True)
def record_presence(found: Meeting) -> ResponseReturnValue:
    """Who came, seat by seat; whoever was in term that day can be chosen."""
    if found.status not in {MeetingStatus.CALLED, MeetingStatus.HELD}:
        raise Conflict(_l("La asistencia ya no cambia: el acta es pública o la reunión se canceló."))
    if found.starts_at > clock.now():
        raise Conflict(_l("La reunión todavía no empieza: la asistencia se registra después."))
    form, at = _presence_form(found)(), address(found)
    if request.method == "GET":
        _show(form, found)
    if form.validate_on_submit():
        try:
            meetings.record_presence(found, form.to_input(), by=principal())
        except Invalid as error:
            put(error, form)
            found = load_meeting(**at)
        else:
            flash(str(_l("Asistencia guardada.")), "success")
            return to_page(at, "asistencia")
    return render_template("mapping/meeting_presence.html", form=form, meeting=found, body=found.body), common.status()


def _presence_form(found: Meeting) -> Any:
    day = clock.local(found.starts_at).date()
    members = seating.seats_on(queries.seats(found.body_id).values(), day)
    return presence_form((m.position, _seat_words(m), _offered(m, day)) for m in members)


def _seat_words(member: BodyMember) -> str:
    return f"{member.position}. {member.actor.name}"


def _offered(member: BodyMember, day: Any) -> list[tuple[str, Any]]:
    numbers = {delegate.id: number for number, delegate in seating.numbered(member).items()}
    came = [
        (f"{SITS[d.seat].value}-{numbers[d.id]}", f"{label(SITS[d.seat])}: {d.name}")
        for d in seating.speaking(member, day)
    ]
    return [*came, *((p.value, label(p)) for p in (Presence.EXCUSED, Presence.ABSENT))]


def _show(form: Any, found: Meeting) -> None:
    """Begin with what was written down before."""
    numbers = {d.id: number for m in queries.seats(found.body_id).values() for number, d in seating.numbered(m).items()}
    for row in found.presences:
        name = f"seat_{row.member.position}"
        if name in form:
            chosen = f"-{numbers[row.delegate_id]}" if row.delegate_id in numbers else ""
            form[name].data = f"{row.presence.value}{chosen}"


@bp.route(f"{MEETING_AT}/resoluciones/nueva", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_meeting, form=True)
def new_resolution(found: Meeting) -> ResponseReturnValue:
    """Record what was decided, with the vote of each seat that was there."""
    _check_held(found)
    form, at = _resolution_form(found)(), address(found)
    if form.validate_on_submit():
        try:
            resolving.record_resolution(found, form.to_input(), by=principal())
        except Invalid as error:
            _put_vote(error, form)
            found = load_meeting(**at)
        else:
            flash(str(_l("Resolución guardada.")), "success")
            return to_page(at, "resoluciones")
    return _resolution_page(form, found, None)


def _check_held(found: Meeting) -> None:
    if found.status is not MeetingStatus.HELD:
        raise Conflict(_l("Las resoluciones se registran después de la reunión y antes de publicar el acta."))


def _resolution_form(found: Meeting) -> Any:
    there = sorted((p.member for p in found.presences if p.presence in PRESENT), key=lambda m: m.position)
    return resolution_form((m.position, _seat_words(m)) for m in there)


def _put_vote(error: Invalid, form: Any) -> None:
    """What the votes break is said at the first of them."""
    if error.field == "votes" and form.positions:
        error = Invalid(error.message, field=f"vote_{form.positions[0]}")
    put(error, form)


def _resolution_page(form: Any, found: Meeting, number: int | None) -> ResponseReturnValue:
    page = render_template("mapping/meeting_resolution.html", form=form, meeting=found, body=found.body, number=number)
    return page, common.status()


def _load_resolution(code: str, kind: str, number: int, order: int) -> tuple[Meeting, Resolution]:
    found = load_meeting(code, kind, number)
    resolution = next((r for r in found.resolutions if r.number == order), None)
    if resolution is None:
        raise NotFound(_l("Esa reunión no tiene una resolución con ese número."))
    return found, resolution


@bp.route(f"{MEETING_AT}/resoluciones/<int:order>", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=_load_resolution, form=True)
def edit_resolution(place: tuple[Meeting, Resolution]) -> ResponseReturnValue:
    """Put a resolution right while the minutes are a draft."""
    found, resolution = place
    _check_held(found)
    order, at = resolution.number, address(found)
    votes = {f"vote_{vote.member.position}": vote.vote.value for vote in resolution.votes}
    form = _resolution_form(found)(data={"text": resolution.text, "reason": resolution.reason, **votes})
    if form.validate_on_submit():
        try:
            resolving.edit_resolution(found, order, form.to_input(), by=principal())
        except Invalid as error:
            _put_vote(error, form)
            found = load_meeting(**at)
        else:
            flash(str(_l("Resolución guardada.")), "success")
            return to_page(at, "resoluciones")
    return _resolution_page(form, found, order)


@bp.route(f"{MEETING_AT}/resoluciones/<int:order>/quitar", methods=["POST"])
@requires(Permission.BODY_EDIT, load=_load_resolution)
def remove_resolution(place: tuple[Meeting, Resolution]) -> ResponseReturnValue:
    """Take the last resolution out of a draft."""
    found, resolution = place
    at = address(found)
    resolving.remove_last(found, resolution.number, by=principal())
    flash(str(_l("Resolución quitada.")), "success")
    return to_page(at, "resoluciones")
