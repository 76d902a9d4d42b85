"""What the team reads of joining: what can be joined, the collective proposals of a plan, what is due on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from intake.core import clock
from intake.core.pagination import Page, paginate
from intake.extensions import db
from intake.reception import families
from models import AuditEntry, JoinRequest, Plan, Proposal, ProposalContact, Territory, User
from models.enums import JoinStatus, ProposalKind, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


def _awaited() -> sa.ColumnElement[bool]:
    """Questions whose authors may still answer: `families.is_awaited`, for a query."""
    return (JoinRequest.status == JoinStatus.ASKED) & (JoinRequest.due_on >= clock.today())


def _is_live() -> sa.ColumnElement[bool]:
    """Questions that hold a proposal: it joined, or its author may still answer."""
    return sa.or_(JoinRequest.status.in_(families.JOINING), _awaited())


def chosen(folios: Sequence[str]) -> list[Proposal]:
    """Proposals for everybody to read with what a lead text needs, in the order of the folios. Two statements."""
    query = (
        sa.select(Proposal)
        .where(Proposal.folio.in_(folios), Proposal.is_public)
        .options(
            joinedload(Proposal.plan).selectinload(Plan.stages),
            joinedload(Proposal.theme),
            joinedload(Proposal.territory).joinedload(Territory.parent).joinedload(Territory.parent),
            joinedload(Proposal.approaches),
        )
    )
    found = {p.folio: p for p in db.session.scalars(query).unique()}
    return [found[folio] for folio in dict.fromkeys(folios) if folio in found]


def joinable() -> list[sa.ColumnElement[bool]]:
    """What a proposal must be for its author to be asked: conditions of a query."""
    return [
        Proposal.status.in_(families.JOINABLE),
        Proposal.kind == ProposalKind.CITIZEN,
        Proposal.id.not_in(sa.select(JoinRequest.proposal_id).where(_is_live())),
    ]


def live_elsewhere(ids: Iterable[int], *, but: int | None = None) -> dict[int, str]:
    """Proposals that joined, or whose authors are being asked to join, a collective one: its folio. One statement."""
    lead = aliased(Proposal)
    query = (
        sa.select(JoinRequest.proposal_id, lead.folio)
        .join(lead, lead.id == JoinRequest.collective_id)
        .where(JoinRequest.proposal_id.in_(list(ids)), _is_live(), lead.id != (but or 0))
    )
    return {key: str(folio) for key, folio in db.session.execute(query)}


def leaders() -> sa.CompoundSelect[Any]:
    """A collective proposal and an account that wrote its lead text or asked one of its authors: a query."""
    collective = sa.select(JoinRequest.collective_id)
    return sa.union(
        sa.select(JoinRequest.collective_id, JoinRequest.asked_by_id).where(JoinRequest.asked_by_id.is_not(None)),
        sa.select(AuditEntry.subject_id, AuditEntry.user_id).where(
            AuditEntry.subject_type == Proposal.__tablename__,
            AuditEntry.subject_id.in_(collective),
            AuditEntry.action == "proposal.submit",  # who writes the lead text publishes it
            AuditEntry.user_id.is_not(None),
        ),
    )


def led_by(ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """The accounts that lead each of these collective proposals (`leaders`). One statement."""
    of, who = leaders().subquery().c
    found: dict[int, set[int]] = {key: set() for key in ids}
    for key, user_id in db.session.execute(sa.select(of, who).where(of.in_(ids))):
        found[key].add(user_id)
    return {key: frozenset(accounts) for key, accounts in found.items()}


def unreachable(collective: Proposal) -> frozenset[int]:
    """The parts whose authors have neither an account nor an address: they see what is asked with their code only.

    Ids of proposals. One statement.
    """
    reached = sa.exists().where(ProposalContact.proposal_id == Proposal.id, ProposalContact.email.is_not(None))
    query = (
        sa.select(Proposal.id)
        .join(JoinRequest, JoinRequest.proposal_id == Proposal.id)
        .where(JoinRequest.collective_id == collective.id, Proposal.author_id.is_(None), ~reached)
    )
    return frozenset(db.session.scalars(query))


#: The entry of the trace that says that a lead text was read again; ``changes`` names under `WITHOUT` who had left.
KEPT = "proposal.keep_text"
WITHOUT = "without"


def left(ids: Collection[int]) -> dict[int, list[JoinRequest]]:
    """Per collective proposal what was undone since its lead text was last looked at, the proposals whole.

    One statement, two where something was undone.
    """
    undone = sa.select(JoinRequest).where(JoinRequest.collective_id.in_(ids), JoinRequest.status == JoinStatus.UNDONE)
    query = undone.options(joinedload(JoinRequest.proposal)).order_by(JoinRequest.undone_at, JoinRequest.id)
    found = db.session.scalars(query).all()
    seen = _looked_at(ids) if found else set()
    waiting: dict[int, list[JoinRequest]] = {key: [] for key in ids}
    for request in found:
        if (request.collective_id, request.proposal.folio) not in seen:
            waiting[request.collective_id].append(request)
    return waiting


def _looked_at(ids: Collection[int]) -> set[tuple[int, str]]:
    query = sa.select(AuditEntry.subject_id, AuditEntry.changes).where(
        AuditEntry.subject_type == Proposal.__tablename__, AuditEntry.subject_id.in_(ids), AuditEntry.action == KEPT
    )
    return {(key, folio) for key, changes in db.session.execute(query) for folio in changes[WITHOUT]}


def leaders_of(collective: Proposal) -> Sequence[User]:
    """The accounts in use that lead it, for a letter. One statement."""
    of, who = leaders().subquery().c
    query = sa.select(User).where(User.id.in_(sa.select(who).where(of == collective.id)), User.disabled_at.is_(None))
    return db.session.scalars(query.order_by(User.id)).all()


def collectives(plan: Plan, *, number: int = 1) -> Page[Any]:
    """Collective proposals of a plan, the newest first. Two statements.

    Rows: folio, title, language, status, submitted_at, id, asked (how many were), joined, waiting, due_on (the last day
    to answer, None where nobody may any more).
    """
    query: Any = (
        sa.select(
            *(Proposal.folio, Proposal.title, Proposal.language, Proposal.status, Proposal.submitted_at, Proposal.id),
            sa.func.count(JoinRequest.id).label("asked"),
            sa.func.sum(sa.case((JoinRequest.status.in_(families.JOINING), 1), else_=0)).label("joined"),
            sa.func.sum(sa.case((_awaited(), 1), else_=0)).label("waiting"),
            sa.func.max(sa.case((_awaited(), JoinRequest.due_on))).label("due_on"),
        )
        .join(JoinRequest, JoinRequest.collective_id == Proposal.id)
        .where(Proposal.plan_id == plan.id, Proposal.kind == ProposalKind.COLLECTIVE)
        .group_by(Proposal.id)
        .order_by(Proposal.submitted_at.desc(), Proposal.id.desc())
    )
    return paginate(query, number=number, row=lambda row: row)


def lapsed() -> Sequence[Proposal]:
    """Collective proposals that nobody can join any more and that are fewer than two. One statement."""
    n = sa.func.count()
    mine = sa.select(n).where(JoinRequest.collective_id == Proposal.id).correlate(Proposal)
    query = sa.select(Proposal).where(
        Proposal.kind == ProposalKind.COLLECTIVE,
        Proposal.status == ProposalStatus.SUBMITTED,
        mine.where(_awaited()).scalar_subquery() == 0,
        mine.where(JoinRequest.status.in_(families.JOINING)).scalar_subquery() < families.LEAST_PARTS,
    )
    return db.session.scalars(query.order_by(Proposal.id)).all()
