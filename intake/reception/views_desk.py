"""Assisted entry: the desk, a proposal that somebody says or brings, and the queue of sheets."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, session, url_for

from forms.base import Form, with_rows
from forms.desk import NoteForm, SheetForm, SpoilForm
from intake.core import clock
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.reception import queries, sheets
from intake.reception.blueprint import bp
from intake.reception.loading import proposal_folio
from intake.reception.prefill import fill_places
from intake.reception.queries import desk, quality
from intake.reception.services import keying, paper
from intake.reception.underway import plan_under_way
from intake.reception.views_packets import load_packet, load_sheet
from intake.reception.views_track import shown_again
from intake.web.access import principal, requires
from intake.web.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from models import Event, Packet, Sheet

#: Session key of the slip to be handed over: folio and code, until the next person's turn.
SLIP = "slip"
#: Events that long ago stand folded: their sheets are keyed by now.
NEAR_DAYS = 20


@bp.route("/ventanilla/")
@requires(Permission.SHEET_KEY)
def desk_home() -> str:
    """What there is to do: packets with their progress, differences to settle, events to print for."""
    session.pop(SLIP, None)
    plan = plan_under_way()
    page = desk.packets(plan.id, number=number_from(request.args.get("pagina")))
    return render_template(
        "reception/desk.html",
        plan=plan,
        page=Listing(page),
        figures=quality.of_packets([packet.id for packet in page.items]),
        none=sheets.Quality(),
        to_settle=desk.to_settle(plan.id),
        **_near_and_far(desk.events_to_choose(plan.id)),
    )


def _near_and_far(events: Sequence[Event]) -> dict[str, list[Event]]:
    """Those of the last weeks and those to come apart from the older ones."""
    oldest = clock.now() - timedelta(days=NEAR_DAYS)
    near = [e for e in events if e.starts_at is None or e.starts_at >= oldest]
    return {"near": near, "far": [e for e in events if e not in near]}


@bp.route("/ventanilla/paquetes/<slug:reference>/siguiente", methods=["POST"])
@requires(Permission.SHEET_KEY, load=load_packet)
def take_next(found: Packet) -> ResponseReturnValue:
    """Take the next sheet to be keyed, or with ``again`` to be keyed a second time."""
    return _go_on(found.reference, again=bool(request.form.get("again")))


def _go_on(reference: str, *, again: bool, after: int = 0) -> ResponseReturnValue:
    """To the next sheet of the packet that waits for this person, or back to the packet."""
    packet = load_packet(reference)
    key, who = packet.id, principal()
    folio = keying.claim_next(packet, by=who, again=again, after=after)
    if folio is None:
        if who.user_id is not None and desk.are_others_at_it(key, who.user_id, again=again):
            words = _(
                "Las hojas que quedan las tienen otras personas en este momento. Si no las terminan, vuelven aquí."
            )
        else:
            words = _("No quedan hojas por digitar en este paquete para usted.")
        flash(words, "success")
        return redirect(url_for("reception.packet", reference=reference), HTTPStatus.SEE_OTHER)
    endpoint = "reception.key_again" if again else "reception.key_sheet"
    return redirect(url_for(endpoint, folio=folio), HTTPStatus.SEE_OTHER)


@bp.route("/ventanilla/hojas/<folio:folio>", methods=["GET", "POST"])
@requires(Permission.SHEET_KEY, load=load_sheet, form=True)
def key_sheet(found: Sheet) -> ResponseReturnValue:
    """A sheet with its scan beside the fields; one key saves it and brings the next."""
    if request.method == "GET" and (found.keyed_at is not None or found.spoilt_reason):
        return redirect(url_for("reception.packet", reference=found.packet.reference), HTTPStatus.SEE_OTHER)
    return _keying(found, again=False)


@bp.route("/ventanilla/hojas/<folio:folio>/otra-vez", methods=["GET", "POST"])
@requires(Permission.SHEET_SECOND, load=load_sheet, form=True)
def key_again(found: Sheet) -> ResponseReturnValue:
    """A second person keys a sheet without seeing what the first did."""
    if request.method == "GET" and (not found.needs_second or found.keyed_at is None or found.second_at is not None):
        return redirect(url_for("reception.packet", reference=found.packet.reference), HTTPStatus.SEE_OTHER)
    return _keying(found, again=True)


def _keying(found: Sheet, *, again: bool) -> ResponseReturnValue:
    reference, number = found.packet.reference, found.folio_number
    doing = request.form.get("do", "save") if request.method == "POST" else ""
    form, note, skip = SheetForm(), NoteForm(), Form()
    if not doing:
        begin(form, found.packet.event)
    lists(form)
    done = False
    if doing == "skip":
        if done := skip.validate():
            keying.let_go(found, by=principal())
    elif doing == "illegible":
        if done := note.validate():
            keying.leave_illegible(found, note.note.data or "", by=principal())
            flash(_("%(folio)s queda para otra persona.", folio=proposal_folio()), "success")
    elif doing and not form.asks_refresh and (done := form.validate()):
        keep = keying.key_again if again else keying.key
        keep(found, form.to_input(), by=principal())
        flash(_("%(folio)s guardada.", folio=proposal_folio()), "success")
    if done:
        return _go_on(reference, again=again, after=number)
    return _sheet_page(form, note, skip, again=again)


def begin(form: SheetForm, event: Event) -> None:
    """Begin with what the service takes for untouched when it compares two keyings."""
    begun = keying.begins_with(event)
    form.dated_on.data = date.fromisoformat(begun["dated_on"]) if begun["dated_on"] else None
    form.place_at(begun["territory"])
    for name in ("proposer_kind", "public_name"):
        form[name].process_data(begun[name])


def _sheet_page(form: SheetForm, note: NoteForm, skip: Form, *, again: bool) -> ResponseReturnValue:
    found = load_sheet(proposal_folio())
    figures = quality.of_packets([found.packet_id])[found.packet_id]
    wrong = next((one for one in (note, skip) if one.errors), form)
    page = render_template(
        "reception/desk_sheet.html", sheet=found, form=form, note=note, wrong=wrong, again=again, figures=figures
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" and wrong.errors else HTTPStatus.OK


def lists(form: SheetForm) -> None:
    """Themes with the numbers printed on the packet, and places as far as they are chosen. Two statements."""
    themes = queries.themes()
    with_rows(form.theme, [(t.code, f"{n}. {localized(t, 'name')}") for n, t in enumerate(themes, 1)], _l("No lo dice"))
    fill_places(form)


@bp.route("/ventanilla/hojas/<folio:folio>/anular", methods=["GET", "POST"])
@requires(Permission.SHEET_KEY, load=load_sheet, form=True)
def spoil_sheet(found: Sheet) -> ResponseReturnValue:
    """Say why a sheet brings no proposal."""
    form, reference, number = SpoilForm(), found.packet.reference, found.folio_number
    if form.validate_on_submit():
        paper.spoil(found, form.reason.data, form.note.data or "", by=principal())
        flash(_("%(folio)s quedó anulada.", folio=proposal_folio()), "success")
        if request.args.get("cola"):
            return _go_on(reference, again=False, after=number)
        return redirect(url_for("reception.packet", reference=reference), HTTPStatus.SEE_OTHER)
    return render_template("reception/desk_spoil.html", sheet=found, form=form), shown_again(form)


@bp.route("/ventanilla/hojas/<folio:folio>/recuperar", methods=["POST"])
@requires(Permission.SHEET_KEY, load=load_sheet)
def recover_sheet(found: Sheet) -> ResponseReturnValue:
    """A spoilt sheet turned up."""
    reference = found.packet.reference
    paper.recover(found, by=principal())
    flash(_("La hoja volvió a la cola."), "success")
    return redirect(url_for("reception.packet", reference=reference), HTTPStatus.SEE_OTHER)
