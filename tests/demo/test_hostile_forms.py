"""Every form that an account may see is sent with hostile texts in it, and no page draws them afterwards.

Choices, dates and numbers get values that the form itself offers or accepts, so that a good part of what is sent is
stored; the walk over all pages at the end then has stored markup to find.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from intake.core import clock
from intake.core.permissions import Permission
from intake.extensions import db
from intake.web.access import access_of
from models import AuditEntry, User
from tests.conftest import SignIn, token_in
from tests.walk.test_walk import HOSTILE, MARKUP, addresses, assert_sound

#: Who writes most, in the order of the process.
WRITERS = (
    "facilitacion", "analisis", "revision.estado", "nucleo", "direccion", "institucion", "contraparte",
)  # fmt: skip
#: Short enough for a title, so that forms keep it; the second is refused or kept, and never a failure.
TEXT = f"{MARKUP}<img src=x onerror=alert(1)>"
UGLY = " ".join(v for v in HOSTILE if len(v) < 100 and v != MARKUP)
#: Would end the session of the browser that walks, or the demonstration's accounts.
LEFT_OUT = ("/cuenta/",)
FOR_EVERYBODY = {None, Permission.PROPOSAL_CREATE, Permission.ACTOR_SELF_REGISTER}


class Fields(HTMLParser):
    """What the page's forms would send: name → value, with ``text`` wherever a person types."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.found: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        name, value, kind = a.get("name") or "", a.get("value") or "", a.get("type") or "text"
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and value:
            self.found.setdefault(self._select, value)
        elif tag == "input" and a.get("inputmode") == "numeric":
            self.found.setdefault(name, "1")
        elif tag == "textarea" or (tag == "input" and kind in {"text", "search"}):
            self.found[name] = self.text
        elif tag == "input" and name:
            typed = {"date": clock.today().isoformat(), "number": "1", "email": "x@demo.example", "file": ""}
            self.found.setdefault(name, typed.get(kind, value))


def send(browser: FlaskClient, path: str, text: str) -> None:
    page = browser.get(path)
    if page.status_code != 200:
        return
    fields = Fields(text)
    fields.feed(page.get_data(as_text=True))
    fields.found.pop("", None)
    assert_sound(browser.post(path, data=fields.found), f"POST {path}")


@pytest.mark.once
def test_no_form_fails_and_no_page_draws_what_was_sent(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    people = db.session.scalars(sa.select(User).where(User.email.in_(f"{name}@demo.example" for name in WRITERS)))
    browsers = {user.email.partition("@")[0]: sign_in(user) for user in people}
    before = db.session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0
    forms = [
        path for path, rule in addresses(app) if {"GET", "POST"} <= rule.methods and not rule.rule.startswith(LEFT_OUT)
    ]
    for account in WRITERS:
        for path in forms:
            send(browsers[account], path, UGLY)
            send(browsers[account], path, TEXT)
    written = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.id > before)).all()
    assert {"event.create", "session.open"} <= set(written)  # otherwise nothing was stored that a page could draw
    for account, browser in ((None, client), *((name, browsers[name]) for name in ("analisis", "direccion"))):
        for path, rule in addresses(app):
            if "GET" in rule.methods:
                answer = browser.get(path)
                assert answer.status_code < 500, path
                answer.get_data()  # a stream that nobody reads to its end keeps its request open
                if "html" in answer.mimetype:  # JSON and CSV carry texts as they are, and are never drawn
                    assert_sound(answer, f"{account} GET {path}")
                    assert "<img src=x" not in answer.get_data(as_text=True), path


@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: repr(v[:12]))
def test_every_field_of_a_public_form_takes_hostile_values(app: Flask, client: FlaskClient, value: str) -> None:
    """A page comes back, never a failure."""
    for path, rule in addresses(app):
        access = access_of(app.view_functions[rule.endpoint])
        if not {"GET", "POST"} <= rule.methods or access.permission not in FOR_EVERYBODY:
            continue
        page = client.get(path).get_data(as_text=True)
        fields = dict.fromkeys(set(re.findall(r'name="([a-z_0-9-]+)"', page)) - {"csrf_token"}, value)
        token = token_in(page) if 'method="post"' in page else ""
        assert_sound(client.post(path, data={**fields, "csrf_token": token}), f"POST {path}")
