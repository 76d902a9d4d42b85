"""Meetings of a body: the public page, and what the Directorate writes down about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.council import CorrectionForm, MeetingForm, MinutesForm
from intake.core import clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, can
from intake.mapping import calendar, meetings, voting
from intake.mapping.inputs_council import PRESENT, SLUGS
from intake.mapping.lifecycle_council import MEETING
from intake.mapping.queries import council as queries
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.mapping.views.council import AT, load_body
from intake.mapping.views.event_common import calendar_file
from intake.web.access import principal, public, requires
from models import Body, Meeting, ResolutionVote
from models.enums import MeetingStatus, Vote

MEETING_AT = f"{AT}/reuniones/<int:number>"


def load_meeting(code: str, kind: str, number: int) -> Meeting:
    """The meeting at an address; its plan is that of the page."""
    found = queries.meeting(code, kind, number)
    g.plan = found.body.plan
    return found


def address(meeting: Meeting) -> dict[str, Any]:
    """What an address of the meeting is made of."""
    return {"code": meeting.body.plan.code, "kind": SLUGS[meeting.body.kind], "number": meeting.number}


def to_page(at: dict[str, Any], anchor: str = "") -> ResponseReturnValue:
    """Back to the meeting's page."""
    url = url_for("mapping.meeting", **at)
    return redirect(f"{url}#{anchor}" if anchor else url)


def put(error: Invalid | Conflict, form: Any, version: int = 0) -> None:
    """Say a refusal at its field or on top; a stale form takes the present version."""
    if isinstance(error, Invalid):
        common.put_on_form(error, form)
    elif "version" in form and error.details.get("last") is not None:
        common.put_conflict(error, form, version)
    else:
        form.form_errors = [*form.form_errors, error.message]


@bp.route(MEETING_AT)
@public(reusable=True)
def meeting(code: str, kind: str, number: int) -> str:
    """One meeting. What is not published yet is for those who may read drafts. Five statements."""
    return _page(load_meeting(code, kind, number))


@bp.route(f"{MEETING_AT}.ics")
@public(reusable=True)
def meeting_file(code: str, kind: str, number: int) -> Response:
    """The meeting, to add to a calendar."""
    found = load_meeting(code, kind, number)
    return calendar_file([calendar.of_meeting(found)], found.title)


def _page(found: Meeting, failed: dict[str, Any] | None = None) -> str:
    drafts = can(principal(), Permission.BODY_DRAFTS, found)
    told = found.status is MeetingStatus.PUBLISHED or (drafts and found.status is MeetingStatus.HELD)
    present = [p for p in found.presences if p.presence in PRESENT]
    entries = queries.traced("meeting", [found.id], [meetings.CORRECT, "meeting.cancel"])
    return render_template(
        "mapping/meeting.html",
        meeting=found,
        body=found.body,
        told=told,
        drafts=drafts,
        present=present,
        quorum=voting.has_quorum(len(present), len(found.presences)),
        tallies={r.id: _tally(r.votes) for r in found.resolutions},
        corrections=[entry for entry in entries if entry.action == meetings.CORRECT],
        cancelled=next((entry for entry in entries if entry.action == "meeting.cancel"), None),
        begun=found.starts_at <= clock.now(),
        moves=[m for m in MEETING.open_to(principal(), found) if m.button and m.action != "publish"],
        failed=failed,
    )


def _tally(votes: Sequence[ResolutionVote]) -> list[tuple[Vote, int]]:
    """How many seats said what, in the order of the vocabulary."""
    found = Counter(vote.vote for vote in votes)
    return [(vote, found[vote]) for vote in Vote if found[vote]]


@bp.route(f"{AT}/reuniones/nueva", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_body, form=True)
def new_meeting(body: Body) -> ResponseReturnValue:
    """Call a meeting: members get the call by mail."""
    form = MeetingForm()
    code, kind = body.plan.code, SLUGS[body.kind]
    if form.validate_on_submit():
        try:
            made = meetings.call_meeting(body, form.to_input(), by=principal())
        except Invalid as error:
            put(error, form)
            body = load_body(code, kind)
        else:
            flash(str(_l("Reunión convocada.")), "success")
            return to_page({"code": code, "kind": kind, "number": made.number})
    return render_template("mapping/meeting_form.html", form=form, body=body, meeting=None), common.status()


