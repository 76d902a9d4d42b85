"""Results that are dear to compute, kept by a process until something they were computed from changes.

`reuse` keeps whole pages and forgets them with any change. Here a result names the kinds of things it was computed from
(subjects of the trace) and stays while no entry about one of them was added: a review that is saved does not make the
map count twenty thousand actors again. The state of the trace is read once a request, over its newest entries alone.
Every change of what is kept here writes an entry in the transaction of the change.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, current_app, g

from intake.core import clock
from intake.engine import writing
from intake.extensions import db
from models import AuditEntry

T = TypeVar("T")
#: Entries that may still be on their way when a later number is seen (PostgreSQL hands numbers out before commits).
_ON_THE_WAY = 1000
#: After so many entries the count begins anew, and everything is forgotten.
_WINDOW = 6000
MAX_RESULTS = 64
Mark = tuple[int, int]  # how many entries about a kind of thing, and the newest


@dataclass(frozen=True)
class Result:
    """What was made, when, and from which state of the trace."""

    marks: tuple[Mark, ...]
    at: datetime
    made: Any


@dataclass
class Results:
    """The results of one process."""

    base: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    found: OrderedDict[Hashable, Result] = field(default_factory=OrderedDict)


def install(app: Flask) -> None:
    """Begin to keep results; without reuse of pages (tests) nothing is kept either."""
    if app.config["PAGE_CACHE_SECONDS"]:
        app.extensions["intake_results"] = Results()


def kept(key: Hashable, subjects: tuple[str, ...], make: Callable[[], T], *, seconds: int = 0) -> T:
    """What ``make`` returns, or returned before for the same key, if no trace about ``subjects`` was added since.

    ``seconds``: a result may be so much older than the newest change; who shows it says of when it is. The result is
    shared between requests: nobody may change it, and it must not hold rows of a session.
    """
    made: dict[Hashable, Any] = g.setdefault("kept_made", {})
    if key not in made:
        made[key] = _between_requests(key, subjects, make, seconds)
    return made[key]  # type: ignore[no-any-return]  # what stands under the key came from the same ``make``


def _between_requests(key: Hashable, subjects: tuple[str, ...], make: Callable[[], Any], seconds: int) -> Any:
    results: Results | None = current_app.extensions.get("intake_results")
    if results is None or writing.get():  # a request that writes sees rows that may yet be rolled back
        return make()
    marks = _marks(results)
    state = tuple(marks.get(subject, (0, 0)) for subject in subjects)
    now = clock.now()
    with results.lock:
        known = results.found.get(key)
    if known is not None and (known.marks == state or timedelta() <= now - known.at < timedelta(seconds=seconds)):
        return known.made
    result = Result(state, now, make())
    with results.lock:
        results.found[key] = result
        results.found.move_to_end(key)
        while len(results.found) > MAX_RESULTS:
            results.found.popitem(last=False)
    return result.made


def _marks(results: Results) -> Mapping[str, Mark]:
    """Kind of thing → how many entries were added since the base, and the newest. One statement a request."""
    marks: Mapping[str, Mark] | None = g.get("kept_marks")
    if marks is None:
        newest = 0
        if results.base is None:
            newest = db.session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0
            results.base = max(0, newest - _ON_THE_WAY)
        marks = g.kept_marks = _read(results.base)
        if sum(number for number, _newest in marks.values()) > _WINDOW:
            with results.lock:
                results.base = max(newest for _number, newest in marks.values()) - _ON_THE_WAY
                results.found.clear()
            marks = g.kept_marks = _read(results.base)
    return marks


def _read(base: int) -> dict[str, Mark]:
    query = (
        sa.select(AuditEntry.subject_type, sa.func.count(), sa.func.max(AuditEntry.id))
        .where(AuditEntry.id > base)
        .group_by(AuditEntry.subject_type)
    )
    return {subject: (number, newest) for subject, number, newest in db.session.execute(query)}
