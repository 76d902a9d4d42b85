"""Catalogues and languages: English is complete, Kichwa is prepared and invents nothing, pages keep to one language."""

from __future__ import annotations

import re
import shlex
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sqlalchemy as sa
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from config import ROOT
from intake.core import formats, mail
from intake.core.i18n import CATALOGUES, HTML_LANG, force_locale, gettext
from intake.extensions import db
from intake.web import filters
from models import User

TRANSLATIONS = Path(ROOT, "translations")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdif]|%%")
SPOKEN = {"title", "aria-label", "placeholder", "alt", "aria-description"}
WITHOUT_END = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: Where people arrive; each exists without a plan.
ENTRANCES = (
    "/", "/propuestas/", "/propuestas/nueva", "/seguimiento", "/compromisos/", "/planes/", "/actores/", "/mesas/",
    "/datos/", "/privacidad", "/accesibilidad", "/cuenta/entrar", "/cuenta/crear", "/nada",
)  # fmt: skip
#: Whose pages are read in the demonstration, where there are rows to draw.
READERS = ("", "revision.academia", "direccion")


def catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / CATALOGUES[language] / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=CATALOGUES[language], abort_invalid=True)


def texts(value: str | list[str] | tuple[str, ...]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def messages(found: Catalog) -> list[Message]:
    return [m for m in found if m.id]


def extraction(target: Path) -> list[str]:
    """The arguments with which `make messages` collects, writing to ``target``."""
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    line = next(line for line in recipe.splitlines() if "pybabel" in line and " extract " in line)
    arguments = shlex.split(line.partition("pybabel")[2])
    arguments[arguments.index("-o") + 1] = str(target)
    return ["pybabel", *arguments]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What is marked in the sources now."""
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        CommandLineInterface().run(extraction(target))
    with target.open("rb") as source:
        return read_po(source)


@pytest.fixture(scope="module")
def english() -> Catalog:
    return catalogue("en")


class TestTemplate:
    def test_finds_every_way_of_marking(self, template: Catalog) -> None:
        assert len(messages(template)) > 1_500
        files = {path for m in template for path, _line in m.locations}
        for folder in ("intake/", "forms/", "templates/mail/", "templates/reports/"):
            assert any(path.startswith(folder) for path in files), folder
        assert "Saltar al contenido" in template  # _() in a page
        assert "Diga qué cuerpo colegiado decide." in template  # _l() in a form
        assert any(isinstance(m.id, tuple | list) for m in template)  # ngettext()


class TestEnglish:
    def test_nothing_is_missing_empty_or_uncertain(self, template: Catalog, english: Catalog) -> None:
        lacking = []
        for message in messages(template):
            known = english.get(message.id, message.context)
            if known is None or known.fuzzy or not all(t.strip() for t in texts(known.string) or [""]):
                lacking.append(texts(message.id)[0])
        assert lacking == [], "run `make messages` and translate these in translations/en_GB"

    def test_nothing_is_left_over(self, template: Catalog, english: Catalog) -> None:
        assert [texts(m.id)[0] for m in messages(english) if template.get(m.id, m.context) is None] == []
        assert not english.obsolete

    def test_placeholders_agree(self, english: Catalog) -> None:
        for message in messages(english):
            for source, written in zip(texts(message.id), texts(message.string), strict=True):
                assert sorted(PLACEHOLDER.findall(written)) == sorted(PLACEHOLDER.findall(source)), source

    def test_numbers_have_both_forms(self, english: Catalog) -> None:
        assert english.num_plurals == 2
        plural = [m for m in messages(english) if m.pluralizable]
        assert len(plural) > 40
        assert [m.id for m in plural if len(texts(m.string)) != 2] == []

    def test_babel_finds_no_error(self, english: Catalog) -> None:
        assert [(m.id, str(e)) for m in english for e in m.check(english)] == []

    def test_line_breaks_agree(self, english: Catalog) -> None:
        assert [m.id for m in messages(english) if texts(m.id)[0].count("\n") != texts(m.string)[0].count("\n")] == []

    def test_quotation_marks_are_english(self, english: Catalog) -> None:
        assert [m.id for m in messages(english) if any(c in t for t in texts(m.string) for c in "«»¿¡")] == []


class TestKichwa:
    def test_holds_every_message(self, template: Catalog) -> None:
        prepared = catalogue("qu")
        assert {tuple(texts(m.id)) for m in messages(prepared)} == {tuple(texts(m.id)) for m in messages(template)}
        assert prepared.num_plurals == 2

    def test_pretends_nothing(self, english: Catalog) -> None:
        borrowed = []
        for message in messages(catalogue("qu")):
            other = english.get(message.id, message.context)
            taken = {*texts(message.id), *(texts(other.string) if other else ())}
            borrowed += [t for t in texts(message.string) if t and t in taken and len(t.split()) > 1]
        assert borrowed == []


@pytest.mark.parametrize("language", ["en", "qu"])
def test_catalogues_name_no_person_and_no_machine(language: str) -> None:
    written = (TRANSLATIONS / CATALOGUES[language] / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    head = written.partition("\n\n")[0]
    assert "Language-Team: " in head
    assert re.findall(r"[\w.]+@[\w]+\.\w+|FULL NAME|EMAIL@ADDRESS", head) == []
    assert re.findall(r"^#: .*(?:/home/|/work/|:\d+)", written, re.MULTILINE) == []


class Shown(HTMLParser):
    """Text and spoken attributes in the page's own language: what stands in an element with another one is left out."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.page, self.stack, self.found = language, [], []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        inherited = self.stack[-1][1] if self.stack else self.page
        spoken = given.get("lang") or inherited
        if tag == "html":
            self.language = str(given.get("lang"))
        if spoken == self.page:
            self.found += [" ".join(v.split()) for k, v in attrs if k in SPOKEN and v]
        if tag not in WITHOUT_END:
            self.stack.append((tag, spoken))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, spoken = self.stack[-1] if self.stack else ("", "")
        if data.strip() and spoken == self.page and tag not in {"script", "code"}:  # names of columns are data
            self.found.append(" ".join(data.split()))


def shown(page: str, language: str) -> Shown:
    parser = Shown(language)
    parser.feed(page)
    return parser


@pytest.fixture(scope="module")
def spanish_only(english: Catalog) -> set[str]:
    """The source texts that are no English text as well."""
    translated = {t for m in messages(english) for t in texts(m.string)}
    return {" ".join(t.split()) for m in messages(english) for t in texts(m.id)} - translated


class TestPages:
    @pytest.mark.parametrize("path", ENTRANCES)
    def test_english_pages_hold_no_spanish_of_ours(
        self, client: FlaskClient, spanish_only: set[str], path: str
    ) -> None:
        page = shown(client.get(path, query_string={"lang": "en"}).text, "en")
        assert page.language == "en"
        assert "Skip to content" in page.found
        assert "Open Government" in page.found
        assert [t for t in page.found if t in spanish_only] == []

    @pytest.mark.parametrize("path", ENTRANCES)
    def test_kichwa_pages_fall_back_to_spanish(self, client: FlaskClient, path: str) -> None:
        page = shown(client.get(path, query_string={"lang": "qu"}).text, "es-EC")
        assert page.language == "es-EC"  # what is Spanish says so, until the catalogue has translations
        assert "Kichwa: la traducción está en preparación; por ahora leerá en castellano." in page.found
        with client.application.app_context(), force_locale(CATALOGUES["qu"]):
            skip = gettext("Saltar al contenido")  # Spanish until somebody translates it
        assert skip in page.found
        assert "Skip to content" not in page.found

    @pytest.mark.parametrize("reader", READERS)
    def test_no_spanish_of_ours_deeper_in(self, demo_app: Flask, spanish_only: set[str], reader: str) -> None:
        browser = demo_app.test_client()
        if reader:
            with demo_app.app_context(), browser.session_transaction() as kept:
                user = db.session.scalars(sa.select(User).where(User.email == f"{reader}@demo.example")).one()
                kept["_user_id"], kept["_fresh"] = f"{user.id}.{user.session_epoch}", True
        browser.get("/", query_string={"lang": "en"})
        left, read = {}, 0
        for path in _plain_pages(demo_app):
            answer = browser.get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                read += 1
                found = [t for t in shown(answer.text, "en").found if t in spanish_only]
                left |= {path: found} if found else {}
        assert not left, left
        assert read > 15


def _plain_pages(app: Flask) -> list[str]:
    """The addresses without a reference in them, files apart, and one page of the plan."""
    rules = [r.rule for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and not r.arguments]
    return [*(r for r in rules if "." not in r and r != "/cuenta/salir"), "/planes/PAGA3/"]


class TestFormats:
    @pytest.mark.parametrize(
        ("language", "number", "month"),
        [("es", "1.234,5", "diciembre"), ("qu", "1.234,5", "diciembre"), ("en", "1,234.5", "December")],
    )
    def test_numbers_and_dates(self, app: Flask, language: str, number: str, month: str) -> None:
        with app.test_request_context("/", query_string={"lang": language}):
            assert filters.numero(1234.5, 1) == number
            assert month in filters.fecha(date(2026, 12, 8))
        with force_locale(CATALOGUES[language]):
            assert formats.number(1234.5, 1) == number
            assert month in mail.fecha("2026-12-08")

    def test_every_language_has_a_catalogue_or_is_the_source(self) -> None:
        assert set(CATALOGUES) == set(HTML_LANG)
        folders = {p.parent.parent.name for p in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")}
        assert folders == set(CATALOGUES.values()) - {"es_EC"}
