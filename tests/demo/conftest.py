"""In this folder every test runs on the loaded demonstration, in a transaction that is rolled back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from intake.core import files


@pytest.fixture(scope="session")
def session_app(demo_app: Flask) -> Flask:
    return demo_app


@pytest.fixture(autouse=True)
def store_of_the_demonstration(demo_folder: Path) -> Iterator[None]:
    """There is one store in a process, and another application of this worker may have chosen its own."""
    files.configure("", str(demo_folder))
    yield
    files.configure("memory://", "")
