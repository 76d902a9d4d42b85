"""The third look at a sheet that two people keyed differently, and what the public reads of how well it was keyed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, g, redirect, render_template, url_for

from forms.base import with_rows
from forms.desk import settle_form
from intake.core.errors import NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.permissions import Permission
from intake.mapping import queries as mapping
from intake.reception import sheets, sheetwords
from intake.reception.blueprint import bp
from intake.reception.queries import desk, quality
from intake.reception.services import settling
from intake.reception.views_packets import load_sheet
from intake.web.access import principal, public, requires

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Sheet


@bp.route("/ventanilla/hojas/<folio:folio>/diferencias", methods=["GET", "POST"])
@requires(Permission.SHEET_SETTLE, load=load_sheet, form=True)
def settle_sheet(found: Sheet) -> ResponseReturnValue:
    """A third person says what the sheet says where two keyings differ."""
    names = list(found.differences or [])
    if not names or found.settled_at is not None:
        return redirect(url_for("reception.packet", reference=found.packet.reference), HTTPStatus.SEE_OTHER)
    form = settle_form(names)
    rows = _rows(found, names, form)
    if form.validate_on_submit():
        changed = settling.settle(found, _decided(form, names), by=principal())
        flash(_settled_words(changed=changed), "success")
        return redirect(url_for("reception.desk_home"), HTTPStatus.SEE_OTHER)
    page = render_template("reception/desk_settle.html", sheet=found, form=form, rows=rows)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


def _settled_words(*, changed: bool) -> str:
    if changed:
        return str(_("Resuelto. El texto de la propuesta dice ahora lo que dice la hoja."))
    return str(
        _(
            "Resuelto. El texto de la propuesta queda como está. Los datos para responder dicen lo que dice la hoja, y "
            "la fecha también mientras nadie haya examinado ni corregido la propuesta."
        )
    )


def _rows(found: Sheet, names: list[str], form: Any) -> list[dict[str, Any]]:
    """Each field with both keyings in words. The two are shown as first and second, not by whom."""
    first, second = desk.first_keying(found), found.second or {}
    rows = []
    for name in names:
        one, other = _said(name, first.get(name, "")), _said(name, second.get(name, ""))
        own = [("other", _l("Otra cosa: la escribo"))] if name in sheets.WORDS else []
        with_rows(form[name], [(settling.FIRST, one), (settling.SECOND, other), *own])
        form[name].label.text = sheetwords.FIELD_WORDS[name]
        rows.append({"name": name, "words": name in sheets.WORDS})
    return rows


def _said(name: str, value: str) -> str:
    if not value:
        return str(_("(en blanco)"))
    return str(label(settling.CODED[name](value))) if name in settling.CODED else desk.words_of(name, value)


def _decided(form: Any, names: list[str]) -> dict[str, str]:
    chosen = {}
    for name in names:
        picked = form[name].data or ""
        chosen[name] = f"={form[f'{name}_words'].data or ''}" if picked == "other" else picked
    return chosen


@bp.route("/mesas/<slug:slug>/hojas")
@public(reusable=True)
def event_sheets(slug: str) -> str:
    """What became of every printed sheet of an event, and how well they were keyed: for everybody."""
    event = mapping.event(slug)
    g.plan = event.plan
    figures = quality.of_event(event.id)
    if not event.is_public or not figures.sheets:
        raise NotFound(_l("Para este encuentro no se imprimieron hojas."))
    return render_template(
        "reception/packet_public.html", event=event, quality=figures, spoilt=quality.spoilt_of_event(event.id)
    )
