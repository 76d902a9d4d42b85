"""The folios of a plan: one counter for what is sent, printed, brought in a file or made by the team."""

from __future__ import annotations

import sqlalchemy as sa

from intake.extensions import db
from intake.reception.folios import folio_name
from models import Plan

_PLAN = Plan.metadata.tables["plan"]


def take_folios(plan_id: int, count: int = 1) -> list[tuple[str, int]]:
    """The next folios of the plan with their numbers, taken in this transaction. One statement.

    None is given twice, and a rollback gives them back.
    """
    last, code = db.session.execute(
        sa.update(_PLAN)
        .where(_PLAN.c.id == plan_id)
        .values(folio_counter=_PLAN.c.folio_counter + count)
        .returning(_PLAN.c.folio_counter, _PLAN.c.code)
    ).one()
    return [(folio_name(code, number), number) for number in range(last - count + 1, last + 1)]
