"""Proposals out of a file: all its rows or none, the same file once, undone as one.

Each row is judged here, and written by `intake.reception.importwriter`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.tabular import Limits, Problems, Refused, rows
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import batches
from intake.mapping.batches import FORMULA, NewRow, Outcome, Preview, Tick, no_tick
from intake.reception.importexample import is_example
from intake.reception.importrows import COLUMNS, ProposalReader, ProposalRow
from intake.reception.importwriter import Writer
from intake.reception.services.moves import stages_of
from models import Plan, Proposal
from models.enums import BatchKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from intake.core.identity import Principal
    from intake.core.tabular import Row, Source

LIMITS = Limits()
CHUNK_ROWS = 500


class _Judge:
    """One reading of the file: judges each row, counts, and hands out what is new."""

    def __init__(self, plan: Plan, problems: Problems) -> None:
        self.problems = problems
        self.reader = ProposalReader(plan, stages_of(plan.id), problems)
        known = sa.select(Proposal.external_id, Proposal.folio).where(
            Proposal.plan_id == plan.id, Proposal.external_id.is_not(None)
        )
        self.kept: dict[str, str] = dict(db.session.execute(known).all())  # type: ignore[arg-type]
        folios = sa.select(Proposal.folio).where(Proposal.plan_id == plan.id, Proposal.folio.is_not(None))
        self.folios = set(db.session.scalars(folios))
        self._lines: dict[str, int] = {}
        self.rows = self.new = self.known = self.contacts = 0
        self.new_rows: list[ProposalRow] = []
        self.doubts: list[tuple[int, str]] = []
        self.known_rows: list[tuple[int, str, str]] = []

    def new_of(self, found: Iterable[Row], tick: Tick) -> Iterator[ProposalRow]:
        """The proposals that the plan does not hold yet."""
        for row in found:
            self.rows += 1
            if row["folio"] in self.folios:  # an export that comes back
                self._note_known(row.line, row["titulo"], row["folio"])
            elif is_example(row):
                self.problems.add(row.line, "titulo", _l("Es la fila de ejemplo de la plantilla: bórrela."))
            elif (proposal := self.reader.read(row)) is not None and self._is_new(proposal):
                self.new += 1
                self.contacts += proposal.has_contact
                self._doubt(proposal)
                if self.new <= batches.SHOWN:
                    self.new_rows.append(proposal)
                yield proposal
            tick(1)

    def _is_new(self, row: ProposalRow) -> bool:
        if line := self._lines.get(row.external_id):
            words = _l("Este identificador ya está en la línea %(line)s.", line=line)
            self.problems.add(row.line, "id_externo", words)
            return False
        self._lines[row.external_id] = row.line
        if folio := self.kept.get(row.external_id):
            self._note_known(row.line, row.title, folio)
            return False
        return True

    def _doubt(self, row: ProposalRow) -> None:
        """Note a title that begins as a formula does: it stays text, but may be a cell that went wrong."""
        if row.title.startswith(FORMULA) and len(self.doubts) < batches.SHOWN:
            self.doubts.append((row.line, row.title))

    def _note_known(self, line: int, title: str, folio: str) -> None:
        self.known += 1
        if len(self.known_rows) < batches.SHOWN:
            self.known_rows.append((line, title, folio))


def preview(
    source: Source, plan: Plan, *, by: Principal, name: str | None = None, limits: Limits = LIMITS, tick: Tick = no_tick
) -> Preview:
    """What an import of the file would do; changes nothing.

    Raises `Refused` with every line that is wrong, `Invalid` (``batch``) on a name that is taken.
    """
    authorize(by, Permission.PROPOSAL_IMPORT)
    if (known := batches.same_file(BatchKind.PROPOSALS, source.sha256, plan.id)) is not None:
        return Preview(known.name, known.row_count, 0, known.row_count, already=known.name)
    problems = Problems()
    judge = _Judge(plan, problems)
    for _row in judge.new_of(rows(source, COLUMNS, limits, problems), tick):
        pass
    if problems:
        raise Refused(problems)
    free = batches.free_name(BatchKind.PROPOSALS, source, name)
    return Preview(
        name=free,
        rows=judge.rows,
        new=judge.new,
        known=judge.known,
        new_rows=[_described(row, judge.reader.places.names) for row in judge.new_rows],
        known_rows=judge.known_rows,
        contacts=judge.contacts,
        doubts=judge.doubts,
    )


def _described(row: ProposalRow, names: Mapping[str, str]) -> NewRow:
    """What the file says, as it was understood: a column that slipped is seen before it is published."""
    places = [names.get(row.place, row.place)] if row.place else []
    themes = [row.theme.name] if row.theme else []
    return NewRow(row.line, row.title, row.organisation or row.name or "", places, themes)


def run(
    source: Source,
    plan: Plan,
    *,
    by: Principal,
    name: str | None = None,
    notify: bool = False,
    limits: Limits = LIMITS,
    tick: Tick = no_tick,
) -> Outcome:
    """Receive what is new of the file. Raises as `preview`, and then nothing changed.

    ``notify``: authors who left an address are told their folio by mail. Judges everything again, whatever a preview
    said, and raises `Conflict` if the file changes meanwhile.
    """
    authorize(by, Permission.PROPOSAL_IMPORT)
    with transaction():
        batches.lock()
        if (known := batches.same_file(BatchKind.PROPOSALS, source.sha256, plan.id)) is not None:
            return Outcome(known.name, known.row_count, 0, known.row_count, already=True)
        free = batches.free_name(BatchKind.PROPOSALS, source, name)
        batch = batches.begin(BatchKind.PROPOSALS, free, source, by=by, plan_id=plan.id)
        problems = Problems()
        judge = _Judge(plan, problems)
        writer = Writer(plan, batch, judge.reader.places, by, notify=notify)
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
