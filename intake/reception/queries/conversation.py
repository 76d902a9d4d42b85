"""Reading supports, comments and what was moderated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.keyed import address_hash
from intake.core.pagination import SIZE, Page, paginate
from intake.extensions import db
from models import AuditEntry, Comment, CommentReport, Proposal, Support
from models.enums import AppealStatus, ModerationReason

#: How an address is hashed here: the same address hashes otherwise elsewhere.
SUPPORTER = "support"
#: Replies that a list shows under each comment; the comment's own page shows all.
SHOWN_REPLIES = 5
NEWEST = 3
LARGEST = 1_000_000
HIDDEN, RESTORED, GRANTED = "comment.hide", "comment.restore", "comment.grant_appeal"


@dataclass
class Thread:
    """A comment with the first of its replies and how many it has in all."""

    comment: Comment
    replies: list[Comment] = field(default_factory=list)
    total: int = 0


def supporter_key(email: str) -> str:
    """The keyed hash under which an address supports."""
    return address_hash(SUPPORTER, email)


def own_support(proposal: Proposal, user_id: int, email: str) -> Support | None:
    """The account's confirmed support, given with the account or before as a guest. One statement."""
    mine = sa.or_(
        Support.user_id == user_id,
        sa.and_(Support.person_key == supporter_key(email), Support.user_id.is_(None)),
    )
    query = sa.select(Support).where(Support.proposal_id == proposal.id, mine, Support.confirmed_at.is_not(None))
    return db.session.scalars(query.order_by(Support.user_id.is_(None))).first()


def family_supports(proposal: Proposal) -> int:
    """Distinct people who support the proposal or one that was joined to it. One statement."""
    family = sa.select(Proposal.id).where(sa.or_(Proposal.id == proposal.id, Proposal.joined_to_id == proposal.id))
    same = aliased(Support)
    has_account = (
        sa.exists()
        .where(
            same.person_key == Support.person_key,
            same.user_id.is_not(None),
            same.confirmed_at.is_not(None),
            same.proposal_id.in_(family),
        )
        .correlate(Support)
    )
    guest = sa.case((Support.user_id.is_(None) & ~has_account, Support.person_key))
    query = sa.select(sa.func.count(Support.user_id.distinct()) + sa.func.count(guest.distinct()))
    return int(db.session.scalar(query.where(Support.proposal_id.in_(family), Support.confirmed_at.is_not(None))) or 0)


def comment(proposal: Proposal, number: int) -> Comment:
    """A comment by its number within the proposal, its author loaded. One statement; `NotFound`."""
    query = sa.select(Comment).options(joinedload(Comment.author))
    found = None
    if 0 < number < LARGEST:
        found = db.session.scalar(query.where(Comment.proposal_id == proposal.id, Comment.number == number))
    if found is None:
        raise NotFound(_l("No existe un comentario con ese número en esta propuesta."))
    return found


def root_number(of: Comment) -> int:
    """The number of the comment that a reply answers, or its own. No or one statement."""
    if of.parent_id is None:
        return of.number
    return int(db.session.scalar(sa.select(Comment.number).where(Comment.id == of.parent_id)) or of.number)


def newest(proposal: Proposal) -> Sequence[Comment]:
    """The newest comments that are shown, authors loaded. One statement, none where there is no comment."""
    if not proposal.comment_count:
        return []
    query = sa.select(Comment).where(Comment.proposal_id == proposal.id, Comment.hidden_at.is_(None))
    return db.session.scalars(
        query.options(joinedload(Comment.author)).order_by(Comment.number.desc()).limit(NEWEST)
    ).all()


def threads(proposal: Proposal, *, number: int, newest_first: bool = True) -> Page[Thread]:
    """The comments that answer no other, 20 a page, each with its first replies. Three statements."""
    query = sa.select(Comment).where(Comment.proposal_id == proposal.id, Comment.parent_id.is_(None))
    order = Comment.number.desc() if newest_first else Comment.number
    page = paginate(
        query.options(joinedload(Comment.author)).order_by(order), number=number, row=lambda r: Thread(r[0])
    )
    _add_replies(page.items)
    return page


