"""A guest's page may come from memory only while nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, make_response, session
from flask_migrate import upgrade

from config import Config
from intake import create_app
from intake.core import audit
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.web.access import public


@pytest.fixture
def counting(own_url: str) -> Iterator[tuple[Flask, list[int]]]:
    """An application whose home page counts how often it was drawn."""
    app = create_app(Config.for_tests(database_url=own_url, page_cache_seconds=3600))
    with app.app_context():
        upgrade()
        db.session.remove()
    drawn: list[int] = []

    def home() -> str:
        drawn.append(1)
        return f"dibujada {len(drawn)}"

    app.view_functions["reports.home"] = public(reusable=True)(home)
    yield app, drawn
    with app.app_context():
        db.engine.dispose()


def test_it_is_drawn_once_until_something_changes(counting: tuple[Flask, list[int]]) -> None:
    app, drawn = counting
    browser = app.test_client()
    assert {browser.get("/").text for _ in range(5)} == {"dibujada 1"}
    with app.app_context(), transaction():
        from tests import factories

        person = factories.user()
        audit.record("user.create", person, by=SYSTEM)
    assert browser.get("/").text == "dibujada 2"
    assert len(drawn) == 2


def test_languages_and_addresses_are_told_apart(counting: tuple[Flask, list[int]]) -> None:
    app, drawn = counting
    browser = app.test_client()
    browser.get("/")
    browser.get("/?q=agua")
    browser.set_cookie("lang", "en")
    browser.get("/")
    assert len(drawn) == 3


def test_who_has_a_session_always_gets_a_fresh_page(counting: tuple[Flask, list[int]]) -> None:
    app, drawn = counting
    browser = app.test_client()
    with browser.session_transaction() as kept:
        kept["claims"] = [1]
    browser.get("/")
    browser.get("/")
    assert len(drawn) == 2


def test_a_page_that_begins_a_session_is_not_kept(counting: tuple[Flask, list[int]]) -> None:
    app, _drawn = counting

    def home() -> object:
        session["algo"] = 1
        return make_response("privado")

    app.view_functions["reports.home"] = public(reusable=True)(home)
    assert app.test_client().get("/").text == "privado"
    app.view_functions["reports.home"] = public(reusable=True)(lambda: "otra")
    assert app.test_client().get("/").text == "otra"


def test_a_download_is_not_kept_for_its_headers_would_be_lost(counting: tuple[Flask, list[int]]) -> None:
    app, _drawn = counting

    def home() -> object:
        answer = make_response("a,b")
        answer.headers["Content-Disposition"] = 'attachment; filename="tabla.csv"'
        return answer

    app.view_functions["reports.home"] = public(reusable=True)(home)
    browser = app.test_client()
    for _ in range(2):
        assert browser.get("/").headers["Content-Disposition"] == 'attachment; filename="tabla.csv"'
