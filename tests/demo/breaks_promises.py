"""Ways to break each invariant of the public clock, past the services."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from intake.extensions import db
from models import Admission, Proposal
from models.enums import ProposalKind


def break_promises_kept_after_made() -> str:
    query = sa.select(Admission.id, Proposal.folio, Proposal.submitted_at).join(
        Proposal, Proposal.id == Admission.proposal_id
    )
    shown = (Proposal.kind == ProposalKind.CITIZEN, Proposal.source.is_(None), Proposal.is_public)
    met = (Admission.is_clear, Admission.is_collaborative, Admission.is_open_government, Admission.is_public_policy)
    row = db.session.execute(query.where(*shown, *met, Admission.second_at.is_(None)).limit(1)).one()
    early = row.submitted_at - timedelta(days=3)
    db.session.execute(sa.update(Admission.__table__).where(Admission.id == row.id).values(examined_at=early))
    return f"{row.folio} admision"
