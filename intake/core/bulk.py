"""Many rows at once: keys taken beforehand, rows written by table, entries of the trace for each.

Services make one thing at a time, which is right for people and too slow for fifty thousand rows of a file.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import audit
from intake.core.transaction import dialect
from intake.extensions import db
from models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import ColumnProperty

    from intake.core.identity import Principal
    from models import Base


def reserve_keys(model: type[Base], number: int) -> Sequence[int]:
    """Keys for ``number`` new rows, in order; nobody else gets them. Call within the transaction that uses them.

    SQLite holds the whole file by then. A key that stands in the trace is not given again, even if its row is gone.
    """
    table, key = model.__tablename__, model.__mapper__.c.id
    if dialect() == "postgresql":
        counter = sa.func.nextval(sa.func.pg_get_serial_sequence(table, "id"))
        return db.session.scalars(sa.select(counter).select_from(sa.func.generate_series(1, number))).all()
    traced = sa.select(sa.func.max(AuditEntry.subject_id)).where(AuditEntry.subject_type == table)
    highest = max(db.session.scalar(sa.select(sa.func.max(key))) or 0, db.session.scalar(traced) or 0)
    return range(highest + 1, highest + 1 + number)


class Rows:
    """Rows to be written, by table, in the order in which tables first came."""

    def __init__(self) -> None:
        self._rows: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)

    def add(self, table: type[Base] | sa.Table, **values: Any) -> None:
        """One more row; every row of a table names the same columns."""
        self._rows[table].append(values)

    def write(self) -> None:
        """Send them and forget them."""
        for table, rows in self._rows.items():
            db.session.execute(sa.insert(table), rows)
        self._rows.clear()


def entry(
    action: str,
    model: type[Base],
    key: int,
    reference: str | None,
    *,
    by: Principal,
    changes: Mapping[str, Any],
    reason: str = "",
) -> dict[str, Any]:
    """The columns of an entry of the trace, as `intake.core.audit.record` would write them of the same changes."""
    columns = {attribute.key: attribute for attribute in sa.inspect(model).column_attrs}
    traced = {name: _traced(columns.get(name), value) for name, value in changes.items()}
    return audit.entry(action, model.__tablename__, key, reference, traced, by=by, reason=reason)


def _traced(column: ColumnProperty[Any] | None, value: Any) -> Any:
    """A fact, the value of a column, or its old and new one."""
    if column is None:
        return audit.value_of(value)
    return (
        [audit.traceable(column, one) for one in value] if isinstance(value, list) else audit.traceable(column, value)
    )
