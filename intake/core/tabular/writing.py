"""Rows out as CSV, XLSX or JSON, piece by piece.

Cells of CSV that begin with ``= + - @``, a tabulator or a line break get an apostrophe in front (OWASP, CSV injection);
reading takes it off again (`csvfile.GUARDED`). A workbook says by itself what is text, so it needs none.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

FORMATS = ("csv", "xlsx", "json")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
XLSX_CELL_CHARACTERS = 32_767
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_CHUNK_ROWS = 200
_CHUNK_BYTES = 1 << 16
_BOM = "\ufeff"


def stream(kind: str, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The rows in one of `FORMATS`. Values are texts, numbers, None, or lists (joined with ``;`` but for JSON)."""
    writers: dict[str, Callable[..., Iterator[bytes]]] = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json}
    return writers[kind](names, rows)


def as_csv(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a byte order mark, without which spreadsheets misread accents."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write(_BOM)
    writer.writerow(names)
    for number, row in enumerate(rows, start=1):
        writer.writerow([guarded(flat(row.get(name))) for name in names])
        if number % _CHUNK_ROWS == 0:
            yield _taken(out)
    yield _taken(out)


def csv_lines(names: Sequence[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The same, a line at a time, of rows in the order of the names; numbers stay numbers (`safe_cell`)."""
    yield _BOM + _line(names)
    for row in rows:
        yield _line(map(safe_cell, row))


def _line(cells: Iterable[Any]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


def flat(value: Any) -> str:
    """A value as the text of a cell."""
    if isinstance(value, (list, tuple)):
        return ";".join(str(v) for v in value)
    return "" if value is None else str(value)


def guarded(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet would run it."""
    return f"'{text}" if _FORMULA.match(text) else text


def safe_cell(value: Any) -> Any:
    """A value as a cell that no spreadsheet runs: texts are `guarded`, nothing is empty, numbers stay."""
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else value


def as_json(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """One JSON array of objects, a row a line."""
    yield b"["
    for number, row in enumerate(rows):
        line = json.dumps({name: row.get(name) for name in names}, ensure_ascii=False)
        yield f"{',' if number else ''}\n{line}".encode()
    yield b"\n]\n"


def as_xlsx(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A workbook with one sheet, written row by row to a file that is then handed out in pieces."""
    with tempfile.TemporaryFile() as file:
        _write_book(file, names, rows)
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _write_book(file: Any, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("datos")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, names, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, name in enumerate(names):
                if text := flat(row.get(name)):
                    sheet.write_string(number, column, _fitting(text))


def _fitting(text: str) -> str:
    """A workbook's cell holds 32,767 characters; of a longer text the end is left out, and that is shown."""
    return text if len(text) <= XLSX_CELL_CHARACTERS else f"{text[: XLSX_CELL_CHARACTERS - 1]}…"
