"""Pictures of sheets: kept privately, matched with their sheets by a person, forgotten after a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from intake.core import audit, clock, files
from intake.core.errors import Invalid
from intake.core.files import Upload
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import SYSTEM
from intake.core.permissions import Permission, authorize
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.reception import scans, sheets
from intake.reception.services.paper import forget_codes, hold_packet
from models import LooseScan, Packet, Sheet, StoredFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.core.i18n import Text
    from intake.core.identity import Principal


class Added(NamedTuple):
    """How many pictures were kept, and for each file that was not its name and why."""

    kept: int
    refused: list[Text]


def add_scans(packet: Packet, uploads: Sequence[Upload], *, plan_code: str, by: Principal) -> Added:
    """Keep pictures of sheets, privately, until somebody confirms which sheet each is. A bad file stops no good one.

    Codes may still be printed: only a picture that is confirmed shows that the paper exists. Raises `Invalid` for no
    file and for too many pictures.
    """
    authorize(by, Permission.SHEET_KEY)
    if not uploads:
        raise Invalid(_l("Elija al menos un archivo."), field="files")
    found, refused = scans.pictures(uploads, plan_code)
    if found:
        _keep(packet, found, by)
    return Added(len(found), refused)


def _keep(packet: Packet, found: Sequence[scans.Picture], by: Principal) -> None:
    with transaction():
        hold_packet(packet.id)
        waiting = db.session.scalars(sa.select(LooseScan.folio).where(LooseScan.packet_id == packet.id)).all()
        suggested = scans.suggest(found, free_folios(packet), {folio for folio in waiting if folio})
        for picture, (folio, matched) in zip(found, suggested, strict=True):
            stored = files.store(picture.as_file(), by=by)
            db.session.flush()
            row = LooseScan(packet_id=packet.id, file_id=stored.id, name=picture.name[-160:], folio=folio)
            row.matched, row.created_at, row.created_by_id = matched, clock.now(), by.user_id
            db.session.add(row)
        audit.record("packet.scan", packet, by=by, extra={"scans": len(found)})


def free_folios(packet: Packet) -> list[str]:
    """Folios of the packet's sheets that may take a scan, in order: neither keyed nor spoilt nor scanned."""
    query = sa.select(Sheet.folio).where(
        Sheet.packet_id == packet.id, Sheet.keyed_at.is_(None), Sheet.scan_id.is_(None), Sheet.spoilt_reason == ""
    )
    return list(db.session.scalars(query.order_by(Sheet.folio_number)))


def match_scans(packet: Packet, chosen: Mapping[int, str], *, by: Principal) -> int:
    """Give scans that wait (by row id) to the sheets of these folios; "" throws one away. How many were given.

    With the first the sheets come back: their codes are not printed again.
    Raises `Invalid` (``scan-<id>``) on a folio that is not of the packet, is chosen twice, or is keyed or spoilt.
    """
    authorize(by, Permission.SHEET_KEY)
    with transaction():
        hold_packet(packet.id)
        query = sa.select(LooseScan).where(LooseScan.packet_id == packet.id, LooseScan.id.in_(chosen))
        rows = {row.id: row for row in db.session.scalars(query)}
        mine = sa.select(Sheet).where(Sheet.packet_id == packet.id, Sheet.folio.in_(chosen.values()))
        lock(mine.with_only_columns(Sheet.id).order_by(Sheet.id))  # against who is keying one of them
        by_folio = {sheet.folio: sheet for sheet in db.session.scalars(mine.execution_options(populate_existing=True))}
        used: set[str] = set()
        for key, row in rows.items():
            folio = chosen[key]
            db.session.delete(row)
            if folio:
                _give(row, _sheet_for(key, folio, by_folio, used), by)
                used.add(folio)
            else:
                _throw_away(row.file_id)
        if used:
            forget_codes(db.session.get_one(Packet, packet.id))
    return len(used)


def _sheet_for(key: int, folio: str, by_folio: Mapping[str, Sheet], used: set[str]) -> Sheet:
    sheet, field = by_folio.get(folio), f"scan-{key}"
    if sheet is None:
        raise Invalid(_l("%(folio)s no es de este paquete.", folio=folio), field=field)
    if folio in used:
        raise Invalid(_l("%(folio)s está elegido dos veces.", folio=folio), field=field)
    if sheet.keyed_at is not None or sheet.spoilt_reason:
        raise Invalid(_l("%(folio)s ya se digitó o se anuló.", folio=folio), field=field)
    return sheet


def _give(row: LooseScan, sheet: Sheet, by: Principal) -> None:
    """A better scan replaces the one before."""
    before, sheet.scan_id = sheet.scan_id, row.file_id
    audit.record("sheet.scan", sheet, by=by, extra={"matched": row.matched})
    if before is not None:
        _throw_away(before)


def _throw_away(file_id: int) -> None:
    stored = db.session.get_one(StoredFile, file_id)
    files.discard_after_commit(stored)
    db.session.flush()  # what pointed at it goes first
    db.session.delete(stored)


def forget_scans(days: int = sheets.SCAN_DAYS) -> int:
    """Erase the pictures of sheets that were keyed, or scans that nobody matched, so many days ago; how many."""
    limit = clock.now() - timedelta(days=days)
    with transaction():
        old = db.session.scalars(sa.select(Sheet).where(Sheet.scan_id.is_not(None), Sheet.keyed_at < limit)).all()
        for sheet in old:
            before, sheet.scan_id = sheet.scan_id, None
            audit.record("sheet.forget_scan", sheet, by=SYSTEM)
            _throw_away(before or 0)
        loose = db.session.scalars(sa.select(LooseScan).where(LooseScan.created_at < limit)).all()
        for row in loose:
            db.session.delete(row)
            _throw_away(row.file_id)
    return len(old) + len(loose)
