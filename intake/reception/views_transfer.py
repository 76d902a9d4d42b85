"""Proposals out of files and into files, on pages: look first, then confirm; download what the filters show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for

from forms.transfers import ConfirmProposalsForm, UndoForm, UploadForm
from intake.core import holding
from intake.core.errors import Invalid
from intake.core.i18n import lazy_ngettext
from intake.core.permissions import Permission
from intake.core.tabular import FORMATS, PAGE_LIMITS, Refused, Source
from intake.mapping import batches
from intake.reception import exporting, queries
from intake.reception.blueprint import bp
from intake.reception.importexample import EXAMPLE
from intake.reception.importrows import COLUMNS
from intake.reception.inputs import Filters
from intake.reception.services import downloads, importing, undoing
from intake.reception.underway import plan_under_way
from intake.web.access import principal, public, requires
from intake.web.transfers import answer
from models.enums import BatchKind

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from intake.core.tabular import Problems
    from intake.mapping.batches import Preview


@bp.route("/propuestas/importar", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_IMPORT, form=True)
def import_proposals() -> ResponseReturnValue:
    """A file is shown with what it would do; the same address takes the confirmation."""
    if "sha256" in request.form:
        return _confirmed()
    form = UploadForm()
    if request.method == "POST" and form.validate():
        return _looked_at(form)
    return _page(form), 422 if request.method == "POST" else 200


def _page(form: UploadForm, problems: Problems | None = None, refused: UndoForm | None = None) -> str:
    return render_template(
        "reception/import.html",
        form=form,
        problems=problems,
        plan=plan_under_way(),
        columns=[(name, name in COLUMNS.required) for name in COLUMNS.known],
        batches=batches.latest(BatchKind.PROPOSALS),
        limits=PAGE_LIMITS,
        undoing=refused,
    )


def _looked_at(form: UploadForm) -> ResponseReturnValue:
    source = form.source()
    by = principal()
    try:
        seen = importing.preview(source, plan_under_way(), by=by, name=form.batch.data, limits=PAGE_LIMITS)
    except Refused as error:
        form.file.errors = [str(error.message)]
        return _page(form, error.problems), 422
    except Invalid as error:
        form.batch.errors = [str(error.message)]
        return _page(form), 422
    confirm = ConfirmProposalsForm(formdata=None, file_name=source.name, batch=form.batch.data)
    if seen.new:
        confirm.sha256.data = holding.hold(source.content(), user_id=by.user_id or 0)
    return _preview(confirm, seen, source)


def _preview(form: ConfirmProposalsForm, seen: Preview, source: Source) -> str:
    return render_template("reception/import_preview.html", seen=seen, form=form, file_name=source.name)


def _confirmed() -> ResponseReturnValue:
    form = ConfirmProposalsForm()
    by = principal()
    digest = form.sha256.data or ""
    source = Source.of(form.file_name.data or "archivo", holding.held(digest, user_id=by.user_id or 0))
    plan = plan_under_way()
    seen = importing.preview(source, plan, by=by, name=form.batch.data, limits=PAGE_LIMITS)
    if not seen.contacts:
        del form.consented, form.notify
    if not form.validate():
        return _preview(form, seen, source), 422
    notify = "notify" in form and bool(form.notify.data)
    done = importing.run(source, plan, by=by, name=form.batch.data, notify=notify, limits=PAGE_LIMITS)
    holding.release(digest, user_id=by.user_id or 0)
    words = lazy_ngettext(
        "Se importó %(num)s propuesta, ya con su folio.",
        "Se importaron %(num)s propuestas, ya con su folio.",
        done.added,
    )
    flash(str(words), "success")
    return redirect(url_for("reception.import_proposals"))


@bp.route("/propuestas/importar/plantilla.<any(csv, xlsx):kind>")
@requires(Permission.PROPOSAL_IMPORT)
def import_template(kind: str) -> Response:
    """A file with the names of all columns and one made-up row, to be filled in."""
    return answer(kind, "plantilla-propuestas", COLUMNS.known, [EXAMPLE])


@bp.route("/propuestas/importar/deshacer", methods=["POST"])
@requires(Permission.PROPOSAL_IMPORT, form=True)
def undo_proposal_import() -> ResponseReturnValue:
    """Take a batch back; where something was changed or used since, the page comes again and names it."""
    form = UndoForm()
    if not form.validate():
        return _page(UploadForm(formdata=None), refused=form), 422
    done = undoing.undo(form.batch.data or "", by=principal(), reason=form.reason.data or "")
    words = lazy_ngettext("Se retiró %(num)s propuesta.", "Se retiraron %(num)s propuestas.", done.added)
    flash(str(words), "success")
    return redirect(url_for("reception.import_proposals"))


@bp.route("/propuestas/exportar.<any(csv, json, xlsx):kind>")
@public()
def export_proposals(kind: str) -> Response:
    """What the list shows to everybody, as a file."""
    rows = exporting.rows(Filters.parse(request.args), most=exporting.MOST_ROWS)
    return answer(kind, "propuestas", exporting.fields(internal=False), rows)


@bp.route("/propuestas/exportar", methods=["POST"])
@requires(Permission.PROPOSAL_CONTACT)
def export_proposals_with_contacts() -> Response:
    """What the list shows, with who proposed and how to answer. The download stands in the trace."""
    kind = request.form.get("formato", "")
    kind = kind if kind in FORMATS else FORMATS[0]
    filters = replace(Filters.parse(request.args), own=None)
    downloads.record(kind, min(queries.how_many(filters), exporting.MOST_ROWS), by=principal())
    rows = exporting.rows(filters, internal=True, most=exporting.MOST_ROWS)
    return answer(kind, "propuestas-con-contactos", exporting.fields(internal=True), rows)
