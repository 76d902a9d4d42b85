"""Commitments of past plans, as public sources give them. They begin in a late state and say what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.accountability.lifecycle import COMMITMENT, MILESTONE
from intake.accountability.progress import COMPLETE
from intake.accountability.services.drafting import make
from intake.accountability.services.rating import rate
from intake.core import audit
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from models import Actor, CommitmentParty, Milestone
from models.enums import CommitmentStatus, MilestoneStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from intake.accountability.inputs import HistoricalCommitment, HistoricalMilestone, HistoricalParty
    from intake.core.identity import Principal
    from models import Commitment, Plan

_COPIED = (
    "ogp_id",
    "original_ends_on",
    "is_promising",
    "published_progress_pct",
    "published_progress_on",
    "published_progress_source",
    "source_url",
    "formalized_at",
)
_MILESTONE = (
    "number",
    "title_es",
    "title_en",
    "output",
    "kind",
    "starts_on",
    "ends_on",
    "original_starts_on",
    "original_ends_on",
)


def record_historical(plan: Plan, given: HistoricalCommitment, *, by: Principal) -> Commitment:
    """Record a commitment of the past with its parties, milestones and ratings; the plan's IRM scales must stand.

    Raises `Conflict` for a state other than formalized or concluded, `Invalid` for an unknown organisation or value.
    """
    with transaction():
        authorize(by, Permission.COMMITMENT_DRAFT)
        if given.status not in {CommitmentStatus.FORMALIZED, CommitmentStatus.CONCLUDED}:
            raise Conflict(_l("Un compromiso histórico está formalizado o concluido."))
        with db.session.no_autoflush:
            commitment = make(plan, given.content)
            COMMITMENT.establish(commitment, given.status)
            for name in _COPIED:
                setattr(commitment, name, getattr(given, name))
            commitment.proposals = list(given.proposals)
            commitment.parties = _parties(given.parties)
            commitment.milestones = [_milestone(m) for m in given.milestones]
        audit.record("commitment.record", commitment, by=by, extra={"milestones": len(given.milestones)})
        for rating in given.ratings:
            rate(
                commitment,
                rating.dimension,
                rating.value_key,
                rating.note,
                rating.source_url,
                by=by,
                rated_on=rating.rated_on,
            )
    return commitment


def _parties(given: Sequence[HistoricalParty]) -> list[CommitmentParty]:
    slugs = {p.actor for p in given}
    known = {row.slug: row.id for row in db.session.execute(_ids_of(slugs))}
    if missing := slugs - known.keys():
        raise Invalid(_l("No están en el registro: %(slugs)s.", slugs=", ".join(sorted(missing))), field="parties")
    return [
        CommitmentParty(
            actor_id=known[p.actor], role=p.role, is_lead=p.is_lead, since=p.since, until=p.until, note=p.note
        )
        for p in given
    ]


def _ids_of(slugs: set[str]) -> sa.Select[str, int]:
    return sa.select(Actor.slug, Actor.id).where(Actor.slug.in_(slugs))


def _milestone(given: HistoricalMilestone) -> Milestone:
    row = Milestone(**{name: getattr(given, name) for name in _MILESTONE}, reports=[])
    if given.progress_pct is not None:
        row.progress_pct, row.progress_as_of = given.progress_pct, given.progress_as_of
    MILESTONE.establish(row, given.status or _state_for(given.progress_pct))
    return row


def _state_for(pct: Decimal | None) -> MilestoneStatus:
    """Sources of past plans give percentages without states: complete, begun, or nothing known to have begun."""
    if not pct:
        return MilestoneStatus.DEFINITION
    return MilestoneStatus.COMPLETED if pct >= COMPLETE else MilestoneStatus.EXECUTION
