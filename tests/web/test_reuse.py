"""A page may come from memory only while nothing has changed, and nothing of its reader with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, flash, make_response, render_template_string, session
from flask.testing import FlaskClient

from config import Config
from intake import create_app
from intake.core import audit, clock
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.web import reuse
from intake.web.access import principal, public
from models import Post, PostHolding, User
from models.enums import ReviewSector, Role
from tests import factories


@pytest.fixture
def counting(own_url: str) -> Iterator[tuple[Flask, list[int]]]:
    """An application whose home page counts how often it was drawn."""
    app = create_app(Config.for_tests(database_url=own_url, page_cache_seconds=3600))
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


def test_who_has_a_session_gets_a_fresh_page_if_it_is_not_alike(counting: tuple[Flask, list[int]]) -> None:
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


#: What differs between two answers to one reader: the forgery token is made anew each time.
_TOKEN = re.compile(r'(name="csrf_token" value=")[^"]*')


def _plain(page: str) -> str:
    return _TOKEN.sub(r"\1", page)


def _grant(user_id: int) -> None:
    post = factories.save(Post(title="Otra revisión", role=Role.REVIEWER, sector=ReviewSector.ACADEMIA))
    factories.save(PostHolding(post_id=post.id, user_id=user_id, since=clock.today()))


def _browser(app: Flask, user_id: int, *, epoch: int = 0) -> FlaskClient:
    browser = app.test_client()
    with browser.session_transaction() as kept:
        kept["_user_id"], kept["_permanent"] = f"{user_id}.{epoch}", True
    return browser


def _commit(make: Callable[[], Any]) -> Any:
    """What ``make`` returns; committed with an entry of the trace, as every change is."""
    with transaction():
        made = make()
        audit.record("user.create", factories.user(), by=SYSTEM)
    return made


@pytest.fixture
def peopled(own_url: str) -> Iterator[tuple[Flask, Flask, dict[str, int]]]:
    """The application with and without memory on one database, and accounts of several roles by name."""
    remembering = create_app(Config.for_tests(database_url=own_url, page_cache_seconds=3600))
    forgetful = create_app(Config.for_tests(database_url=own_url))
    with remembering.app_context():
        plan = _commit(factories.plan)
        _commit(lambda: [factories.proposal(plan) for _ in range(3)])
        roles = {"Ana": (), "Berta": (), "Carla": (Role.REVIEWER,), "Delia": (Role.DIRECTORATE,)}
        people = {name: _commit(lambda n=name, r=held: factories.user(*r, name=n).id) for name, held in roles.items()}
        _commit(lambda: factories.proposal(plan, author_id=people["Ana"], title="La de Ana"))
    yield remembering, forgetful, people
    for app in (remembering, forgetful):
        with app.app_context():
            db.engine.dispose()


def test_everybody_gets_from_memory_what_would_have_been_drawn_for_them(
    peopled: tuple[Flask, Flask, dict[str, int]],
) -> None:
    remembering, forgetful, people = peopled
    for path in ("/", "/propuestas/", "/propuestas/?q=ana", "/propuestas/?mias=1", "/planes/"):
        for _again in range(2):
            for name, user_id in people.items():
                given = _plain(_browser(remembering, user_id).get(path).text)
                assert given == _plain(_browser(forgetful, user_id).get(path).text), (path, name)
                assert [other for other in people if f"</span>{other}</a>" in given] == [name]
            assert remembering.test_client().get(path).text == forgetful.test_client().get(path).text
    assert "La de Ana" not in _browser(remembering, people["Berta"]).get("/propuestas/?mias=1").text


def test_an_alike_page_is_drawn_once_for_all_with_a_session_and_knows_none_of_them(
    peopled: tuple[Flask, Flask, dict[str, int]],
) -> None:
    app, _forgetful, people = peopled
    seen: list[str] = []

    def home() -> str:
        seen.append(principal().name)
        return render_template_string("{% extends 'base.html' %}{% block content %}{{ principal.name }}{% endblock %}")

    app.view_functions["reports.home"] = public(reusable=True, alike=True)(home)
    pages = [_browser(app, user_id).get("/").text for user_id in people.values()]
    assert seen == [""]
    assert all(f"</span>{name}</a>" in page for name, page in zip(people, pages, strict=True))
    tokens = {match for page in pages for match in re.findall(r'name="csrf_token" value="([^"]+)"', page)}
    assert len(tokens) == len(people)
    assert {'/direccion/"' in page for page in pages[:3]} == {False}
    assert '/direccion/"' in pages[3]


@pytest.mark.parametrize("look", ["session", "token", "notices"])
def test_a_page_that_looked_at_the_session_is_not_kept(counting: tuple[Flask, list[int]], look: str) -> None:
    app, drawn = counting
    words = {
        "session": lambda: str(session.get("secreto")),
        "token": lambda: render_template_string("{{ csrf_token() }}"),
        "notices": lambda: render_template_string("{{ get_flashed_messages() }}"),
    }

    def home() -> str:
        drawn.append(1)
        return words[look]()

    app.view_functions["reports.home"] = public(reusable=True, alike=True)(home)
    for secret in ("uno", "dos"):
        browser = app.test_client()
        with browser.session_transaction() as kept:
            kept["secreto"] = secret
        browser.get("/")
    assert len(drawn) == 2


def test_a_notice_is_shown_once_and_to_nobody_else(peopled: tuple[Flask, Flask, dict[str, int]]) -> None:
    app, _forgetful, people = peopled

    def notify() -> str:
        flash("Solo para Ana")
        return "dicho"

    app.view_functions["reports.privacy"] = public()(notify)
    ana, berta = _browser(app, people["Ana"]), _browser(app, people["Berta"])
    ana.get("/privacidad")
    assert ["Solo para Ana" in browser.get("/").text for browser in (berta, ana, berta, ana)] == [
        False,
        True,
        False,
        False,
    ]


def test_what_was_remembered_of_a_person_ends_with_the_change(peopled: tuple[Flask, Flask, dict[str, int]]) -> None:
    app, _forgetful, people = peopled
    browser = _browser(app, people["Berta"])
    assert "/evaluacion/" not in browser.get("/").text
    with app.app_context():
        _commit(lambda: _grant(people["Berta"]))
    assert "/evaluacion/" in browser.get("/").text

    def sign_out_everywhere() -> None:
        db.session.get_one(User, people["Berta"]).session_epoch += 1

    with app.app_context():
        _commit(sign_out_everywhere)
    assert "/cuenta/entrar" in browser.get("/").text


def test_a_request_that_writes_remembers_nothing(counting: tuple[Flask, list[int]]) -> None:
    app, _drawn = counting
    made: list[int] = []
    with app.test_request_context("/", method="POST"):
        app.preprocess_request()
        for _ in range(2):
            reuse.remembered("algo", lambda: made.append(1))
    assert len(made) == 2
    with app.test_request_context("/"):
        app.preprocess_request()
        for _ in range(2):
            reuse.remembered("algo", lambda: made.append(1))
    assert len(made) == 3


def test_what_readers_make_up_drives_nothing_else_out(counting: tuple[Flask, list[int]]) -> None:
    app, _drawn = counting
    with app.app_context(), transaction():
        factories.proposal(factories.plan(code="PAGA3"))
    browser = app.test_client()

    def kept_after(*made_up: int) -> int:
        for n in made_up:
            for path in ("?orden=azar&semilla={0}", "?q=agua{0}", "novedades.atom?q=agua{0}"):
                assert browser.get(f"/propuestas/{path.format(n)}&plan=PAGA3").status_code == 200
        return len(app.extensions[reuse.VALUES]._kept)

    assert kept_after(1) == kept_after(2, 3, 4, 5) > 0
    assert len(app.extensions[reuse.ENDLESS]._kept) > 15
