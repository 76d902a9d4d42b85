"""The only commit in the code."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm.exc import StaleDataError

from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l
from intake.engine import begin_anew_to_write, locking, writing
from intake.extensions import db

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEPTH = "intake_transaction_depth"
_AFTER = "intake_after_commit"
_UNDO = "intake_after_rollback"
_DOOMED = "intake_transaction_doomed"
#: How SQLAlchemy says that the row which is read again under a lock is no longer there; it has no class for it.
_IS_GONE = "Could not refresh instance"


class Doomed(RuntimeError):
    """A mistake in our code: a part of the transaction failed and its caller went on. Nothing of it is kept."""


@contextmanager
def transaction() -> Iterator[None]:
    """Commit on leaving, roll back on any error. Nested calls join the outermost one.

    A nested call that fails dooms the outermost one even where somebody swallows the error: it then rolls back and
    raises `Doomed`. Only `in_savepoint` takes back a part and goes on.

    Raises `Conflict` where a concurrent change was overtaken (optimistic lock), or what it is about was deleted.
    Database integrity errors pass through: the service that can name them translates them.
    """
    info = db.session.info if hasattr(db.session, "info") else db.session().info
    if info.get(_DEPTH, 0):
        with _joined(info):
            yield
        return
    with _outermost(info):
        yield
    info.pop(_UNDO, None)
    for call in info.pop(_AFTER, []):
        call()


@contextmanager
def _outermost(info: dict[Any, Any]) -> Iterator[None]:
    token = locking.set(True)
    info[_DEPTH] = 1
    info[_DOOMED] = False
    try:
        _begin_writing()
        yield
        _refuse_if_doomed(info)
        db.session.commit()
    except StaleDataError as error:
        _roll_back(info)
        raise Conflict(_l("Otra persona cambió esto mientras usted lo tenía abierto.")) from error
    except InvalidRequestError as error:
        _roll_back(info)
        if not str(error).startswith(_IS_GONE):
            raise
        raise gone() from error
    except BaseException:
        _roll_back(info)
        raise
    finally:
        info[_DEPTH] = 0
        locking.reset(token)


@contextmanager
def _joined(info: dict[Any, Any]) -> Iterator[None]:
    """A part of the outermost transaction: what fails here fails there."""
    info[_DEPTH] += 1
    try:
        yield
    except BaseException:
        info[_DOOMED] = True
        raise
    finally:
        info[_DEPTH] -= 1


def _refuse_if_doomed(info: dict[Any, Any]) -> None:
    if info.get(_DOOMED):
        message = "a nested transaction failed and its error was swallowed; use in_savepoint for what may fail"
        raise Doomed(message)


def _roll_back(info: dict[Any, Any]) -> None:
    """Undo the database's part, then what was done outside it."""
    db.session.rollback()
    info.pop(_AFTER, None)
    for call in info.pop(_UNDO, []):
        call()


def gone() -> Conflict:
    """What is said where somebody deleted meanwhile what this is about."""
    return Conflict(_l("Esto se borró mientras usted lo tenía abierto."))


def after_rollback(call: Callable[[], None]) -> None:
    """Undo something outside the database if the outermost transaction does not commit."""
    db.session().info.setdefault(_UNDO, []).append(call)


def after_commit(call: Callable[[], None]) -> None:
    """Run something once the outermost transaction has committed (never if it rolls back)."""
    db.session().info.setdefault(_AFTER, []).append(call)


def _begin_writing() -> None:
    """Take the turn to write now, on SQLite: what the caller has read so far it has read without holding others up.

    What it loaded stays loaded, as on PostgreSQL: a service reads again, under a lock, what its decision rests on.
    """
    writing.set(True)
    if db.session().in_transaction() and dialect() == "sqlite":
        begin_anew_to_write(db.session.connection())


def flush() -> None:
    """Send pending changes to the database inside the transaction, so that keys and constraints speak now."""
    db.session.flush()


def in_savepoint(call: Callable[[], None]) -> IntegrityError | None:
    """Run a change that a constraint may refuse; return the refusal instead of losing the transaction."""
    info = db.session().info
    doomed = info.get(_DOOMED, False)
    try:
        with db.session.begin_nested():
            call()
            db.session.flush()
    except IntegrityError as error:
        info[_DOOMED] = doomed  # what failed inside is undone with the savepoint
        return error
    return None


def dialect() -> str:
    """``sqlite`` or ``postgresql``."""
    return db.session.get_bind().dialect.name


def one_after_the_other(key: int) -> None:
    """Let no other transaction with this key (chosen by its caller) pass until this one ends.

    An advisory lock of PostgreSQL; on SQLite one writes at a time anyway.
    """
    if dialect() == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def is_open() -> bool:
    """Whether the caller is inside `transaction`."""
    return bool(db.session().info.get(_DEPTH, 0))


def lock(statement: sa.Select[Any]) -> None:
    """Lock the rows on databases that can (SQLite already holds the whole file)."""
    db.session.execute(statement.with_for_update() if dialect() == "postgresql" else statement)
