"""Every route, with every role and with none, with ordinary and with hostile values.

What must hold: no answer of 500, no stored markup drawn, no row changed by somebody who may not, headers on every
answer. The rows come from the loaded demonstration, so that pages have something to leak.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from intake.core.permissions import Permission, can
from intake.extensions import db
from intake.web.access import access_of
from intake.web.security import HEADERS, WITH_LOCATION
from models import AuditEntry, User
from tests.conftest import token_in

ACCOUNTS = (
    None, "ciudadania", "facilitacion", "analisis", "revision.estado", "revision.sociedad", "revision.academia",
    "nucleo", "direccion", "institucion", "contraparte", "observacion",
)  # fmt: skip
MARKUP = "<script>alert(1)</script>"
HOSTILE = (
    MARKUP, "'\"`;--", "x" * 100_000, "\x00nulo", "\u202eal revés\u202c", "🦙🏔️", "../../etc/passwd",
    "%s%d{0}{{7*7}}", "-1", "9" * 40,
)  # fmt: skip
#: One value for each kind of URL argument that exists in the demonstration, filled at the start.
MISSING = {
    "folio": "PAGA3-99999",
    "commitment": "PAGA3-999",
    "plan": "NADA9",
    "province": "99",
    "slug": "nada",
    "key": "x" * 43,
    "int": "99999",
}


@pytest.fixture(scope="module")
def browsers(demo_app: Flask) -> dict[str | None, FlaskClient]:
    """A browser for each account, signed in."""
    found: dict[str | None, FlaskClient] = {None: demo_app.test_client()}
    with demo_app.app_context():
        for name in ACCOUNTS[1:]:
            user = db.session.scalars(sa.select(User).where(User.email == f"{name}@demo.example")).one()
            browser = demo_app.test_client()
            with browser.session_transaction() as kept:
                kept["_user_id"] = f"{user.id}.{user.session_epoch}"
                kept["_fresh"] = True
            found[name] = browser
    return found


def existing(app: Flask) -> dict[str, dict[str, str]]:
    """For each rule argument (endpoint prefix → converter kind) a reference that exists."""
    with app.app_context():
        one = lambda query: str(db.session.scalar(sa.text(query)) or "")
        return {
            "FolioConverter": {
                "/ventanilla/": one("SELECT folio FROM sheet WHERE keyed_at IS NULL AND spoilt_reason = '' LIMIT 1"),
                "": one("SELECT folio FROM proposal WHERE status = 'in_evaluation' ORDER BY id"),
            },
            "CommitmentConverter": {
                "": one("SELECT reference FROM commitment WHERE status = 'formalized' ORDER BY id DESC")
            },
            "PlanConverter": {"": "PAGA3"},
            "ProvinceConverter": {"": "14"},
            "SlugConverter": {
                "/mesas/": one("SELECT slug FROM event ORDER BY id DESC"),
                "/acercamiento/": one("SELECT slug FROM campaign WHERE status = 'open' ORDER BY id"),
                "/ventanilla/mesas/": one("SELECT slug FROM event ORDER BY id DESC"),
                "/ventanilla/paquetes/": one("SELECT reference FROM packet ORDER BY id"),
                "/cuenta/demo/": "direccion",
                "": one("SELECT slug FROM actor WHERE status = 'verified' ORDER BY id"),
            },
            "KeyConverter": {"": one("SELECT key FROM stored_file ORDER BY id") or MISSING["key"]},
            "IntegerConverter": {"": "1"},
        }


def addresses(app: Flask, *, missing: bool = False) -> Iterator[tuple[str, sa.Any]]:
    """Every rule with its arguments filled; slugs that are words of a vocabulary (moves) get a real one."""
    known = existing(app)
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name, converter in rule._converters.items():
            kind = type(converter).__name__
            if kind == "AnyConverter":
                value = min(converter.items)
            elif missing:
                value = MISSING[{"IntegerConverter": "int"}.get(kind, kind.removesuffix("Converter").lower())]
            elif name in {"action", "move"}:
                value = "verify"
            else:
                value = next(v for prefix, v in known[kind].items() if path.startswith(prefix))
            path = re.sub(rf"<[^<>]*\b{name}>", value, path)
        yield path, rule


def may_locate(answer: object) -> bool:
    """Whether the page has the button that puts the reader's own place on the map; only there a browser may ask."""
    return "data-point-picker" in answer.get_data(as_text=True)


def assert_sound(answer: object, what: str) -> None:
    assert answer.status_code < 500, what
    wanted = {**HEADERS, "Permissions-Policy": WITH_LOCATION} if may_locate(answer) else HEADERS
    assert {k: answer.headers.get(k) for k in HEADERS if k != "Content-Security-Policy"} == {
        k: v for k, v in wanted.items() if k != "Content-Security-Policy"
    }, what
    assert (
        "default-src 'none'" in answer.headers["Content-Security-Policy"]
        or "sandbox" in answer.headers["Content-Security-Policy"]
    ), what
    assert MARKUP not in answer.get_data(as_text=True), what


@pytest.mark.parametrize("account", ACCOUNTS)
def test_reading_every_address(demo_app: Flask, browsers: dict[str | None, FlaskClient], account: str | None) -> None:
    with unchanged(demo_app):
        for missing in (False, True):
            for path, rule in addresses(demo_app, missing=missing):
                if "GET" not in rule.methods:
                    continue
                answer = browsers[account].get(path)
                assert_sound(answer, f"{account} GET {path}")
                _as_declared(demo_app, rule, account, answer, path)


