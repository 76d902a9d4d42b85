"""Reading one proposal, and all of a plan with everything about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core import tokens
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.transaction import gone
from intake.extensions import db
from models import AuditEntry, Plan, Proposal, ProposalContact, ProposalVersion, Territory, User

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What a page about one proposal needs, joined: theme, place with those above it, table, author, contact, approaches.
_JOINED = (
    joinedload(Proposal.theme),
    joinedload(Proposal.territory).joinedload(Territory.parent).joinedload(Territory.parent),
    joinedload(Proposal.event),
    joinedload(Proposal.author),
    joinedload(Proposal.contact).joinedload(ProposalContact.consent),
    joinedload(Proposal.approaches),
)


def by_folio(folio: str) -> Proposal:
    """A submitted proposal with everything of `_JOINED`, its plan and the plan's stages. Two statements; `NotFound`."""
    found = _one(Proposal.folio == folio.upper())
    if found is None:
        raise NotFound(_l("No existe una propuesta con ese folio. Revise que lo haya escrito completo."))
    return found


def is_public(folio: str) -> bool:
    """Whether a proposal was sent under this folio. One statement."""
    query = sa.select(Proposal.id).where(Proposal.folio == folio, Proposal.is_public)
    return db.session.scalar(query) is not None


def by_draft_key(key: str) -> Proposal:
    """The proposal, draft or since submitted, written under this secret address. Two statements; `NotFound`."""
    found = _one(Proposal.draft_key_hash == tokens.token_hash(key))
    if found is None:
        raise NotFound(_l("No hay un borrador en esta dirección. Puede que la haya copiado incompleta."))
    return found


def by_idempotency_key(stored: str) -> Proposal | None:
    """The proposal that was made by this very form, as stored. Two statements."""
    return _one(Proposal.idempotency_key == stored)


def complete(proposal: Proposal) -> None:
    """Load what `_JOINED` names if the proposal came without it, or lost it in a rollback. No or two statements."""
    if sa.inspect(proposal).unloaded & {"contact", "approaches"}:
        _one(Proposal.id == proposal.id)


def _one(condition: sa.ColumnElement[bool]) -> Proposal | None:
    plan = joinedload(Proposal.plan)
    query = sa.select(Proposal).where(condition).options(plan, plan.selectinload(Plan.stages), *_JOINED)
    return db.session.scalars(query).unique().one_or_none()


class Reader(NamedTuple):
    """Where an author can be written to, and in which language."""

    email: str | None
    locale: str


def author_of(proposal: Proposal) -> Reader:
    """The account's address, else the contact's. One statement; `Conflict` where it was deleted meanwhile."""
    row = db.session.execute(
        sa.select(User.email, User.locale, ProposalContact.email)
        .select_from(Proposal)
        .outerjoin(User, User.id == Proposal.author_id)
        .outerjoin(ProposalContact, ProposalContact.proposal_id == Proposal.id)
        .where(Proposal.id == proposal.id)
    ).one_or_none()
    if row is None:
        raise gone()
    return Reader(row[0] or row[2], row[1] or proposal.language)


def last_change(proposal: Proposal) -> AuditEntry | None:
    """The latest entry of the trace about the proposal. One statement."""
    return db.session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.subject_type == "proposal", AuditEntry.subject_id == proposal.id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()


def versions(proposal: Proposal) -> Sequence[ProposalVersion]:
    """What it said after each edit, oldest first. One statement."""
    query = sa.select(ProposalVersion).where(ProposalVersion.proposal_id == proposal.id)
    return db.session.scalars(query.order_by(ProposalVersion.number)).all()
