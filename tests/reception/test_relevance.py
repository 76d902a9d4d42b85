"""A search is answered by relevance, what stands beside it speaks of it, and it says what it looked for."""

from __future__ import annotations

import html
import re

import pytest

from intake.core.search import stems
from intake.reception import hints, queries, wording
from intake.reception.inputs import RELEVANT_FIRST, Filters
from intake.reception.vocabulary import Vocabulary
from models.enums import ProposalStatus as S
from tests import factories


@pytest.fixture
def plan(app):
    return factories.plan(code="PAGA3")


def proposal(plan, title, problem="Nadie lo publica.", solution="Una página.", **values):
    words = stems(title, problem, solution)
    return factories.proposal(plan, title=title, problem=problem, solution=solution, search_stems=words, **values)


def titles(query: str, **values) -> list[str]:
    filters = Filters(query=query, order=RELEVANT_FIRST, **values)
    known = queries.page(filters, 1, queries.how_many(filters), lambda: queries.first(filters))
    return [row.title for row in known.items]


def shown(client, address: str) -> tuple[str, list[str]]:
    page = html.unescape(client.get(address).text)
    rows = re.findall(r'<h2 class="proposal-row__title">(.*?)</h2>', page)
    return page, [re.sub(r"<[^>]+>", "", row) for row in rows]


def test_words_in_the_title_stand_above_words_in_the_text(plan, client):
    proposal(plan, "Análisis publicados", "El agua llega turbia. Agua cara.", "Agua limpia.")
    proposal(plan, "Cuentas claras de las juntas de agua")
    proposal(plan, "Teatro en las plazas")
    proposal(plan, "Aforo de visitantes", "Agua y luz.")
    wanted = ["Cuentas claras de las juntas de agua", "Análisis publicados", "Aforo de visitantes"]
    assert titles("aguas") == wanted
    page, rows = shown(client, "/propuestas/?q=aguas")
    assert rows == wanted
    assert '<strong aria-current="true">Más parecidas a su búsqueda</strong>' in page
    assert shown(client, "/propuestas/?q=aguas&orden=antiguas")[1] != wanted
    page, rows = shown(client, "/propuestas/?q=aguas&orden=recientes")
    assert rows[0] == "Aforo de visitantes"
    assert 'href="/propuestas/?q=aguas&orden=parecidas"' in page
    assert shown(client, "/propuestas/?q=aguas&orden=parecidas")[1] == wanted


def test_more_of_the_words_and_rarer_ones_stand_first(plan):
    for number in range(4):
        proposal(plan, f"Riego {'abc'[number % 3]}{number}")
    proposal(plan, "Semillas nativas")
    proposal(plan, "Riego y semillas")
    found = titles("riego semillas", any_word=True)
    assert found[:2] == ["Riego y semillas", "Semillas nativas"]
    assert len(found) == 6


@pytest.mark.parametrize("query", ['"agua limpia"', "río agua", "agua", "' OR 1=1 -- \" * ( )", "100%"])
def test_every_search_can_be_put_in_order_by_relevance(plan, query):
    made = proposal(plan, "Agua limpia del río", "100% limpia. 1=1 or nada.")
    assert titles(query) == [made.title]


def test_without_words_there_is_no_relevance(plan, client):
    for number in range(2):
        proposal(plan, f"Actas {number}")
    for address in ("/propuestas/?orden=parecidas", "/propuestas/?orden=parecidas&q=%25"):
        page, rows = shown(client, address)
        assert sorted(rows) == ["Actas 0", "Actas 1"]
        assert "Más parecidas" not in page


def test_a_search_says_how_many_it_found_and_for_what_right_below_the_heading(plan, client):
    proposal(plan, "Agua limpia")
    for query, words in (("zzzz", "0 resultados para «zzzz»"), ("agua", "1 resultado para «agua»")):
        page = shown(client, f"/propuestas/?q={query}")[0]
        assert re.search(rf'</h1>\s*<p class="lead">{words}</p>', page)


def test_a_search_without_words_says_so(plan, client):
    proposal(plan, "Agua limpia")
    page = shown(client, "/propuestas/?q=%25'%3B--")[0]
    assert "En «%';--» no hay palabras para buscar." in page
    assert "resultados para" not in page


def test_what_only_mentions_a_word_is_not_beside_a_search(plan):
    bus = proposal(plan, "Horarios de buses en la parada", "El bus no llega.")
    proposal(plan, "Cuidado infantil en asambleas", "No hay refrigerio ni transporte.")
    proposal(plan, "Guía para personas en movilidad humana", "La movilidad no se respeta.")
    proposal(plan, "Aforo de visitantes", "Cada colectivo tiene movilidad.")
    found = queries.of_the_meaning(Filters(query="transporte de buses")).rows
    assert [row.id for row in found] == [bus.id]


@pytest.mark.parametrize(
    "title",
    ["Nadie sabe la hora de la espera", "Arreglar el estado de la parada", "La gente sabe", "PAGA3 PAGA3-00001"],
)
def test_words_of_every_day_and_codes_are_no_reason(plan, title):
    proposal(
        plan, "Horas de espera en la parada", "La gente no sabe el estado de su PAGA3, ni cuándo lo van a arreglar."
    )
    assert queries.similar_to(title, "", plan.id) == []


def test_a_reason_names_only_what_tells(plan):
    proposal(plan, "Horas de espera en la farmacia", "La gente no sabe si PAGA3-00007 sirve.")
    (found,) = queries.similar_to("La gente espera horas en la farmacia, ver paga3", "", plan.id)
    assert found.shared == ("farmacia",)


def test_what_was_withdrawn_comes_last(plan):
    gone = proposal(plan, "Análisis del agua potable", status=S.WITHDRAWN)
    kept = proposal(plan, "Agua potable con análisis y otras cosas más", "Se paga demasiado.")
    found = queries.similar_to("Análisis del agua potable", "", plan.id)
    assert [one.folio for one in found] == [kept.folio, gone.folio]


def test_codes_are_no_words_and_words_with_digits_are():
    text = "Ver PAGA3-00119, paga3 y Paga 3; también OGP24-00007, covid19, Ley 119 y paga bien"
    assert wording.words(text) == ["covid19", "ley", "119", "paga"]


def test_what_a_third_of_many_texts_has_is_no_reason():
    known = Vocabulary.of([stems("publicar agua")] * 30 + [stems("publicar riego")] * 70)
    assert {one.written: one.tells for one in hints.wanted("publicar agua cada hora", "", known)} == {
        "publicar": False,
        "agua": True,
        "hora": False,
    }
