"""Whatever others did meanwhile, nobody writes a text twice: every form of every page, refused by its service."""

from __future__ import annotations

import html
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.core import transaction
from intake.core.errors import Conflict
from intake.web.access import access_of
from tests.walk.test_walk import addresses, browsers, unchanged  # noqa: F401 -- the fixture

ACCOUNTS = (
    None, "ciudadania", "facilitacion", "analisis", "revision.estado", "direccion", "institucion", "contraparte",
)  # fmt: skip
WORDS = "Lo escribí con mucho cuidado y no quiero volver a escribirlo otra vez, porque me tomó toda la mañana."
SHORT = "Escrito con cuidado"
MEANWHILE = "Alguien llegó antes."
TYPED = {"email": "a@demo.example", "url": "https://demo.example", "number": "1", "date": "2026-11-22", "tel": "1"}


class Forms(HTMLParser):
    """The forms of a page that change something: where they go, their fields filled in, and their buttons."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.path, self.found, self._select = path, [], None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        one = dict(attrs)
        if tag == "form":
            posts = one.get("method") == "post"
            self.form = {"to": one.get("action") or self.path, "fields": {}, "buttons": [], "texts": []}
            self.found += [self.form] if posts else []
        elif self.found and "name" in one:
            self._field(tag, one["name"], one)
        elif tag == "option" and self._select and one.get("value"):
            fields = self.form["fields"]
            if "selected" in one or self._select not in fields:
                fields[self._select] = one["value"]

    def _field(self, tag: str, name: str, one: dict[str, Any]) -> None:
        kind = one.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._type(name, WORDS)
        elif tag == "button":
            self.form["buttons"].append((name, one.get("value", "")))
        elif tag == "input" and kind in {"radio", "checkbox"}:
            self.form["fields"].setdefault(name, one.get("value", "y"))
        elif tag == "input" and kind == "text":
            self._type(name, one.get("value") or SHORT)
        elif tag == "input" and kind != "file":
            self.form["fields"][name] = one.get("value") or TYPED.get(kind, "x")

    def _type(self, name: str, text: str) -> None:
        self.form["fields"][name] = text
        if len(text.split()) > 1:
            self.form["texts"].append(text)


AGAIN = "pulse el botón otra vez"


def asks_again(app: Flask, browser: FlaskClient, form: dict[str, Any], button: Any) -> bool:
    """Whether a form that its view shows again, sent by a page that is too old, asks for one more press."""
    endpoint, _values = app.url_map.bind("").match(form["to"].partition("?")[0], "POST")
    view = access_of(app.view_functions[endpoint])
    if view is None or not view.form or (button and button[0] == "refresh"):  # it asks for lists alone
        return True
    sent = {**form["fields"], **dict([button] if button else []), "csrf_token": "viejo"}
    answer = browser.post(form["to"], data=sent)
    shown = html.unescape(answer.get_data(as_text=True))
    if answer.status_code == 401 and 'name="replay"' in shown:
        return True
    return AGAIN in shown and "CSRF" not in shown


def somebody_was_first() -> None:
    raise Conflict(MEANWHILE)


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.once
def test_every_text_comes_back(
    demo_app: Flask,
    browsers: dict[str | None, FlaskClient],  # noqa: F811
    account: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser, lost, mute, reached = browsers[account], [], [], 0
    with unchanged(demo_app):
        for path, rule in addresses(demo_app):
            page = browser.get(path) if "GET" in rule.methods else None
            if page is None or page.status_code != 200 or page.mimetype != "text/html":
                continue
            for form in Forms(page.get_data(as_text=True), path).found:
                for button in form["buttons"] or [None]:
                    if not asks_again(demo_app, browser, form, button):
                        mute.append((path, form["to"], button))
                    if not form["texts"]:
                        continue
                    with monkeypatch.context() as patch:
                        patch.setattr(transaction, "_begin_writing", somebody_was_first)
                        answer = browser.post(form["to"], data={**form["fields"], **dict([button] if button else [])})
                    shown = html.unescape(answer.get_data(as_text=True))
                    reached += MEANWHILE in shown
                    if answer.status_code == 401 and 'name="replay"' in shown:
                        continue  # who must sign in first finds everything again afterwards
                    if any(text not in shown for text in form["texts"]):
                        lost.append((path, form["to"], button, answer.status_code))
    assert lost == []
    assert not mute, mute
    assert reached > 0, "no service was reached"
