"""Reading what goes with a proposal: its files, and the people who propose it with its author."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from intake.core import tokens
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from models import CoAuthor, Proposal, ProposalFile, StoredFile
from models.enums import CoAuthorStatus, ProposalFileKind

if TYPE_CHECKING:
    from collections.abc import Sequence


def _files() -> sa.Select[ProposalFile]:
    """Without the scans of paper sheets, which are the team's."""
    return (
        sa.select(ProposalFile)
        .join(StoredFile, StoredFile.id == ProposalFile.file_id)
        .options(contains_eager(ProposalFile.file))
        .where(ProposalFile.kind != ProposalFileKind.SCAN)
        .order_by(ProposalFile.position)
    )


def files_of(proposal: Proposal) -> Sequence[ProposalFile]:
    """Documents and pictures in their order, each with its stored file. One statement."""
    return db.session.scalars(_files().where(ProposalFile.proposal_id == proposal.id)).all()


def file_of(proposal: Proposal, key: str) -> ProposalFile:
    """One of them by the key of its stored file. One statement; `NotFound`."""
    query = _files().where(ProposalFile.proposal_id == proposal.id, StoredFile.key == key)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("Ese archivo no está, o ya se quitó de la propuesta."))
    return found


def people_of(proposal: Proposal) -> Sequence[CoAuthor]:
    """Everybody whom the author named, in order, whatever they answered. One statement."""
    query = sa.select(CoAuthor).where(CoAuthor.proposal_id == proposal.id, CoAuthor.from_proposal_id.is_(None))
    return db.session.scalars(query.order_by(CoAuthor.position)).all()


def with_author(proposal: Proposal) -> Sequence[CoAuthor]:
    """Who accepted to propose with the author, in order. The public reads only the names of those who are ``is_named``.

    One statement.
    """
    query = sa.select(CoAuthor).where(
        CoAuthor.proposal_id == proposal.id,
        CoAuthor.status == CoAuthorStatus.ACCEPTED,
        CoAuthor.from_proposal_id.is_(None),
    )
    return db.session.scalars(query.order_by(CoAuthor.position)).all()


def to_be_told(proposal: Proposal) -> list[tuple[CoAuthor, Proposal]]:
    """Who accepted by mail to propose it, or a part that was joined to it, with that proposal. One statement."""
    query = (
        sa.select(CoAuthor, Proposal)
        .join(Proposal, Proposal.id == CoAuthor.proposal_id)
        .where(
            sa.or_(Proposal.id == proposal.id, Proposal.joined_to_id == proposal.id),
            CoAuthor.status == CoAuthorStatus.ACCEPTED,
            CoAuthor.from_proposal_id.is_(None),
            CoAuthor.email.is_not(None),
        )
    )
    rows = db.session.execute(query.order_by(Proposal.id, CoAuthor.position))
    return [(row[0], row[1]) for row in rows]


def by_token(token: str) -> CoAuthor:
    """The invitation of a link. One statement; `NotFound`."""
    found = db.session.scalar(sa.select(CoAuthor).where(CoAuthor.token_hash == tokens.token_hash(token)))
    if found is None:
        raise NotFound(_l("Esta invitación ya no vale: quien la envió la retiró, o el enlace está incompleto."))
    return found
