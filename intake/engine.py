"""Engines: SQLite made to honour transactions, foreign keys and durability; PostgreSQL as it is.

SQLite facts measured in docs/decisions/0014: a transaction that reads first and writes later fails under concurrency
unless it begins with ``BEGIN IMMEDIATE``; ``synchronous=NORMAL`` may lose the last commits at a power cut. As one
writer is let in at a time, a transaction reads until it is told to write, and then begins anew (`begin_anew_to_write`):
it sees what was committed meanwhile, as the next statement does on PostgreSQL.
"""

from __future__ import annotations

import contextvars
from typing import Any

import sqlalchemy as sa

#: True while the current request or command may write, so that nothing is answered from memory; set by
#: `intake.web.hooks` and by `transaction()`.
writing: contextvars.ContextVar[bool] = contextvars.ContextVar("writing", default=False)
#: True within `transaction()` alone: what begins on SQLite meanwhile takes its turn among the writers at once.
locking: contextvars.ContextVar[bool] = contextvars.ContextVar("locking", default=False)
#: In a connection's ``info``: how many rows it had changed when it began to read; None once it began as a writer.
_UNCHANGED = "intake_unchanged"

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
        _begin(connection, at_once=locking.get())


def _begin(connection: sa.Connection, *, at_once: bool) -> None:
    connection.info[_UNCHANGED] = None if at_once else _changes(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if at_once else "BEGIN")


def _changes(connection: sa.Connection) -> int:
    return connection.connection.dbapi_connection.total_changes  # type: ignore[union-attr, no-any-return]


def begin_anew_to_write(connection: sa.Connection) -> None:
    """Let a transaction on SQLite that has only read take its turn among the writers; what it has read may be older.

    One that has written already holds that turn, and one within a savepoint is somebody else's.
    """
    if connection.info.get(_UNCHANGED) == _changes(connection) and not connection.in_nested_transaction():
        connection.exec_driver_sql("COMMIT")
        _begin(connection, at_once=True)
