"""Actors out of files and into files, on pages: look first, then confirm; download what the filters show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for

from forms.transfers import ConfirmForm, UndoForm, UploadForm
from intake.core import holding
from intake.core.errors import Invalid
from intake.core.i18n import lazy_ngettext
from intake.core.permissions import Permission
from intake.core.tabular import FORMATS, PAGE_LIMITS, Refused, Source
from intake.mapping import batches, exporting, importing, undoing
from intake.mapping.views import common
from intake.mapping.views.actors import filters_asked
from intake.mapping.views.blueprint import bp
from intake.web.access import principal, public, requires
from intake.web.transfers import answer
from models.enums import BatchKind

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from intake.core.tabular import Problems
    from intake.mapping.batches import Preview


@bp.route("/actores/importar", methods=["GET", "POST"])
@requires(Permission.ACTOR_IMPORT, form=True)
def import_actors() -> ResponseReturnValue:
    """A file is shown with what it would do; the same address takes the confirmation."""
    if "sha256" in request.form:
        return _confirmed()
    form = UploadForm()
    if request.method == "POST" and form.validate():
        return _looked_at(form)
    return _page(form), common.status()


def _page(form: UploadForm, problems: Problems | None = None, undo: UndoForm | None = None) -> str:
    return render_template(
        "mapping/import.html",
        form=form,
        problems=problems,
        columns=importing.columns(),
        batches=batches.latest(BatchKind.ACTORS),
        limits=PAGE_LIMITS,
        undoing=undo,
    )


def _looked_at(form: UploadForm) -> ResponseReturnValue:
    source = form.source()
    by = principal()
    try:
        seen = importing.preview(source, by=by, name=form.batch.data, limits=PAGE_LIMITS)
    except Refused as error:
        form.file.errors = [str(error.message)]
        return _page(form, error.problems), 422
    except Invalid as error:
        common.put_on_form(error, form)
        return _page(form), 422
    confirm = ConfirmForm(formdata=None, file_name=source.name, batch=form.batch.data)
    if seen.new:
        confirm.sha256.data = holding.hold(source.content(), user_id=by.user_id or 0)
    return _preview(confirm, seen, source)


def _preview(form: ConfirmForm, seen: Preview, source: Source) -> str:
    return render_template("mapping/import_preview.html", seen=seen, form=form, file_name=source.name)


def _confirmed() -> ResponseReturnValue:
    form = ConfirmForm()
    by = principal()
    digest = form.sha256.data or ""
    source = Source.of(form.file_name.data or "archivo", holding.held(digest, user_id=by.user_id or 0))
    if not form.validate():
        seen = importing.preview(source, by=by, name=form.batch.data, limits=PAGE_LIMITS)
        return _preview(form, seen, source), 422
    done = importing.run(source, by=by, name=form.batch.data, limits=PAGE_LIMITS)
    holding.release(digest, user_id=by.user_id or 0)
    words = lazy_ngettext(
        "Se importó %(num)s actor. Falta verificarlo.", "Se importaron %(num)s actores. Falta verificarlos.", done.added
    )
    flash(str(words), "success")
    return redirect(url_for("mapping.import_actors"))


@bp.route("/actores/importar/deshacer", methods=["POST"])
@requires(Permission.ACTOR_IMPORT, form=True)
def undo_actor_import() -> ResponseReturnValue:
    """Take a batch back; where something was changed or used since, the page comes again and names it."""
    form = UndoForm()
    if not form.validate():
        return _page(UploadForm(formdata=None), undo=form), 422
    done = undoing.undo(form.batch.data or "", by=principal(), reason=form.reason.data or "")
    words = lazy_ngettext("Se quitó %(num)s registro.", "Se quitaron %(num)s registros.", done.added)
    flash(str(words), "success")
    return redirect(url_for("mapping.import_actors"))


@bp.route("/actores/exportar.<any(csv, json, xlsx):kind>")
@public()
def export_actors(kind: str) -> Response:
    """What the list shows to everybody, as a file: verified actors, public fields."""
    rows = exporting.rows(exporting.for_everybody(filters_asked()), most=exporting.MOST_ROWS)
    return answer(kind, "actores", exporting.fields(internal=False), rows)


@bp.route("/actores/exportar", methods=["POST"])
@requires(Permission.ACTOR_CONTACTS)
def export_actors_with_contacts() -> Response:
    """What the list shows to the team, with contacts. The download stands in the trace."""
    kind = request.form.get("formato", "")
    kind = kind if kind in FORMATS else FORMATS[0]
    filters = filters_asked()
    exporting.record_download(kind, min(exporting.number(filters), exporting.MOST_ROWS), by=principal())
    rows = exporting.rows(filters, internal=True, most=exporting.MOST_ROWS)
    return answer(kind, "actores-con-contactos", exporting.fields(internal=True), rows)
