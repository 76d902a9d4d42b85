"""The demonstration, loaded once into a database of its own; tests that use it must leave it as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from config import Config
from intake import create_app
from intake.extensions import db


@pytest.fixture(scope="session")
def demo_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An address of a database with the demonstration in it."""
    if request.config.getoption("--db") == "sqlite":
        yield from _loaded(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.sqlite3'}", tmp_path_factory)
        return
    from tests import pgserver

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with pgserver.worker_database(None, f"demo_{worker}", lambda _url: None) as url:
        yield from _loaded(url, tmp_path_factory)


def _loaded(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = create_app(_config(url, str(tmp_path_factory.mktemp("demo-instance"))))
    with app.app_context():
        upgrade()
        db.session.remove()
    answer = app.test_cli_runner().invoke(args=["setup"])
    assert answer.exit_code == 0, answer.output
    yield url
    with app.app_context():
        db.engine.dispose()


def _config(url: str, folder: str) -> Config:
    return Config.for_tests(database_url=url, demo=True, instance_path=folder)


@pytest.fixture(scope="session")
def demo_app(demo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on the loaded demonstration."""
    app = create_app(_config(demo_url, str(tmp_path_factory.mktemp("demo-app"))))
    app.test_client_class = FlaskClient
    yield app
    with app.app_context():
        db.engine.dispose()
