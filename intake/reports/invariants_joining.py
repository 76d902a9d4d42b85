"""Invariants of joining by consent: nobody is joined without a yes, nobody twice, nobody counted or answered twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.extensions import db
from intake.reception.families import JOINING, LEAST_PARTS
from intake.reception.queries import unions
from intake.reception.queries.conversation import family_supports
from models import Admission, AuditEntry, CoAuthor, JoinRequest, OutboxMessage, Proposal, ProposalContact, Support, User
from models.enums import ProposalKind
from models.enums import ProposalStatus as S

_LEAD = aliased(Proposal)
_SAID_YES = JoinRequest.status.in_(JOINING)
#: States in which a collective proposal answers nobody.
_DEAD = (S.WITHDRAWN, S.DRAFT, S.JOINED, S.HELD, S.DISCARDED)
#: Moves of a collective proposal that answer its authors.
_ANSWERS = ("admit", "refuse", "overrule", "select", "reserve", "leave_outside", "defer", "call_up")


def joined_by_consent() -> Sequence[Any]:
    """Joined proposals whose author did not say yes to that very collective one, and a yes that joined nothing."""
    yes = sa.exists().where(
        JoinRequest.proposal_id == Proposal.id, JoinRequest.collective_id == Proposal.joined_to_id, _SAID_YES
    )
    without = sa.select(Proposal.folio).where(Proposal.status == S.JOINED, ~yes)
    for_nothing = (
        sa.select(Proposal.folio)
        .join(JoinRequest, JoinRequest.proposal_id == Proposal.id)
        .where(
            _SAID_YES,
            (Proposal.joined_to_id.is_(None))
            | (Proposal.joined_to_id != JoinRequest.collective_id)
            | JoinRequest.joined_from.is_(None),
        )
    )
    return sorted({*db.session.scalars(without), *db.session.scalars(for_nothing)})


def joined_once() -> Sequence[Any]:
    """Proposals whose authors said yes to more than one collective proposal."""
    query = (
        sa.select(Proposal.folio)
        .join(JoinRequest, JoinRequest.proposal_id == Proposal.id)
        .where(_SAID_YES)
        .group_by(Proposal.id, Proposal.folio)
        .having(sa.func.count() > 1)
    )
    return db.session.scalars(query.order_by(Proposal.folio)).all()


def parts_have_a_live_whole() -> Sequence[Any]:
    """Proposals joined to one not collective or not to be seen; collective ones examined with fewer than two parts."""
    dead = (
        sa.select(Proposal.folio)
        .join(_LEAD, _LEAD.id == Proposal.joined_to_id)
        .where((_LEAD.kind != ProposalKind.COLLECTIVE) | _LEAD.status.in_(_DEAD))
    )
    parts = (
        sa.select(sa.func.count())
        .where(JoinRequest.collective_id == Proposal.id, _SAID_YES)
        .correlate(Proposal)
        .scalar_subquery()
    )
    few = sa.select(Proposal.folio).where(
        Proposal.kind == ProposalKind.COLLECTIVE,
        Proposal.status.not_in((S.SUBMITTED, S.WITHDRAWN)),
        parts < LEAST_PARTS,
    )
    return sorted({*db.session.scalars(dead), *db.session.scalars(few)})


def examined_by_others() -> Sequence[Any]:
    """Collective proposals examined or countersigned by who wrote the lead text or asked an author before."""
    leading = unions.leaders().subquery()
    of, who = leading.c
    query = (
        sa.select(Proposal.folio)
        .join(Admission, Admission.proposal_id == Proposal.id)
        .join(leading, (of == Proposal.id) & who.in_([Admission.examined_by_id, Admission.second_by_id]))
        .distinct()
    )
    return db.session.scalars(query.order_by(Proposal.folio)).all()


def family_authors_once() -> Sequence[Any]:
    """Collective proposals with an author of a proposal that is no part, without one of a part, or with one twice."""
    rows = sa.select(CoAuthor.proposal_id, CoAuthor.from_proposal_id, CoAuthor.user_id).where(
        CoAuthor.from_proposal_id.is_not(None)
    )
    named: dict[int, list[tuple[int | None, int | None]]] = defaultdict(list)
    for of, part, user_id in db.session.execute(rows):
        named[of].append((part, user_id))
    parts: dict[int, dict[int, int | None]] = defaultdict(dict)
    for lead_id, key, author in db.session.execute(
        sa.select(Proposal.joined_to_id, Proposal.id, Proposal.author_id).where(Proposal.joined_to_id.is_not(None))
    ):
        parts[lead_id or 0][key] = author
    wrong = [key for key in {*named, *parts} if not _once(named[key], parts[key])]
    return db.session.scalars(sa.select(Proposal.folio).where(Proposal.id.in_(wrong)).order_by(Proposal.folio)).all()


def _once(named: list[tuple[int | None, int | None]], parts: dict[int, int | None]) -> bool:
    accounts = [user_id for _part, user_id in named if user_id is not None]
    every_account = {author for author in parts.values() if author is not None}
    return (
        {part for part, _user in named} <= parts.keys()
        and len(accounts) == len(set(accounts))
        and every_account <= set(accounts)
        and bool(named) == bool(parts)
    )


def family_supports_once() -> Sequence[Any]:
    """Collective proposals whose total of people is not that of the distinct people in the rows, counted one by one."""
    found = []
    leads = sa.select(Proposal).where(Proposal.kind == ProposalKind.COLLECTIVE).order_by(Proposal.id)
    for lead in db.session.scalars(leads).all():
        rows = db.session.execute(
            sa.select(Support.user_id, Support.person_key)
            .join(Proposal, Proposal.id == Support.proposal_id)
            .where(
                (Proposal.id == lead.id) | (Proposal.joined_to_id == lead.id),
                Support.confirmed_at.is_not(None),
            )
        ).all()
        accounts = {row.user_id for row in rows if row.user_id is not None}
        theirs = {row.person_key for row in rows if row.user_id is not None}
        guests = {row.person_key for row in rows if row.user_id is None} - theirs
        if family_supports(lead) != len(accounts) + len(guests):
            found.append(lead.folio)
    return found


def families_are_told() -> Sequence[Any]:
    """Answers to a collective proposal that fewer people were mailed than its parts have addresses.

    Parts that were joined only afterwards, or have left since, are not asked about.
    """
    address = sa.func.lower(sa.func.coalesce(User.email, ProposalContact.email))
    query = (
        sa.select(_LEAD.folio, _LEAD.id, AuditEntry.action, sa.func.count(sa.distinct(address)))
        .select_from(AuditEntry)
        .join(_LEAD, (AuditEntry.subject_type == "proposal") & (AuditEntry.subject_id == _LEAD.id))
        .join(JoinRequest, (JoinRequest.collective_id == _LEAD.id) & _SAID_YES)
        .join(Proposal, Proposal.id == JoinRequest.proposal_id)
        .outerjoin(User, User.id == Proposal.author_id)
        .outerjoin(ProposalContact, ProposalContact.proposal_id == Proposal.id)
        .where(
            AuditEntry.action.in_([f"proposal.{action}" for action in _ANSWERS]),
            JoinRequest.answered_at <= AuditEntry.at,
        )
        .group_by(_LEAD.folio, _LEAD.id, AuditEntry.action)
        .order_by(_LEAD.folio, AuditEntry.action)
    )
    return [
        f"{folio} {action.partition('.')[2]}"
        for folio, key, action, people in db.session.execute(query).all()
        if _written(key, action.partition(".")[2]) < people
    ]


def _written(lead_id: int, action: str) -> int:
    mine = OutboxMessage.dedupe_key.startswith(f"proposal:{lead_id}:{action}:", autoescape=True)
    return db.session.scalar(sa.select(sa.func.count(sa.distinct(OutboxMessage.to_address))).where(mine)) or 0
