"""On English pages, what the database holds only in Spanish says so: ``lang`` on the element or on one around it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import models
from intake.extensions import db

#: Columns that people or institutions fill in Spanish. Names of people, organisations and places are proper names.
SPANISH = {
    "proposal": ("title", "problem", "solution", "expected_result"),
    "actor": ("description", "status_reason"),
    "event": ("title", "description"),
    "commitment": (
        "title_es", "summary_es", "title_note", "problem", "causes", "done_so_far", "description", "contribution",
        "expected_results", "transparency", "accountability", "participation", "planning_links", "additional",
        "technical_note", "funding_source",
    ),
    "milestone": ("title_es", "output"),
    "progress_report": ("text",),
    "counterpart_response": ("comment",),
    "evidence": ("title",),
    "decision": ("reason", "departure_reason", "promoter"),
    "admission": ("reason", "second_reason"),
    "assignment": ("comment", "declined_reason"),
    "score": ("comment",),
    "agreement": ("text",),
    "reschedule": ("reason", "decided_by"),
    "irm_rating": ("note",),
    "selection_session": ("title",),
    "round": ("name",),
    "reported_figure": ("label_es", "note"),
    "stage": ("note_es",),
    "stage_note": ("title_es",),
    "plan": ("title_es", "vision_es", "summary_es"),
    "theme": ("name_es", "description_es"),
}  # fmt: skip
#: As much of a text as must stand in one piece; lists shorten long ones.
ENOUGH = 40
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "use"}


class NotSpanish(HTMLParser):
    """Collects the text that stands in no element said to be Spanish. The page's title cannot be said in parts."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = [("", "")]
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("lang") or self.open[-1][1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing is inside."""

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and len(self.open) > 1 and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, language = self.open[-1]
        if not language.startswith("es") and tag not in {"title", "textarea"}:
            self.parts.append(" ".join(data.split()))


def beginning(text: str) -> str:
    """What must be recognised of a text: the beginning of its first line."""
    return " ".join(text.strip().split("\n")[0].split())[:ENOUGH].strip()


@pytest.fixture(scope="module")
def known(demo_app: Flask) -> dict[str, str]:
    """Beginning of each Spanish text that has no English → its column."""
    found: dict[str, str] = {}
    with demo_app.app_context():
        for table, columns in SPANISH.items():
            there = models.Proposal.metadata.tables[table]
            for column in columns:
                query = sa.select(there.c[column]).where(there.c[column].is_not(None))
                if column.endswith("_es"):
                    query = query.where(there.c[column.removesuffix("_es") + "_en"].is_(None))
                for text in db.session.scalars(query):
                    key = beginning(text)
                    if len(key) >= 12 and " " in key:
                        found[key] = f"{table}.{column}"
    return found


@pytest.fixture(scope="module")
def guest(demo_app: Flask) -> FlaskClient:
    browser = demo_app.test_client()
    browser.set_cookie("lang", "en")
    return browser


def public_pages(app: Flask) -> Iterator[str]:
    """Lists, and one page of each kind and state."""
    yield from ("/", "/propuestas/", "/propuestas/nueva", "/actores/", "/actores/cobertura", "/mesas/", "/compromisos/")
    yield from ("/compromisos/?plan=PAGA1", "/compromisos/?plan=PAGA2", "/compromisos/?plan=PAGA3")
    yield from ("/planes/", "/planes/PAGA1/", "/planes/PAGA2/", "/planes/PAGA3/", "/seguimiento", "/actores/registro")
    yield from ("/seleccion/publicadas/", "/evaluacion/rubrica", "/datos/", "/privacidad", "/accesibilidad")
    with app.app_context():
        ask = lambda query: list(db.session.scalars(sa.text(query)))
        for folio in ask("SELECT min(folio) FROM proposal WHERE status <> 'draft' GROUP BY plan_id, status, language"):
            yield from (f"/propuestas/{folio}", f"/propuestas/{folio}/versiones", f"/seguimiento/{folio}")
        for reference in ask("SELECT reference FROM commitment ORDER BY id"):
            yield f"/compromisos/{reference}"
        for slug in ask("SELECT min(slug) FROM actor WHERE status = 'verified' GROUP BY kind"):
            yield f"/actores/{slug}"
        for slug in ask("SELECT min(slug) FROM event GROUP BY plan_id, kind"):
            yield f"/mesas/{slug}"


def unmarked(html: str, known: dict[str, str]) -> set[str]:
    """The Spanish texts of a page that are not said to be Spanish, with their columns."""
    reader = NotSpanish()
    reader.feed(html)
    text = "\n".join(reader.parts)
    return {f"{column}: {key}" for key, column in known.items() if key in text}


def test_spanish_texts_are_said_to_be_spanish(demo_app: Flask, guest: FlaskClient, known: dict[str, str]) -> None:
    wrong: dict[str, set[str]] = {}
    read = 0
    for path in public_pages(demo_app):
        answer = guest.get(path, query_string=None if "?" in path else {"lang": "en"})
        if answer.status_code != 200:
            continue
        html = answer.get_data(as_text=True)
        assert '<html lang="en"' in html, path
        read += 1
        if found := unmarked(html, known):
            wrong[path] = found
    assert read > 60
    assert wrong == {}


def test_what_is_not_marked_is_seen(known: dict[str, str]) -> None:
    text = next(key for key, column in known.items() if column == "proposal.title")
    page = '<html lang="en"><p>{}</p><p lang="{}"><b>{}</b></p><br>'
    assert unmarked(page.format("x", "es", text), known) == set()
    assert unmarked(page.format("x", "en", text), known) == {f"proposal.title: {text}"}
    assert unmarked(page.format(text, "es", "x"), known) == {f"proposal.title: {text}"}
