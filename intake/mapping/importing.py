"""Actors out of a file: all its rows or none, the same file once (`undoing` takes it out as one).

The file is read twice: once to judge every row, which writes nothing, and once, within the transaction, to keep them.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core.i18n import localized
from intake.core.permissions import Permission, authorize
from intake.core.tabular import Limits, Problems, Refused, rows
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import batches
from intake.mapping.batches import NewRow, Outcome, Preview, Tick, no_tick
from intake.mapping.importjudge import Judge
from intake.mapping.importrows import COLUMNS, ActorRow
from intake.mapping.importwriter import CHUNK_ROWS, Writer
from models import Actor, Territory, Theme
from models.enums import BatchKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.identity import Principal
    from intake.core.tabular import Source

LIMITS = Limits()


def preview(
    source: Source, *, by: Principal, name: str | None = None, limits: Limits = LIMITS, tick: Tick = no_tick
) -> Preview:
    """What an import of the file would do; changes nothing.

    Raises `Refused` with every line that is wrong, `Invalid` (``batch``) on a name that is taken.
    """
    authorize(by, Permission.ACTOR_IMPORT)
    if (known := batches.same_file(BatchKind.ACTORS, source.sha256)) is not None:
        return Preview(known.name, known.row_count, 0, known.row_count, already=known.name)
    problems = Problems()
    judge = Judge(problems)
    for _actor in judge.new_of(rows(source, COLUMNS, limits, problems), tick):
        pass
    if problems:
        raise Refused(problems)
    return Preview(
        name=batches.free_name(BatchKind.ACTORS, source, name),
        rows=judge.rows,
        new=judge.new,
        known=judge.known,
        new_rows=_described(judge.new_rows),
        known_rows=judge.known_rows,
        alike=judge.index.alike_found,
        alike_rows=judge.alike_rows,
        names=_names([there for _line, _said, there in (*judge.known_rows, *judge.alike_rows)]),
        doubts=judge.doubts,
    )


def _described(found: Sequence[ActorRow]) -> list[NewRow]:
    """The rows with the names of their places and themes. Two statements."""
    codes = {code for row in found for code in row.places}
    keys = {key for row in found for key in row.themes}
    places = {p.code: p.name for p in db.session.scalars(sa.select(Territory).where(Territory.code.in_(codes)))}
    themes = {t.id: localized(t, "name") for t in db.session.scalars(sa.select(Theme).where(Theme.id.in_(keys)))}
    return [
        NewRow(
            row.line,
            row.name,
            row.kind,
            [places.get(code, code) for code in row.places],
            [themes[key] for key in row.themes],
        )
        for row in found
    ]


def _names(slugs: Sequence[str]) -> dict[str, str]:
    """The name that each address bears. One statement."""
    query = sa.select(Actor.slug, Actor.name).where(Actor.slug.in_(set(slugs)))
    return {row.slug: row.name for row in db.session.execute(query)}


def run(
    source: Source, *, by: Principal, name: str | None = None, limits: Limits = LIMITS, tick: Tick = no_tick
) -> Outcome:
    """Keep what is new of the file, each record still to be verified. Raises as `preview`, and then nothing changed.

    Judges everything again, whatever a preview said, and raises `Conflict` if the file changes meanwhile.
    """
    authorize(by, Permission.ACTOR_IMPORT)
    with transaction():
        batches.lock()
        if (known := batches.same_file(BatchKind.ACTORS, source.sha256)) is not None:
            return Outcome(known.name, known.row_count, 0, known.row_count, already=True)
        batch = batches.begin(BatchKind.ACTORS, batches.free_name(BatchKind.ACTORS, source, name), source, by=by)
        problems = Problems()
        judge = Judge(problems)
        writer = Writer(batch, judge.reader.places.ids, by)
        found = judge.new_of(rows(source, COLUMNS, limits, problems), tick)
        while (chunk := list(islice(found, CHUNK_ROWS))) and not problems:
            writer.write(chunk)
        for _rest in found:  # something is wrong: nothing more is written, but every wrong line is named
            pass
        if problems:
            raise Refused(problems)
        source.require_same()
        batches.finish(batch, judge.rows, judge.new, by=by)
        return Outcome(batch.name, judge.rows, judge.new, judge.known)


def columns() -> Sequence[tuple[str, bool]]:
    """The columns that a file may have, and whether each must be there."""
    return [(name, name in COLUMNS.required) for name in COLUMNS.known]


__all__ = ["COLUMNS", "LIMITS", "columns", "preview", "run"]
