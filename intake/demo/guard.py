"""Whether a database may receive the demonstration: it is empty of people and plans, or holds it already."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from models import Plan, User

CODES = ("PAGA1", "PAGA2", "PAGA3")


def is_loaded() -> bool:
    """Whether the fictional plan of the demonstration is there."""
    query = sa.select(Plan.id).where(Plan.code == CODES[-1], Plan.is_fictional)
    return db.session.scalar(query) is not None


def refuse_real_data() -> None:
    """Raise `Conflict` if there is an account or a plan that is not the demonstration's."""
    people = db.session.scalar(sa.select(sa.func.count()).select_from(User).where(~User.is_demo)) or 0
    foreign = sa.select(Plan.code).where((Plan.code.not_in(CODES)) | ((Plan.code == CODES[-1]) & ~Plan.is_fictional))
    plans = db.session.scalars(foreign.order_by(Plan.code)).all()
    if people or plans:
        raise Conflict(
            _l(
                "Hay datos reales (cuentas: %(people)s; planes: %(plans)s): la demostración no se carga aquí.",
                people=people,
                plans=", ".join(plans) or "0",
            )
        )
