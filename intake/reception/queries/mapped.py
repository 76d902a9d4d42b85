"""Proposals that have a point on the map, as the filters of the list leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.extensions import db
from intake.reception.queries.lists import conditions
from models import Proposal, Territory
from models.enums import ProposalStatus, PublicName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.reception.inputs import Filters

#: More marks than this hide each other, and a page should stay light.
MOST_MARKS = 500


class Mark(NamedTuple):
    """A public proposal and its point, no finer than it is told; ``place`` is the one that its author named."""

    folio: str
    title: str
    language: str
    status: ProposalStatus
    latitude: float
    longitude: float
    public_name: PublicName
    place: str | None

    @property
    def is_coarse(self) -> bool:
        """Whether the point stands for a square."""
        return self.public_name is PublicName.ANONYMOUS


def marks(filters: Filters) -> list[Mark]:
    """The newest `MOST_MARKS` of those with a point, the newest first. One statement."""
    query = (
        sa.select(
            Proposal.folio,
            Proposal.title,
            Proposal.language,
            Proposal.status,
            Proposal.latitude,
            Proposal.longitude,
            Proposal.public_name,
            Territory.name,
        )
        .outerjoin(Territory, Territory.id == Proposal.territory_id)
        .where(Proposal.latitude.is_not(None), *conditions(filters))
        .order_by(Proposal.submitted_at.desc(), Proposal.id.desc())
        .limit(MOST_MARKS)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return [Mark(*row) for row in rows]
