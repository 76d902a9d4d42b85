"""Word, Excel and OpenDocument files are ZIP packages: what they are, and whether unpacking them would be a bomb.

Only the list of what is inside, and one small entry of it, are read; nothing is unpacked here. No entry gives more
bytes than that list says (`zipfile`).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l

#: What a package may hold unpacked: a report with photographs has a few megabytes, a bomb has gigabytes.
MOST_BYTES = 200 * 1024 * 1024
MOST_ENTRIES = 5_000
#: How much smaller than its content a package may be, once that is large. Office texts reach about 20.
MOST_RATIO = 100
_LARGE_BYTES = 20 * 1024 * 1024
_ENTRY_BYTES = 1024 * 1024
#: What `zipfile` raises of a package that is broken, or packed in a way that it does not know.
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)
_SIGNATURE = b"PK\x03\x04"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    b"wordprocessingml.document.main+xml": f"{_OFFICE}wordprocessingml.document",
    b"spreadsheetml.sheet.main+xml": f"{_OFFICE}spreadsheetml.sheet",
}
_OPEN_DOCUMENT = re.compile(r"application/vnd\.oasis\.opendocument\.(text|spreadsheet)")


def is_package(content: bytes) -> bool:
    """Whether it begins as a ZIP file does."""
    return content.startswith(_SIGNATURE)


def kind_of(content: bytes) -> str | None:
    """The media type by what the package says inside; None for other ZIP files and for documents with macros.

    Raises `Invalid` for a package that is broken, or that would unpack to more than `MOST_BYTES` or by `MOST_RATIO`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            refuse_bombs(package, len(content))
            return _declared(package)
    except BROKEN as error:
        raise damaged() from error


def damaged() -> Invalid:
    """What is said of a document that cannot be read."""
    return Invalid(_l("El documento está dañado y no se pudo leer."), field="file")


def refuse_bombs(package: zipfile.ZipFile, packed: int) -> None:
    """Raise `Invalid` where it would unpack to more than `MOST_BYTES` or by `MOST_RATIO`. ``packed``: its own bytes."""
    entries = package.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    swollen = unpacked > _LARGE_BYTES and unpacked > packed * MOST_RATIO
    if len(entries) > MOST_ENTRIES or unpacked > MOST_BYTES or swollen:
        raise Invalid(
            _l("El documento está comprimido de una manera que no se acepta. Guárdelo como PDF."), field="file"
        )


def _declared(package: zipfile.ZipFile) -> str | None:
    names = set(package.namelist())
    if "mimetype" in names:
        stated = _OPEN_DOCUMENT.fullmatch(_entry(package, "mimetype").decode("ascii", "replace").strip())
        return stated.group(0) if stated else None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    types = _entry(package, "[Content_Types].xml")
    return next((kind for main, kind in _MAIN.items() if main in types), None)


def _entry(package: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of one entry: however long it claims to be, no more is read."""
    with package.open(name) as entry:
        return entry.read(_ENTRY_BYTES)
