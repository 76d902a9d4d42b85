"""The databases of a test run: each worker migrates one, and whoever needs a migrated one gets a copy of it."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from config import Config
from intake import create_app
from intake.extensions import db

if TYPE_CHECKING:
    from tests.pgserver import Cluster

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Files:
    """SQLite: what `tests.pgserver.Cluster` is to PostgreSQL, with files of one folder."""

    folder: Path

    def create(self, database: str) -> str:
        """The address of a database that comes to be when somebody writes to it."""
        return f"sqlite:///{self._file(database)}"

    def prepare(self, migrate: Callable[[str], object]) -> None:
        """Let ``migrate(address)`` make the template."""
        migrate(self.create("template"))

    def clone(self, database: str) -> str:
        """A copy of the template under this name; its address."""
        copy_file(self._file("template"), self._file(database))
        return self.create(database)

    def drop(self, database: str) -> None:
        """Remove a database; whoever has it open goes on with a file without a name."""
        for file in self.folder.glob(f"{database}.sqlite3*"):
            file.unlink(missing_ok=True)

    def _file(self, database: str) -> Path:
        return self.folder / f"{database}.sqlite3"


def copy_file(source: Path, target: Path) -> None:
    """Copy a database that others may have open: its latest pages may lie in the journal beside the file."""
    with contextlib.closing(sqlite3.connect(source)) as one, contextlib.closing(sqlite3.connect(target)) as other:
        one.backup(other)


def hasten(app: Flask) -> None:
    """Let SQLite not wait for the disk: nothing that a test writes outlives the run."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", lambda c, _r: c.execute("PRAGMA synchronous=OFF"))
            db.engine.dispose()


def _migrate(url: str) -> None:
    app = create_app(Config.for_tests(database_url=url))
    hasten(app)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster | Files]:
    """Where this worker makes its databases, of the kind that ``--db`` chose."""
    if request.config.getoption("--db") == "sqlite":
        yield Files(tmp_path_factory.mktemp("databases"))
        return
    from tests import pgserver

    with pgserver.server() as url:
        yield pgserver.Cluster(url)


@pytest.fixture(scope="session")
def migrated(databases: Cluster | Files) -> Cluster | Files:
    """The same, ready to copy a migrated database."""
    databases.prepare(_migrate)
    return databases


@pytest.fixture(scope="session")
def database_url(migrated: Cluster | Files) -> str:
    """A migrated database, which all tests of this worker share and each leaves as it was."""
    return migrated.clone("shared")


@pytest.fixture
def own_url(migrated: Cluster | Files) -> Iterator[str]:
    """A migrated database for one test that really commits."""
    name = f"own_{next(_numbers)}"
    yield migrated.clone(name)
    migrated.drop(name)


@pytest.fixture
def own_app(own_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database that nobody else uses. Folders and modules put into it what their tests need."""
    app = create_app(Config.for_tests(database_url=own_url, instance_path=str(tmp_path)))
    hasten(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
