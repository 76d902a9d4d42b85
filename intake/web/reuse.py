"""Answering a page from memory while nothing has changed.

A page of a list costs its template; guests see the same bytes. Who has a session sees the same bytes of an *alike* page
but for the parts of its frame, which are drawn anew for each reader (`intake.web.frame`).

A kept answer is used only while the *data stamp* is the same and for a few seconds at most (stages open and close with
time). The stamp is one cheap statement: on PostgreSQL the transaction snapshot itself (equal snapshots see equal data),
on SQLite the last audit entry (writers queue, so entries commit in order, and every change that a page shows writes
one, changes of accounts and posts included).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import Flask, Response, current_app, g, request, session

from intake.core import clock
from intake.engine import writing
from intake.extensions import db
from intake.web import frame
from intake.web.access import access_of
from intake.web.hooks import chosen_language

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from intake.web.access import Access

T = TypeVar("T")
MAX_KEPT = 300
MAX_BYTES = 200_000
#: Where `remembered` keeps things. What readers can ask for without end, as searches and orders by chance, has a shelf
#: of its own: it would drive out what every page needs.
VALUES, ENDLESS = "intake_values", "intake_endless"
#: An answer with one of these says more than its body and its type, which are all that is kept.
_MORE_THAN_A_BODY = frozenset({"Set-Cookie", "Content-Disposition", "Cache-Control", "Location", "Link"})
_STAMPS = {
    "sqlite": "SELECT max(id) FROM audit_entry",
    "postgresql": "SELECT pg_current_snapshot()::text",
}


class Kept(Generic[T]):
    """The most recently used things of one process, guarded by a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """What is kept under the key."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Hashable, thing: T) -> None:
        """Keep something, dropping the least recently used."""
        with self._lock:
            self._kept[key] = thing
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)


def install(app: Flask) -> None:
    """Attach the lookup and the keeping; ``page_cache_seconds`` 0 switches both off."""
    if not app.config["PAGE_CACHE_SECONDS"]:
        return
    pages: Kept[tuple[tuple[bytes, ...], str]] = Kept()  # the pieces of a body (`frame.pieces_of`) and its content type
    app.extensions["intake_pages"] = pages
    shelves: dict[str, Kept[Any]] = {name: Kept() for name in (VALUES, ENDLESS)}
    app.extensions.update(shelves)
    app.before_request(answer_from_memory)
    app.after_request(keep)


def answer_from_memory() -> Response | None:
    """The kept answer, if the page is one that this reader may be given and nothing has changed since."""
    view = access_of(current_app.view_functions.get(request.endpoint or ""))
    if view is None or not _may_be_reused(view):
        return None
    whole = not session
    key = (whole, request.host, request.full_path, chosen_language(), stamp(), _moment())
    found = current_app.extensions["intake_pages"].get(key)
    if found is not None:
        return Response(frame.fill(found[0]), mimetype=found[1])
    g.reuse_key = key
    if not whole:
        frame.leave_gaps()
    return None


def _may_be_reused(view: Access) -> bool:
    """Whether a guest asks for a reusable page, or anybody for an alike one that is not the reader's own."""
    if request.method != "GET" or "lang" in request.args or not view.reusable:
        return False
    return not session or (view.alike and view.unless not in request.args)


def remembered(name: str, make: Callable[[], T], *, shelf: str = VALUES) -> T:
    """What ``make`` returns, made again only after a change of data or of time. Values, never mapped objects.

    The name says whose it is, if it is a person's. A request that writes always makes its own: it sees rows that may
    yet be rolled back.
    """
    if not current_app.config["PAGE_CACHE_SECONDS"] or writing.get():
        return make()
    key = (name, chosen_language(), stamp(), _moment())
    kept: Kept[tuple[T]] = current_app.extensions[shelf]
    found = kept.get(key)
    if found is None:
        found = (make(),)
        kept.put(key, found)
    return found[0]


def stamp() -> Any:
    """What changes when data changes, asked once a request. What is read later may be newer, never older."""
    if "stamp" not in g:
        connection = db.session.connection()
        g.stamp = connection.exec_driver_sql(_STAMPS[connection.dialect.name]).scalar()
    return g.stamp


def _moment() -> int:
    """Time in steps of the seconds that an answer may be reused."""
    return int(clock.now().timestamp()) // int(current_app.config["PAGE_CACHE_SECONDS"])


def keep(response: Response) -> Response:
    """Keep a fresh answer, unless a session had to do with it, it is no plain success or its headers would be lost."""
    key = g.pop("reuse_key", None)
    for_all = frame.close() if "reader" in g else not session
    if key is None or response.is_streamed or response.direct_passthrough:
        return response
    pieces = frame.pieces_of(response)
    plain_success = response.status_code == HTTPStatus.OK and not _MORE_THAN_A_BODY & set(response.headers.keys())
    if for_all and plain_success and len(response.get_data()) <= MAX_BYTES:
        current_app.extensions["intake_pages"].put(key, (pieces, response.mimetype or "text/html"))
    if len(pieces) > 1:
        response.set_data(frame.fill(pieces))
    return response
