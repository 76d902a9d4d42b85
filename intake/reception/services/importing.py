"""Proposals out of a file: all its rows or none, the same file once, undone as one.

What `submit_directly` does for one proposal is done here for many at once: folios in the order of the file, the first
version, the words for search, contact and consent, an entry of the trace for each. Nobody gets a claim code, because
nobody would be told it: whoever left an address can ask for one. The author is the citizen or the table, never the
clerk.
"""

from __future__ import annotations

from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import bulk, clock
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.tabular import Limits, Problems, Refused, rows
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import batches
from intake.mapping.batches import NewRow, Outcome, Preview, Tick, no_tick
from intake.reception.importrows import COLUMNS, ProposalReader, ProposalRow
from intake.reception.inputs import CONSENT_PURPOSE
from intake.reception.services.moves import stages_of
from intake.reception.writing import search_words
from models import (
    AuditEntry,
    Consent,
    OutboxMessage,
    Plan,
    Proposal,
    ProposalApproach,
    ProposalContact,
    ProposalVersion,
)
from models.enums import BatchKind, ProposalStatus, ProposerKind, PublicName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from intake.core.identity import Principal
    from intake.core.tabular import Row, Source
    from models import ImportBatch

LIMITS = Limits()
CHUNK_ROWS = 500
#: The consent was given with the sheet; which text stood on it, the file does not say.
CONSENT_TEXT = "archivo"
IMPORTED = "proposal.import"
_PLAN = Plan.metadata.tables["plan"]


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
        self.known_rows: list[tuple[int, str, str]] = []

    def new_of(self, found: Iterable[Row], tick: Tick) -> Iterator[ProposalRow]:
        """The proposals that the plan does not hold yet."""
        for row in found:
            self.rows += 1
            if row["folio"] in self.folios:  # an export that comes back
                self._note_known(row.line, row["titulo"], row["folio"])
            elif (proposal := self.reader.read(row)) is not None and self._is_new(proposal):
                self.new += 1
                self.contacts += proposal.has_contact
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
        writer = _Writer(plan, batch, judge.reader.places, by, notify=notify)
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
    """Writes proposals with their versions, approaches, contacts, consents, entries of the trace and messages."""

    def __init__(self, plan: Plan, batch: ImportBatch, places: Any, by: Principal, *, notify: bool) -> None:
        self.plan = plan
        self.batch = batch
        self.places = places
        self.by = by
        self.notify = notify
        self.rows = bulk.Rows()

    def write(self, chunk: Sequence[ProposalRow]) -> None:
        keys = bulk.reserve_keys(Proposal, len(chunk))
        contacts = sum(row.has_contact for row in chunk)
        consents = iter(bulk.reserve_keys(Consent, contacts))
        last = self._folios(len(chunk))
        for folio_number, key, row in zip(range(last - len(chunk) + 1, last + 1), keys, chunk, strict=True):
            folio = f"{self.plan.code}-{folio_number:05d}"
            self._proposal(key, folio, folio_number, row)
            if row.has_contact:
                self._contact(next(consents), key, row)
            if self.notify and row.email:
                self._message(key, folio, row, row.email)
        self.rows.write()

    def _folios(self, number: int) -> int:
        """The last of the next ``number`` numbers of the plan, taken in this transaction."""
        counter = _PLAN.c.folio_counter
        taken = sa.update(_PLAN).where(_PLAN.c.id == self.plan.id).values(folio_counter=counter + number)
        return int(db.session.execute(taken.returning(counter)).scalar_one())

    def _proposal(self, key: int, folio: str, folio_number: int, row: ProposalRow) -> None:
        texts = {name: getattr(row, name) for name in ("title", "problem", "solution", "expected_result")}
        kind, shown, organisation = _author(row)
        self.rows.add(
            Proposal,
            id=key,
            plan_id=self.plan.id,
            folio=folio,
            folio_number=folio_number,
            status=ProposalStatus.SUBMITTED,
            **texts,
            theme_id=row.theme.id if row.theme else None,
            territory_id=self.places.ids[row.place] if row.place else None,
            branch=row.branch,
            channel=row.channel,
            event_id=row.event.id if row.event else None,
            proposer_kind=kind,
            public_name=shown,
            organisation_name=organisation,
            created_at=row.at,
            submitted_at=row.at,
            updated_at=row.at,
            batch_id=self.batch.id,
            external_id=row.external_id,
            search_stems=search_words(SimpleNamespace(**texts), self._beside(row)),
        )
        for approach in row.approaches:
            self.rows.add(ProposalApproach, proposal_id=key, approach=approach)
        content = {
            **texts,
            "theme": row.theme.code if row.theme else None,
            "territory": row.place,
            "approaches": sorted(a.value for a in row.approaches),
            "branch": row.branch.value if row.branch else None,
            "public_name": shown.value,
            "organisation_name": organisation,
        }
        self.rows.add(ProposalVersion, proposal_id=key, number=1, content=content, edited_at=row.at)
        facts = {"status": [None, ProposalStatus.SUBMITTED], "batch": self.batch.name, "line": row.line}
        traced = {**facts, "channel": row.channel, "submitted_at": row.at}
        self.rows.add(AuditEntry, **bulk.entry(IMPORTED, Proposal, key, folio, by=self.by, changes=traced))

    def _beside(self, row: ProposalRow) -> list[str]:
        """The names by which it is found beside its texts: theme, place and the places above."""
        code, names = row.place or "", self.places.names
        above = [names[code[:n]] for n in (2, 4, 6) if n <= len(code) and code[:n] in names]
        return [*above, *([row.theme.name] if row.theme else [])]

    def _contact(self, consent: int, key: int, row: ProposalRow) -> None:
        details = {"batch": self.batch.name}
        given = {"purpose": CONSENT_PURPOSE, "text_version": CONSENT_TEXT, "given_at": row.consent_at}
        self.rows.add(Consent, id=consent, **given, details=details)
        who = {"name": row.name, "email": row.email, "phone": row.phone}
        self.rows.add(ProposalContact, proposal_id=key, **who, consent_id=consent)

    def _message(self, key: int, folio: str, row: ProposalRow, to: str) -> None:
        self.rows.add(
            OutboxMessage,
            kind="proposal_import",
            to_address=to,
            locale="es",
            context={"folio": folio, "title": row.title, "follow": f"/seguimiento/{folio}"},
            dedupe_key=f"proposal:{key}:import",
            created_at=clock.now(),
            not_before=clock.now(),
        )


def _author(row: ProposalRow) -> tuple[ProposerKind, PublicName, str | None]:
    """In whose name it stands: the organisation's, the person's (not shown: nobody was asked), or the table's."""
    if row.organisation:
        return ProposerKind.ORGANISATION, PublicName.ORGANISATION, row.organisation
    if row.event and not row.has_contact:
        return ProposerKind.ORGANISATION, PublicName.ORGANISATION, row.event.title
    return ProposerKind.PERSON, PublicName.ANONYMOUS, None
