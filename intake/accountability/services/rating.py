"""What the Independent Reporting Mechanism found, on each plan's own scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import lock, transaction
from intake.extensions import db
from models import Commitment, IrmRating, IrmScaleValue, Plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from intake.accountability.inputs import ScaleValueInput
    from intake.core.identity import Principal
    from models.enums import IrmDimension


def define_scale(
    plan: Plan, dimension: IrmDimension, values: Sequence[ScaleValueInput], *, by: Principal
) -> list[IrmScaleValue]:
    """Say which values a dimension may take in this plan, in order. Known keys get their new words and place."""
    with transaction():
        authorize(by, Permission.IRM_RATE)
        lock(sa.select(Plan.id).where(Plan.id == plan.id))
        known = {v.key: v for v in _scale(plan.id, dimension)}
        made = []
        for position, given in enumerate(values):
            row = known.get(given.key) or IrmScaleValue(plan_id=plan.id, dimension=dimension, key=given.key)
            row.position, row.label_es, row.label_en = position, given.label_es, given.label_en
            audit.record("irm_scale.define", row, by=by, reference=plan.code)
            made.append(row)
    return made


def rate(
    commitment: Commitment,
    dimension: IrmDimension,
    value_key: str | None,
    note: str,
    source_url: str | None,
    *,
    by: Principal,
    rated_on: date | None = None,
) -> IrmRating:
    """Record or correct a rating. ``value_key`` None: not found, and ``note`` must say so. Raises `Invalid`."""
    with transaction():
        authorize(by, Permission.IRM_RATE, commitment)
        if value_key is None and not note.strip():
            raise Invalid(_l("Escriba por qué no hay valoración."), field="note")
        lock(sa.select(Commitment.id).where(Commitment.id == commitment.id))  # one rating for each dimension
        row = db.session.scalars(
            sa.select(IrmRating)
            .where(IrmRating.commitment_id == commitment.id, IrmRating.dimension == dimension)
            .execution_options(populate_existing=True)
        ).one_or_none() or IrmRating(commitment_id=commitment.id, dimension=dimension)
        row.value_id = _value_id(commitment.plan_id, dimension, value_key)
        row.note, row.source_url, row.rated_on = note, source_url, rated_on
        audit.record("irm_rating.set", row, by=by, reference=commitment.reference, extra={"value": value_key})
    return row


def _scale(plan_id: int, dimension: IrmDimension) -> Sequence[IrmScaleValue]:
    query = sa.select(IrmScaleValue).where(IrmScaleValue.plan_id == plan_id, IrmScaleValue.dimension == dimension)
    return db.session.scalars(query).all()


def _value_id(plan_id: int, dimension: IrmDimension, key: str | None) -> int | None:
    if key is None:
        return None
    for value in _scale(plan_id, dimension):
        if value.key == key:
            return value.id
    raise Invalid(_l("Ese valor no es de la escala de este plan."), field="value")
