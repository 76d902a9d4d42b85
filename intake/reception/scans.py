"""Pictures of sheets: what a file holds, cleaned and made smaller, and which sheet each seems to be. No database."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from intake.core import files, pdfs, segments
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.reception.folios import folio_of
from models.enums import ScanMatch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from intake.core.files import Upload
    from intake.core.i18n import Text

#: The longer side of a kept picture: handwriting on A4 stays legible, a sheet weighs some 300 kB.
SIDE = 2340
#: Pictures of one sending.
MOST = 120
_PDF = "application/pdf"
_TAKES = _l("no es una imagen JPG o PNG ni un PDF, o su contenido es otro que el que dice su nombre.")
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_IN_NAME = re.compile(r"[A-Za-z]{2,8}[0-9]{0,4}[-_ ][0-9]{1,6}|[0-9]{5,6}")


@dataclass(frozen=True)
class Picture:
    """One picture as JPEG, the name of the file (and page) it came in, and the folio in its QR code or name, if any."""

    name: str
    content: bytes
    folio: str = ""
    matched: ScanMatch = ScanMatch.NONE

    def as_file(self) -> files.Clean:
        """As it is kept: written anew already, so without place and camera."""
        return files.Clean(files.clean_name(f"{self.name}.jpg", "jpg"), "image/jpeg", self.content)


def pictures(uploads: Sequence[Upload], plan_code: str) -> tuple[list[Picture], list[Text]]:
    """What the files show, in their order; and of each that shows nothing its name and why. A file counts as a whole.

    Raises `Invalid` for more than `MOST` pictures.
    """
    found: list[Picture] = []
    refused: list[Text] = []
    for upload in uploads:
        room = MOST + 1 - len(found)
        try:
            found += [_picture(name, content, plan_code) for name, content in islice(_contents(upload), room)]
        except Invalid as error:
            refused.append(error.message)
        if len(found) > MOST:
            raise Invalid(_l("Son más de %(most)s imágenes. Súbalas en varias veces.", most=MOST), field="files")
    return found, refused


def _contents(upload: Upload) -> Iterator[tuple[str, bytes]]:
    try:
        kind = files.judge(upload, takes=_TAKES)
    except Invalid as error:
        raise Invalid(_l("«%(name)s»: %(why)s", name=upload.name, why=error.message), field="files") from error
    if kind in files.PICTURES:
        yield upload.name, upload.content
    elif kind == _PDF:
        try:
            drawn = pdfs.pages(upload.content)
        except pdfs.Unreadable as error:
            raise _damaged(upload.name) from error
        yield from ((f"{upload.name} · {number}", content) for number, content in enumerate(drawn, start=1))
    else:
        raise Invalid(_l("«%(name)s»: %(why)s", name=upload.name, why=_TAKES), field="files")


def _damaged(name: str) -> Invalid:
    return Invalid(_l("«%(name)s» está dañado o es demasiado grande: no se pudo leer.", name=name), field="files")


def _picture(name: str, content: bytes, plan_code: str) -> Picture:
    try:
        segments.refuse_busywork(content)
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > files.MAX_PIXELS:
                raise _damaged(name)
            shown = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise _damaged(name) from error
    shown.thumbnail((SIDE, SIDE))
    shown.info.clear()  # remarks would be written with the pixels
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=80)
    folio, matched = _recognised(shown, name, plan_code)
    return Picture(name, out.getvalue(), folio, matched)


def _recognised(shown: Image.Image, name: str, plan_code: str) -> tuple[str, ScanMatch]:
    for code in zxingcpp.read_barcodes(shown.convert("L"), formats=_QR):
        if folio := folio_of(code.text, plan_code):
            return folio, ScanMatch.QR
    for piece in _IN_NAME.findall(name.rpartition("/")[2]):
        folio = folio_of(piece, plan_code)
        if folio and folio.startswith(f"{plan_code}-"):  # IMG_2 is no folio
            return folio, ScanMatch.NAME
    return "", ScanMatch.NONE


def suggest(found: Sequence[Picture], free: Sequence[str], taken: Collection[str] = ()) -> list[tuple[str, ScanMatch]]:
    """The sheet each picture seems to be, ("", NONE) where none is left.

    ``free``: folios of the packet that may take a picture, in order. What no code and no name tells takes the next
    free one in order; a folio is suggested once.
    """
    known = [p.folio if p.folio in free and p.folio not in taken else "" for p in found]
    told = [folio if folio not in known[:n] else "" for n, folio in enumerate(known)]
    left = iter([folio for folio in free if folio not in told and folio not in taken])
    suggested = []
    for picture, folio in zip(found, told, strict=True):
        other = "" if folio or picture.folio else next(left, "")
        matched = picture.matched if folio else (ScanMatch.ORDER if other else ScanMatch.NONE)
        suggested.append((folio or other, matched))
    return suggested
