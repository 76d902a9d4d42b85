"""Files as people send them, for the tests of what goes with a proposal."""

from __future__ import annotations

import io
import zipfile

import pikepdf
from PIL import Image

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def picture(color: str = "green", kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture that tells where it was taken."""
    exif = Image.Exif()
    exif[0x8825] = {1: "S", 2: (2.0, 18.0, 0.0), 3: "W", 4: (78.0, 7.0, 0.0)}
    exif[0x0110] = "Telefono 9"
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind, exif=exif)
    return out.getvalue()


def pdf(said: str = "acta") -> bytes:
    """A page that tells nothing about itself: it is kept as it came. As long for every word of up to eight letters."""
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page().Contents = pikepdf.Stream(made, b"% " + said.ljust(8).encode())
    made.save(out, deterministic_id=True, compress_streams=False)
    return out.getvalue()


PDF = pdf()


def package(**entries: bytes) -> bytes:
    """A ZIP file; "/" in names is written "__"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def word(**more: bytes) -> bytes:
    """The least that says that it is a Word document."""
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{_WORD}"/></Types>'.encode()
    return package(**{"[Content_Types].xml": types, "word__document.xml": b"<w/>", **more})
