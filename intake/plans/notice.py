"""The timeline of a plan is public two weeks before its first stage opens; when it was published, and what it said.

OGP Participation and Co-creation Standards (2022), 3.1. The evidence stands in the trace, which nobody can change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.extensions import db
from models import AuditEntry, Plan, Stage
from models.enums import PlanStatus, StageKind

if TYPE_CHECKING:
    from intake.core.identity import Principal

#: Days between the publication and the first stage.
NOTICE_DAYS = 14
PUBLISH = "plan.publish_calendar"


@dataclass(frozen=True)
class Frozen:
    """A stage as the published timeline had it."""

    number: int
    kind: StageKind
    opens_on: date | None
    closes_on: date | None


@dataclass(frozen=True)
class Evidence:
    """The first publication of a timeline: when, in which role, and the dates as they were then."""

    published_on: date
    role: str
    stages: tuple[Frozen, ...]

    @property
    def days_before(self) -> int | None:
        """Days from the publication to the first stage of the timeline (negative: after it); None without dates."""
        first = first_opening(self.stages)
        return None if first is None else (first - self.published_on).days

    @property
    def in_time(self) -> bool:
        """Whether the two weeks were kept."""
        days = self.days_before
        return days is not None and days >= NOTICE_DAYS


def first_opening(stages: Iterable[Stage | Frozen]) -> date | None:
    """The day on which the first stage opens; None while no stage has a date."""
    return min((stage.opens_on for stage in stages if stage.opens_on is not None), default=None)


def publish_by(plan: Plan) -> date | None:
    """The last day for publishing the timeline; None once it is published, without dates, or when the plan is over."""
    first = first_opening(plan.stages)
    if first is None or plan.calendar_published_at is not None or plan.status is PlanStatus.CLOSED:
        return None
    return first - timedelta(days=NOTICE_DAYS)


def keep(plan: Plan, stages: Iterable[Stage], *, by: Principal) -> None:
    """Date the publication and write it down with the dates as they are, inside the caller's transaction."""
    plan.calendar_published_at = clock.now()
    frozen = [[s.number, s.kind.value, audit.value_of(s.opens_on), audit.value_of(s.closes_on)] for s in stages]
    audit.record("plan.publish_calendar", plan, by=by, extra={"calendar": sorted(frozen)})


def evidence_of(plan: Plan) -> Evidence | None:
    """The first publication of the plan's timeline; None before it. One statement.

    Without ``stages`` where it was published before this copy was kept.
    """
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.subject_type == "plan", AuditEntry.subject_id == plan.id, AuditEntry.action == PUBLISH)
        .order_by(AuditEntry.id)
        .limit(1)
    )
    entry = db.session.scalar(query)
    if entry is None:
        published = plan.calendar_published_at
        return None if published is None else Evidence(clock.local(published).date(), "", ())
    rows = entry.changes["calendar"]
    stages = tuple(Frozen(number, StageKind(kind), _day(opens), _day(closes)) for number, kind, opens, closes in rows)
    return Evidence(clock.local(entry.at).date(), entry.role, stages)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
