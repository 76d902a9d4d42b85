"""Reading plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import selectinload, joinedload

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from models import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence


def current() -> Plan | None:
    """The plan under way with its stages loaded, None on an empty installation. One statement."""
    query = sa.select(Plan).where(Plan.is_current).options(joinedload(Plan.stages)).order_by(Plan.number.desc())
    return db.session.scalars(query).unique().first()


def by_code(code: str) -> Plan:
    """A plan with its stages and approaches. Raises `NotFound`. Two statements."""
    query = sa.select(Plan).where(Plan.code == code).options(joinedload(Plan.stages), selectinload(Plan.approaches))
    plan = db.session.scalars(query).unique().one_or_none()
    if plan is None:
        raise NotFound(_l("No existe un plan con ese código."))
    return plan


def all_plans() -> Sequence[Plan]:
    """Every plan with its stages, newest first. One statement."""
    query = sa.select(Plan).options(joinedload(Plan.stages)).order_by(Plan.number.desc())
    return db.session.scalars(query).unique().all()
