"""Word, Excel and OpenDocument files are ZIP packages: what they are, and whether unpacking them would be a bomb.

Only the list of what is inside, and one small entry of it, are read; nothing is unpacked here. No entry gives more
bytes than that list says (`zipfile`). How many entries the list has is counted before it is read, since each of them
becomes an object.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l

#: What a package may hold unpacked: a report with photographs has a few megabytes, a bomb has gigabytes.
MOST_BYTES = 200 * 1024 * 1024
MOST_ENTRIES = 5_000
#: How much smaller than its content a package may be, once that is large. Office texts reach about 20.
MOST_RATIO = 100
_LARGE_BYTES = 4 * 1024 * 1024
_ENTRY_BYTES = 1024 * 1024
#: What `zipfile` raises of a package that is broken, or packed in a way that it does not know.
BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)
_SIGNATURE = b"PK\x03\x04"
_LISTED = b"PK\x01\x02"  # begins each line of the list
#: How Office and OpenDocument pack; the other ways that `zipfile` knows let a file choose how much memory they take.
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
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
        with opened(content, Allowance()) as package:
            return _declared(package)
    except BROKEN as error:
        raise damaged() from error


def damaged() -> Invalid:
    """What is said of a document that cannot be read."""
    return Invalid(_l("El documento está dañado y no se pudo leer."), field="file")


@dataclass
class Allowance:
    """What a document may still unpack to, all packages within it together."""

    bytes: int = MOST_BYTES
    entries: int = MOST_ENTRIES

    def take(self, package: zipfile.ZipFile, packed: int) -> None:
        """Take off what a package of so many bytes holds. Raises `Invalid` past the limits or `MOST_RATIO`."""
        entries = package.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        self.bytes -= unpacked
        self.entries -= len(entries)
        swollen = unpacked > _LARGE_BYTES and unpacked > packed * MOST_RATIO
        if swollen or min(self.bytes, self.entries) < 0 or not _PACKED.issuperset(e.compress_type for e in entries):
            raise bomb()


def opened(content: bytes, allowance: Allowance) -> zipfile.ZipFile:
    """The package, its entries taken off the allowance. Raises `Invalid`, and what is `BROKEN`."""
    if content.count(_LISTED) > MOST_ENTRIES:
        raise bomb()
    package = zipfile.ZipFile(io.BytesIO(content))
    allowance.take(package, len(content))
    return package


def bomb() -> Invalid:
    """What is said of a document that is far more than its size promises."""
    return Invalid(_l("El documento está comprimido de una manera que no se acepta. Guárdelo como PDF."), field="file")


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
