"""What is new in a list of proposals: what arrived, was withdrawn, was decided, was asked to join, joined or left."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.core.search import matches_first
from intake.extensions import db
from intake.reception import families
from intake.reception.queries.lists import conditions, rows_of
from models import Decision, JoinRequest, Proposal
from models.enums import DecisionStatus, JoinStatus, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from intake.reception.inputs import Filters

MOST = 50


class Act(StrEnum):
    """What happened to a proposal that a list of news tells, beside its state."""

    ARRIVED = "arrived"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    ASKED_TO_JOIN = "asked"  # its author was, about a collective proposal
    JOINED = "joined"  # it became part of one
    SEPARATED = "separated"  # and is none any more
    GAINED = "gained"  # a collective one: a part joined it
    LOST = "lost"  # a collective one: a part left it


class News(NamedTuple):
    """A proposal as a row of `lists.page`, when something last happened to it that everybody may know, and what.

    ``other`` is the folio of the other side of a joining: the collective proposal of a part, a part of the whole.
    """

    row: Any
    happened_at: datetime
    act: Act
    other: str | None


_OTHER = aliased(Proposal)
_PART, _WHOLE = JoinRequest.proposal_id, JoinRequest.collective_id
_SAID_YES = JoinRequest.status.in_(families.JOINING)
_UNDONE = JoinRequest.answered_at.is_not(None) & (JoinRequest.status == JoinStatus.UNDONE)
#: What joining brings: which moment, of which side, told with the folio of which other, where what holds.
_JOINING: tuple[tuple[Act, Any, Any, Any, sa.ColumnElement[bool]], ...] = (
    (Act.ASKED_TO_JOIN, JoinRequest.asked_at, _PART, _WHOLE, sa.true()),
    (Act.JOINED, JoinRequest.answered_at, _PART, _WHOLE, _SAID_YES),
    (Act.SEPARATED, JoinRequest.undone_at, _PART, _WHOLE, _UNDONE),
    (Act.GAINED, JoinRequest.answered_at, _WHOLE, _PART, _SAID_YES),
    (Act.LOST, JoinRequest.undone_at, _WHOLE, _PART, _UNDONE),
)


def news(filters: Filters) -> list[News]:
    """The proposals of a list to which something happened last, newest first. Two statements."""
    told = sa.and_(Decision.proposal_id == Proposal.id, Decision.status == DecisionStatus.PUBLISHED)
    gone = Proposal.status == ProposalStatus.WITHDRAWN
    parts = [
        _newest(filters, Act.ARRIVED, Proposal.submitted_at),
        _newest(filters, Act.WITHDRAWN, Proposal.withdrawn_at).where(gone),
        _newest(filters, Act.DECIDED, Decision.published_at).join(Decision, told),
        *(_joining(filters, *row) for row in _JOINING),
    ]
    every = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
    query = sa.select(every).order_by(every.c.moment.desc(), every.c.id.desc(), every.c.act)
    last: dict[int, Any] = {}
    for row in db.session.execute(query):  # of each list at most `MOST`
        if len(last) < MOST or row.id in last:
            last.setdefault(row.id, row)
    return [News(row, *_what(last[row.id])) for row in rows_of(list(last))]


def _what(found: Any) -> tuple[datetime, Act, str | None]:
    return found.moment, Act(found.act), found.other


def _newest(filters: Filters, act: Act, moment: Any) -> sa.Select[Any]:
    order: tuple[Any, ...] = (moment.desc(), Proposal.id.desc())
    order = matches_first(order) if filters.query else order
    what = (sa.literal(act.value).label("act"), sa.null().cast(sa.String).label("other"))
    found = sa.select(Proposal.id.label("id"), moment.label("moment"), *what).select_from(Proposal)
    return found.where(*conditions(filters)).order_by(*order).limit(MOST)


def _joining(filters: Filters, act: Act, moment: Any, side: Any, beside: Any, holds: Any) -> sa.Select[Any]:
    """From the few questions to the proposals: the other way each proposal of a plan is asked for its questions."""
    shown = sa.exists().where(Proposal.id == side, *conditions(filters))
    what = (sa.literal(act.value).label("act"), _OTHER.folio.label("other"))
    found = sa.select(side.label("id"), moment.label("moment"), *what).join(_OTHER, _OTHER.id == beside)
    return found.where(holds, shown).order_by(moment.desc(), side.desc()).limit(MOST)


def by_public_folios(folios: Sequence[str]) -> dict[str, Any]:
    """Rows ``folio title language status`` of those that are public now, by folio. One statement."""
    columns = (Proposal.folio, Proposal.title, Proposal.language, Proposal.status)
    query = sa.select(*columns).where(Proposal.folio.in_(folios), Proposal.is_public)
    return {row.folio: row for row in db.session.execute(query)}
