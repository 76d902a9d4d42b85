"""Where both records of a merge have a row that may stand once: what is kept of the two.

Each function works within the caller's transaction and answers with the rows given up, as they were, so that the trace
can show them. Rows that collide with nothing have been left alone: the caller moves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.core import audit, clock
from intake.core.audit import value_of
from intake.core.transaction import flush
from intake.extensions import db
from intake.mapping import council
from intake.mapping.inputs_outreach import RANK
from models import Body, BodyMember, CommitmentParty, Delegate, Invitation, Signature, Target, TargetStep

if TYPE_CHECKING:
    from intake.core.identity import Principal

GivenUp = list[dict[str, Any]]


def targets(kept: int, other: int) -> GivenUp:
    """Both in one campaign: one target at the furthest step, with the logs and the letters of both."""
    found = []
    for mine, theirs in _twice(Target, kept, other, Target.campaign_id):
        further = max((mine, theirs), key=lambda row: RANK[row.step])
        since = min(row.since for row in (mine, theirs) if row.step is further.step)
        found.append({**_row(theirs), "into": mine.id, "stood": value_of(mine.step)})
        _repoint(TargetStep.target_id, theirs.id, mine.id)
        _repoint(Invitation.target_id, theirs.id, mine.id)
        _update(Target, mine.id, {"step": further.step, "since": since})
        _drop(Target, theirs.id)
    return found


def parties(kept: int, other: int) -> GivenUp:
    """Both parties to one commitment in one role: the earlier beginning, the later end, leading if one led."""
    found = []
    for mine, theirs in _twice(CommitmentParty, kept, other, CommitmentParty.commitment_id, CommitmentParty.role):
        began = [day for day in (mine.since, theirs.since) if day]
        ended = None if None in {mine.until, theirs.until} else max(mine.until, theirs.until)
        values = {
            "is_lead": mine.is_lead or theirs.is_lead,
            "since": min(began, default=None),
            "until": ended,
            "note": mine.note or theirs.note,
        }
        found.append({**_row(theirs), "into": mine.id})
        _update(CommitmentParty, mine.id, values)
        _drop(CommitmentParty, theirs.id)
    return found


def signatures(kept: int, other: int) -> GivenUp:
    """Both signed one agreement: the first signature stands."""
    found = []
    for mine, theirs in _twice(Signature, kept, other, Signature.agreement_id):
        first, second = sorted((mine, theirs), key=lambda row: (row.signed_on, row.id))
        found.append({**_row(second), "into": first.id})
        _drop(Signature, second.id)
    return found


def seats(kept: int, other: int) -> GivenUp:
    """Both sit in one body: the older seat goes on; the other is to end (`end_seats`), with its presences and votes."""
    found = []
    for mine, theirs in _twice(BodyMember, kept, other, BodyMember.body_id):
        if mine.left_on is None and theirs.left_on is None:
            later = max((mine, theirs), key=lambda row: (row.joined_on or clock.today(), row.id))
            found.append({**_row(later), "ended": value_of(clock.today())})
    return found


def end_seats(given_up: GivenUp, *, by: Principal, reason: str) -> GivenUp:
    """End those seats today, with the terms of their delegates, each with its entry of the trace.

    Answers with the delegates whose term had not begun: it never will, and they are dropped.
    """
    never: GivenUp = []
    for row in given_up:
        member = db.session.get_one(BodyMember, row["id"], populate_existing=True)
        body = db.session.get_one(Body, member.body_id)
        name = f"{council.reference_of(body)}/{member.position}"
        day = max(clock.today(), member.joined_on or clock.today())
        open_still = sa.or_(Delegate.until.is_(None), Delegate.until > day)
        query = sa.select(Delegate).where(Delegate.member_id == member.id, open_still).order_by(Delegate.id)
        for delegate in db.session.scalars(query.execution_options(populate_existing=True)):
            if delegate.since > day:
                never.append(_row(delegate))
                audit.record("delegate.end", delegate, by=by, reason=reason, reference=name)
                db.session.delete(delegate)
            else:
                delegate.until = day
                audit.record("delegate.end", delegate, by=by, reason=reason, reference=name)
        member.left_on = day
        audit.record("body_member.leave", member, by=by, reason=reason, reference=name)
    flush()
    return never


def _twice(model: Any, kept: int, other: int, *shared: Any) -> Sequence[Any]:
    """Pairs of rows, one of each record, that agree in the columns."""
    mine, theirs = aliased(model), aliased(model)
    same = [getattr(mine, column.key) == getattr(theirs, column.key) for column in shared]
    query = sa.select(mine, theirs).join(theirs, sa.and_(*same)).where(mine.actor_id == kept, theirs.actor_id == other)
    return db.session.execute(query.order_by(mine.id, theirs.id)).all()


def _row(thing: Any) -> dict[str, Any]:
    return {column.key: value_of(getattr(thing, column.key)) for column in sa.inspect(thing).mapper.column_attrs}


def _repoint(column: Any, old: int, new: int) -> None:
    model = column.class_
    statement = sa.update(model).where(column == old).values({column.key: new})
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _update(model: Any, key: int, values: dict[str, Any]) -> None:
    statement = sa.update(model).where(model.id == key).values(values)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _drop(model: Any, key: int) -> None:
    db.session.execute(sa.delete(model).where(model.id == key), execution_options={"synchronize_session": False})
