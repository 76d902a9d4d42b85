"""Reading what waits for an analyst: the queue of admission and one proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core import clock, search
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.extensions import db
from models import Admission, Proposal, Territory, Theme
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models import Plan

#: What an analyst's queue may show.
QUEUE_STATES = (ProposalStatus.SUBMITTED, ProposalStatus.REFUSAL_PROPOSED)


@dataclass(frozen=True, kw_only=True)
class QueueFilters:
    """Filters of the admission queue; None or "" filters nothing."""

    state: ProposalStatus | None = None
    theme: str = ""
    q: str = ""


def proposal_by_folio(folio: str) -> Proposal:
    """A proposal with its theme, place, approaches and admission, and nothing of its author. Raises `NotFound`."""
    query = (
        sa.select(Proposal)
        .where(Proposal.folio == folio)
        .options(
            joinedload(Proposal.theme),
            joinedload(Proposal.territory),
            joinedload(Proposal.admission),
            selectinload(Proposal.approaches),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No existe una propuesta con ese folio."))
    return found


def admission_queue(plan: Plan, filters: QueueFilters, number: int) -> Page[Any]:
    """Proposals that wait for an analyst, oldest first. Two statements.

    Rows: folio, title, status, submitted_at, name_es and name_en (theme), territory, examined_by_id.
    """
    query: Any = (
        sa.select(
            Proposal.folio,
            Proposal.title,
            Proposal.status,
            Proposal.submitted_at,
            Theme.name_es,
            Theme.name_en,
            Territory.name.label("territory"),
            Admission.examined_by_id,
        )
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
        .outerjoin(Territory, Territory.id == Proposal.territory_id)
        .outerjoin(Admission, Admission.proposal_id == Proposal.id)
        .where(Proposal.plan_id == plan.id)
        .where(Proposal.status == filters.state if filters.state else Proposal.status.in_(QUEUE_STATES))
        .order_by(Proposal.submitted_at, Proposal.id)
    )
    if filters.theme:
        query = query.where(Theme.code == filters.theme)
    if (match := search.proposals_matching(filters.q)) is not None:
        query = query.where(match)
    return paginate(query, number=number, row=lambda r: r)


def waiting(plan: Plan) -> Mapping[ProposalStatus, int]:
    """How many proposals of the plan are in each state before selection. One statement."""
    query = sa.select(Proposal.status, sa.func.count()).where(Proposal.plan_id == plan.id).group_by(Proposal.status)
    return {status: int(n) for status, n in db.session.execute(query)}


def waiting_days(row: Any) -> int:
    """Whole days since a row's ``submitted_at``, by Ecuador's calendar."""
    return (clock.today() - clock.local(row.submitted_at).date()).days


def themes() -> Sequence[Theme]:
    """All themes in order. One statement."""
    return db.session.scalars(sa.select(Theme).order_by(Theme.position)).all()
