"""Packets of printed sheets: made for an event, printed once with their codes, scanned, accounted for."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import segno
from flask import Response, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup

from forms.desk import PacketForm, ScansForm
from intake.core import files, mail
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import CATALOGUES, HTML_LANG, force_locale, ngettext
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import CATEGORY_LABELS, label
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.core.text import number_of
from intake.mapping import queries as mapping
from intake.plans.inputs import CATEGORIES
from intake.reception import queries, sheets, sheetwords
from intake.reception.blueprint import bp
from intake.reception.folios import folio_of
from intake.reception.paperdates import due, outside_reception
from intake.reception.queries import desk, quality
from intake.reception.services import paper, scanning
from intake.reception.views_track import shown_again
from intake.web.access import principal, requires
from intake.web.listing import Listing
from models.enums import SpoiltReason

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Event, Packet, Sheet


def load_packet(reference: str, *, with_sheets: bool = False) -> Packet:
    """The packet of the address, its plan in the header."""
    found = desk.packet(reference, with_sheets=with_sheets)
    g.plan = found.event.plan
    return found


def load_sheet(folio: str) -> Sheet:
    """The sheet of the address, its plan in the header."""
    found = desk.sheet(folio)
    g.plan = found.packet.event.plan
    return found


def load_event(slug: str) -> Event:
    """The event for which sheets are printed."""
    found = mapping.event(slug)
    g.plan = found.plan
    return found


@bp.route("/ventanilla/mesas/<slug:slug>/paquete", methods=["GET", "POST"])
@requires(Permission.PACKET_MANAGE, load=load_event, form=True)
def new_packet(event: Event) -> ResponseReturnValue:
    """Take folios for the sheets of an event."""
    form = PacketForm()
    if form.validate_on_submit():
        made = paper.create_packet(event, form.count.data or 0, by=principal())
        return redirect(url_for("reception.packet", reference=made.reference), HTTPStatus.SEE_OTHER)
    page = render_template("reception/packet_new.html", event=event, form=form, outside=outside_reception(event))
    return page, shown_again(form)


@bp.route("/ventanilla/paquetes/<slug:reference>")
@requires(Permission.SHEET_KEY, load=load_packet)
def packet(found: Packet) -> str:
    """Where its sheets stand, and how well they were keyed."""
    page = desk.sheets_of(found, number=number_from(request.args.get("pagina")))
    return render_template(
        "reception/packet.html",
        packet=found,
        page=Listing(page),
        quality=quality.of_packets([found.id])[found.id],
        loose=len(desk.loose(found)),
        due=due(found),
        state_of=sheets.state_of,
        states=sheetwords.STATES,
        spoilt_words={reason.value: label(reason) for reason in SpoiltReason},
    )


@bp.route("/ventanilla/paquetes/<slug:reference>/imprimir", methods=["GET", "POST"])
@requires(Permission.PACKET_CODES, load=load_packet)
def print_packet(found: Packet) -> ResponseReturnValue:
    """The sheets with their codes, to be printed; a POST says that they are, and nobody sees the codes again."""
    if request.method == "POST":
        paper.finish_printing(found, by=principal())
        flash(_("Listo: los códigos quedaron solo en el papel."), "success")
        return redirect(url_for("reception.packet", reference=_reference()), HTTPStatus.SEE_OTHER)
    try:
        codes = paper.codes_of(found, by=principal())
    except Conflict:
        return render_template("reception/packet_printed.html", packet=load_packet(_reference())), HTTPStatus.CONFLICT
    found = load_packet(_reference(), with_sheets=True)
    with force_locale(CATALOGUES["es"]):  # the paper is in Spanish and Kichwa, whoever prints it
        paper_html = Markup(_printed(found, codes))  # noqa: S704 -- our own template
    answer = Response(render_template("reception/packet_print.html", packet=found, sheets=paper_html))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _printed(found: Packet, codes: dict[str, str]) -> str:
    return render_template(
        "reception/_packet_sheets.html",
        packet=found,
        codes=codes,
        words=sheetwords.printed(),
        themes=queries.themes(),
        due=due(found),
        qr=_qr,
        site=mail.url_of(url_for("reception.track")),
        dimensions=[(label(d), [str(CATEGORY_LABELS[c]) for c in cs]) for d, cs in CATEGORIES.items()],
        sheet_lang=HTML_LANG["es"],
    )


def _qr(folio: str) -> str:
    address = mail.url_of(url_for("reception.follow", folio=folio))
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=2))


@bp.route("/ventanilla/paquetes/<slug:reference>/escaneos", methods=["GET", "POST"])
@requires(Permission.SHEET_KEY, load=load_packet, form=True)
def packet_scans(found: Packet) -> ResponseReturnValue:
    """Upload pictures of the sheets; each then waits for a person to confirm which sheet it is.

    Where files were refused, one answer names them all and says how many of the others arrived.
    """
    form, added = ScansForm(), scanning.Added(0, [])
    if form.validate_on_submit():
        added = scanning.add_scans(found, form.uploads(), plan_code=found.event.plan.code, by=principal())
        form.files.errors = [str(why) for why in added.refused]
        if not form.files.errors:
            flash(ngettext("Llegó %(num)s imagen.", "Llegaron %(num)s imágenes.", added.kept), "success")
            return redirect(url_for("reception.match_scans", reference=_reference()), HTTPStatus.SEE_OTHER)
    found, days = load_packet(_reference()), sheets.SCAN_DAYS
    page = render_template("reception/packet_scans.html", packet=found, form=form, added=added, days=days)
    return page, shown_again(form)


@bp.route("/ventanilla/paquetes/<slug:reference>/escaneos/confirmar", methods=["GET", "POST"])
@requires(Permission.SHEET_KEY, load=load_packet)
def match_scans(found: Packet) -> ResponseReturnValue:
    """Which picture is which sheet: what its code or name says, for a person to confirm or change.

    What only the order suggests is said in words, and its field is empty: one press would file it wrongly. A picture
    whose field stays empty goes on waiting; it is thrown away only where that is marked.
    """
    wrong: dict[str, Any] = {}
    if request.method == "POST":
        try:
            chosen = _chosen(found)
            done = scanning.match_scans(found, chosen, by=principal())
            flash(ngettext("%(num)s hoja con su imagen.", "%(num)s hojas con su imagen.", done), "success")
            return redirect(url_for("reception.packet", reference=found.reference), HTTPStatus.SEE_OTHER)
        except Invalid as error:
            wrong = {error.field or "": error.message}
            found = load_packet(_reference())
    scans = desk.loose(found)
    page = render_template("reception/packet_match.html", packet=found, scans=scans, wrong=wrong, typed=request.form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _reference() -> str:
    return str((request.view_args or {})["reference"])


def _chosen(found: Packet) -> dict[int, str]:
    """What is decided on pictures shown: the folio typed, as it is stored, or "" for one to be thrown away.

    What is no folio stays as it was typed. Raises `Invalid` where nothing is decided, or two things on one picture.
    """
    code = found.event.plan.code
    chosen, first = {}, None
    for name, typed in request.form.items():
        key = number_of(name.removeprefix("scan-")) if name.startswith("scan-") else None
        if key is None:
            continue
        first = first or name
        is_thrown = f"discard-{key}" in request.form
        if is_thrown and typed.strip():
            raise Invalid(_l("Borre el folio, o quite la marca de desechar la imagen."), field=name)
        if is_thrown or typed.strip():
            chosen[key] = "" if is_thrown else folio_of(typed, code, least_digits=1) or typed.strip()[:20]
    if not chosen:
        raise Invalid(_l("Escriba el folio de al menos una imagen, o márquela para desecharla."), field=first)
    return chosen


@bp.route("/ventanilla/paquetes/<slug:reference>/imagenes/<key:key>")
@requires(Permission.SHEET_KEY)
def scan_picture(reference: str, key: str) -> Response:
    """A scan, for the team alone."""
    stored = desk.file_of(reference, key)
    answer = Response(files.read(stored), mimetype=stored.media_type)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@bp.route("/ventanilla/paquetes/<slug:reference>/sobrantes", methods=["POST"])
@requires(Permission.PACKET_MANAGE, load=load_packet)
def spoil_rest(found: Packet) -> ResponseReturnValue:
    """Account for every sheet that did not come back."""
    number = paper.spoil_rest(found, by=principal())
    flash(ngettext("%(num)s hoja anulada como sobrante.", "%(num)s hojas anuladas como sobrantes.", number), "success")
    return redirect(url_for("reception.packet", reference=_reference()), HTTPStatus.SEE_OTHER)
