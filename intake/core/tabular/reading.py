"""Rows of a CSV or XLSX file as texts by column, with the line on which each begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from intake.core.i18n import lazy_gettext as _l
from intake.core.tabular.problems import Problems, Refused
from intake.core.text import clean, plain

if TYPE_CHECKING:
    from intake.core.tabular.source import Source

MIB = 1 << 20
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # workbooks of before 2007, and those with a password


@dataclass(frozen=True)
class Columns:
    """Which columns a file may have, by name; ``ignored`` are those that our exports add and no import needs."""

    known: tuple[str, ...]
    required: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Limits:
    """How much is read: rows, columns, characters of a cell, bytes of the file, and bytes once it is unpacked."""

    rows: int = 100_000
    columns: int = 60
    cell_characters: int = 20_000
    size_bytes: int = 300 * MIB
    unpacked_bytes: int = 1024 * MIB

    @property
    def most_lines(self) -> int:
        """Lines over which rows may be spread. Empty ones are forgiven; far more only serve to keep us busy."""
        return self.rows + 1_000


#: What a page takes: it has to answer while somebody waits. Larger files go by command.
PAGE_LIMITS = Limits(rows=2_000, size_bytes=10 * MIB, unpacked_bytes=100 * MIB)


@dataclass(frozen=True)
class Row:
    """A row that is not empty. ``cells`` maps every column of the header to its text, cleaned, "" where empty."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass
class Table:
    """What both kinds of file share: the header found, and how a row is judged by it."""

    columns: Columns
    limits: Limits
    problems: Problems
    names: list[str] = field(default_factory=list)
    count: int = 0
    blank: int = 0

    def head(self, line: int, cells: Sequence[str]) -> None:
        """Take the header. Raises `Refused` where columns are unknown, repeated or missing: it names them."""
        last = max((n for n, cell in enumerate(cells, start=1) if cell.strip()), default=0)
        most = self.limits.columns + 1  # one more than may be, which is noted; no more of them are looked at
        self.names = [column_name(cell) for cell in cells[: min(last, most)]]
        self._judge_head(line)
        if self.problems:
            raise Refused(self.problems)

    def _judge_head(self, line: int) -> None:
        add, names = self.problems.add, self.names
        if len(names) > self.limits.columns:
            add(line, "", _l("Hay demasiadas columnas: el máximo es %(most)s.", most=self.limits.columns))
            return
        for name in dict.fromkeys(names):
            if not name:
                add(line, "", _l("Hay una columna sin nombre en el encabezado."))
            elif name not in {*self.columns.known, *self.columns.ignored}:
                add(line, name, _l("Esta columna no se conoce."))
            elif names.count(name) > 1:
                add(line, name, _l("Esta columna está repetida."))
        for name in (c for c in self.columns.known if c in self.columns.required and c not in names):
            add(line, name, _l("Falta esta columna, que es necesaria."))

    def row(self, line: int, cells: Sequence[str]) -> Row | None:
        """The row, None if something is wrong with it (noted)."""
        self.count += 1
        before = self.problems.total
        self._judge_shape(line, cells)
        found = {}
        for name, cell in zip(self.names, cells, strict=False):
            if len(cell) > self.limits.cell_characters:
                words = _l("El texto es demasiado largo: el máximo es %(most)s caracteres.", most=self._most())
                self.problems.add(line, name, words)
            found[name] = clean(cell)
        return Row(line, found) if self.problems.total == before else None

    def _most(self) -> str:
        return f"{self.limits.cell_characters:,}".replace(",", ".")

    def _judge_shape(self, line: int, cells: Sequence[str]) -> None:
        given, wanted = len(cells), len(self.names)
        if given < wanted or any(cell.strip() for cell in cells[wanted:]):
            words = _l(
                "La fila tiene %(given)s celdas y el encabezado %(wanted)s. Revise comillas y separadores.",
                given=given,
                wanted=wanted,
            )
            self.problems.add(line, "", words)

    def is_full(self, line: int) -> bool:
        """Whether there are more rows, or more empty lines, than may be read (noted)."""
        if self.blank > self.limits.most_lines:
            self.problems.add(line, "", _l("Hay demasiadas filas vacías. Bórrelas y guarde el archivo otra vez."))
            return True
        if self.count <= self.limits.rows:
            return False
        most = f"{self.limits.rows:,}".replace(",", ".")
        self.problems.add(line, "", _l("Hay demasiadas filas: el máximo es %(most)s. Divida el archivo.", most=most))
        return True

    def read(self, lines: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Row]:
        """The rows after the header, which is the first line that is not empty."""
        for line, cells in lines:
            row = None
            if not any(cell and not cell.isspace() for cell in cells):
                self.blank += 1
            elif not self.names:
                self.head(line, cells)
            else:
                row = self.row(line, cells)
            if self.is_full(line):
                return
            if row is not None:
                yield row
        if not self.names:
            self.problems.add(1, "", _l("El archivo está vacío: la primera fila debe tener los nombres de columna."))


def column_name(text: str) -> str:
    """A column's name as people write it: "Título" and "TITULO " are ``titulo``, "Sitio web" is ``sitio_web``."""
    return re.sub(r"[\s_\-]+", "_", plain(clean(text)))


def rows(source: Source, columns: Columns, limits: Limits, problems: Problems) -> Iterator[Row]:
    """Every row that can be read; what is wrong goes to ``problems`` and reading goes on where it can.

    Raises `Refused` where nothing can be read: another kind of file, a wrong header, too large. Memory is bounded by
    the limits: CSV is a stream, a workbook is unpacked.
    """
    from intake.core.tabular import csvfile, workbook  # noqa: PLC0415 -- both need this module

    if source.size_bytes > limits.size_bytes:
        raise refused(
            problems, _l("El archivo pesa demasiado: el máximo es %(most)s MB.", most=limits.size_bytes // MIB)
        )
    table = Table(columns, limits, problems)
    source.file.seek(0)
    begin = source.file.read(4)
    source.file.seek(0)
    if begin == _OLE:
        words = _l("Es un libro antiguo (.xls) o con contraseña. Ábralo y guárdelo como .xlsx o como CSV UTF-8.")
        raise refused(problems, words)
    if begin != _ZIP and source.name.lower().endswith(".xlsx"):
        raise refused(problems, _l("El archivo no es un libro .xlsx. Guárdelo como .xlsx o CSV UTF-8."))
    yield from (workbook if begin == _ZIP else csvfile).read(source, table)


def refused(problems: Problems, reason: object, line: int = 1, column: str = "") -> Refused:
    """The refusal of a whole file."""
    problems.add(line, column, reason)
    return Refused(problems)
