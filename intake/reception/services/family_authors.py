"""The authors of a collective proposal: those of its parts, appended in their order, each once (as Indico does).

No address is copied here: letters go through the parts, whose authors may change or erase theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core import clock
from intake.extensions import db
from intake.reception import families, serializers
from models import CoAuthor, JoinRequest, Proposal, ProposalContact
from models.enums import CoAuthorStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Key = frozenset[tuple[str, object]]


def renew(collective: Proposal) -> None:
    """Bring the authors of a collective proposal in step with the parts that are joined now."""
    db.session.flush()
    db.session.execute(
        sa.delete(CoAuthor).where(CoAuthor.proposal_id == collective.id, CoAuthor.from_proposal_id.is_not(None))
    )
    for position, row in enumerate(_once(_of_parts(collective)), start=1):
        row.proposal_id, row.position = collective.id, position
        db.session.add(row)
    db.session.flush()


def _once(found: Iterable[tuple[Key, CoAuthor]]) -> Iterator[CoAuthor]:
    seen: set[tuple[str, object]] = set()
    for key, row in found:
        if seen.isdisjoint(key):
            yield row
        seen |= key


def _of_parts(collective: Proposal) -> Iterator[tuple[Key, CoAuthor]]:
    """Each part's author, then those named beside, with what makes them the same person elsewhere."""
    query = (
        sa.select(Proposal)
        .join(JoinRequest, JoinRequest.proposal_id == Proposal.id)
        .where(JoinRequest.collective_id == collective.id, JoinRequest.status.in_(families.JOINING))
        .options(
            joinedload(Proposal.author),
            joinedload(Proposal.contact).joinedload(ProposalContact.consent),
            joinedload(Proposal.co_authors),
        )
        .order_by(JoinRequest.position)
        .execution_options(populate_existing=False)
    )
    for part in db.session.scalars(query).unique():
        address = part.author.email if part.author else part.contact.email if part.contact else None
        name = serializers.public_author(part)
        yield _key(part.id, part.author_id, address), _row(part, name or "", part.author_id, is_named=bool(name))
        for other in part.co_authors:
            if other.status is CoAuthorStatus.ACCEPTED:
                name = other.name if other.is_named else ""
                key = _key(f"{part.id}/{other.id}", other.user_id, other.email)
                yield key, _row(part, name, other.user_id, is_named=other.is_named)


def _key(own: object, user_id: int | None, address: str | None) -> Key:
    known: list[tuple[str, object]] = [("account", user_id)] if user_id is not None else []
    if address:
        known.append(("address", address.strip().casefold()))
    return frozenset(known or [("itself", own)])


def _row(part: Proposal, name: str, user_id: int | None, *, is_named: bool) -> CoAuthor:
    now = clock.now()
    return CoAuthor(
        name=name,
        user_id=user_id,
        status=CoAuthorStatus.ACCEPTED,
        is_named=is_named,
        invited_at=now,
        answered_at=now,
        from_proposal_id=part.id,
    )
