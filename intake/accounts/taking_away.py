"""Everything that is kept about a person with an account, to take away (LOPDP, art. 13)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.accounts import own, queries
from intake.core.audit import value_of
from intake.core.identity import Principal
from intake.extensions import db
from models import AuditEntry, CoAuthor, Comment, Event, Proposal, ProposalFile, Registration, Support, User
from models.enums import CoAuthorStatus, ProposalStatus

ACTS_IN_COPY = 1_000
_OF_COMMENT = (
    "number", "text", "stance", "created_at", "edited_at", "hidden_at", "hidden_reason", "hidden_note", "appeal",
    "appealed_at", "appeal_status", "appeal_answer",
)  # fmt: skip
_OF_PROPOSAL = (
    "folio", "title", "problem", "solution", "expected_result", "public_name", "organisation_name", "latitude",
    "longitude", "created_at", "submitted_at",
)  # fmt: skip
_OF_REGISTRATION = ("reference", "status", "name", "email", "created_at", "cancelled_at")
_OF_OWN_REGISTRATION = ("phone", "needs")  # asked for with the account: others may use the same mailbox
_OF_CO_AUTHOR = ("name", "email", "status", "is_named", "invited_at", "answered_at")


def copy(*, by: Principal) -> dict[str, Any]:
    """All of it as JSON: account, posts, proposals with contact and files, what was said and done, events."""
    person = own.me(by)
    acts = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.user_id == person.id).order_by(AuditEntry.id.desc()).limit(ACTS_IN_COPY)
    )
    return {
        "account": _values(person, "email", "name", "locale", "created_at", "email_confirmed_at", "totp_enabled_at"),
        "posts": [
            {"post": h.post.title, "role": h.post.role.value, **_values(h, "since", "until")}
            for h in queries.holdings_of(person.id)
        ],
        "proposals": _proposals(person),
        "proposes_with": _with_others(person),
        **_said(person),
        "events": _events(person),
        "acts": [_values(row, "at", "action", "role", "subject_ref", "reason") for row in acts],
    }


def _proposals(person: User) -> list[dict[str, Any]]:
    """What the person wrote, with how to answer, and the files that went with it."""
    query = (
        sa.select(Proposal)
        .where(Proposal.author_id == person.id)
        .order_by(Proposal.id)
        .options(joinedload(Proposal.contact), selectinload(Proposal.files).joinedload(ProposalFile.file))
    )
    return [
        {
            **_values(row, *_OF_PROPOSAL),
            "status": _known_state(row.status).value,
            "contact": _values(row.contact, "name", "email", "phone") if row.contact else None,
            "files": [{"name": one.file.name, **_values(one, "description", "added_at")} for one in row.files],
        }
        for row in db.session.scalars(query)
    ]


def _with_others(person: User) -> list[dict[str, Any]]:
    """Proposals beside whose author the person was named, whatever they answered.

    Not those that only their author knows: a draft whose invitations have not gone out tells nobody of itself.
    """
    theirs = sa.or_(CoAuthor.user_id == person.id, sa.func.lower(CoAuthor.email) == person.email.lower())
    was_told = sa.or_(CoAuthor.token_hash.is_not(None), CoAuthor.status != CoAuthorStatus.INVITED, Proposal.is_public)
    query = sa.select(CoAuthor, Proposal.folio).join(Proposal, Proposal.id == CoAuthor.proposal_id)
    query = query.where(theirs, was_told)
    rows = db.session.execute(query.order_by(CoAuthor.id))
    return [{"folio": folio, **_values(row, *_OF_CO_AUTHOR)} for row, folio in rows]


def _events(person: User) -> list[dict[str, Any]]:
    """Places at events under the person's own address, or asked for with the account and without any address.

    A mailbox may be a family's: telephone and needs go only with what was asked for with the account.
    """
    theirs = sa.or_(
        sa.func.lower(Registration.email) == person.email.lower(),
        sa.and_(Registration.user_id == person.id, Registration.email.is_(None)),
    )
    query = sa.select(Registration, Event.slug).join(Event, Event.id == Registration.event_id).where(theirs)
    rows = db.session.execute(query.order_by(Registration.id))
    return [{"event": slug, **_values(row, *_of_registration(row, person))} for row, slug in rows]


def _of_registration(row: Registration, person: User) -> tuple[str, ...]:
    return (*_OF_REGISTRATION, *(_OF_OWN_REGISTRATION if row.user_id == person.id else ()))


def _said(person: User) -> dict[str, Any]:
    """What the person said about proposals, hidden or not, and which ones they support."""
    comments = sa.select(Comment, Proposal.folio).join(Proposal, Proposal.id == Comment.proposal_id)
    supports = sa.select(Support, Proposal.folio).join(Proposal, Proposal.id == Support.proposal_id)
    return {
        "comments": [
            {"folio": folio, **_values(row, *_OF_COMMENT)}
            for row, folio in db.session.execute(comments.where(Comment.author_id == person.id).order_by(Comment.id))
        ],
        "supports": [
            {"folio": folio, **_values(row, "confirmed_at")}
            for row, folio in db.session.execute(supports.where(Support.user_id == person.id).order_by(Support.id))
        ],
    }


def _known_state(status: ProposalStatus) -> ProposalStatus:
    """The state as its author may know it: a refusal is one only with its second signature."""
    return ProposalStatus.SUBMITTED if status is ProposalStatus.REFUSAL_PROPOSED else status


def _values(row: Any, *names: str) -> dict[str, Any]:
    return {name: value_of(getattr(row, name)) for name in names}
