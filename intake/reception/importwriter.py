"""Writing many proposals out of a file at once: what `submit_directly` does for one.

Folios in the order of the file, the first version, the words for search, contact and consent, an entry of the trace
for each. Nobody gets a claim code, because nobody would be told it: whoever left an address can ask for one. The author
is the citizen or the table, never the clerk.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from intake.core import bulk, clock
from intake.reception.inputs import CONSENT_PURPOSE
from intake.reception.services.numbering import take_folios
from intake.reception.writing import search_words
from models import (
    AuditEntry,
    Consent,
    OutboxMessage,
    Proposal,
    ProposalApproach,
    ProposalContact,
    ProposalVersion,
)
from models.enums import ProposalStatus, ProposerKind, PublicName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.identity import Principal
    from intake.reception.importrows import ProposalRow
    from models import ImportBatch, Plan

#: The consent was given with the sheet; which text stood on it, the file does not say.
CONSENT_TEXT = "archivo"
IMPORTED = "proposal.import"


class Writer:
    """Writes proposals with their versions, approaches, contacts, consents, entries of the trace and messages."""

    def __init__(self, plan: Plan, batch: ImportBatch, places: Any, by: Principal, *, notify: bool) -> None:
        self.plan = plan
        self.batch = batch
        self.places = places
        self.by = by
        self.notify = notify
        self.rows = bulk.Rows()

    def write(self, chunk: Sequence[ProposalRow]) -> None:
        """The next rows of the file, with the folios that follow."""
        keys = bulk.reserve_keys(Proposal, len(chunk))
        contacts = sum(row.has_contact for row in chunk)
        consents = iter(bulk.reserve_keys(Consent, contacts))
        folios = take_folios(self.plan.id, len(chunk))
        for (folio, folio_number), key, row in zip(folios, keys, chunk, strict=True):
            self._proposal(key, folio, folio_number, row)
            if row.has_contact:
                self._contact(next(consents), key, row)
            if self.notify and row.email:
                self._message(key, folio, row, row.email)
        self.rows.write()

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
        content = {**texts, **_chosen(row), "public_name": shown.value, "organisation_name": organisation}
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


def _chosen(row: ProposalRow) -> dict[str, Any]:
    """What a version says beside the texts and the name."""
    return {
        "theme": row.theme.code if row.theme else None,
        "territory": row.place,
        "approaches": sorted(a.value for a in row.approaches),
        "branch": row.branch.value if row.branch else None,
    }


def _author(row: ProposalRow) -> tuple[ProposerKind, PublicName, str | None]:
    """In whose name it stands: the organisation's, the person's (not shown: nobody was asked), or the table's."""
    if row.organisation:
        return ProposerKind.ORGANISATION, PublicName.ORGANISATION, row.organisation
    if row.event and not row.has_contact:
        return ProposerKind.ORGANISATION, PublicName.ORGANISATION, row.event.title
    return ProposerKind.PERSON, PublicName.ANONYMOUS, None
