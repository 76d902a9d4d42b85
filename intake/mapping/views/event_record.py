"""What an event leaves: minutes and steps, photographs and documents, the closing act."""

from __future__ import annotations

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.event_record import ActForm, EventFileForm, MinutesForm
from intake.core import files
from intake.core.errors import Conflict, Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.mapping import act_text, acts, queries
from intake.mapping.doors import WITH_STEPS
from intake.mapping.queries import gatherings as reading
from intake.mapping.steps import STEP_WORDS
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.mapping.views.event_common import visible
from intake.web.access import principal, public, requires
from models import Event


@bp.route("/mesas/<slug:slug>/memoria", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.event, form=True)
def event_minutes(found: Event) -> ResponseReturnValue:
    """Minutes, and the eight steps of a table as a list to tick."""
    form = MinutesForm()
    for number, box, _note in form.steps:
        box.label.text = STEP_WORDS[number]
    slug, current = found.slug, found.lock_version
    if request.method == "GET":
        form.show(found, reading.steps_of(found))
    if request.method == "POST" and form.validate():
        try:
            acts.write_minutes(found, form.to_input(), by=principal(), version=common.version_in(form))
        except Conflict as error:
            common.put_conflict(error, form, current)
            found = queries.event(slug)
        except Invalid as error:
            common.put_on_form(error, form)
            found = queries.event(slug)
        else:
            flash(str(_l("Memoria guardada.")), "success")
            return redirect(url_for("mapping.event", slug=slug))
    g.plan = found.plan
    with_steps = found.kind in WITH_STEPS
    page = render_template("mapping/event_minutes.html", form=form, event=found, with_steps=with_steps)
    return page, common.status()


@bp.route("/mesas/<slug:slug>/archivos", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT, load=queries.event, form=True)
def event_files(found: Event) -> ResponseReturnValue:
    """Photographs, each with what it shows, and documents."""
    form = EventFileForm()
    slug = found.slug
    if request.method == "POST" and form.validate():
        try:
            acts.add_file(found, form.to_input(), by=principal())
        except (Conflict, Invalid) as error:
            common.put_on_form(error if isinstance(error, Invalid) else Invalid(error.message), form)
            found = queries.event(slug)
        else:
            flash(str(_l("Archivo guardado.")), "success")
            return redirect(url_for("mapping.event_files", slug=slug))
    g.plan = found.plan
    rows = reading.files_of(found, everything=True)
    return render_template("mapping/event_files.html", form=form, event=found, files=rows), common.status()


@bp.route("/mesas/<slug:slug>/archivos/<key:key>/quitar", methods=["POST"])
@requires(Permission.EVENT_EDIT)
def remove_event_file(slug: str, key: str) -> ResponseReturnValue:
    """Take a file away."""
    found = queries.event(slug)
    acts.remove_file(found, reading.file_of(found, key), by=principal())
    flash(str(_l("Archivo quitado.")), "success")
    return redirect(url_for("mapping.event_files", slug=slug))


@bp.route("/mesas/<slug:slug>/cerrar", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_RECORD, load=queries.event, form=True)
def close_event(found: Event) -> ResponseReturnValue:
    """Read the act together, and sign it."""
    form = ActForm()
    slug = found.slug
    if request.method == "GET":
        form.facilitator_name.data = found.facilitator or principal().name
    if request.method == "POST" and form.validate() and not _asks_who(found, form):
        try:
            acts.close(found, form.to_input(), by=principal())
        except (Conflict, Invalid) as error:
            common.put_on_form(error if isinstance(error, Invalid) else Invalid(error.message), form)
            found = queries.event(slug)
        else:
            flash(str(_l("Acta firmada. Desde ahora el registro solo se corrige con un motivo.")), "success")
            return redirect(url_for("mapping.event_act", slug=slug))
    g.plan = found.plan
    missing = _missing(found)
    draft = act_text.body(found)
    form.seen.data = acts.digest(draft)
    return render_template("mapping/event_close.html", form=form, event=found, draft=draft, missing=missing), (
        common.status()
    )


def _asks_who(found: Event, form: ActForm) -> bool:
    """Whether the person who signs is not on the list and nobody said yet that they took part all the same."""
    if form.unlisted.data or not acts.is_unlisted(found, form.participant_name.data or ""):
        return False
    words = _l("Ese nombre no está marcado en la lista de asistencia. Revíselo, o confirme que la persona participó.")
    form.unlisted.errors = [words]
    return True


def _missing(found: Event) -> object:
    try:
        acts.check_ready(found)
    except (Conflict, Invalid) as error:
        return error.message
    return None


@bp.route("/mesas/<slug:slug>/acta")
@public(reusable=True)
def event_act(slug: str) -> str:
    """The act as it was signed, and what was corrected since."""
    found = visible(slug)
    g.plan = found.plan
    act = reading.act_of(found)
    if act is None:
        raise NotFound(_l("Este encuentro todavía no tiene acta de cierre."))
    return render_template("mapping/event_act.html", event=found, act=act, corrections=reading.corrections(found, act))


@bp.route("/mesas/<slug:slug>/acta.txt")
@public()
def event_act_text(slug: str) -> Response:
    """The very bytes whose SHA-256 the page tells."""
    act = reading.act_of(visible(slug))
    if act is None:
        raise NotFound(_l("Este encuentro todavía no tiene acta de cierre."))
    return Response(act.content, content_type="text/plain; charset=utf-8")


@bp.route("/mesas/<slug:slug>/acta/hoja")
@requires(Permission.ATTENDANCE_RECORD, load=queries.event)
def signed_sheet(found: Event) -> Response:
    """The sheet signed on paper, for the team: it shows names and signatures."""
    act = reading.act_of(found)
    if act is None or act.file is None:
        raise NotFound(_l("Esta acta no tiene una hoja firmada."))
    answer = Response(files.read(act.file), mimetype=act.file.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=act.file.name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
