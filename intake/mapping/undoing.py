"""Taking a batch of actors out again, as long as nobody has touched or used any of its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import bulk
from intake.core.permissions import Permission, authorize
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.mapping import batches
from intake.mapping.batches import Outcome
from intake.mapping.importwriter import CHUNK_ROWS, IMPORTED
from intake.mapping.references import LINKS, column_of, pointing_here
from models import Actor, ActorContact, AuditEntry, Consent, ImportBatch
from models.enums import ActorStatus, BatchKind

if TYPE_CHECKING:
    from intake.core.identity import Principal


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
        AuditEntry.action != IMPORTED,
    )
    touched = sa.or_(Actor.status != ActorStatus.PENDING, Actor.lock_version != 1, used, since)
    query = sa.select(Actor.slug).where(here, touched)
    contacts = (
        sa.select(AuditEntry.subject_ref)
        .join(Actor, Actor.slug == AuditEntry.subject_ref)
        .where(AuditEntry.subject_type == ActorContact.__tablename__, here)
    )
    return sorted({*db.session.scalars(query), *(str(ref) for ref in db.session.scalars(contacts))})