def _add_replies(found: Sequence[Thread]) -> None:
    by_id = {thread.comment.id: thread for thread in found}
    ranked = (
        sa.select(
            Comment.id,
            sa.func.row_number().over(partition_by=Comment.parent_id, order_by=Comment.number).label("place"),
            sa.func.count().over(partition_by=Comment.parent_id).label("total"),
        )
        .where(Comment.parent_id.in_(by_id))
        .subquery()
    )
    query = (
        sa.select(Comment, ranked.c.total)
        .join(ranked, ranked.c.id == Comment.id)
        .where(ranked.c.place <= SHOWN_REPLIES)
        .options(joinedload(Comment.author))
        .order_by(Comment.number)
    )
    for reply, total in db.session.execute(query):
        by_id[reply.parent_id].replies.append(reply)
        by_id[reply.parent_id].total = total


def replies(of: Comment, *, number: int) -> Page[Comment]:
    """The replies to a comment in order, 20 a page, authors loaded. Two statements."""
    query = sa.select(Comment).where(Comment.parent_id == of.id).options(joinedload(Comment.author))
    return paginate(query.order_by(Comment.number), number=number)


def page_of_reply(reply: Comment) -> int:
    """On which page of its thread a reply stands. One statement."""
    before = sa.select(sa.func.count()).where(Comment.parent_id == reply.parent_id, Comment.number < reply.number)
    return int(db.session.scalar(before) or 0) // SIZE + 1


REPORTED, APPEALED, SET_ASIDE = "denuncias", "apelaciones", "ocultos"
_WAITING = {
    REPORTED: sa.and_(
        Comment.hidden_at.is_(None),
        sa.exists().where(CommentReport.comment_id == Comment.id, CommentReport.settled_at.is_(None)),
    ),
    APPEALED: Comment.appeal_status == AppealStatus.OPEN,
    SET_ASIDE: Comment.hidden_at.is_not(None),
}


def queue(kind: str, *, number: int) -> Page[Any]:
    """Comments that wait for the team, the oldest first; of hidden ones the newest. Two statements.

    Rows: comment (author loaded), folio, title, reports (how many are open).
    """
    reports = (
        sa.select(sa.func.count())
        .where(CommentReport.comment_id == Comment.id, CommentReport.settled_at.is_(None))
        .scalar_subquery()
    )
    order = Comment.hidden_at.desc() if kind == SET_ASIDE else Comment.id
    query: Any = (
        sa.select(Comment, Proposal.folio, Proposal.title, reports.label("reports"))
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .where(_WAITING[kind])
        .options(joinedload(Comment.author))
        .order_by(order)
    )
    return paginate(query, number=number, row=lambda r: r)


def queue_numbers() -> Mapping[str, int]:
    """How many comments wait in each queue. One statement."""
    counts = [sa.func.sum(sa.case((_WAITING[kind], 1), else_=0)) for kind in _WAITING]
    found = db.session.execute(sa.select(*counts)).one()
    return {kind: int(n or 0) for kind, n in zip(_WAITING, found, strict=True)}


def reports_of(of: Comment) -> Sequence[CommentReport]:
    """What people said against it, the latest first. One statement; who said it is not loaded."""
    query = sa.select(CommentReport).where(CommentReport.comment_id == of.id)
    return db.session.scalars(query.order_by(CommentReport.id.desc())).all()


@dataclass(frozen=True)
class Moderated:
    """How many times a rule was applied, by whom, and how many comments came back."""

    reason: ModerationReason
    by_people: int
    by_machine: int
    restored: int


def moderated() -> list[Moderated]:
    """The public count of moderation, read from the trace: what came back counts all the same. One statement."""
    query = sa.select(AuditEntry.action, AuditEntry.role, AuditEntry.changes).where(
        AuditEntry.subject_type == Comment.__tablename__, AuditEntry.action.in_((HIDDEN, RESTORED, GRANTED))
    )
    found: Counter[tuple[str, str]] = Counter()
    for action, role, changes in db.session.execute(query):
        before, after = changes["hidden_reason"]
        kind = ("machine" if role == "system" else "people") if action == HIDDEN else "restored"
        found[kind, str(after if action == HIDDEN else before)] += 1
    return [
        Moderated(r, found["people", r.value], found["machine", r.value], found["restored", r.value])
        for r in ModerationReason
    ]
