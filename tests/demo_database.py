"""The demonstration, loaded once into a database of its own; tests that use it must leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from intake import create_app
from intake.extensions import db
from tests.databases import Files, hasten

if TYPE_CHECKING:
    from tests.pgserver import Cluster


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demonstration keeps its files."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def demo_url(migrated: Cluster | Files, demo_folder: Path) -> str:
    """An address of a database with the demonstration in it."""
    url = migrated.clone("demo")
    app = create_app(_config(url, demo_folder))
    hasten(app)
    answer = app.test_cli_runner().invoke(args=["setup"])
    assert answer.exit_code == 0, answer.output
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return url


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
