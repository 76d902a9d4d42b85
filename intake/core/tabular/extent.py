"""How far the sheets of a workbook reach, judged with a parser of XML while they stream by.

It is told what the reader of workbooks is told: a cell or a row stands where its attribute ``r`` says, else behind the
one before. A parser finds them however they are written, which no pattern does. Memory is bounded: a tag may be as long
as `_TAG_BYTES`, and as deep as `_DEEPEST`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from xml.parsers import expat

_SHEET = b"sheetData"  # nothing else is read as a sheet, whatever its name in the package
_TAG_BYTES = 1 << 20
_DEEPEST = 100
_REFERENCE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,9})")
_ROW = re.compile(r"[0-9]{1,9}")
_NEVER = _DEEPEST + 1


class Far(Exception):
    """A value stands beyond the last row or the last column that may be."""


class Malformed(Exception):
    """A sheet that is no XML, or declares a document type, or is made to keep whoever reads it busy."""


class Extent:
    """Judges one member of a package, given in pieces as it is unpacked. What is no sheet may be anything.

    Rows and columns count from 1.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._most_rows, self._most_columns = rows, columns
        self._row = self._column = self._cell_row = 0
        self._depth, self._cell_depth = 0, _NEVER
        self._fed, self._tail = 0, b""
        self._is_sheet = self._is_broken = False
        # The reader knows no UTF-16: read as such, the same bytes might say something else.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Judge the next piece. Raises `Far` and `Malformed`."""
        self._is_sheet = self._is_sheet or _SHEET in self._tail + piece
        self._tail = (self._tail + piece)[-len(_SHEET) :]
        if not self._is_broken:
            self._parse(piece, last=last)
        if self._is_sheet and self._is_broken:
            raise Malformed

    def _parse(self, piece: bytes, *, last: bool) -> None:
        self._fed += len(piece)
        try:
            self._parser.Parse(piece, last)
            self._is_broken = self._fed - max(self._parser.CurrentByteIndex, 0) > _TAG_BYTES
        except (expat.ExpatError, Malformed):
            self._is_broken = True

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Malformed
        kind = name.rpartition(":")[2] if ":" in name else name
        if kind == "c":
            self._stand(attributes.get("r"))
            self._cell_depth = self._depth
        elif kind == "row":
            self._go_to(attributes.get("r"))
        elif self._depth <= self._cell_depth:
            self._cell_depth = _NEVER  # the cell has ended
        elif self._cell_row > self._most_rows or self._column > self._most_columns:
            raise Far  # a cell, or a row, without anything in it takes no room

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _stand(self, reference: str | None) -> None:
        if reference is None:
            self._cell_row, self._column = self._row, self._column + 1
            return
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise Malformed
        self._column, self._cell_row = _column_number(found[1]), int(found[2])

    def _go_to(self, reference: str | None) -> None:
        if reference is not None and not _ROW.fullmatch(reference):
            raise Malformed
        self._row, self._column = int(reference) if reference else self._row + 1, 0


def _refuse_doctype(*_declared: object) -> None:
    raise Malformed


@lru_cache(maxsize=256)
def _column_number(letters: str) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
