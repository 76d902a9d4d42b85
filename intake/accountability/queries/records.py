"""One commitment, and what belongs to it. Each function says what it loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.transaction import is_open, lock
from intake.extensions import db
from models import (
    Agreement,
    AuditEntry,
    Commitment,
    CommitmentParty,
    CounterpartResponse,
    Evidence,
    IrmRating,
    IrmScaleValue,
    Milestone,
    Plan,
    ProgressReport,
    StoredFile,
)
from models.enums import Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.enums import IrmDimension


@dataclass(frozen=True)
class Change:
    """Who changed a thing last, and which fields."""

    who: str
    fields: list[str]


@dataclass(frozen=True)
class Dropped:
    """When, by which role and why a commitment was dropped."""

    at: datetime
    who: str
    reason: str


def last_change(table: str, key: int) -> Change | None:
    """The latest entry of the trace about a row: the role that acted and the columns it changed. One statement."""
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.subject_type == table, AuditEntry.subject_id == key)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    entry = db.session.scalars(query).one_or_none()
    if entry is None:
        return None
    return Change(_who(entry), [n for n, v in entry.changes.items() if _is_change(v)])


def _is_change(value: object) -> bool:
    """Whether a fact of the trace is a pair of an old and another new value, both not empty alike."""
    return isinstance(value, list) and len(value) == len(("old", "new")) and (value[0] or None) != (value[1] or None)


def _who(entry: AuditEntry) -> str:
    role = next((r for r in Role if r.value == entry.role), None)
    return label(role) if role else entry.role


def dropped(commitment: Commitment) -> Dropped | None:
    """When, why and by which role a commitment was dropped, from the trace. One statement."""
    query = (
        sa.select(AuditEntry)
        .where(
            AuditEntry.subject_type == "commitment",
            AuditEntry.subject_id == commitment.id,
            AuditEntry.action == "commitment.drop",
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    entry = db.session.scalars(query).one_or_none()
    return Dropped(entry.at, _who(entry), entry.reason) if entry is not None else None


def by_reference(reference: str) -> Commitment:
    """A commitment with everything its page shows. Raises `NotFound`. Eleven statements, whatever it holds."""
    query = (
        sa.select(Commitment)
        .where(Commitment.reference == reference)
        .options(
            joinedload(Commitment.plan).selectinload(Plan.stages),
            joinedload(Commitment.theme),
            joinedload(Commitment.agreement).options(joinedload(Agreement.file), joinedload(Agreement.signatures)),
            joinedload(Commitment.approaches),
            selectinload(Commitment.parties).joinedload(CommitmentParty.actor),
            selectinload(Commitment.milestones).selectinload(Milestone.reports).options(*_reports()),
            selectinload(Commitment.ratings).joinedload(IrmRating.value),
            selectinload(Commitment.sdgs),
            selectinload(Commitment.policy_areas),
            selectinload(Commitment.proposals),
        )
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound(_l("No existe un compromiso con esa referencia."))
    _attach_evidence([r for m in found.milestones for r in m.reports])
    return found


def _reports() -> tuple[Any, ...]:
    return (
        joinedload(ProgressReport.actor),
        joinedload(ProgressReport.response).joinedload(CounterpartResponse.actor),
    )


def _attach_evidence(reports: Sequence[ProgressReport]) -> None:
    """Give reports and answers their evidence with one statement for both."""
    answers = [r.response for r in reports if r.response is not None]
    query = (
        sa.select(Evidence)
        .where(
            sa.or_(Evidence.report_id.in_([r.id for r in reports]), Evidence.response_id.in_([a.id for a in answers]))
        )
        .options(joinedload(Evidence.file))
        .order_by(Evidence.id)
    )
    rows = db.session.scalars(query).all()
    for report in reports:
        set_committed_value(report, "evidence", [e for e in rows if e.report_id == report.id])
    for answer in answers:
        set_committed_value(answer, "evidence", [e for e in rows if e.response_id == answer.id])


def for_change(commitment_id: int) -> Commitment:
    """A commitment as services need it, read afresh: plan, parties, milestones, agreement, vocabularies, proposals.

    Within a transaction its row is locked: what one person signs, another must not be changing at the same moment.
    """
    if is_open():
        lock(sa.select(Commitment.id).where(Commitment.id == commitment_id))
    query = (
        sa.select(Commitment)
        .where(Commitment.id == commitment_id)
        .options(
            joinedload(Commitment.plan),
            joinedload(Commitment.theme),
            joinedload(Commitment.agreement).options(joinedload(Agreement.file), joinedload(Agreement.signatures)),
            selectinload(Commitment.parties).joinedload(CommitmentParty.actor),
            selectinload(Commitment.milestones),
            selectinload(Commitment.approaches),
            selectinload(Commitment.sdgs),
            selectinload(Commitment.policy_areas),
            selectinload(Commitment.proposals),
        )
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).unique().one()


def named(reference: str) -> Commitment:
    """`for_change` by public reference. Raises `NotFound`."""
    key = db.session.scalar(sa.select(Commitment.id).where(Commitment.reference == reference))
    if key is None:
        raise NotFound(_l("No existe un compromiso con esa referencia."))
    return for_change(key)


def milestone_of(commitment: Commitment, number: int) -> Milestone:
    """A milestone by its number. Raises `NotFound`."""
    for milestone in commitment.milestones:
        if milestone.number == number:
            return milestone
    raise NotFound(_l("Este compromiso no tiene un hito con ese número."))


def report_of(commitment: Commitment, ordinal: int) -> ProgressReport:
    """The n-th report (from 1, oldest first) of a commitment read with `by_reference`. Raises `NotFound`."""
    reports = in_order(commitment)
    if not 1 <= ordinal <= len(reports):
        raise NotFound(_l("Este compromiso no tiene un reporte con ese número."))
    return reports[ordinal - 1]


def in_order(commitment: Commitment) -> list[ProgressReport]:
    """All reports of a commitment, oldest first: a report's place in this list is its public number."""
    return sorted((r for m in commitment.milestones for r in m.reports), key=lambda r: r.id)


def scale_of(plan: Plan) -> dict[IrmDimension, list[IrmScaleValue]]:
    """The plan's own IRM scales, each in its order. One statement."""
    query = sa.select(IrmScaleValue).where(IrmScaleValue.plan_id == plan.id).order_by(IrmScaleValue.position)
    found: dict[IrmDimension, list[IrmScaleValue]] = {}
    for value in db.session.scalars(query):
        found.setdefault(value.dimension, []).append(value)
    return found


def of_plan(plan: Plan) -> Sequence[Commitment]:
    """Every commitment of a plan with milestones, parties and the agreement's signatures. Three statements."""
    query = (
        sa.select(Commitment)
        .where(Commitment.plan_id == plan.id)
        .options(
            joinedload(Commitment.plan),
            joinedload(Commitment.agreement).options(joinedload(Agreement.file), joinedload(Agreement.signatures)),
            selectinload(Commitment.milestones),
            selectinload(Commitment.parties).joinedload(CommitmentParty.actor),
        )
        .order_by(Commitment.number)
    )
    return db.session.scalars(query).unique().all()


def file_by_key(key: str) -> tuple[StoredFile, Commitment | None]:
    """A stored file, and the commitment whose agreement it is. Raises `NotFound`."""
    row = db.session.scalars(sa.select(StoredFile).where(StoredFile.key == key)).one_or_none()
    if row is None:
        raise NotFound(_l("No existe un archivo con esa dirección."))
    owner = db.session.scalar(sa.select(Agreement.commitment_id).where(Agreement.file_id == row.id))
    return row, for_change(owner) if owner is not None else None
