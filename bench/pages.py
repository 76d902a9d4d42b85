"""What the measures of lists and of coverage share: a filled database, and its pages asked for here and over HTTP."""

from __future__ import annotations

import argparse
import contextlib
import http
import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

from bench import load, many

if TYPE_CHECKING:
    from flask import Flask

#: How often a page is asked for in this process.
TIMES = 5


def options(module: str, purpose: str | None) -> argparse.Namespace:
    """What the command line may say."""
    parser = argparse.ArgumentParser(prog=module, description=purpose)
    parser.add_argument("--db", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


@contextlib.contextmanager
def database(kind: str, rows: tuple[int, int, int]) -> Iterator[dict[str, str]]:
    """A database filled with so many actors, events and proposals; yields the environment that points at it."""
    folder = Path(tempfile.mkdtemp(prefix="intake-bench-"))
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{folder / 'bench.sqlite3'}"
        if kind == "postgresql":
            from tests import pgserver

            url = pgserver.Cluster(stack.enter_context(pgserver.server())).create("bench")
        environment = {
            "INTAKE_DEMO": "1",
            "INTAKE_DATABASE_URL": url,
            "INTAKE_INSTANCE_PATH": str(folder),
            "INTAKE_LOG_LEVEL": "ERROR",
        }
        _fill(environment, rows)
        yield environment


@contextlib.contextmanager
def application(environment: Mapping[str, str]) -> Iterator[Flask]:
    """The application in this process, which keeps no page; its connections are closed in the end."""
    from config import Config
    from intake import create_app
    from intake.extensions import db

    app = create_app(Config.from_env({**os.environ, **environment, "INTAKE_PAGE_CACHE_SECONDS": "0"}))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _fill(environment: Mapping[str, str], rows: tuple[int, int, int]) -> None:
    from flask_migrate import upgrade

    from intake.core.identity import SYSTEM
    from intake.mapping.reference import load_reference

    with application(environment) as app, app.app_context():
        upgrade()
        load_reference(by=SYSTEM)
        many.fill(*rows)


def counted(app: Flask, paths: Mapping[str, str]) -> dict[str, tuple[int, list[float]]]:
    """Page → its statements, and its milliseconds one time after the other, when nothing is kept."""
    import sqlalchemy as sa

    from intake.extensions import db

    seen: list[str] = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))
    browser, found = app.test_client(), {}
    for name, path in paths.items():
        times = []
        for _ in range(TIMES):
            seen.clear()
            start = time.perf_counter()
            if browser.get(path).status_code != http.HTTPStatus.OK:
                raise SystemExit(f"{path} does not answer")
            times.append(1000 * (time.perf_counter() - start))
        found[name] = (len(seen), times)
    return found


_numbers = itertools.count()


def another(path: str) -> Callable[[HTTPConnection], int]:
    """A GET of the page under an address that nobody asked for before."""
    mark = "&" if "?" in path else "?"

    def get(connection: HTTPConnection) -> int:
        return load.getter(f"{path}{mark}vez={next(_numbers)}")(connection)

    return get


def length(port: int, path: str) -> int:
    """How many bytes the page has."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise SystemExit(f"{path} answered {answer.status}")
    return len(body)
