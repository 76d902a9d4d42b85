"""The public tables as CSV and JSON, with their dictionary.

Every column is written out here with what it means: a new column of the database is published only by adding it. No
personal data: who proposed appears only as the organisation that chose to be named.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from intake.core.audit import value_of
from intake.core.i18n import Text
from intake.core.i18n import lazy_gettext as _l
from intake.core.tabular import csv_lines
from intake.extensions import db
from intake.reports import dictionary, publictables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK_ROWS = 500


@dataclass(frozen=True)
class Table:
    """A published table: address name, title, and its columns with meaning and unit, in order."""

    name: str
    title: Text
    columns: tuple[dictionary.Column, ...]


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("propuestas", _l("Propuestas recibidas"), dictionary.PROPOSALS),
        Table("comentarios", _l("Comentarios sobre las propuestas"), dictionary.COMMENTS),
        Table("compromisos", _l("Compromisos públicos"), dictionary.COMMITMENTS),
        Table("hitos", _l("Hitos de los compromisos públicos"), dictionary.MILESTONES),
        Table("actores", _l("Actores verificados"), dictionary.ACTORS),
        Table("participacion", _l("Participación en mesas y planes"), dictionary.PARTICIPATION),
        Table("cifras", _l("Cifras publicadas por otras fuentes"), dictionary.FIGURES),
    )
}


def rows(table: Table) -> Iterator[tuple[Any, ...]]:
    """The table's rows as plain values, read in chunks. One statement."""
    found = db.session.execute(publictables.QUERIES[table.name]().execution_options(yield_per=CHUNK_ROWS))
    words = [column.words for column in table.columns]
    with contextlib.closing(found):  # also where the reader leaves in the middle
        for row in publictables.READERS.get(table.name, iter)(found):
            yield tuple(_put(value, w) for value, w in zip(row, words, strict=True))


def _put(value: Any, words: Callable[[Any], Any] | None) -> Any:
    return value_of(value) if words is None or value is None else words(value)


def as_csv(table: Table) -> Iterator[str]:
    """As spreadsheets read it."""
    return csv_lines([column.name for column in table.columns], rows(table))


def as_json(table: Table) -> Iterator[str]:
    """One JSON array of objects, a row a line."""
    names = [column.name for column in table.columns]
    yield "["
    for i, row in enumerate(rows(table)):
        yield (",\n" if i else "\n") + json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)
    yield "\n]\n"