@bp.route(f"{MEETING_AT}/editar", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_meeting, form=True)
def edit_meeting(found: Meeting) -> ResponseReturnValue:
    """Change the call while the meeting has not been held."""
    if found.status is not MeetingStatus.CALLED:
        raise Conflict(_l("La convocatoria ya no cambia: la reunión se realizó o se canceló."))
    form = MeetingForm()
    if request.method == "GET":
        form.show(found)
    at, current, status = address(found), found.lock_version, common.status()
    if form.validate_on_submit():
        try:
            meetings.edit_call(found, form.to_input(), by=principal(), version=common.version_in(form))
        except (Invalid, Conflict) as error:
            put(error, form, current)
            status = HTTPStatus.CONFLICT if isinstance(error, Conflict) else status
            found = load_meeting(**at)
        else:
            flash(str(_l("Cambios guardados.")), "success")
            return to_page(at)
    return render_template("mapping/meeting_form.html", form=form, body=found.body, meeting=found), status


@bp.route(f"{MEETING_AT}/movimientos", methods=["POST"])
@requires(Permission.BODY_EDIT, load=load_meeting)
def move_meeting(found: Meeting) -> ResponseReturnValue:
    """Cancel the call. Holding and publishing have pages of their own."""
    action, reason = request.form.get("action", ""), request.form.get("reason", "")
    if action != "cancel":
        raise Invalid(_l("Esta acción tiene su propia página."))
    at = address(found)
    try:
        meetings.cancel_meeting(found, reason=reason, by=principal())
    except Invalid as error:
        failed = {"action": action, "reason": reason, "error": error.message}
        return _page(load_meeting(**at), failed), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(str(_l("La reunión está cancelada. Se avisó a quienes integran el grupo.")), "success")
    return to_page(at)


@bp.route(f"{MEETING_AT}/acta", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_meeting, form=True)
def minutes(found: Meeting) -> ResponseReturnValue:
    """Write the minutes and, when they are ready, publish them."""
    if found.status is not MeetingStatus.HELD:
        raise Conflict(_l("El acta se escribe después de registrar la asistencia y hasta que se publica."))
    form = MinutesForm(data={"minutes": found.minutes, "version": str(found.lock_version)})
    at, current, status = address(found), found.lock_version, common.status()
    if form.validate_on_submit():
        publish = request.form.get("publish") == "1"
        try:
            meetings.write_minutes(
                found,
                form.minutes.data or "",
                form.upload,
                by=principal(),
                version=common.version_in(form),
                publish=publish,
            )
        except (Invalid, Conflict) as error:
            put(error, form, current)
            status = HTTPStatus.CONFLICT if isinstance(error, Conflict) else status
            found = load_meeting(**at)
        else:
            flash(str(_l("El acta es pública.") if publish else _l("Borrador del acta guardado.")), "success")
            return to_page(at, "acta")
    return render_template("mapping/meeting_minutes.html", form=form, meeting=found, body=found.body), status


@bp.route(f"{MEETING_AT}/correcciones/nueva", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_meeting, form=True)
def correct_minutes(found: Meeting) -> ResponseReturnValue:
    """Add a numbered correction to public minutes."""
    if found.status is not MeetingStatus.PUBLISHED:
        raise Conflict(_l("El acta todavía no es pública: cámbiela directamente."))
    form, at = CorrectionForm(), address(found)
    if form.validate_on_submit():
        try:
            meetings.correct_minutes(found, form.text.data or "", reason=form.reason.data or "", by=principal())
        except Invalid as error:
            put(error, form)
            found = load_meeting(**at)
        else:
            flash(str(_l("Corrección publicada.")), "success")
            return to_page(at, "correcciones")
    return render_template(
        "mapping/meeting_correction.html", form=form, meeting=found, body=found.body
    ), common.status()
