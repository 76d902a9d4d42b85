"""The demonstration's sheets of paper: a packet for the table of Nueva Loja, in each state that a sheet can have."""

from __future__ import annotations

import dataclasses
import io
import itertools
from functools import partial
from typing import TYPE_CHECKING

import segno
import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.orm import joinedload

from intake.core import clock, mail
from intake.core.files import Upload
from intake.demo.load_reception import contact_of, proposal_input
from intake.demo.source import Row, read
from intake.extensions import db
from intake.reception import sheets
from intake.reception.folios import folio_name
from intake.reception.inputs import SheetInput
from intake.reception.queries import desk
from intake.reception.services import keying, paper, scanning, settling
from models import Packet, Plan, Proposal
from models.enums import SpoiltReason

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Sheet

EVENT, DAY, SHEETS = "mesa-nueva-loja", -12, 6
#: What the first person mistyped, and what stands on the sheets that nobody has keyed yet.
MISTYPED = "expected_result"
_BRIDGE = """El puente peatonal de la comuna
no tiene luz. Pasamos de noche
con los niños.

Que el municipio publique qué
arreglos hará y en qué orden."""
_TURNS = """En el subcentro faltan turnos.
Nadie dice cuántos hay.

Una pizarra con los turnos del
día, en castellano y kichwa."""
_WAITING = (_BRIDGE, _TURNS)


def on_paper(row: Row) -> bool:
    """Whether the proposal comes in on a sheet of the packet."""
    return (row["channel"], row["event"]) == ("papel", EVENT)


def packet(world: World) -> None:
    """Printed the day before the table, keyed in its evening, keyed again and settled on the days after."""
    rows = [row for row in read("paga3_proposals") if on_paper(row)]
    world.at(DAY - 1, 10, partial(_print, world))
    for n, row in enumerate(rows):
        world.at(DAY, 16 + n / 10, partial(_key, world, row, n))
    world.at(DAY, 17, partial(_rest, world, len(rows)))
    world.at(DAY + 1, 9, partial(_again, world, rows))
    world.at(DAY + 2, 9, partial(_settle, world))


def _packet(world: World) -> Packet:
    reference = db.session.scalar(sa.select(Packet.reference).where(Packet.event_id == world.events[EVENT].id))
    return desk.packet(reference or "", with_sheets=True)


def _sheet(world: World, number: int) -> Sheet:
    return desk.sheet(_packet(world).sheets[number].folio)


def _print(world: World) -> None:
    by = world.who("facilitacion")
    made = paper.create_packet(world.events[EVENT], SHEETS, by=by, seed=_seed(world))
    paper.codes_of(desk.packet(made.reference), by=by)
    paper.finish_printing(desk.packet(made.reference), by=by)


def _seed(world: World) -> str:
    """One by which the first sheet is drawn, so that the demonstration comes out the same each time."""
    code, last = db.session.execute(
        sa.select(Plan.code, Plan.folio_counter).where(Plan.id == world.plans["PAGA3"].id)
    ).one()
    folios = [folio_name(code, last + n) for n in range(1, SHEETS + 1)]
    seeds = (f"{n:064x}" for n in itertools.count(2026))
    return next(seed for seed in seeds if min(folios, key=lambda folio: sheets.rank(seed, folio)) == folios[0])


def _given(row: Row, **changes: str) -> SheetInput:
    data = dataclasses.replace(proposal_input(row), **changes)  # type: ignore[arg-type]  # texts alone are changed
    return SheetInput(data=data, dated_on=clock.today(), contact=contact_of(row))


def _key(world: World, row: Row, number: int) -> None:
    sheet = _sheet(world, number)
    changes = {} if number else {MISTYPED: row[MISTYPED].replace("ninguna", "niguna")}
    receipt = keying.key(sheet, _given(row, **changes), by=world.who("facilitacion"))
    query = sa.select(Proposal).where(Proposal.folio == receipt.folio).options(joinedload(Proposal.contact))
    world.proposals[row["key"]] = db.session.scalars(query).one()


def _rest(world: World, number: int) -> None:
    """One got wet, two wait with their pictures, the others did not come back yet."""
    by, found = world.who("facilitacion"), _packet(world)
    paper.spoil(_sheet(world, number), SpoiltReason.DAMAGED, "Se mojó en el camino.", by=by)
    waiting = found.sheets[number + 1 : number + 1 + len(_WAITING)]
    uploads = [Upload(f"{s.folio}.png", _drawn(s.folio, text)) for s, text in zip(waiting, _WAITING, strict=True)]
    scanning.add_scans(found, uploads, plan_code="PAGA3", by=by)
    scanning.match_scans(found, {row.id: row.folio for row in desk.loose(found)}, by=by)


def _drawn(folio: str, text: str) -> bytes:
    """A sheet as a scanner sees it, with its code."""
    small = Image.new("L", (250, 354), 250)
    pen, font = ImageDraw.Draw(small), ImageFont.load_default_imagefont()  # the one at hand that knows Spanish letters
    pen.text((14, 16), folio, font=font, fill=20)
    pen.multiline_text((14, 66), text, font=font, fill=40, spacing=6)
    page = small.resize((1000, 1416), Image.Resampling.BICUBIC)
    code = io.BytesIO()
    segno.make(mail.url_of(f"/seguimiento/{folio}"), error="m").save(code, kind="png", scale=5)
    page.paste(Image.open(code).convert("L"), (760, 40))
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def _again(world: World, rows: list[Row]) -> None:
    given = dataclasses.replace(_given(rows[0]), dated_on=world.day(DAY))
    keying.key_again(_sheet(world, 0), given, by=world.who("analisis"))


def _settle(world: World) -> None:
    settling.settle(_sheet(world, 0), {MISTYPED: settling.SECOND}, by=world.directorate())
