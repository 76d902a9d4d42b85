"""What is new in a list of proposals: what arrived, what was withdrawn, what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.core.search import matches_first
from intake.extensions import db
from intake.reception.queries.lists import conditions, rows_of
from models import Decision, Proposal
from models.enums import DecisionStatus, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from intake.reception.inputs import Filters

MOST = 50


class News(NamedTuple):
    """A proposal as a row of `lists.page`, and when something last happened to it that everybody may know."""

    row: Any
    happened_at: datetime


def news(filters: Filters, most: int = MOST) -> list[News]:
    """The proposals of a list to which something happened last, newest first. Two statements."""
    told = sa.and_(Decision.proposal_id == Proposal.id, Decision.status == DecisionStatus.PUBLISHED)
    parts = [
        _newest(filters, Proposal.submitted_at, most),
        _newest(filters, Proposal.withdrawn_at, most).where(Proposal.status == ProposalStatus.WITHDRAWN),
        _newest(filters, Decision.published_at, most).join(Decision, told),
    ]
    every = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
    last = sa.func.max(every.c.moment)
    query = sa.select(every.c.id, last).group_by(every.c.id).order_by(last.desc(), every.c.id.desc()).limit(most)
    moments = {row[0]: row[1] for row in db.session.execute(query)}
    return [News(row, moments[row.id]) for row in rows_of(list(moments))]


def _newest(filters: Filters, moment: Any, most: int) -> sa.Select[Any]:
    order: tuple[Any, ...] = (moment.desc(), Proposal.id.desc())
    order = matches_first(order) if filters.query else order
    found = sa.select(Proposal.id.label("id"), moment.label("moment")).select_from(Proposal)
    return found.where(*conditions(filters)).order_by(*order).limit(most)


def by_public_folios(folios: Sequence[str]) -> dict[str, Any]:
    """Rows ``folio title language status`` of those that are public now, by folio. One statement."""
    columns = (Proposal.folio, Proposal.title, Proposal.language, Proposal.status)
    query = sa.select(*columns).where(Proposal.folio.in_(folios), Proposal.is_public)
    return {row.folio: row for row in db.session.execute(query)}
