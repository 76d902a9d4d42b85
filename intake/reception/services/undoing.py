"""Taking an import back: its proposals are withdrawn under their folios (docs/decisions/0024)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import bulk, clock
from intake.core.permissions import Permission, authorize
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.mapping import batches
from intake.mapping.batches import Outcome
from intake.reception.importwriter import IMPORTED
from intake.reception.queries import takenback
from intake.reception.services.importing import CHUNK_ROWS
from models import AuditEntry, Base, Consent, OutboxMessage, Proposal, ProposalContact
from models.enums import BatchKind, ProposalStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from models import ImportBatch

#: Tables whose rows the import itself made.
_OWN = frozenset({"proposal_approach", "proposal_contact", "proposal_version"})
_PROPOSAL = Proposal.metadata.tables["proposal"]


def undo(name: str, *, by: Principal, reason: str = "") -> Outcome:
    """Withdraw every proposal of a batch, with the reason; erase its contacts; tell whoever was told of the import.

    Raises `NotFound`, and `Conflict` naming the folios of proposals that were changed, examined or used since.
    """
    authorize(by, Permission.PROPOSAL_IMPORT)
    reason = reason.strip()
    with transaction():
        batches.lock()
        batch = batches.by_name(BatchKind.PROPOSALS, name)
        _take_hold(batch)
        batches.refuse_changed(changed(batch))
        number = _trace(batch, by, reason)
        _tell(batch, reason)
        _forget(batch)
        now = clock.now()
        values = {"status": ProposalStatus.WITHDRAWN, "withdrawn_at": now, "updated_at": now, "external_id": None}
        db.session.execute(
            sa.update(_PROPOSAL)
            .where(_PROPOSAL.c.batch_id == batch.id)
            .values(**values, lock_version=_PROPOSAL.c.lock_version + 1)
        )
        batches.undone(batch, number, by=by, reason=reason)
        db.session.expire_all()
        return Outcome(name, number, number)


def _take_hold(batch: ImportBatch) -> None:
    """Lock the proposals and what was kept about who brought them; what others finish meanwhile is seen afterwards.

    Nobody can point at a locked row either: a foreign key waits for it.
    """
    lock(_here(batch).order_by(Proposal.id))
    contacts = sa.select(ProposalContact.id).where(ProposalContact.proposal_id.in_(_here(batch)))
    lock(contacts.order_by(ProposalContact.id))


def changed(batch: ImportBatch) -> list[str]:
    """Folios of the batch's proposals that are not as the import left them, or that something else points at."""
    since = sa.exists().where(
        AuditEntry.subject_type == Proposal.__tablename__,
        AuditEntry.subject_id == Proposal.id,
        AuditEntry.action != IMPORTED,
    )
    used = sa.or_(*(Proposal.id.in_(sa.select(c).where(c.is_not(None))) for c in _pointing_here()))
    moved = Proposal.status != ProposalStatus.SUBMITTED
    query = sa.select(Proposal.folio).where(
        Proposal.batch_id == batch.id, sa.or_(moved, Proposal.lock_version != 1, used, since)
    )
    return [str(folio) for folio in db.session.scalars(query.order_by(Proposal.folio_number))]


def _pointing_here() -> list[sa.Column[Any]]:
    """Columns of other tables with a foreign key to a proposal, read from the tables."""
    keys = (key for table in Base.metadata.sorted_tables if table.name not in _OWN for key in table.foreign_keys)
    return [key.parent for key in keys if key.column.table.name == _PROPOSAL.name]


def _here(batch: ImportBatch) -> sa.Select[Any]:
    return sa.select(Proposal.id).where(Proposal.batch_id == batch.id)


def _trace(batch: ImportBatch, by: Principal, reason: str) -> int:
    """An entry for each proposal; how many there are."""
    found = db.session.execute(sa.select(Proposal.id, Proposal.folio).where(Proposal.batch_id == batch.id)).all()
    gathered = bulk.Rows()
    facts = {"status": [ProposalStatus.SUBMITTED, ProposalStatus.WITHDRAWN], "batch": batch.name}
    for number, (key, folio) in enumerate(found, start=1):
        entry = bulk.entry(takenback.IMPORT_UNDONE, Proposal, key, folio, by=by, changes=facts, reason=reason)
        gathered.add(AuditEntry, **entry)
        if number % CHUNK_ROWS == 0:
            gathered.write()
    gathered.write()
    return len(found)


def _tell(batch: ImportBatch, reason: str) -> None:
    """A message for each that the import had sent."""
    prefix = sa.literal("proposal:").concat(Proposal.id.cast(sa.String)).concat(":import")
    sent = (
        sa.select(OutboxMessage.to_address, OutboxMessage.locale, OutboxMessage.context, Proposal.id)
        .join(Proposal, OutboxMessage.dedupe_key == prefix)
        .where(OutboxMessage.kind == "proposal_import", Proposal.batch_id == batch.id)
    )
    gathered = bulk.Rows()
    for address, locale, context, key in db.session.execute(sent).all():
        gathered.add(
            OutboxMessage,
            kind="proposal_undo_import",
            to_address=address,
            locale=locale,
            context={**context, "reason": reason},
            dedupe_key=f"proposal:{key}:undo_import",
            created_at=clock.now(),
            not_before=clock.now(),
        )
    gathered.write()


def _forget(batch: ImportBatch) -> None:
    """Erase who proposed what is withdrawn; the consents stay as proof, with their end."""
    contacts = sa.select(ProposalContact.consent_id).where(ProposalContact.proposal_id.in_(_here(batch)))
    db.session.execute(
        sa.update(Consent.__table__)  # type: ignore[arg-type]
        .where(Consent.id.in_(contacts), Consent.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    db.session.execute(sa.delete(ProposalContact).where(ProposalContact.proposal_id.in_(_here(batch))))
