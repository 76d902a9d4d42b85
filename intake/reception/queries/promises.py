"""Counting and listing promises to authors, from the rows as they are: `_staged` and `_termed` hold the one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import clock
from intake.core.pagination import Page, paginate
from intake.extensions import db
from intake.reception import answers
from intake.reception.promises import STAGED, TERMS, Kept, Promise, Row, Timetable, kept
from models import (
    Admission,
    Assignment,
    AuditEntry,
    AuthorReply,
    Comment,
    Decision,
    InformationRequest,
    Plan,
    Proposal,
)
from models.base import UtcDateTime
from models.enums import AssignmentStatus, DecisionStatus, ProposalKind, ProposalStatus, StageKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime

S = ProposalStatus
When = dict[StageKind, Timetable]
_EVALUATED = (S.EVALUATED, S.SELECTED, S.RESERVE, S.OUTSIDE_PLAN, S.NEXT_PLAN)
_APPEAL_ACTS = ("comment.grant_appeal", "comment.refuse_appeal")
_CHUNK_ROWS = 500

_is_final = sa.or_(
    Admission.second_at.is_not(None),
    sa.and_(Admission.is_clear, Admission.is_collaborative, Admission.is_open_government, Admission.is_public_policy),
)


def counts(plan: Plan, when: When) -> dict[Promise, dict[Kept, int]]:
    """How many promises of each kind stand how. Four statements, however many proposals there are."""
    found: dict[Promise, dict[Kept, int]] = {promise: dict.fromkeys(Kept, 0) for promise in Promise}
    parts = [_counted(plan, promise, when) for promise in STAGED if _last(when, promise)]
    for promise, state, number in db.session.execute(sa.union_all(*parts)) if parts else ():
        found[Promise(promise)][Kept(state)] = number
    for row in _all_termed(plan):
        found[row.promise][row.state] += 1
    return found


def page(plan: Plan, promise: Promise, state: Kept | None, when: When, *, number: int) -> Page[Row]:
    """One page of the rows behind a number, the earliest day first. Two statements at most."""
    if promise not in STAGED:
        return _cut([r for r in _termed(plan, promise) if state in {None, r.state}], number)
    if not _last(when, promise):
        return Page([], 1, 20, 0)
    rows = _staged(plan, promise, when).subquery()
    query = sa.select(*rows.c)
    if state is not None:
        query = query.where(rows.c.state == state.value)
    return paginate(query.order_by(rows.c.due, rows.c.folio), number=number, row=lambda r: _row(promise, r))


def every(plan: Plan, when: When) -> Iterator[Row]:
    """Every promise of a plan, read in chunks. Six statements."""
    for promise in STAGED:
        if _last(when, promise):
            query = _staged(plan, promise, when).order_by(Proposal.folio_number)
            for row in db.session.execute(query.execution_options(yield_per=_CHUNK_ROWS)):
                yield _row(promise, row)
    yield from _all_termed(plan)


def _last(when: When, promise: Promise) -> bool:
    """Whether the stage has, or had, a last day: without one nothing was promised."""
    timetable = when.get(STAGED[promise])
    return timetable is not None and any(day for day in (timetable.now, *(d for _until, d in timetable.moved)))


# -- promises that run to the end of a stage


def _counted(plan: Plan, promise: Promise, when: When) -> sa.Select[Any]:
    rows = _staged(plan, promise, when).subquery()
    return sa.select(sa.literal(promise.value), rows.c.state, sa.func.count()).group_by(rows.c.state)


def _staged(plan: Plan, promise: Promise, when: When) -> sa.Select[Any]:
    """Columns: folio, title, language, made, due, met, state. One row a proposal that was promised it."""
    timetable = when[STAGED[promise]]
    end = _stood(timetable, lambda day: sa.literal(clock.end_of(day), UtcDateTime()))
    due = _stood(timetable, lambda day: sa.literal(day, sa.Date()))
    met = _MET[promise]
    state = sa.case(
        (sa.and_(met.is_not(None), met < end), Kept.ON_TIME.value),
        (met.is_not(None), Kept.LATE.value),
        (_ended(promise, end), Kept.ENDED.value),
        (sa.literal(clock.now(), UtcDateTime()) >= end, Kept.OVERDUE.value),
        else_=Kept.PENDING.value,
    )
    query = sa.select(
        Proposal.folio,
        Proposal.title,
        Proposal.language,
        Proposal.submitted_at.label("made"),
        due.label("due"),
        met.label("met"),
        state.label("state"),
    ).where(*_owed(plan), due.is_not(None))
    return _JOINS[promise](query)


def _stood(timetable: Timetable, literal: Any) -> sa.ColumnElement[Any]:
    """The day (or instant) that stood when the proposal was sent."""
    put = [sa.null() if day is None else literal(day) for day in (*(d for _u, d in timetable.moved), timetable.now)]
    if not timetable.moved:
        return put[-1]
    whens = [(Proposal.submitted_at < until, value) for (until, _day), value in zip(timetable.moved, put, strict=False)]
    return sa.case(*whens, else_=put[-1])


def _owed(plan: Plan) -> tuple[Any, ...]:
    """As `promises.is_owed`, of what everybody may read: drafts and what is set aside never count."""
    return (
        Proposal.plan_id == plan.id,
        Proposal.is_public,
        Proposal.kind == ProposalKind.CITIZEN,
        Proposal.source.is_(None),
    )


def _ended(promise: Promise, end: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether nothing is owed any more though it was not kept: withdrawn in time, answered otherwise, or joined."""
    answered = {
        Promise.ADMISSION: (S.JOINED,),
        Promise.EVALUATION: (S.JOINED, S.NOT_ADMITTED),
        Promise.DECISION: (S.NOT_ADMITTED,),
    }[promise]
    return sa.or_(Proposal.status.in_(answered), sa.and_(Proposal.status == S.WITHDRAWN, Proposal.withdrawn_at < end))


