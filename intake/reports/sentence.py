"""The sentence about who took part in the latest plan whose people were counted, made from its rows."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from intake.extensions import db
from intake.plans import figures
from models import Participation, Plan


class Sentence(NamedTuple):
    """The sentence in the reader's language, and the code of the plan whose page shows its rows and source."""

    text: str
    code: str


def of_latest_counted_plan() -> Sentence | None:
    """The sentence of the newest plan that has a published total; None if no plan has. Two statements."""
    query = (
        sa.select(Plan, Participation)
        .join(Participation, Participation.plan_id == Plan.id)
        .where(Participation.event_id.is_(None))
        .options(selectinload(Participation.counts))
        .order_by(Plan.number.desc(), Participation.id)
        .limit(1)
    )
    found = db.session.execute(query).first()
    return None if found is None else Sentence(figures.sentence_of(found[0], found[1]), found[0].code)
