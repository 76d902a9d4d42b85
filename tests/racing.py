"""Simultaneous calls on a database of their own, each in a thread with its own session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from intake.core.transaction import transaction
from intake.engine import writing
from intake.extensions import db

#: How long the first keeps its rows once the second was let go, in seconds.
HELD = 0.3
#: How long the second waits for the first before it goes on alone, and the test fails, in seconds.
PATIENCE = 10


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


def under(app: Flask, act: Callable[[], Any], other: Callable[[], Any]) -> list[str]:
    """What both did when ``other`` came while ``act`` was done and not yet committed."""
    acted = threading.Event()

    def keep() -> None:
        with transaction():
            act()
            acted.set()
            time.sleep(HELD)

    def come() -> None:
        acted.wait(PATIENCE)
        other()

    return together(app, come, keep)


def linger(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, seconds: float = HELD) -> threading.Event:
    """Let a function return later than it has done its work. The event tells that it has, the first time."""
    done, real = threading.Event(), getattr(module, name)

    def slowly(*args: Any) -> Any:
        found = real(*args)
        done.set()
        time.sleep(seconds)
        return found

    monkeypatch.setattr(module, name, slowly)
    return done
