"""What stands around every page: headers, languages, errors, memory."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from intake import create_app
from intake.core.i18n import CATALOGUES, force_locale
from intake.extensions import db
from intake.web.access import public
from intake.web.log import without_personal_data
from intake.web.security import HEADERS
from tests import factories


@pytest.mark.parametrize("path", ["/nada", "/nada.json", "/static/nada.css"])
def test_headers_stand_on_every_answer(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_machines_get_a_problem_document(client: FlaskClient) -> None:
    answer = client.get("/nada.json")
    assert answer.mimetype == "application/problem+json"
    assert json.loads(answer.data)["status"] == 404


def test_the_language_is_switched_and_remembered(client: FlaskClient) -> None:
    assert 'lang="es-EC"' in client.get("/nada").text
    assert 'lang="en"' in client.get("/nada?lang=en").text
    assert 'lang="en"' in client.get("/nada").text
    for address in ("/nada?lang=qu", "/nada?lang=xx"):  # Kichwa is chosen, but has no translations yet
        page = client.get(address).text
        assert '<html lang="es-EC"' in page and "por ahora leerá en castellano" in page
        assert '<span class="languages__item" lang="qu" aria-current="true">' in page


def test_what_is_drawn_once_is_kept_in_the_language_it_is_drawn_in(app: Flask) -> None:
    """An English reader who prints Spanish paper: neither her page nor the next reader's is Spanish for that."""
    draw = app.jinja_env.globals["drawn"]
    assert callable(draw)
    with app.test_request_context("/?lang=en"):
        with force_locale(CATALOGUES["es"]):
            assert "Plazos prometidos" in draw("frame/footer.html", root="/p", build="")
        assert "Plazos prometidos" not in draw("frame/footer.html", root="/p", build="")
    with app.test_request_context("/?lang=en"):
        assert "Plazos prometidos" not in draw("frame/footer.html", root="/p", build="")
        with force_locale(CATALOGUES["es"]):
            assert "Plazos prometidos" in draw("frame/footer.html", root="/p", build="")


def test_a_page_is_in_kichwa_once_half_of_it_is(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.web.spoken._coverage", lambda _folder: 0.5)
    page = client.get("/nada?lang=qu").text
    assert '<html lang="qu-EC"' in page and "por ahora leerá en castellano" not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/propuestas/nueva/", "/propuestas/nueva"),
        ("/compromisos/PAGA2-9/?a=1&b=%C3%B1", "/compromisos/PAGA2-9?a=1&b=%C3%B1"),
        ("/privacidad//", "/privacidad"),
        ("/planes?x=1", "/planes/?x=1"),
    ],
)
def test_a_slash_too_many_or_too_few_leads_to_the_page(client: FlaskClient, asked: str, found: str) -> None:
    answer = client.get(asked)
    assert answer.status_code in {301, 308}
    assert answer.location.removeprefix("http://localhost") == found


@pytest.mark.parametrize("path", ["/nada/", "/evil.example/"])
def test_a_slash_leads_nowhere_else(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_no_form_is_redirected(client: FlaskClient) -> None:
    assert client.post("/propuestas/nueva/").status_code in {400, 404}


def test_only_a_fictional_plan_is_said_to_be_one(app: Flask, client: FlaskClient) -> None:
    factories.plan(code="PAGA2", is_current=False, is_fictional=False)
    factories.plan(code="PAGA3", is_fictional=True)
    invented = "El PAGA3 es una demostración: el plan y sus personas son ficticios."
    assert "ficticios" not in client.get("/planes/PAGA2/").text
    assert "ficticios" not in client.get("/propuestas/?plan=PAGA2").text
    assert "ficticios" not in client.get("/compromisos/?plan=PAGA2").text
    for path in ("/planes/PAGA3/", "/propuestas/?plan=PAGA3", "/compromisos/?plan=PAGA3"):
        assert invented in client.get(path).text
    assert "el PAGA3 es ficticio; PAGA1 y PAGA2 son reales" in client.get("/privacidad").text


def test_no_zero_byte_reaches_the_rooms(client: FlaskClient) -> None:
    assert client.get("/propuestas/?tema=%00").status_code == 400


def test_the_log_names_no_secret_of_an_address_and_no_value_of_a_statement(
    app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = "ana@demo.example"

    def broken(_purpose: object, _token: str) -> object:
        return db.session.execute(sa.text("SELECT * FROM nowhere WHERE email = :email"), {"email": person})

    monkeypatch.setattr("intake.accounts.links.look", broken)
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    key = "k" * 43
    assert app.test_client().get(f"/cuenta/enlace/{key}").status_code == 500
    logged = "".join(capsys.readouterr())
    assert "request failed" in logged
    assert key not in logged
    assert "no such table" in logged or "UndefinedTable" in logged
    assert person not in logged.replace(f'person = "{person}"', "")


def test_a_failure_shows_a_reference_that_is_in_the_log(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    view, app.view_functions["reports.home"] = app.view_functions["reports.home"], public()(lambda: 1 / 0)
    try:
        answer = app.test_client().get("/")
    finally:
        app.view_functions["reports.home"] = view
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    reference = answer.headers["X-Request-ID"]
    assert reference in answer.text
    assert "ZeroDivisionError" not in answer.text
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [entry["request_id"] for entry in logged if "ZeroDivisionError" in entry.get("exception", "")] == [reference]


@pytest.mark.parametrize(("proxies", "kept"), [(0, False), (1, True)])
def test_only_a_proxy_of_ours_may_name_a_request(
    app: Flask, monkeypatch: pytest.MonkeyPatch, proxies: int, kept: bool
) -> None:
    monkeypatch.setitem(app.config, "INTAKE", Config.for_tests(trusted_proxies=proxies))
    answer = app.test_client().get("/salud", headers={"X-Request-ID": "ELEGIDA-POR-FUERA"})
    assert (answer.headers["X-Request-ID"] == "ELEGIDA-POR-FUERA") is kept


def test_the_log_carries_no_personal_data() -> None:
    event = without_personal_data(structlog.get_logger(), "info", {"event": "x", "email": "a@b.example", "path": "/"})
    assert event == {"event": "x", "email": "…", "path": "/"}


def test_a_foreign_host_is_refused(tmp_path: object) -> None:
    app = create_app(Config.for_tests(trusted_hosts=("intake.example",)))
    assert app.test_client().get("/salud", headers={"Host": "evil.example"}).status_code == 400


def test_an_address_with_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    answer = client.delete("/propuestas/")
    assert answer.status_code in {400, 405}


def test_a_new_proposal_is_posted_as_a_browser_posts_it(client: FlaskClient) -> None:
    factories.plan(code="PAGA3")
    fields = dict(
        re.findall(r'<input [^>]*name="(\w+)" type="hidden" value="([^"]*)"', client.get("/propuestas/nueva").text)
    )
    assert fields["lock_version"] == ""
    answer = client.post("/propuestas/nueva", data={**fields, "title": "Agua limpia", "save": "1"})
    assert "No es un valor entero" not in answer.text and "Lock Version" not in answer.text
