"""Engines: SQLite made to honour transactions, foreign keys and durability; PostgreSQL as it is.

SQLite facts measured in docs/decisions/0014: a transaction that reads first and writes later fails under concurrency
unless it begins with ``BEGIN IMMEDIATE``; ``synchronous=NORMAL`` may lose the last commits at a power cut.
"""

from __future__ import annotations

import contextvars
from typing import Any

import sqlalchemy as sa

#: True while the current request or command may write; set by `intake.web.hooks` and by `transaction()`.
writing: contextvars.ContextVar[bool] = contextvars.ContextVar("writing", default=False)

PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=FULL", "cache_size=-8000")


def options(url: str) -> dict[str, Any]:
    """Return the keyword arguments of ``create_engine`` for this database.

    Values are hidden in its errors: they reach the log, and may be an address or the hash of a password.
    """
    if not url.startswith("sqlite"):
        return {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 5, "hide_parameters": True}
    import pysqlite3  # noqa: PLC0415 -- optional dependency: only SQLite installations need it

    chosen: dict[str, Any] = {"module": pysqlite3, "hide_parameters": True}
    if url in {"sqlite://", "sqlite:///:memory:"}:
        chosen["poolclass"] = sa.pool.StaticPool
        chosen["connect_args"] = {"check_same_thread": False}
    return chosen


@sa.event.listens_for(sa.Engine, "connect")
def _on_connect(connection: Any, _record: Any) -> None:
    if "sqlite3" not in type(connection).__module__:
        return
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@sa.event.listens_for(sa.Engine, "begin")
def _on_begin(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
