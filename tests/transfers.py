"""What the tests of imports share: files in memory, and every table counted."""

from __future__ import annotations

import csv
import io
from typing import Any

import sqlalchemy as sa

from intake.core.tabular import Source, as_xlsx
from intake.extensions import db
from models import Base


def as_file(rows: list[dict[str, Any]], name: str = "lista.csv") -> Source:
    """The rows as CSV, or as a workbook if the name says so; columns in the order in which they first come."""
    names = list(dict.fromkeys(column for row in rows for column in row))
    if name.endswith(".xlsx"):
        return Source.of(name, b"".join(as_xlsx(names, rows)))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return Source.of(name, out.getvalue().encode())


def counts() -> dict[str, int]:
    """Rows of every table. What the test made so far is kept: a refusal rolls back to here."""
    db.session.commit()
    db.session.expire_all()
    return {t.name: db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in Base.metadata.sorted_tables}
