"""Who is told what, and where. Messages are written in the transaction of the change; each event speaks once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.accountability.inputs import SIGNATORIES
from intake.accounts import queries as accounts
from intake.core import clock, outbox
from intake.extensions import db
from models import Consent, Post, PostHolding, Proposal, ProposalContact, User, commitment_proposal
from models.enums import PartyRole, Role

if TYPE_CHECKING:
    from models import Actor, Commitment, CounterpartResponse, Milestone, ProgressReport, Signature

_ROLE = {PartyRole.RESPONSIBLE: Role.INSTITUTION, PartyRole.COUNTERPART: Role.COUNTERPART}


@dataclass(frozen=True)
class Reader:
    """An address and the language its owner reads."""

    key: str
    email: str
    locale: str
    folio: str = ""


def tell_formalized(commitment: Commitment) -> None:
    """Tell the authors of its proposals that a commitment was formalized."""
    for reader in authors(commitment):
        _send("commitment_formalize", reader, commitment, str(commitment.id))


def tell_reported(commitment: Commitment, milestone: Milestone, report: ProgressReport) -> None:
    """Tell the authors of a new report, and ask the counterparts for their word."""
    facts = {
        "milestone": milestone.number,
        "milestone_title": milestone.title_es,
        "progress_pct": report.progress_pct,
        "status": report.status,
        "text": report.text,
    }
    for reader in authors(commitment):
        _send("progress_reported", reader, commitment, str(report.id), **facts)
    for reader in holders(commitment, PartyRole.COUNTERPART):
        _send("progress_to_answer", reader, commitment, str(report.id), **facts)


def tell_answered(commitment: Commitment, milestone: Milestone, response: CounterpartResponse) -> None:
    """Tell the authors and the institution what the counterpart answered."""
    readers = {r.email: r for r in (*authors(commitment), *holders(commitment, PartyRole.RESPONSIBLE))}
    for reader in readers.values():
        _send(
            "progress_answered",
            reader,
            commitment,
            str(response.id),
            milestone=milestone.number,
            milestone_title=milestone.title_es,
            verdict=response.verdict,
            comment=response.comment,
        )


def ask_to_sign(commitment: Commitment) -> None:
    """Ask those who sign to read the agreement."""
    for party in SIGNATORIES:
        for reader in holders(commitment, party):
            _send("agreement_to_sign", reader, commitment, str(commitment.id))


def tell_annulled(commitment: Commitment, actor: Actor, signature: Signature, reason: str) -> None:
    """Tell an organisation that its signature was annulled, and why: it may sign again."""
    facts = {"organisation": actor.name, "reason": reason, "signed_on": signature.signed_on}
    for party in {p.role for p in commitment.parties if p.actor_id == actor.id and p.role in _ROLE}:
        for reader in holders(commitment, party, of=actor.id):
            _send("signature_annulled", reader, commitment, str(signature.id), **facts)


def authors(commitment: Commitment) -> list[Reader]:
    """The authors of the originating proposals who left an address, each address once. One statement."""
    link = commitment_proposal
    rows = db.session.execute(
        sa.select(Proposal, User, ProposalContact.email, ProposalContact.consent_id, Consent.revoked_at)
        .join(link, link.c.proposal_id == Proposal.id)
        .outerjoin(User, User.id == Proposal.author_id)
        .outerjoin(ProposalContact, ProposalContact.proposal_id == Proposal.id)
        .outerjoin(Consent, Consent.id == ProposalContact.consent_id)
        .where(link.c.commitment_id == commitment.id)
        .order_by(Proposal.id)
    )
    found: dict[str, Reader] = {}
    for proposal, user, email, consent_id, revoked_at in rows:
        reader = _author(proposal, user, email if consent_id is not None and revoked_at is None else None)
        if reader is not None:
            found.setdefault(reader.email.lower(), reader)
    return list(found.values())


def _author(proposal: Proposal, user: User | None, contact: str | None) -> Reader | None:
    folio = proposal.folio or ""
    if user is not None and user.disabled_at is None:
        return Reader(f"u{user.id}", user.email, user.locale, folio)
    return Reader(f"p{proposal.id}", contact, proposal.language, folio) if contact else None


def holders(commitment: Commitment, party: PartyRole, *, of: int | None = None) -> list[Reader]:
    """Those who today hold a post of the organisations (or of only one) bound with that role. One statement."""
    bound = [p.actor_id for p in commitment.parties if p.role is party and p.until is None]
    actors = bound if of is None else [key for key in bound if key == of]
    query = (
        sa.select(User)
        .join(PostHolding, PostHolding.user_id == User.id)
        .join(Post, Post.id == PostHolding.post_id)
        .where(
            Post.actor_id.in_(actors),
            Post.role == _ROLE[party],
            accounts.held_on(clock.today()),
            User.disabled_at.is_(None),
        )
        .distinct()
        .order_by(User.id)
    )
    return [Reader(f"u{u.id}", u.email, u.locale) for u in db.session.scalars(query)]


def _send(kind: str, reader: Reader, commitment: Commitment, event: str, **facts: Any) -> None:
    outbox.enqueue(
        kind,
        to=reader.email,
        locale=reader.locale,
        dedupe_key=f"{kind}:{event}:{reader.key}",
        reference=commitment.reference,
        title=commitment.title_es or commitment.reference,
        folio=reader.folio,
        **facts,
    )
