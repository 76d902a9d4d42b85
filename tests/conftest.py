"""Fixtures that every room shares: a database made by the migrations, one outer transaction a test, people who sign in.

``--db=sqlite`` (default) or ``--db=postgresql``: the same tests run on both.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from intake import create_app
from intake.core import clock
from intake.core.identity import Principal
from intake.extensions import db
from models import User
from tests import factories
from tests.databases import (  # noqa: F401 -- fixtures for every folder
    database_url,
    databases,
    hasten,
    migrated,
    own_app,
    own_url,
)
from tests.demo_database import demo_app, demo_folder, demo_url  # noqa: F401 -- fixtures for every folder

SignIn = Callable[..., FlaskClient]
CountQueries = Callable[[], contextlib.AbstractContextManager[list[str]]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgresql"], default="sqlite", help="the database under test")
    parser.addoption("--at", type=datetime.fromisoformat, help="the moment at which the tests begin, with its offset")


def pytest_configure(config: pytest.Config) -> None:
    """``--at=2027-02-28T04:30Z`` finds what expires; processes of their own (browsers, walk, faults) stay in today."""
    if at := config.getoption("--at"):
        travel = time_machine.travel(at)
        travel.start()
        config.add_cleanup(travel.stop)


#: Modules that take longest, first: whoever is free takes the next one, and the last ones must be short.
DEAREST = (
    "e2e/test_accessibility", "walk/test_walk", "e2e/", "faults/", "demo/", "migrations/", "mapping/test_coverage",
    "mapping/test_small_cells_attack", "mapping/test_outreach_races", "core/", "walk/",
)  # fmt: skip


#: Folders and modules that read sources, catalogues, or what pages say and whom they refuse: the second database would
#: say the same again. Pages are still drawn on both: `tests/walk` asks every address; queries have their own tests.
ONCE = re.compile(r"tests/(architecture|i18n|web)/|_(views|pages)\.py$|/test_views\.py$")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is the same on every database; begin with what takes longest."""
    for item in items:
        asks_database = "databases" in getattr(item, "fixturenames", ())
        if ONCE.search(item.path.as_posix()) or not asks_database:
            item.add_marker(pytest.mark.once)
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    path = item.path.as_posix()
    return next((n for n, part in enumerate(DEAREST) if f"tests/{part}" in path), len(DEAREST))


@pytest.fixture(scope="session")
def session_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:  # noqa: F811
    """The application on a migrated database."""
    folder: Path = tmp_path_factory.mktemp("instance")
    app = create_app(Config.for_tests(database_url=database_url, instance_path=str(folder)))
    hasten(app)
    yield app
    with app.app_context():
        db.engine.dispose()


class _Client(FlaskClient):
    """A browser of its own: requests push their own application context, so that nobody shares Flask's ``g``."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture
def app(session_app: Flask) -> Iterator[Flask]:
    """The application inside one outer transaction, rolled back at the end; what commits are savepoints.

    Every session, the test's own and those of requests, runs on one connection. The test's session keeps what it has
    loaded: ``db.session.expire_all()`` (or `fresh`) shows what a request changed.
    """
    session_app.test_client_class = _Client
    with session_app.app_context():
        engines = db._app_engines[session_app]
        engine = engines[None]
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]  # a connection serves as an engine here
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield session_app
        finally:
            db.session.remove()
            engines[None] = engine
            outer.rollback()
            connection.close()


@pytest.fixture
def inside_window() -> Iterator[None]:
    """Five minutes past the next full hour: no window of a `limits.Limit` ends while a test counts.

    Forward, so that whatever was written before lies in the past.
    """
    hour = clock.now().replace(minute=5, second=0, microsecond=0) + timedelta(hours=1)
    with time_machine.travel(hour):
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A guest's browser."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """A new browser in which the person has signed in: ``sign_in(user)``."""

    def enter(user: User) -> FlaskClient:
        browser = app.test_client()
        with browser.session_transaction() as kept:
            kept["_user_id"] = f"{user.id}.{user.session_epoch}"
            kept["_fresh"] = True
        return browser

    return enter


@pytest.fixture
def as_principal(app: Flask) -> Callable[[User], Principal]:
    """`tests.factories.principal`, for tests that ask for it."""
    return factories.principal


@pytest.fixture
def count_queries(app: Flask) -> CountQueries:
    """``with count_queries() as seen:`` lists the statements sent (savepoints and pragmas apart)."""

    @contextlib.contextmanager
    def count() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "BEGIN")):
                seen.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)

    return count


def token_in(page: str) -> str:
    """The forgery token of the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*? value="([^"]+)"', page)
    assert found is not None, "the page holds no form that posts"
    return found.group(1)


@pytest.fixture
def post() -> Callable[..., Any]:
    """``post(browser, path, **fields)``: reads the page (or ``page=``) first and sends its forgery token along."""

    def send(browser: FlaskClient, path: str, *, page: str | None = None, follow: bool = False, **fields: Any) -> Any:
        token = token_in(browser.get(page or path, follow_redirects=True).text)
        return browser.post(path, data={"csrf_token": token, **fields}, follow_redirects=follow)

    return send
