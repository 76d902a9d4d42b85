"""XLSX: the first sheet, unpacked only after what it holds has been measured.

A small file may unpack to gigabytes, and one value in the last cell of a sheet makes readers reserve seventeen thousand
million of them; both are found by streaming through the package before it is opened.
"""

from __future__ import annotations

import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import python_calamine

from intake.core.i18n import lazy_gettext as _l
from intake.core.tabular.extent import Extent, Far, Malformed
from intake.core.tabular.reading import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.core.i18n import Text
    from intake.core.tabular.reading import Limits, Row, Table
    from intake.core.tabular.source import Source

_CHUNK_BYTES = 1 << 20
_MOST_MEMBERS = 2_000
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def read(source: Source, table: Table) -> Iterator[Row]:
    """The rows of the first sheet. Numbers, dates and yes/no become texts as the columns expect them."""
    _measure(source, table)
    source.file.seek(0)
    try:
        book = python_calamine.load_workbook(source.file)
        sheet = book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, IndexError, OSError) as error:
        raise refused(table.problems, _l("El libro está dañado o no es un .xlsx. Guárdelo otra vez.")) from error
    first = (sheet.start or (0, 0))[0] + 1
    try:
        yield from table.read((line, _texts(cells)) for line, cells in enumerate(sheet.iter_rows(), start=first))
    finally:
        book.close()


def _texts(cells: Sequence[Any]) -> list[str]:
    return [cell if isinstance(cell, str) else text_of(cell) for cell in cells]


def text_of(value: Any) -> str:
    """A cell as a column expects it: ``1790012345001.0`` is a number without decimals, midnight is a day."""
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if not isinstance(value, timedelta) else str(value.total_seconds())


def _measure(source: Source, table: Table) -> None:
    """Raise `Refused` for a package that is damaged, unpacks to too much or spans too many cells."""
    left = table.limits.unpacked_bytes
    try:
        with zipfile.ZipFile(source.file) as package:
            members = package.infolist()
            known = all(member.compress_type in _PACKED for member in members)
            if len(members) > _MOST_MEMBERS or not known or "xl/workbook.xml" not in package.namelist():
                raise refused(table.problems, _l("El archivo no es un libro .xlsx. Guárdelo como .xlsx o CSV UTF-8."))
            for member in members:
                left -= _unpacked(package, member, left, table)
    except Far as error:
        raise refused(table.problems, _far(table.limits)) from error
    except (Malformed, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise refused(table.problems, _l("El libro está dañado o no es un .xlsx. Guárdelo otra vez.")) from error


def _far(limits: Limits) -> Text:
    words: Text = _l(
        "La hoja tiene datos más allá de la fila %(rows)s o de la columna %(columns)s. Borre lo que sobra.",
        rows=limits.rows + 1,
        columns=limits.columns,
    )
    return words


def _unpacked(package: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, table: Table) -> int:
    """Bytes of a member as they truly unpack: what the package says of itself is not believed."""
    member.file_size = 1 << 62
    extent = Extent(table.limits.most_lines, table.limits.columns)
    total = 0
    with package.open(member) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            total += len(chunk)
            if total > left:
                raise refused(table.problems, _l("El libro se descomprime a un tamaño desmedido y no se abrió."))
            extent.feed(chunk)  # whatever its name: the workbook may keep its sheets anywhere
        extent.feed(b"", last=True)
    return total
