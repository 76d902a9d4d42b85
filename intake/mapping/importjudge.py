"""One reading of a file of actors: what each row says, what the registry holds already, and what is like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core.i18n import lazy_gettext as _l
from intake.core.tabular import Problems
from intake.mapping import batches
from intake.mapping.batches import FORMULA, Tick
from intake.mapping.importrows import ActorReader, ActorRow
from intake.mapping.registryindex import RegistryIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from intake.core.tabular import Row


class Judge:
    """One reading of the file: judges each row, counts, and hands out what is new."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.reader = ActorReader(problems)
        self.index = RegistryIndex()
        self.rows = self.new = self.known = 0
        self.new_rows: list[ActorRow] = []
        self.doubts: list[tuple[int, str]] = []
        self.known_rows: list[tuple[int, str, str]] = []
        self.alike_rows: list[tuple[int, str, str]] = []

    def new_of(self, found: Iterable[Row], tick: Tick) -> Iterator[ActorRow]:
        """The actors that the registry does not hold yet."""
        for row in found:
            self.rows += 1
            if row["identificador"] in self.index.slugs:  # an export that comes back
                self._note_known(row.line, row["nombre"], row["identificador"])
            elif (actor := self.reader.read(row)) is not None and self._is_new(actor):
                self.new += 1
                if self.new <= batches.SHOWN:
                    self.new_rows.append(actor)
                self._doubt(actor)
                yield actor
            tick(1)

    def _is_new(self, actor: ActorRow) -> bool:
        if known := self.index.known(actor):
            if known.line:
                words = _l("Es la misma organización que la de la línea %(line)s.", line=known.line)
                self.problems.add(actor.line, "nombre", words)
            self._note_known(actor.line, actor.name, known.slug)
            return False
        alike = self.index.alike(actor)
        if alike and len(self.alike_rows) < batches.SHOWN:
            there = alike.slug or str(_l("línea %(line)s", line=alike.line))
            self.alike_rows.append((actor.line, actor.name, there))
        self.index.add(actor)
        return True

    def _doubt(self, actor: ActorRow) -> None:
        """Note a name that begins as a formula does: a cell that went wrong, or an attack on whoever opens a file."""
        if actor.name.startswith(FORMULA) and len(self.doubts) < batches.SHOWN:
            self.doubts.append((actor.line, actor.name))

    def _note_known(self, line: int, name: str, slug: str) -> None:
        self.known += 1
        if len(self.known_rows) < batches.SHOWN:
            self.known_rows.append((line, name, slug))
