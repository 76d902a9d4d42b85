"""Invariants of files in general, and of what goes with a proposal: its files and the people who propose it too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import obstore
import sqlalchemy as sa

from intake.core import clock, files
from intake.extensions import db
from intake.reception import attached, points
from models import Base, CoAuthor, Proposal, ProposalFile, StoredFile
from models.enums import CoAuthorStatus, ProposalFileKind, ProposalStatus, PublicName

#: A file may be in the store before the transaction that keeps it has ended, and after the one that removed it.
GRACE = timedelta(days=1)


def files_have_a_place() -> Sequence[Any]:
    """Stored files that nothing points at, older than `GRACE`."""
    columns = [key.parent for table in Base.metadata.sorted_tables for key in table.foreign_keys if _is_of_files(key)]
    used = sa.union_all(*(sa.select(column.label("id")).where(column.is_not(None)) for column in columns)).subquery()
    query = sa.select(StoredFile.id).where(
        StoredFile.created_at < clock.now() - GRACE, StoredFile.id.not_in(sa.select(used.c.id))
    )
    return [f"file {key}" for key in db.session.scalars(query.order_by(StoredFile.id))]


def _is_of_files(key: sa.ForeignKey) -> bool:
    return key.column.table.name == StoredFile.__tablename__


def bytes_have_their_row() -> Sequence[Any]:
    """Bytes in the store that no row names, older than `GRACE`. What `intake.core.holding` holds lies in a folder."""
    known = set(db.session.scalars(sa.select(StoredFile.key)))
    oldest = clock.now() - GRACE
    return sorted(
        found["path"]
        for part in obstore.list(files.object_store())
        for found in part
        if "/" not in found["path"] and found["path"] not in known and found["last_modified"] < oldest
    )


def proposals_keep_to_the_limits() -> Sequence[Any]:
    """Proposals with more files, or more bytes, than anybody may attach; scans of sheets are the team's."""
    query = (
        sa.select(ProposalFile.proposal_id)
        .join(StoredFile, StoredFile.id == ProposalFile.file_id)
        .where(ProposalFile.kind != ProposalFileKind.SCAN)
        .group_by(ProposalFile.proposal_id)
        .having((sa.func.count() > attached.MOST_FILES) | (sa.func.sum(StoredFile.size_bytes) > attached.MOST_BYTES))
    )
    return [f"proposal {key}" for key in db.session.scalars(query.order_by(ProposalFile.proposal_id))]


def pictures_say_what_they_show() -> Sequence[Any]:
    """Pictures of proposals that were sent, without words for who cannot see them."""
    query = (
        sa.select(Proposal.folio)
        .join(ProposalFile, ProposalFile.proposal_id == Proposal.id)
        .where(ProposalFile.description == attached.NO_WORDS, Proposal.status != ProposalStatus.DRAFT)
    )
    return db.session.scalars(query.order_by(Proposal.folio)).all()


def homes_are_not_shown() -> Sequence[Any]:
    """Points of proposals without a name that are finer than their square, and points outside Ecuador."""
    query = sa.select(Proposal).where(Proposal.latitude.is_not(None)).order_by(Proposal.id)
    return [
        f"proposal {row.id}"
        for row in db.session.scalars(query)
        if (point := points.of(row)) is not None
        and (
            not points.in_ecuador(point) or (row.public_name is PublicName.ANONYMOUS and points.coarse(point) != point)
        )
    ]


def named_only_by_their_word() -> Sequence[Any]:
    """People shown as authors, or dated as having answered, who did not accept; and who accepted without a date."""
    accepted = CoAuthor.status == CoAuthorStatus.ACCEPTED
    query = sa.select(CoAuthor.id).where(
        (CoAuthor.is_named & ~accepted)
        | (accepted & CoAuthor.answered_at.is_(None) & CoAuthor.from_proposal_id.is_(None))
        | ((CoAuthor.status == CoAuthorStatus.INVITED) & CoAuthor.answered_at.is_not(None))
    )
    return [f"co-author {key}" for key in db.session.scalars(query.order_by(CoAuthor.id))]
