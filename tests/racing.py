"""Simultaneous calls on a database of their own, each in a thread with its own session.

Only the run on PostgreSQL proves a lock: it tells that the other waits. On SQLite the other has a moment (`HELD`), and
a slow thread that comes later passes the test without having met anybody.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.core.transaction import dialect, transaction
from intake.engine import writing
from intake.extensions import db

#: How long the first keeps its turn once the second was let go, where nobody can see that it waits, in seconds.
HELD = 0.3
#: How long one waits for the other before it goes on alone, and the test fails, in seconds.
PATIENCE = 10
#: How long before one looks again whether the other waits, in seconds.
MOMENT = 0.02


def answers(app: Flask, *calls: Callable[[], Any]) -> list[Any]:
    """What each of the simultaneous calls returned, or the error that it raised, in the order of the calls."""
    found: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def press(number: int, call: Callable[[], Any]) -> None:
        with app.app_context():
            writing.set(True)  # as intake.web.hooks does for every request that may write
            start.wait()
            try:
                found[number] = call()
            except Exception as error:  # noqa: BLE001 -- the test compares it
                found[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def together(app: Flask, *calls: Callable[[], Any]) -> list[str]:
    """What each of the simultaneous calls did: "done", or the class of its error. Sorted."""
    return sorted(type(one).__name__ if isinstance(one, Exception) else "done" for one in answers(app, *calls))


def meanwhile(app: Flask, call: Callable[[], Any]) -> Any:
    """What somebody else did, from beginning to end, while the caller's session keeps what it has loaded."""
    (found,) = answers(app, call)
    if isinstance(found, Exception):
        raise found
    return found


class Meeting:
    """One who keeps what it holds until another stands behind it, or has gone past as if there were nothing."""

    def __init__(self) -> None:
        self.held, self.came, self.gone = threading.Event(), threading.Event(), threading.Event()

    @contextlib.contextmanager
    def coming(self) -> Iterator[None]:
        """What the other does once the first holds what it needs."""
        self.held.wait(PATIENCE)
        self.came.set()
        try:
            yield
        finally:
            self.gone.set()

    def keep(self) -> None:
        """Let the other come, and go on when it waits: PostgreSQL tells; SQLite does not, and gets a moment."""
        self.held.set()
        self.came.wait(PATIENCE)
        if dialect() == "sqlite":
            self.gone.wait(HELD)
            return
        for _ in range(int(PATIENCE / MOMENT)):
            if self.gone.wait(MOMENT) or _somebody_waits():
                return
        raise AssertionError("the other neither waits nor goes past")


def _somebody_waits() -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with db.engine.connect() as connection:  # in a transaction of its own, whose view is of now
        return bool(connection.scalar(sa.text(waiting)))


def under(app: Flask, act: Callable[[], Any], other: Callable[[], Any]) -> list[str]:
    """What both did when ``other`` came while ``act`` was done and not yet committed."""
    meeting = Meeting()

    def keep() -> None:
        with transaction():
            act()
            meeting.keep()

    def come() -> None:
        with meeting.coming():
            other()

    return together(app, come, keep)


def hold_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> Meeting:
    """Let whoever calls a function first keep what it holds then, until the other of the meeting has come."""
    meeting, real = Meeting(), getattr(module, name)

    def slowly(*args: Any) -> Any:
        found = real(*args)
        if not meeting.held.is_set():
            meeting.keep()
        return found

    monkeypatch.setattr(module, name, slowly)
    return meeting


def linger(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, seconds: float = HELD) -> threading.Event:
    """Let a function return later than it has done its work, each time: all who press together are within it.

    The event tells that it has, the first time. Where one other comes, `hold_after` shows that it came in time.
    """
    done, real = threading.Event(), getattr(module, name)

    def slowly(*args: Any) -> Any:
        found = real(*args)
        done.set()
        time.sleep(seconds)
        return found

    monkeypatch.setattr(module, name, slowly)
    return done
