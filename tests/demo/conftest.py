"""In this folder every test runs on the loaded demonstration, in a transaction that is rolled back."""

import pytest
from flask import Flask


@pytest.fixture(scope="session")
def session_app(demo_app: Flask) -> Flask:
    return demo_app
