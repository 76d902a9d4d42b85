"""Simultaneous calls on a database of their own, each in a thread with its own session."""

from __future__ import annotations

import threading

from intake.engine import writing
from intake.extensions import db


def together(app, *calls):
    """What each of the simultaneous calls did: "done", or the class of its error. Sorted."""
    found, start = [], threading.Barrier(len(calls))

    def press(call):
        with app.app_context():
            writing.set(True)  # as intake.web.hooks does for every request that may write
            start.wait()
            try:
                call()
                found.append("done")
            except Exception as error:  # noqa: BLE001 -- the test compares it
                found.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)
