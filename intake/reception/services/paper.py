"""Packets of printed sheets: their folios, their codes, and what became of sheets that bring nothing."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, calendar, clock, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.reception import sheets
from intake.reception.queries import desk
from intake.reception.services.codes import count_guess, derived_code
from intake.reception.services.moves import stages_of
from intake.reception.services.numbering import take_folios
from models import AuditEntry, LooseScan, Packet, Sheet
from models.enums import EventStatus, SpoiltReason, StageKind

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from models import Event

#: Codes shown again to the same person within this time are one look, written down once.
SAME_LOOK = timedelta(minutes=1)


def create_packet(event: Event, count: int, *, by: Principal, seed: str = "") -> Packet:
    """Take ``count`` folios of the event's plan for sheets to be printed, and draw the tenth that is keyed twice.

    ``seed`` of the draw is random unless given, as the demonstration does, which comes out the same each time. Raises
    `Invalid` on a count out of bounds, `Conflict` where the event was cancelled or reception is over.
    """
    authorize(by, Permission.PACKET_MANAGE)
    if not 1 <= count <= sheets.MOST_SHEETS:
        raise Invalid(_l("Escriba un número entre 1 y %(most)s.", most=sheets.MOST_SHEETS), field="count")
    with transaction():
        db.session.refresh(event, ["status", "lock_version"], with_for_update=True)
        _require_open_event(event)
        seed, print_key = seed or secrets.token_hex(32), tokens.new_token()
        packet = Packet(
            event_id=event.id,
            reference=tokens.new_code().lower(),
            sheet_count=count,
            created_at=clock.now(),
            created_by_id=by.user_id,
            seed=seed,
            print_key=print_key,
        )
        packet.sheets = _sheets_of(event.plan_id, count, print_key)
        for sheet in sheets.draw(seed, packet.sheets):
            sheet.needs_second = True
        draw = {"draw": hashlib.sha256(seed.encode()).hexdigest()}
        span = {"first": packet.sheets[0].folio, "last": packet.sheets[-1].folio}
        audit.record("packet.create", packet, by=by, extra={"event": event.slug, **span, **draw})
    return packet


def _require_open_event(event: Event) -> None:
    if event.status is EventStatus.CANCELLED:
        raise Conflict(_l("Este encuentro se canceló: no se imprimen hojas para él."))
    reception = next(v for v in calendar.views(stages_of(event.plan_id)) if v.kind is StageKind.RECEPTION)
    if reception.state == calendar.DONE:
        raise Conflict(_l("La recepción de este plan ya terminó: no se imprimen hojas nuevas."))


def _sheets_of(plan_id: int, count: int, print_key: str) -> list[Sheet]:
    """Rows with the next ``count`` folios, taken from the counter that the web takes them from."""
    made = []
    for folio, number in take_folios(plan_id, count):
        hashed = tokens.code_hash(derived_code(print_key, folio), folio)
        made.append(Sheet(folio=folio, folio_number=number, claim_code_hash=hashed, needs_second=False))
    return made


def codes_of(packet: Packet, *, by: Principal) -> dict[str, str]:
    """The claim code of each sheet by folio, for printing; who saw them stands in the trace from then on.

    ``packet`` with its event; it is expired afterwards. A page loaded again within `SAME_LOOK` is the same look: the
    preview of a printer loads it twice. Raises `Forbidden` to whoever neither prepared the packet nor facilitates its
    event nor directs, and `Conflict` once it was printed.
    """
    authorize(by, Permission.PACKET_CODES, packet)
    with transaction():
        hold_packet(packet.id)
        db.session.refresh(packet, ["print_key"])
        if packet.print_key is None:
            raise Conflict(_l("Este paquete ya se imprimió: sus códigos están solo en el papel."))
        if not _has_just_looked(packet, by):
            audit.record("packet.see_codes", packet, by=by, extra={"codes": packet.sheet_count})
        folios = db.session.scalars(sa.select(Sheet.folio).where(Sheet.packet_id == packet.id))
        return {folio: derived_code(packet.print_key, folio) for folio in folios}


def _has_just_looked(packet: Packet, by: Principal) -> bool:
    query = sa.select(AuditEntry.id).where(
        AuditEntry.subject_type == Packet.__tablename__,
        AuditEntry.subject_id == packet.id,
        AuditEntry.action == "packet.see_codes",
        AuditEntry.user_id == by.user_id,
        AuditEntry.at > clock.now() - SAME_LOOK,
    )
    return db.session.scalar(query.limit(1)) is not None


def finish_printing(packet: Packet, *, by: Principal) -> None:
    """Forget what the codes are made from: from now on they stand on the paper alone. Who may see them may say so."""
    authorize(by, Permission.PACKET_CODES, packet)
    with transaction():
        hold_packet(packet.id)
        db.session.refresh(packet, ["print_key", "printed_at"])
        if packet.print_key is not None:  # else somebody said so already, or its sheets came back
            forget_codes(packet)
            audit.record("packet.print", packet, by=by)


def forget_codes(packet: Packet) -> None:
    """Within the caller's transaction: nobody prints the codes of a packet whose sheets come back."""
    if packet.print_key is not None:
        packet.print_key, packet.printed_at = None, clock.now()


