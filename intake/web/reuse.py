"""Answering a guest's page from memory while nothing has changed.

A page of a list costs its template; guests see the same bytes. A kept answer is used only while the *data stamp* is the
same and for a few seconds at most (stages open and close with time). The stamp is one cheap statement: on PostgreSQL
the transaction snapshot itself (equal snapshots see equal data), on SQLite the last audit entry (writers queue, so
entries commit in order, and every public change writes one).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request, session

from intake.core import clock
from intake.extensions import db
from intake.web.access import access_of
from intake.web.hooks import chosen_language

if TYPE_CHECKING:
    from collections.abc import Hashable

MAX_PAGES = 300
MAX_BYTES = 200_000
#: An answer with one of these says more than its body and its type, which are all that is kept.
_MORE_THAN_A_BODY = frozenset({"Set-Cookie", "Content-Disposition", "Cache-Control", "Location", "Link"})
_STAMPS = {
    "sqlite": sa.text("SELECT max(id) FROM audit_entry"),
    "postgresql": sa.text("SELECT pg_current_snapshot()::text"),
}


class Pages:
    """The most recently used answers of one process, guarded by a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[bytes, str]] = OrderedDict()

    def get(self, key: Hashable) -> tuple[bytes, str] | None:
        """Body and content type kept under the key."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Hashable, body: bytes, kind: str) -> None:
        """Keep an answer, dropping the least recently used."""
        with self._lock:
            self._kept[key] = (body, kind)
            while len(self._kept) > MAX_PAGES:
                self._kept.popitem(last=False)


def install(app: Flask) -> None:
    """Attach the lookup and the keeping; ``page_cache_seconds`` 0 switches both off."""
    if not app.config["PAGE_CACHE_SECONDS"]:
        return
    app.extensions["intake_pages"] = Pages()
    app.before_request(answer_from_memory)
    app.after_request(keep)


def answer_from_memory() -> Response | None:
    """The kept answer, if this request is a guest's for a reusable page and nothing has changed since."""
    view = access_of(current_app.view_functions.get(request.endpoint or ""))
    if view is None or not view.reusable or request.method != "GET" or session or "lang" in request.args:
        return None
    seconds = current_app.config["PAGE_CACHE_SECONDS"]
    stamp = db.session.scalar(_STAMPS[db.session.get_bind().dialect.name])
    g.reuse_key = (request.host, request.full_path, chosen_language(), stamp, int(clock.now().timestamp()) // seconds)
    found = current_app.extensions["intake_pages"].get(g.reuse_key)
    if found is None:
        return None
    del g.reuse_key
    return Response(found[0], mimetype=found[1])


def keep(response: Response) -> Response:
    """Keep a fresh answer, unless it began a session, is not a plain success or has headers that would be lost."""
    key = g.pop("reuse_key", None)
    plain_success = response.status_code == 200 and not response.is_streamed and not session
    if key is not None and plain_success and not _MORE_THAN_A_BODY & set(response.headers.keys()):
        body = response.get_data()
        if len(body) <= MAX_BYTES:
            current_app.extensions["intake_pages"].put(key, body, response.mimetype or "text/html")
    return response
