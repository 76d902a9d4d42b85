"""CSV as RFC 4180 has it, and as spreadsheets of people who write decimals with commas save it (``;``)."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING

from intake.core.i18n import lazy_gettext as _l
from intake.core.tabular import encoding
from intake.core.tabular.reading import column_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.core.tabular.problems import Problems
    from intake.core.tabular.reading import Row, Table
    from intake.core.tabular.source import Source

DELIMITERS = (",", ";")
#: What `writing.as_csv` makes of a text that a spreadsheet would run; the reverse of its apostrophe.
GUARDED = re.compile(r"'+[=+\-@\t\r]")


def read(source: Source, table: Table) -> Iterator[Row]:
    """The rows of a CSV file in UTF-8, with or without byte order mark. Raises `Refused`."""
    encoding.check(source.file, table.problems, DELIMITERS)
    text = io.TextIOWrapper(source.file, "utf-8-sig", newline="")
    try:
        delimiter = _delimiter(text, table)
        text.seek(0)
        yield from table.read(_lines(text, delimiter, table.problems))
    finally:
        if not source.file.closed:  # whoever stopped half-way may have closed it
            text.detach()


def _delimiter(text: io.TextIOWrapper, table: Table) -> str:
    """The separator that makes more known columns of the header, which alone is asked."""

    def known(delimiter: str) -> int:
        text.seek(0)
        try:
            lines = islice(csv.reader(text, delimiter=delimiter), table.limits.most_lines)
            cells = next((c for c in lines if any(c)), [])
        except csv.Error:
            return 0
        return sum(column_name(cell) in table.columns.known for cell in cells[: table.limits.columns])

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