def hold_packet(packet_id: int) -> None:
    """Lock a packet, always before its sheets.

    Whoever draws others for what dropped out sees what the one before drew, and nobody waits in a circle.
    """
    lock(sa.select(Packet.id).where(Packet.id == packet_id))


def held(sheet: Sheet) -> None:
    """Lock the row and read again what decides about it, within the caller's transaction."""
    lock(sa.select(Sheet.id).where(Sheet.id == sheet.id))
    db.session.refresh(sheet)


def spoil(sheet: Sheet, reason: SpoiltReason, note: str = "", *, by: Principal) -> None:
    """Say why a sheet will bring no proposal, so that its folio is no hole. Raises `Conflict` once keyed."""
    authorize(by, Permission.SHEET_KEY, sheet)
    with transaction():
        hold_packet(sheet.packet_id)
        held(sheet)
        if sheet.keyed_at is not None:
            raise Conflict(_l("Esta hoja ya se digitó."))
        _mark_spoilt(sheet, reason, note, by)
        _draw_again(sheet.packet_id)


def _mark_spoilt(sheet: Sheet, reason: SpoiltReason, note: str, by: Principal) -> None:
    sheet.spoilt_reason, sheet.spoilt_note = reason.value, clean(note)[:400]
    sheet.claimed_by_id = sheet.claimed_until = None
    audit.record("sheet.spoil", sheet, by=by, reason=sheet.spoilt_note)


def spoil_rest(packet: Packet, *, by: Principal) -> int:
    """Declare unused every sheet that neither came back as a scan nor was keyed; how many.

    Those stay that another person has on the screen at this moment, or whose scan still waits to be confirmed.
    """
    authorize(by, Permission.PACKET_MANAGE)
    with transaction():
        hold_packet(packet.id)
        query = sa.select(Sheet).where(
            Sheet.packet_id == packet.id,
            Sheet.keyed_at.is_(None),
            Sheet.scan_id.is_(None),
            Sheet.spoilt_reason == "",
            Sheet.illegible_note == "",
            Sheet.folio.not_in(sa.select(LooseScan.folio).where(LooseScan.packet_id == packet.id)),
            desk.free_for(by.user_id or 0),
        )
        lock(query.with_only_columns(Sheet.id))
        left = db.session.scalars(query.execution_options(populate_existing=True)).all()
        for sheet in left:
            _mark_spoilt(sheet, SpoiltReason.UNUSED, "", by)
        _draw_again(packet.id)
    return len(left)


def recover(sheet: Sheet, *, by: Principal) -> None:
    """Take back that a sheet is spoilt: it turned up, or can be read after all."""
    authorize(by, Permission.SHEET_KEY, sheet)
    with transaction():
        hold_packet(sheet.packet_id)
        held(sheet)
        if not sheet.spoilt_reason:
            raise Conflict(_l("Esta hoja no está anulada."))
        sheet.spoilt_reason, sheet.spoilt_note, sheet.illegible_note = "", "", ""
        audit.record("sheet.recover", sheet, by=by)
        _draw_again(sheet.packet_id)


def _draw_again(packet_id: int) -> None:
    """Draw others for those that dropped out, so that a tenth of what is left is keyed twice."""
    packet = db.session.get_one(Packet, packet_id)
    query = sa.select(Sheet).where(Sheet.packet_id == packet.id).order_by(Sheet.folio_number)
    db.session.flush()
    found = db.session.scalars(query.execution_options(populate_existing=True)).all()
    for other in sheets.draw(packet.seed, found):
        other.needs_second = True


def is_code_of(sheet: Sheet, code: str, *, address: str) -> bool:
    """Whether it is the code printed on the sheet. Counts the attempt as for a proposal; raises `TooMany`."""
    count_guess(sheet.folio, address)
    return tokens.matches(code, sheet.folio, sheet.claim_code_hash)
