"""CSV as RFC 4180 has it, and as spreadsheets of people who write decimals with commas save it (``;``)."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, BinaryIO

from intake.core.i18n import lazy_gettext as _l
from intake.core.tabular.reading import column_name, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.core.tabular.problems import Problems
    from intake.core.tabular.reading import Row, Table
    from intake.core.tabular.source import Source

DELIMITERS = (",", ";")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: What `writing.as_csv` makes of a text that a spreadsheet would run; the reverse of its apostrophe.
GUARDED = re.compile(r"'+[=+\-@\t\r]")


def read(source: Source, table: Table) -> Iterator[Row]:
    """The rows of a CSV file in UTF-8, with or without byte order mark. Raises `Refused`."""
    check_encoding(source.file, table.problems)
    text = io.TextIOWrapper(source.file, "utf-8-sig", newline="")
    try:
        delimiter = _delimiter(text, table)
        text.seek(0)
        yield from table.read(_lines(text, delimiter, table.problems))
    finally:
        if not source.file.closed:  # whoever stopped half-way may have closed it
            text.detach()


def check_encoding(file: BinaryIO, problems: Problems) -> None:
    """Raise `Refused` at the first byte that is not UTF-8, or is zero, with its line and its place."""
    offset = 0
    for line, raw in enumerate(file, start=1):
        if line == 1 and raw.startswith(_UTF16):
            raise refused(problems, _l("El archivo está en UTF-16. Guárdelo otra vez: guarde como CSV UTF-8."))
        if (at := raw.find(0)) >= 0:
            raise _bad_byte(problems, line, offset + at, raw[at])
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _bad_byte(problems, line, offset + error.start, raw[error.start]) from None
        offset += len(raw)
    file.seek(0)


def _bad_byte(problems: Problems, line: int, offset: int, byte: int) -> Exception:
    words = _l(
        "El byte %(offset)s (0x%(byte)s) no es texto UTF-8: se perderían las tildes. En su hoja de cálculo, "
        "guarde como CSV UTF-8.",
        offset=offset,
        byte=f"{byte:02X}",
    )
    return refused(problems, words, line)


def _delimiter(text: io.TextIOWrapper, table: Table) -> str:
    """The separator that makes more known columns of the header, which alone is asked."""

    def known(delimiter: str) -> int:
        text.seek(0)
        try:
            cells = next((c for c in csv.reader(text, delimiter=delimiter) if any(c)), [])
        except csv.Error:
            return 0
        return sum(column_name(cell) in table.columns.known for cell in cells)

    return max(DELIMITERS, key=known)


def _lines(text: io.TextIOWrapper, delimiter: str, problems: Problems) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            words = _l(
                "Las comillas de esta fila no cierran bien, o una celda es larguísima. No se pudo leer lo demás."
            )
            problems.add(line, "", words)
            return
        yield line, [cell[1:] if cell[:1] == "'" and GUARDED.match(cell) else cell for cell in cells]
