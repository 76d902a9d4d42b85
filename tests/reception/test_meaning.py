"""A search finds what has its words first, and apart from that what says the same in other words."""

from __future__ import annotations

import csv
import html
import re
from pathlib import Path

import pytest

import intake
from intake.core.search import stems
from intake.reception import queries, wording
from intake.reception.inputs import ANY_WORD, Filters
from models.enums import ProposalStatus as S
from tests import factories

TEXTS = {
    "buses": (
        "Transporte de buses a tiempo",
        "El bus pasa cuando quiere y no hay horario.",
        "Publicar las frecuencias.",
    ),
    "lines": ("Líneas de autobuses urbanos con mapa", "Nadie sabe por dónde van.", "Un mapa en cada parada."),
    "river": ("Transporte fluvial en el Napo", "Las canoas no tienen chalecos.", "Registrar las embarcaciones."),
    "exams": ("Análisis del agua potable", "El agua llega turbia.", "Publicar los exámenes."),
    "midwives": ("Comadronas en la sala de partos", "No las dejan entrar.", "Reconocer su saber."),
    "theatre": ("Teatro en las plazas", "No hay funciones.", "Un calendario de funciones."),
}
HEADING = "También pueden interesarle"


@pytest.fixture
def made(app):
    plan = factories.plan(code="PAGA3")
    return {"plan": plan} | {name: _proposal(plan, *texts) for name, texts in TEXTS.items()}


def _proposal(plan, title, problem, solution, **values):
    words = stems(title, problem, solution)
    return factories.proposal(plan, title=title, problem=problem, solution=solution, search_stems=words, **values)


def beside(made, query: str, **values) -> list[str]:
    names = {made[name].id: name for name in TEXTS}
    return [names[row.id] for row in queries.of_the_meaning(Filters(query=query, **values)).rows]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("LINEAS DE OMNIBUS URBANO", "lines"),
        ("parteras en el parto", "midwives"),
        ("analicis del hagua", "exams"),  # as it sounds
        ("yaku", "exams"),  # the word in Kichwa that the table has
        ("funsiones de teatro", "theatre"),
        ("análisis del agua potable cantonal", "exams"),  # all words but one
    ],
)
def test_what_shares_the_meaning_is_found_without_the_words(made, query, first):
    assert beside(made, query)[0] == first
    assert made[first].id not in {row.id for row in queries.page(Filters(query=query), 1, 20).items}


def test_what_has_the_words_is_in_the_list_and_not_beside_it(made):
    assert queries.how_many(Filters(query="transporte de buses")) == 1
    assert set(beside(made, "transporte de buses")) == {"lines", "river"}  # of the same field, or one of the words
    assert "buses" not in beside(made, "transporte de buses")
    assert "river" not in beside(made, "transporte napo", any_word=True)


@pytest.mark.parametrize("query", ["", "de la que para los", "🌱", "zzzz qqqq", "' OR 1=1 -- \" * ( )", "x " * 100])
def test_nothing_is_beside_what_says_nothing(made, query):
    assert beside(made, query) == []


@pytest.mark.parametrize("status", [S.DRAFT, S.HELD, S.DISCARDED])
def test_what_is_not_public_is_never_beside(made, status):
    hidden = _proposal(made["plan"], *TEXTS["lines"], status=status)
    shown = queries.of_the_meaning(Filters(query="transporte de buses")).rows
    assert made["lines"].id in {row.id for row in shown}
    assert hidden.id not in {row.id for row in shown}


def test_the_filters_hold_beside_too(made):
    withdrawn = _proposal(made["plan"], *TEXTS["lines"], status=S.WITHDRAWN)
    found = queries.of_the_meaning(Filters(query="transporte de buses", status="retirada", plan="PAGA3")).rows
    assert [row.id for row in found] == [withdrawn.id]
    assert beside(made, "transporte de buses", plan="OTRO") == []


def test_what_the_filters_let_through_is_found_behind_very_many_others(made):
    """The best of all plans must not crowd out those of the plan that is looked into."""
    other = factories.plan(code="OTRO", is_current=False)
    for _ in range(70):
        _proposal(other, "Autobuses para el transporte", "Autobuses.", "Transporte.")
    assert "lines" in beside(made, "transporte en bus por líneas", plan="PAGA3")
    found = queries.similar_to("Autobuses urbanos con mapa", "", made["plan"].id)
    assert found[0].folio == made["lines"].folio


def test_the_page_shows_it_apart_below_and_counts_only_what_has_the_words(made, client, count_queries):
    with count_queries() as seen:
        page = html.unescape(client.get("/propuestas/?q=transporte+de+buses").text)
    assert len(seen) <= 12
    listed, apart = page.split(HEADING)
    assert "1 propuesta" in re.sub(r"<[^>]+>|\s+", " ", listed) or "1 resultado" in listed
    assert made["buses"].folio in listed
    assert made["lines"].folio not in listed
    assert made["lines"].folio in apart
    assert "Líneas de <mark>autobuses</mark> urbanos" in apart
    assert '<h3 class="proposal-row__title">' in apart


def test_a_search_without_finds_still_shows_what_is_alike(made, client):
    page = html.unescape(client.get("/propuestas/?q=buseta").text)
    assert "Ninguna propuesta coincide con su búsqueda." in page
    assert made["buses"].folio in page.split(HEADING)[1]


def test_only_the_last_page_of_a_list_has_something_beside(made, client):
    for _ in range(20):
        _proposal(made["plan"], *TEXTS["buses"])
    assert HEADING not in client.get("/propuestas/?q=transporte+de+buses").text
    assert HEADING in client.get("/propuestas/?q=transporte+de+buses&pagina=2").text


def test_without_a_search_and_among_ones_own_nothing_is_beside(made, client):
    assert HEADING not in client.get("/propuestas/").text
    assert HEADING not in client.get("/propuestas/?mias=1&q=transporte+de+buses").text


def test_exports_and_news_keep_to_the_words(made, client):
    export = client.get("/propuestas/exportar.csv?q=transporte+de+buses").text
    news = client.get("/propuestas/novedades.atom?q=transporte+de+buses").text
    for text in (export, news):
        assert made["buses"].folio in text
        assert made["lines"].folio not in text


def test_every_other_word_has_a_source_and_a_group_of_its_own_bond():
    path = Path(intake.__file__).parent / "reference" / "synonyms.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert {row["bond"] for row in rows} == {"same", "field"}
    assert all(row["source"] for row in rows)
    assert all(len(set(map(stems, row["words"].split()))) >= 2 for row in rows)
    same = [stems(word) for row in rows if row["bond"] == "same" for word in row["words"].split()]
    assert len(set(same)) == len({(stem, wording.meanings(stem)) for stem in same})
    assert "bus" in wording.synonyms(stems("autobús"))
    assert stems("transporte") in wording.of_the_field(stems("autobús"))
    assert ANY_WORD == "alguna"
