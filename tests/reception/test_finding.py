"""Finding a proposal: by its folio however it is written, by its place and theme, by any of several words."""

from __future__ import annotations

import html

import pytest

from intake.reception.folios import folio_of
from intake.reports.recomputed import search_in_step
from tests.conftest import token_in
from tests.reception.test_views import plan, submitted  # noqa: F401 -- a fixture


@pytest.mark.parametrize(
    "text",
    [
        "PAGA3-00119",
        "paga3-119",
        "PAGA3 00119",
        "PAGA3-OO119",
        "paga3–00ll9",
        " «PAGA3-00119». ",
        "PAGA300119",
        "PAGA3_119",
        "00119",
        "#00119",
        "https://ejemplo.ec/seguimiento/PAGA3-00119",
        "https://ejemplo.ec/propuestas/paga3-00119?lang=en",
        "/propuestas/PAGA3-00119/comprobante",
    ],
)
def test_a_folio_is_read_in_any_spelling(text):
    assert folio_of(text, "PAGA3") == "PAGA3-00119"


@pytest.mark.parametrize(
    "text", ["", "agua", "119", "Ley 119 de agua", "PAGA3", "PAGA3-", "lolo", "agua-lil", "2023 y 2024"]
)
def test_words_are_no_folio(text):
    assert folio_of(text, "PAGA3") is None


def test_short_numbers_only_where_a_folio_is_asked_for():
    assert folio_of("119", "PAGA3", least_digits=1) == "PAGA3-00119"
    assert folio_of("119", "", least_digits=1) is None
    assert folio_of("paga1-7", "PAGA3") == "PAGA1-00007"


def test_list_and_follow_up_lead_to_the_folio(plan, client):  # noqa: F811
    folio = submitted(client)
    for text in ("paga3-1", "00001", "PAGA3 0000I", f"http://localhost/seguimiento/{folio}"):
        answer = client.get("/propuestas/", query_string={"q": text})
        assert (answer.status_code, answer.location) == (302, f"/propuestas/{folio}"), text
    assert client.get("/propuestas/?q=PAGA3-00099").status_code == 200
    for text in ("paga3-1", "1", "PAGA3 OOOO1", f"http://localhost/propuestas/{folio}"):
        token = token_in(client.get("/seguimiento").text)
        answer = client.post("/seguimiento", data={"csrf_token": token, "folio": text})
        assert (answer.status_code, answer.location) == (303, f"/seguimiento/{folio}"), text


@pytest.mark.parametrize("words", ["Macas", "morona santiago", "saneamiento", "agua macas turbia"])
def test_place_and_theme_are_words_to_find_by(plan, client, words):  # noqa: F811
    folio = submitted(client, title="Análisis a la vista de toda la comunidad")
    assert f"/propuestas/{folio}" in client.get("/propuestas/", query_string={"q": words}).text
    assert search_in_step() == []


def test_any_of_the_words_is_offered_when_all_find_nothing(plan, client):  # noqa: F811
    folio = submitted(client)
    page = html.unescape(client.get("/propuestas/?q=agua+inexistente").text)
    assert "Buscar propuestas con cualquiera de las palabras" in page
    assert 'href="/propuestas/?q=agua+inexistente&modo=alguna"' in page
    found = html.unescape(client.get("/propuestas/?q=agua+inexistente&modo=alguna").text)
    assert f'href="/propuestas/{folio}"' in found
    assert "cualquiera de las palabras)" in found
    assert "cualquiera de las palabras" not in client.get("/propuestas/?q=inexistente").text
