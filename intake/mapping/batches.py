"""Files that were imported: each with a name, recognised by its content, undone as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import lazy_ngettext
from intake.core.text import clean, slugify
from intake.core.transaction import one_after_the_other
from intake.extensions import db
from models import ImportBatch

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.core.tabular import Source
    from models.enums import ActorKind, BatchKind

#: Called with how many rows are done.
Tick = Callable[[int], None]
NAME_CHARACTERS = 80
#: What a spreadsheet reads as the beginning of a formula.
FORMULA = ("=", "+", "-", "@")
SHOWN = 20
_LOCK = 41_003  # key of PostgreSQL's advisory lock: two imports happen one after the other


class NewRow(NamedTuple):
    """A record that would come in, as the file describes it; ``places`` and ``themes`` are names.

    ``kind`` of an actor; of a proposal who proposed it, "" if the file does not say.
    """

    line: int
    name: str
    kind: ActorKind | str
    places: Sequence[str]
    themes: Sequence[str]


@dataclass(frozen=True)
class Preview:
    """What an import would do. ``known``, ``alike``: line, what it says, what is there already; rows up to `SHOWN`.

    ``names``: what bears the addresses among what is there already. ``doubts``: line and name of those that a
    spreadsheet would read as a formula.
    """

    name: str
    rows: int
    new: int
    known: int
    new_rows: Sequence[NewRow] = field(default_factory=list)
    known_rows: Sequence[tuple[int, str, str]] = field(default_factory=list)
    alike: int = 0
    alike_rows: Sequence[tuple[int, str, str]] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)
    doubts: Sequence[tuple[int, str]] = field(default_factory=list)
    already: str | None = None  # the batch that brought this very file in
    contacts: int = 0  # new rows that name somebody or say how to answer


@dataclass(frozen=True)
class Outcome:
    """What an import, or its undoing, has done."""

    name: str
    rows: int
    added: int
    known: int = 0
    already: bool = False


def no_tick(_done: int) -> None:
    """Tell nobody."""


def lock() -> None:
    """Let no other import run until this transaction ends (on SQLite none can)."""
    one_after_the_other(_LOCK)


def same_file(kind: BatchKind, sha256: str, plan_id: int | None = None) -> ImportBatch | None:
    """The batch that brought this very file in and was not undone."""
    query = sa.select(ImportBatch).where(ImportBatch.kind == kind, ImportBatch.sha256 == sha256)
    query = query.where(ImportBatch.plan_id.is_not_distinct_from(plan_id), ImportBatch.undone_at.is_(None))
    return db.session.scalars(query.order_by(ImportBatch.id).limit(1)).first()


def free_name(kind: BatchKind, source: Source, wanted: str | None) -> str:
    """The name of a new batch: the one wanted, or one made of the file's. Raises `Invalid` if it is taken."""
    name = clean(wanted).replace("\n", " ")
    if len(name) > NAME_CHARACTERS:
        raise Invalid(_l("El nombre del lote es demasiado largo: use hasta 80 caracteres."), field="batch")
    if name and _taken(kind, name):
        raise Invalid(_l("Ya hay un lote con el nombre «%(name)s»: elija otro.", name=name), field="batch")
    if name:
        return name
    base = f"{slugify(PurePath(source.name).stem)[:60]}-{source.sha256[:8]}"
    number = 1
    while _taken(kind, base if number == 1 else f"{base}-{number}"):
        number += 1
    return base if number == 1 else f"{base}-{number}"


def _taken(kind: BatchKind, name: str) -> bool:
    query = sa.select(ImportBatch.id).where(ImportBatch.kind == kind, ImportBatch.name == name)
    return db.session.scalar(query) is not None


def begin(kind: BatchKind, name: str, source: Source, *, by: Principal, plan_id: int | None = None) -> ImportBatch:
    """The row of a new batch, in the session with its key; `finish` counts and traces it."""
    batch = ImportBatch(
        kind=kind,
        name=name,
        plan_id=plan_id,
        file_name=clean(source.name)[:160],
        sha256=source.sha256,
        row_count=0,
        created_at=clock.now(),
        created_by_id=by.user_id,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def finish(batch: ImportBatch, rows: int, added: int, *, by: Principal) -> None:
    """Write down how much came, and the entry of the whole batch. A file that brought nothing leaves none."""
    if not added:
        db.session.delete(batch)
        return
    batch.row_count, batch.added_count = rows, added
    facts = {"file_name": batch.file_name, "sha256": batch.sha256, "kind": batch.kind}
    audit.record("import_batch.import", batch, by=by, reference=batch.name, extra=facts)


def by_name(kind: BatchKind, name: str) -> ImportBatch:
    """The batch. Raises `NotFound`, `Conflict` where it was undone already."""
    query = sa.select(ImportBatch).where(ImportBatch.kind == kind, ImportBatch.name == name)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No hay un lote con el nombre «%(name)s».", name=name))
    if found.undone_at is not None:
        raise Conflict(_l("Ese lote ya se deshizo."))
    return found


def undone(batch: ImportBatch, rows: int, *, by: Principal, reason: str) -> None:
    """Mark a batch as undone and trace it."""
    batch.undone_at, batch.undone_by_id = clock.now(), by.user_id
    audit.record("import_batch.undo", batch, by=by, reference=batch.name, reason=reason, extra={"rows": rows})


def latest(kind: BatchKind, number: int = SHOWN) -> Sequence[ImportBatch]:
    """The last batches, the newest first. One statement."""
    query = sa.select(ImportBatch).where(ImportBatch.kind == kind).order_by(ImportBatch.id.desc())
    return db.session.scalars(query.limit(number)).all()


def refuse_changed(references: Sequence[Any]) -> None:
    """Raise `Conflict` that names what was changed or used since the import, if anything was."""
    if not references:
        return
    number = len(references)
    words = lazy_ngettext(
        "No se puede deshacer: %(num)s registro cambió o se usó después de importarlo (%(names)s).",
        "No se puede deshacer: %(num)s registros cambiaron o se usaron después de importarlos (%(names)s).",
        number,
        names=", ".join(str(r) for r in references[:SHOWN]) + ("…" if number > SHOWN else ""),
    )
    raise Conflict(words, changed=list(references))
