"""The demonstration, loaded once into a database of its own; tests that use it must leave it as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from config import Config
from intake import create_app
from intake.extensions import db


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demonstration keeps its files."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def demo_url(request: pytest.FixtureRequest, demo_folder: Path) -> Iterator[str]:
    """An address of a database with the demonstration in it."""
    if request.config.getoption("--db") == "sqlite":
        yield from _loaded(f"sqlite:///{demo_folder / 'demo.sqlite3'}", demo_folder)
        return
    from tests import pgserver

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with pgserver.worker_database(None, f"demo_{worker}", lambda _url: None) as url:
        yield from _loaded(url, demo_folder)


def _loaded(url: str, folder: Path) -> Iterator[str]:
    app = create_app(_config(url, folder))
    with app.app_context():
        upgrade()
        db.session.remove()
    answer = app.test_cli_runner().invoke(args=["setup"])
    assert answer.exit_code == 0, answer.output
    yield url
    with app.app_context():
        db.engine.dispose()


def _config(url: str, folder: Path) -> Config:
    return Config.for_tests(database_url=url, demo=True, instance_path=str(folder), storage_url="")


@pytest.fixture(scope="session")
def demo_app(demo_url: str, demo_folder: Path) -> Iterator[Flask]:
    """An application on the loaded demonstration."""
    app = create_app(_config(demo_url, demo_folder))
    app.test_client_class = FlaskClient
    yield app
    with app.app_context():
        db.engine.dispose()