_reviewed = (
    sa.select(Assignment.proposal_id, sa.func.max(Assignment.submitted_at).label("at"))
    .where(Assignment.status == AssignmentStatus.SUBMITTED)
    .group_by(Assignment.proposal_id)
    .subquery()
)
_decided = sa.and_(
    Decision.proposal_id == sa.func.coalesce(Proposal.joined_to_id, Proposal.id),
    Decision.status == DecisionStatus.PUBLISHED,
)
_MET: dict[Promise, Any] = {
    Promise.ADMISSION: sa.case((_is_final, sa.func.coalesce(Admission.second_at, Admission.examined_at))),
    Promise.EVALUATION: sa.case((Proposal.status.in_(_EVALUATED), _reviewed.c.at)),
    Promise.DECISION: Decision.published_at,
}
_JOINS: dict[Promise, Callable[[sa.Select[Any]], sa.Select[Any]]] = {
    Promise.ADMISSION: lambda query: query.outerjoin(Admission, Admission.proposal_id == Proposal.id),
    Promise.EVALUATION: lambda query: query.outerjoin(_reviewed, _reviewed.c.proposal_id == Proposal.id),
    Promise.DECISION: lambda query: query.outerjoin(Decision, _decided),
}


def _row(promise: Promise, row: Any) -> Row:
    met = _day(row.met) if row.met is not None else None
    return Row(row.folio, row.title, row.language, promise, _day(row.made), row.due, met, Kept(row.state))


def _day(moment: datetime) -> date:
    return clock.local(moment).date()


# -- promises that run some days from a question, a reply or an appeal: few, and weighed here


def _all_termed(plan: Plan) -> Iterator[Row]:
    for promise in (Promise.REPLY, Promise.APPEAL, Promise.QUESTION):
        yield from _termed(plan, promise)


def _termed(plan: Plan, promise: Promise) -> list[Row]:
    """The earliest day first. One statement."""
    rows = [_weighed(promise, *row) for row in db.session.execute(_TERMED[promise](plan))]
    return sorted(rows, key=lambda r: (r.due, r.folio))


def _weighed(  # noqa: PLR0913, PLR0917 -- the columns of `_asked`
    promise: Promise,
    folio: str,
    title: str,
    language: str,
    status: ProposalStatus,
    made: datetime,
    due: date | None,
    met: datetime | None,
) -> Row:
    last = due or _day(made) + TERMS[promise]
    ended = promise is Promise.QUESTION and status not in answers.ANSWERABLE
    return Row(
        folio, title, language, promise, _day(made), last, _day(met) if met else None, kept(last, met, ended=ended)
    )


def _asked(plan: Plan, made: Any, due: Any, met: Any) -> sa.Select[Any]:
    query = sa.select(Proposal.folio, Proposal.title, Proposal.language, Proposal.status, made, due, met)
    return query.where(Proposal.plan_id == plan.id, Proposal.is_public, Proposal.source.is_(None))


def _replies(plan: Plan) -> sa.Select[Any]:
    query = _asked(plan, AuthorReply.replied_at, sa.null(), AuthorReply.answered_at)
    return query.join(AuthorReply, AuthorReply.proposal_id == Proposal.id)


def _questions(plan: Plan) -> sa.Select[Any]:
    query = _asked(plan, InformationRequest.asked_at, InformationRequest.due_on, InformationRequest.answered_at)
    return query.join(InformationRequest, InformationRequest.proposal_id == Proposal.id)


def _appeals(plan: Plan) -> sa.Select[Any]:
    """Who appealed is not told: folio and days alone."""
    decided = (
        sa.select(sa.func.max(AuditEntry.at))
        .where(
            AuditEntry.subject_type == "comment",
            AuditEntry.subject_id == Comment.id,
            AuditEntry.action.in_(_APPEAL_ACTS),
            AuditEntry.at >= Comment.appealed_at,
        )
        .correlate(Comment)
        .scalar_subquery()
    )
    query = _asked(plan, Comment.appealed_at, sa.null(), decided)
    return query.join(Comment, Comment.proposal_id == Proposal.id).where(Comment.appealed_at.is_not(None))


_TERMED: dict[Promise, Any] = {Promise.REPLY: _replies, Promise.APPEAL: _appeals, Promise.QUESTION: _questions}


def _cut(rows: Iterable[Row], number: int, size: int = 20) -> Page[Row]:
    found = list(rows)
    number = min(max(1, number), max(1, -(-len(found) // size)))
    return Page(found[(number - 1) * size : number * size], number, size, len(found))
