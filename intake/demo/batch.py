"""Rows written many at a time, past the mapped objects, and the keys that then go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.transaction import dialect
from intake.extensions import db

if TYPE_CHECKING:
    from intake.demo.source import Row
    from models import Base


@dataclass
class Batch:
    """Rows to be written, by table."""

    rows: dict[type[Base], list[Row]] = field(default_factory=dict)

    def add(self, model: type[Base], **values: Any) -> None:
        """Note a row."""
        self.rows.setdefault(model, []).append(values)

    def write(self) -> None:
        """Write them, table by table in the order in which the tables were first named."""
        for model, rows in self.rows.items():
            db.session.execute(sa.insert(model), rows)


def continue_keys(*models: type[Base]) -> None:
    """PostgreSQL counts keys apart from the rows: go on after those given here."""
    if dialect() != "postgresql":
        return
    for model in models:
        counter = sa.func.pg_get_serial_sequence(model.__tablename__, "id")
        db.session.execute(sa.select(sa.func.setval(counter, sa.select(sa.func.max(model.id)).scalar_subquery())))
