"""Invariants of folios and of plans: numbers without holes, one plan under way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.extensions import db
from intake.reports.invariants_paper import printed_folios
from models import Plan, Proposal


def folios_match() -> Sequence[Any]:
    """Folios that are not their plan's code and number."""
    query = sa.select(Proposal.folio, Proposal.folio_number, Plan.code).join(Plan, Plan.id == Proposal.plan_id)
    rows = db.session.execute(query.where(Proposal.folio.is_not(None)).order_by(Proposal.folio))
    return [folio for folio, number, code in rows if number is None or folio != f"{code}-{number:05d}"]


def folios_contiguous() -> Sequence[Any]:
    """Plans whose numbers have a hole, or whose counter is not the last number given; printed sheets have theirs."""
    given = sa.union(
        sa.select(Proposal.plan_id, Proposal.folio_number).where(Proposal.folio.is_not(None)), printed_folios()
    ).subquery()
    query = (
        sa.select(Plan.code)
        .outerjoin(given, given.c.plan_id == Plan.id)
        .group_by(Plan.id, Plan.code, Plan.folio_counter)
        .having(
            (sa.func.count(given.c.folio_number) != Plan.folio_counter)
            | (sa.func.coalesce(sa.func.max(given.c.folio_number), 0) != Plan.folio_counter)
        )
    )
    return db.session.scalars(query.order_by(Plan.code)).all()


def one_current_plan() -> Sequence[Any]:
    """Plans under way, where there is more than one."""
    found = db.session.scalars(sa.select(Plan.code).where(Plan.is_current).order_by(Plan.code)).all()
    return found if len(found) > 1 else []
