"""Actors out of a file: all its rows or none, the same file once, undone as one.

The file is read twice: once to judge every row, which writes nothing, and once, within the transaction, to keep them.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, bulk, clock
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.permissions import Permission, authorize
from intake.core.tabular import Limits, Problems, Refused, rows
from intake.core.text import plain, slugify
from intake.core.transaction import dialect, lock, transaction
from intake.extensions import db
from intake.mapping import batches
from intake.mapping.batches import NewRow, Outcome, Preview, Tick, no_tick
from intake.mapping.contacts import CONSENT_PURPOSE
from intake.mapping.importrows import COLUMNS, ActorReader, ActorRow
from intake.mapping.records import RESERVED, SLUG_LOCK
from intake.mapping.references import LINKS, column_of, pointing_here
from intake.mapping.registryindex import RegistryIndex
from models import (
    Actor,
    ActorContact,
    AuditEntry,
    Consent,
    ImportBatch,
    Territory,
    Theme,
    actor_language,
    actor_people,
    actor_territory,
    actor_theme,
)
from models.enums import ActorStatus, BatchKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from intake.core.identity import Principal
    from intake.core.tabular import Row, Source

LIMITS = Limits()
CHUNK_ROWS = 500
#: The consent was given on paper or elsewhere; which text it was, the file does not say.
CONSENT_TEXT = "archivo"
_IMPORTED = "actor.import"
#: What a spreadsheet reads as the beginning of a formula.
FORMULA = ("=", "+", "-", "@")


class _Judge:
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
    judge = _Judge(problems)
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
        judge = _Judge(problems)
        writer = _Writer(batch, judge.reader.places.ids, by)
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


class _Writer:
    """Writes actors with their ties, contacts, consents and entries of the trace, some hundred at a time."""

    def __init__(self, batch: ImportBatch, place_ids: dict[str, int], by: Principal) -> None:
        self.batch = batch
        self.place_ids = place_ids
        self.by = by
        if dialect() == "postgresql":
            db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(SLUG_LOCK)))
        self.slugs = {*RESERVED, *db.session.scalars(sa.select(Actor.slug))}
        self._numbers: dict[str, int] = {}
        self.rows = bulk.Rows()

    def write(self, chunk: Sequence[ActorRow]) -> None:
        keys = bulk.reserve_keys(Actor, len(chunk))
        for key, actor in zip(keys, chunk, strict=True):
            self._actor(key, actor)
        contacts = [(key, actor) for key, actor in zip(keys, chunk, strict=True) if actor.contact]
        for consent, (key, actor) in zip(bulk.reserve_keys(Consent, len(contacts)), contacts, strict=True):
            self._contact(consent, key, actor)
        self.rows.write()

    def _slug(self, name: str) -> str:
        base = slugify(name)
        slug, number = base, self._numbers.get(base, 1)
        while slug in self.slugs:
            number += 1
            slug = f"{base}-{number}"
        self._numbers[base] = number
        self.slugs.add(slug)
        return slug

    def _actor(self, key: int, actor: ActorRow) -> None:
        slug = self._slug(actor.name)
        values = {
            "slug": slug,
            "name": actor.name,
            "kind": actor.kind,
            "status": ActorStatus.PENDING,
            "acronym": actor.acronym,
            "sector_id": actor.sector_id,
            "ruc": actor.ruc,
            "website": actor.website,
            "source": actor.source,
            "source_on": actor.source_on,
            "external_id": actor.external_id,
        }
        rest = {"description": actor.description, "name_plain": plain(actor.name), "created_at": clock.now()}
        self.rows.add(Actor, id=key, batch_id=self.batch.id, created_by_id=self.by.user_id, **values, **rest)
        self._ties(key, actor)
        changes = {name: [None, value] for name, value in values.items() if value is not None and name != "slug"}
        facts = {**changes, "batch": self.batch.name, "line": actor.line, "territories": list(actor.places)}
        self.rows.add(AuditEntry, **bulk.entry(_IMPORTED, Actor, key, slug, by=self.by, changes=facts))

    def _ties(self, key: int, actor: ActorRow) -> None:
        for code in actor.places:
            self.rows.add(actor_territory, actor_id=key, territory_id=self.place_ids[code])
        for theme in actor.themes:
            self.rows.add(actor_theme, actor_id=key, theme_id=theme)
        for people in actor.peoples:
            self.rows.add(actor_people, actor_id=key, people_id=people)
        for language in actor.languages:
            self.rows.add(actor_language, actor_id=key, language_id=language)

    def _contact(self, consent: int, key: int, actor: ActorRow) -> None:
        contact = actor.contact
        assert contact is not None
        given = clock.start_of(contact.consent_on)
        details = {"batch": self.batch.name, "public_since": given.isoformat() if contact.is_public else None}
        self.rows.add(
            Consent,
            id=consent,
            purpose=CONSENT_PURPOSE,
            text_version=CONSENT_TEXT,
            given_at=given,
            details=details,
        )
        self.rows.add(
            ActorContact,
            actor_id=key,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            position=contact.position,
            is_public=contact.is_public,
            consent_id=consent,
        )


def undo(name: str, *, by: Principal, reason: str = "") -> Outcome:
    """Take a batch out again: its records, contacts and consents are deleted, their entries of the trace stay.

    Raises `NotFound`, and `Conflict` naming the records that were changed, verified or used since.
    """
    authorize(by, Permission.ACTOR_IMPORT)
    with transaction():
        batches.lock()
        batch = batches.by_name(BatchKind.ACTORS, name)
        keys = sa.select(Actor.id).where(Actor.batch_id == batch.id)
        # what others finish before we hold a row is seen below; nobody points at a row that is held
        lock(keys.order_by(Actor.id))
        lock(sa.select(ActorContact.id).where(ActorContact.actor_id.in_(keys)).order_by(ActorContact.id))
        batches.refuse_changed(_changed(batch))
        consents = db.session.scalars(sa.select(ActorContact.consent_id).where(ActorContact.actor_id.in_(keys))).all()
        number = _trace_undoing(batch, by, reason)
        db.session.execute(sa.delete(ActorContact).where(ActorContact.actor_id.in_(keys)))
        for start in range(0, len(consents), CHUNK_ROWS):
            db.session.execute(sa.delete(Consent).where(Consent.id.in_(consents[start : start + CHUNK_ROWS])))
        for table in LINKS:
            _tied, column = column_of(f"{table}.actor_id")
            db.session.execute(sa.delete(_tied).where(column.in_(keys)))
        db.session.execute(sa.delete(Actor).where(Actor.batch_id == batch.id))
        batches.undone(batch, number, by=by, reason=reason)
        return Outcome(batch.name, batch.row_count, number)


def _trace_undoing(batch: ImportBatch, by: Principal, reason: str) -> int:
    """An entry for each record of the batch; how many there are."""
    found = db.session.execute(sa.select(Actor.id, Actor.slug).where(Actor.batch_id == batch.id)).all()
    gathered, facts = bulk.Rows(), {"batch": batch.name}
    for key, slug in found:
        values = bulk.entry("actor.undo_import", Actor, key, slug, by=by, changes=facts, reason=reason)
        gathered.add(AuditEntry, **values)
    gathered.write()
    return len(found)


def _changed(batch: ImportBatch) -> list[str]:
    """Addresses of the batch's records that are not as the import left them, or that something else points at."""
    here = Actor.batch_id == batch.id
    own = {*(f"{table}.actor_id" for table in LINKS), "actor_contact.actor_id"}
    elsewhere = [column_of(name)[1] for name in sorted(pointing_here() - own)]
    used = sa.or_(*(Actor.id.in_(sa.select(c).where(c.is_not(None))) for c in elsewhere))
    since = sa.exists().where(
        AuditEntry.subject_type == Actor.__tablename__,
        AuditEntry.subject_id == Actor.id,
        AuditEntry.action != _IMPORTED,
    )
    touched = sa.or_(Actor.status != ActorStatus.PENDING, Actor.lock_version != 1, used, since)
    query = sa.select(Actor.slug).where(here, touched)
    contacts = (
        sa.select(AuditEntry.subject_ref)
        .join(Actor, Actor.slug == AuditEntry.subject_ref)
        .where(AuditEntry.subject_type == ActorContact.__tablename__, here)
    )
    return sorted({*db.session.scalars(query), *(str(ref) for ref in db.session.scalars(contacts))})


def columns() -> Sequence[tuple[str, bool]]:
    """The columns that a file may have, and whether each must be there."""
    return [(name, name in COLUMNS.required) for name in COLUMNS.known]


def record_download(kind: str, rows_given: int, *, by: Principal) -> None:
    """Write down that somebody took the registry out of the house with its contacts."""
    with transaction():
        audit.note("actor.export", Actor.__tablename__, by=by, extra={"format": kind, "rows": rows_given})


__all__ = ["COLUMNS", "LIMITS", "columns", "preview", "record_download", "run", "undo"]
