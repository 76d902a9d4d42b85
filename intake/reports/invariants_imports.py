"""What must hold of imported files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.extensions import db
from models import Actor, ImportBatch, Proposal
from models.enums import BatchKind, ProposalStatus


def batches_are_whole() -> Sequence[Any]:
    """Batches that hold another number of rows than they brought in, and undone batches that still stand."""
    found = []
    for kind, model in ((BatchKind.ACTORS, Actor), (BatchKind.PROPOSALS, Proposal)):
        number = sa.select(sa.func.count(model.id)).where(model.batch_id == ImportBatch.id).correlate(ImportBatch)
        gone = (ImportBatch.undone_at.is_not(None)) & (ImportBatch.kind == BatchKind.ACTORS)
        wanted = sa.case((gone, 0), else_=ImportBatch.added_count)
        query = sa.select(ImportBatch.name).where(ImportBatch.kind == kind, number.scalar_subquery() != wanted)
        found += [f"{kind.value} {name}" for name in db.session.scalars(query.order_by(ImportBatch.id))]
    standing = (
        sa.select(Proposal.folio)
        .join(ImportBatch, ImportBatch.id == Proposal.batch_id)
        .where(ImportBatch.undone_at.is_not(None), Proposal.status != ProposalStatus.WITHDRAWN)
    )
    return [*found, *(str(folio) for folio in db.session.scalars(standing.order_by(Proposal.folio)))]
