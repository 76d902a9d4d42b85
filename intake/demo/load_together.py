"""What goes with some of the demonstration's proposals: a point, files, and people who propose with the author."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa
from PIL import Image, ImageDraw

from intake.core.files import Upload
from intake.core.identity import GUEST
from intake.demo.load_reception import proposal_input
from intake.demo.source import Row, read
from intake.extensions import db
from intake.reception import services
from intake.reception.services import attachments, inviting
from models import OutboxMessage

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.demo.world import World

_WIDTH, _HEIGHT, _BAR = 640, 360, 80


def together(world: World) -> None:
    """Points with the text, on the evening of its day; files and people as their rows say."""
    data = read("paga3_together")
    texts = {row["key"]: row for row in read("paga3_proposals")}
    for key, point in data["points"].items():
        world.at(texts[key]["submitted_offset"], 19, partial(_point, world, texts[key], tuple(point)))
    for n, row in enumerate(data["files"]):
        world.at(row["offset"], 20 + n / 10, partial(_attach, world, row))
    for n, row in enumerate(data["people"]):
        world.at(row["offset"], 21 + n / 10, partial(_invite, world, row))


def _author(world: World, key: str) -> Principal:
    """Whoever holds the claim code: none of these authors has an account."""
    return services.holding(GUEST, world.proposals[key])


def _point(world: World, row: Row, point: tuple[float, float]) -> None:
    proposal = world.proposals[row["key"]]
    db.session.refresh(proposal, ["lock_version"])
    services.revise(
        proposal, proposal_input(row, point), by=_author(world, row["key"]), lock_version=proposal.lock_version
    )


def _attach(world: World, row: Row) -> None:
    content = _bars(row["bars"]) if row["kind"] == "picture" else _page(row["lines"])
    proposal = world.proposals[row["proposal"]]
    attachments.attach(
        proposal, Upload(row["name"], content), row["description_es"], by=_author(world, row["proposal"])
    )


def _bars(values: list[int]) -> bytes:
    """A bar chart without words: its description says what it shows."""
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), "#faf7f0")
    draw = ImageDraw.Draw(picture)
    for n, value in enumerate(values):
        left, top = 40 + n * (_BAR + 16), _HEIGHT - 30 - value * 30
        draw.rectangle((left, top, left + _BAR, _HEIGHT - 30), fill="#1d6f7c")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _page(lines: list[str]) -> bytes:
    """A page of text as PDF (ISO 32000-1, 7.5), the same bytes every time."""
    shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    text = "BT /F1 12 Tf 16 TL 60 760 Td " + " ".join(f"({line}) Tj T*" for line in shown) + " ET"
    stream = text.encode("cp1252")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, part)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    size = len(parts) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, rows, size, start)
    )


def _invite(world: World, row: Row) -> None:
    inviting.invite(world.proposals[row["proposal"]], row["name"], row["email"], by=_author(world, row["proposal"]))
    if row["answer"] is not None:
        world.at(row["answer"]["offset"], 10, partial(_answer, row))


def _answer(row: Row) -> None:
    """With the link of the mail, as the person would."""
    query = sa.select(OutboxMessage.context).where(
        OutboxMessage.kind == "coauthor_invitation", OutboxMessage.to_address == row["email"]
    )
    link = str(db.session.execute(query).scalar_one()["link"])
    said = row["answer"]
    token = link.rpartition("/")[2]
    inviting.answer(token, accepts=said["accepts"], name=row["name"], is_named=said["is_named"], by=GUEST)
