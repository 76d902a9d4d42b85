"""Keeping what was counted or published about a plan: people who took part, and figures without rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from intake.core import audit
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.permissions import Permission, authorize
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from intake.plans.inputs import Counts, FigureInput, contradictions
from models import Event, Participation, ParticipationCount, Plan, ReportedFigure
from models.enums import AttendanceMethod

if TYPE_CHECKING:
    from intake.core.identity import Principal


def add_reported_figure(plan: Plan, given: FigureInput, *, by: Principal) -> ReportedFigure:
    """Keep a published figure with its source. Raises `Invalid` without one, or if the key is taken."""
    authorize(by, Permission.PLAN_MOVE, plan)
    if not given.source.strip():
        raise Invalid(_l("Una cifra publicada necesita su fuente."), field="source")
    figure = ReportedFigure(
        plan_id=plan.id,
        key=given.key,
        label_es=given.label_es,
        label_en=given.label_en,
        value=given.value,
        unit=given.unit,
        as_of=given.as_of,
        source=given.source.strip(),
        source_url=given.source_url,
        note=given.note,
    )
    with transaction():
        if in_savepoint(lambda: db.session.add(figure)) is not None:
            raise Invalid(_l("Este plan ya tiene una cifra con esa clave."), field="key")
        audit.record("figure.create", figure, by=by, reference=f"{plan.code}/{given.key}")
    return figure


def record_participation(  # noqa: PLR0913 -- a count carries its source and label
    plan: Plan,
    counts: Counts,
    *,
    total: int,
    event: Event | None = None,
    source: str = "",
    label_es: str = "",
    source_url: str | None = None,
    method: AttendanceMethod = AttendanceMethod.COUNTS,
    by: Principal,
) -> Participation:
    """Keep how many people took part, as counts: of an event (a second record replaces the first) or of the plan.

    Raises `Invalid` that names the dimension whose parts do not add up to ``total``.
    """
    authorize(by, Permission.PLAN_MOVE if event is None else Permission.ATTENDANCE_RECORD, event or plan)
    check_counts(total, counts)
    with transaction():
        row = _participation(plan, event)
        row.total, row.method, row.source, row.source_url = total, method, source.strip(), source_url
        row.label_es = label_es
        before = {f"{c.dimension.value}.{c.category}": c.people for c in row.counts}
        after = {f"{d.value}.{category}": n for d, parts in counts.items() for category, n in parts.items()}
        changed = {k: [before.get(k), after.get(k)] for k in before | after if before.get(k) != after.get(k)}
        if method is AttendanceMethod.LIST:
            changed = {}  # what one more person changed would say what that person is like
        name = event.slug if event else plan.code
        audit.record("participation.record", row, by=by, extra=changed, reference=name)
        row.counts.clear()
        db.session.flush()  # the old counts go before the new ones come: one of each category
        row.counts.extend(
            ParticipationCount(dimension=dimension, category=category, people=people)
            for dimension, parts in counts.items()
            for category, people in parts.items()
        )
    return row


def check_counts(total: int, counts: Counts) -> None:
    """Raise `Invalid` that says which dimension contradicts the total, with both numbers."""
    if total < 0 or any(people < 0 for parts in counts.values() for people in parts.values()):
        raise Invalid(_l("Los números de personas no pueden ser negativos."), field="total")
    for dimension, people in contradictions(total, counts):
        raise Invalid(
            _l(
                "%(dimension)s: las partes suman %(sum)d y el total es %(total)d.",
                dimension=label(dimension),
                sum=people,
                total=total,
            ),
            field=dimension.value,
            dimension=dimension.value,
            sum=people,
            total=total,
        )


def _participation(plan: Plan, event: Event | None) -> Participation:
    """The event's record with its counts, or a new one."""
    if event is not None:
        query = (
            sa.select(Participation)
            .where(Participation.event_id == event.id)
            .options(selectinload(Participation.counts))
            .execution_options(populate_existing=True)  # the page may have loaded what somebody replaced since
        )
        known = db.session.scalar(query)
        if known is not None:
            return known
    return Participation(plan_id=plan.id, event_id=event.id if event else None, counts=[])
