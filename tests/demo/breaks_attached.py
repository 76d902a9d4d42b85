"""Ways to break each invariant of files, points and people who propose together, past the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from intake.reception import attached
from models import CoAuthor, Proposal, ProposalFile, StoredFile
from models.enums import CoAuthorStatus


def _one(query: sa.Select[Any]) -> Any:
    return db.session.execute(query.limit(1)).one()


def _stored(n: int = 0) -> int:
    old = clock.now() - timedelta(days=2)
    given = {"name": "a.pdf", "media_type": "application/pdf", "size_bytes": 1, "sha256": "0" * 64}
    row = StoredFile(key=f"{n:040d}.pdf", created_at=old, **given)
    db.session.add(row)
    db.session.flush()
    return row.id


def break_files_have_a_place() -> str:
    return f"file {_stored()}"


def break_files_within_limits() -> str:
    row = _one(sa.select(ProposalFile.proposal_id).order_by(ProposalFile.id))
    for n in range(attached.MOST_FILES):
        given = {"kind": "document", "position": 10 + n, "added_at": clock.now(), "description": ""}
        values = {"proposal_id": row.proposal_id, "file_id": _stored(n), **given}
        db.session.execute(sa.insert(ProposalFile.__table__).values(**values))
    return f"proposal {row.proposal_id}"


def break_pictures_are_described() -> str:
    query = sa.select(ProposalFile.id, Proposal.folio).join(Proposal, Proposal.id == ProposalFile.proposal_id)
    row = _one(query.where(ProposalFile.kind == "picture").order_by(ProposalFile.id))
    changed = {"description": attached.NO_WORDS}
    db.session.execute(sa.update(ProposalFile.__table__).where(ProposalFile.id == row.id).values(**changed))
    return str(row.folio)


def break_homes_are_not_shown() -> str:
    row = _one(sa.select(Proposal.id).where(Proposal.latitude.is_not(None), Proposal.public_name == "anonymous"))
    db.session.execute(sa.update(Proposal.__table__).where(Proposal.id == row.id).values(latitude=-1.2345))
    return f"proposal {row.id}"


def break_named_by_their_word() -> str:
    row = _one(sa.select(CoAuthor.id).where(CoAuthor.status == CoAuthorStatus.INVITED))
    db.session.execute(sa.update(CoAuthor.__table__).where(CoAuthor.id == row.id).values(is_named=True))
    return f"co-author {row.id}"