def _as_declared(app: Flask, rule: sa.Any, account: str | None, answer: sa.Any, path: str) -> None:
    """A guest is never shown what demands a permission that guests lack; signed-in pages are stored nowhere."""
    access = access_of(app.view_functions[rule.endpoint])
    for_anyone = {
        Permission.PROPOSAL_CREATE,
        Permission.ACTOR_READ,
        Permission.COMMITMENT_READ,
        Permission.ACTOR_SELF_REGISTER,
    }
    if account is None and access.permission is not None and access.permission not in for_anyone:
        assert answer.status_code in {302, 401, 403, 404, 409, 410}, path
    same_for_all = rule.rule.startswith("/archivos/") or path.endswith(
        (".svg", ".ico", ".txt", "/territorios.json", "/sw.js")
    )
    if account is not None and not same_for_all:
        assert "no-store" in answer.headers["Cache-Control"], path


@pytest.mark.parametrize("account", [None, "direccion", "analisis", "revision.estado"])
@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: repr(v[:12]))
def test_hostile_queries(
    demo_app: Flask, browsers: dict[str | None, FlaskClient], account: str | None, value: str
) -> None:
    """Guests ask everything, the Directorate whatever it may open, the others what nobody before them could."""
    readers = (None, "direccion", "analisis", "revision.estado")
    with demo_app.app_context():
        before = [principal_of(name) for name in readers[1 : readers.index(account)]] if account else []
        who = principal_of(account)
    value = value[:3000]  # longer ones are refused by the server before the application
    names = (
        "q",
        "estado",
        "tema",
        "provincia",
        "enfoque",
        "ambito",
        "canal",
        "mesa",
        "sin",
        "plan",
        "orden",
        "pagina",
        "lang",
        "tipo",
        "sector",
        "siguiente",
    )
    with unchanged(demo_app):
        for path, rule in addresses(demo_app):
            needed = access_of(demo_app.view_functions[rule.endpoint]).permission
            new = not before if needed is None else can(who, needed) and not any(can(p, needed) for p in before)
            if "GET" in rule.methods and (account is None or new):
                answer = browsers[account].get(path, query_string=dict.fromkeys(names, value))
                assert_sound(answer, f"{account} GET {path}")


@pytest.mark.parametrize("account", [None, "ciudadania", "contraparte", "observacion", "revision.academia"])
def test_writing_without_the_right_changes_nothing(
    demo_app: Flask, browsers: dict[str | None, FlaskClient], account: str | None
) -> None:
    """Every POST of an address whose permission the person lacks, with a valid forgery token."""
    browser = browsers[account]
    token = token_of(browser)
    with demo_app.app_context():
        who = principal_of(account)
    for path, rule in addresses(demo_app):
        access = access_of(demo_app.view_functions[rule.endpoint])
        if "POST" not in rule.methods or access.permission is None or can(who, access.permission):
            continue
        with unchanged(demo_app):
            answer = browser.post(path, data={"csrf_token": token, "reason": MARKUP, "title": MARKUP})
            assert_sound(answer, f"{account} POST {path}")
            assert answer.status_code in {302, 401, 403, 404, 409, 410, 422}, f"{account} {path}: {answer.status_code}"


@pytest.mark.parametrize("account", [None, "direccion", "analisis"])
def test_writing_without_a_token_changes_nothing(
    demo_app: Flask, browsers: dict[str | None, FlaskClient], account: str | None
) -> None:
    for path, rule in addresses(demo_app):
        if "POST" not in rule.methods:
            continue
        with unchanged(demo_app):
            answer = browsers[account].post(path, data={"reason": "x", "title": "x"})
            assert_sound(answer, f"{account} POST {path}")


def test_ten_megabytes_are_refused_with_a_page(demo_app: Flask) -> None:
    browser = demo_app.test_client()
    answer = browser.post("/propuestas/nueva", data={"title": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "12 MB" in answer.get_data(as_text=True)


def principal_of(account: str | None):
    from intake.accounts import queries
    from intake.core.identity import GUEST

    if account is None:
        return GUEST
    user_id = db.session.scalar(sa.select(User.id).where(User.email == f"{account}@demo.example"))
    return queries.principal_of(user_id)[0]


def token_of(browser: FlaskClient) -> str:
    return token_in(browser.get("/propuestas/nueva").get_data(as_text=True))


@contextlib.contextmanager
def unchanged(app: Flask) -> Iterator[None]:
    """Nothing was written that leaves a trace."""

    def stamp() -> tuple[int, ...]:
        with app.app_context():
            tables = ("proposal", "actor", "event", "assignment", "decision", "commitment", "plan", "post_holding")
            counts = [db.session.scalar(sa.text(f"SELECT count(*) FROM {t}")) for t in tables]
            versions = [
                db.session.scalar(sa.text(f"SELECT sum(lock_version) FROM {t}"))
                for t in ("proposal", "commitment", "plan")
            ]
            return (db.session.scalar(sa.select(sa.func.max(AuditEntry.id))), *counts, *versions)

    before = stamp()
    yield
    assert stamp() == before
