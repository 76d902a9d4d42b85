"""Hints of what is alike, at the title, before sending, at the examination; and what a search shows of its finds."""

from __future__ import annotations

import html
import json
import re

import pytest

from intake.core.identity import GUEST
from intake.core.search import parsed, passages, stems
from intake.extensions import db
from intake.reception import hints, queries, services
from intake.reception.inputs import ContactInput, Filters, ProposalInput
from intake.reception.queries import similar
from intake.reception.vocabulary import Vocabulary
from intake.web.marking import excerpt, marked
from models.enums import ProposalStatus as S
from models.enums import Role, StageKind
from tests import factories

TITLE = "Análisis del agua potable a la vista"
OTHERS = (
    ("Horarios de buses en cada parada", "Los buses pasan cuando quieren.", "Publicar rutas y frecuencias."),
    ("Becas para jóvenes del campo", "No hay becas.", "Publicar quién recibe becas."),
    ("Cuidar las semillas nativas", "Se pierden los maíces.", "Ferias de intercambio."),
)


@pytest.fixture
def plan(app):
    made = factories.plan(code="PAGA3")
    for texts in OTHERS:
        proposal(made, *texts)
    return made


def proposal(plan, title=TITLE, problem="El agua llega turbia.", solution="Publicar los exámenes.", **values):
    words = stems(title, problem, solution)
    return factories.proposal(plan, title=title, problem=problem, solution=solution, search_stems=words, **values)


def asked(client, title: str, **more: str) -> list[dict[str, str]]:
    answer = client.get("/propuestas/similares", query_string={"titulo": title, **more})
    assert answer.status_code == 200
    return answer.json["items"]


@pytest.mark.parametrize(
    "title", [TITLE, "ANALISIS DE AGUA POTABLE", "analicis del hagua potable", "Que se vean los análisis de las aguas"]
)
def test_a_title_finds_what_is_alike_however_it_is_written(plan, client, title):
    known = proposal(plan)
    items = asked(client, title)
    assert [item["folio"] for item in items] == [known.folio]
    assert items[0]["url"] == f"/propuestas/{known.folio}"
    assert items[0]["reason"].startswith("Porque ambas hablan de «")


def test_the_reason_names_the_words_as_the_writer_spelled_them(plan, client):
    proposal(plan)
    (item,) = asked(client, "ANÁLISIS del Agua")
    assert item["reason"] == "Porque ambas hablan de «Agua» y «análisis»."
    assert item["state"] == "Recibida"


def test_another_word_for_the_same_thing_is_a_reason_too(plan, client):
    known = proposal(plan, "Parteras en el hospital", "No dejan entrar a la partera.", "Permitir el parto vertical.")
    (item,) = asked(client, "Comadronas en la clínica")
    assert item["folio"] == known.folio
    assert "«Comadronas»" in item["reason"]


@pytest.mark.parametrize(
    "title",
    ["", "agua", "   ", "🌱🌱🌱🌱🌱🌱🌱🌱🌱", "de la que para los", "' OR 1=1 -- \" * ( )", "z" * 9000],
)
def test_nothing_is_offered_for_what_says_nothing(plan, client, title):
    proposal(plan, "Otra cosa", "", "")
    assert asked(client, title) == []


@pytest.mark.parametrize("status", [S.DRAFT, S.HELD, S.DISCARDED])
def test_what_is_not_public_is_never_hinted_at(plan, client, status):
    proposal(plan, status=status)
    assert asked(client, TITLE) == []


def test_another_plan_is_not_looked_into(plan, client):
    proposal(factories.plan(code="OTRO", is_current=False))
    assert asked(client, TITLE) == []


def test_what_may_be_shown_is_found_behind_what_may_not(plan, count_queries, monkeypatch):
    """Another plan has newer ones that say the same, as many as are weighed and one more."""
    monkeypatch.setattr(similar, "CANDIDATES", 3)
    own = [proposal(plan).folio for _ in range(2)]
    other = factories.plan(code="OTRO", is_current=False)
    for _ in range(4):
        proposal(other)
    for texts in OTHERS * 5:
        proposal(other, *texts)
    queries.similar_to(TITLE, "", plan.id)
    with count_queries() as seen:
        found = queries.similar_to(TITLE, "", plan.id)
    assert sorted(one.folio for one in found) == own
    assert len(seen) == 4


def test_at_most_five_best_first_in_three_statements(plan, client, count_queries):
    folios = [proposal(plan).folio for _ in range(6)]
    exact = proposal(plan, TITLE, "Análisis de agua potable a la vista.", "").folio
    with count_queries() as seen:
        found = queries.similar_to(TITLE, "", plan.id)
    assert len(seen) == 4  # the first time, rarity is counted
    with count_queries() as seen:
        assert queries.similar_to(TITLE, "", plan.id) == found
    assert len(seen) == 3
    assert len(found) == 5
    assert {s.folio for s in found} <= {*folios, exact}
    scores = [s.score for s in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_proposal_is_not_alike_to_itself(plan):
    known = proposal(plan)
    twin = proposal(plan)
    found = queries.similar_to(known.title, known.problem, plan.id, without=known.id)
    assert [s.folio for s in found] == [twin.folio]


def test_before_sending_the_page_names_what_is_alike_and_sending_stays_possible(plan, client):
    known = proposal(plan)
    texts = ProposalInput(
        title=TITLE,
        problem="El agua llega turbia a las casas desde enero y nadie sabe si se puede beber.",
        solution="Publicar los exámenes de laboratorio cada mes en la cartelera y en la página.",
        theme_code=factories.theme("agua").code,
    )
    _draft, key = services.create_draft(plan, texts, ContactInput(), by=GUEST)
    page = html.unescape(client.get(f"/propuestas/borrador/{key}/revisar").text)
    assert "Hay 1 propuesta que se parece" in page
    assert f'href="/propuestas/{known.folio}" target="_blank" rel="noopener"' in page
    assert "Enviar mi propuesta" in page


def test_the_form_says_where_to_ask(plan, client):
    page = client.get("/propuestas/nueva").text
    assert 'data-similar="/propuestas/similares"' in page
    assert 'data-similar-for="title"' in page
    assert "similar." in page


def test_the_analyst_sees_what_is_alike_with_folio_and_state(app, sign_in):
    plan = factories.plan(StageKind.EVALUATION, code="PAGA3")
    one, other = proposal(plan), proposal(plan, status=S.ADMITTED)
    page = html.unescape(sign_in(factories.user(Role.ANALYST)).get(f"/evaluacion/{one.folio}").text)
    assert f'href="/propuestas/{other.folio}" target="_blank"' in page
    assert f"{other.folio}</span> · Admitida · Porque ambas hablan de" in page


def test_duplicates_by_command_are_as_the_contract_says(plan, app):
    one, other = proposal(plan), proposal(plan, "Analisis de agua potable", "El agua está turbia.", "Que publiquen.")
    proposal(plan, status=S.HELD)
    db.session.commit()
    run = app.test_cli_runner().invoke
    answer = run(args=["reception", "duplicates", "--plan", "paga3", "--top", "1", "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert list(found) == [f"PAGA3-{n:05d}" for n in range(1, 6)]
    assert found[one.folio][0]["folio"] == other.folio
    assert found[other.folio][0] == {"folio": one.folio, "similarity": found[one.folio][0]["similarity"]}
    assert 0 < found[one.folio][0]["similarity"] <= 1
    assert run(args=["reception", "duplicates", "--plan", "paga3", "--top", "1", "--json"]).output == answer.output
    assert run(args=["reception", "duplicates", "--plan", "NADA", "--json"]).exit_code == 1


def test_slips_are_read_as_the_word_that_others_use():
    known = Vocabulary.of([stems("vigilancia de los vecinos"), stems("transparencia")])
    assert [known.known(stems(word)) for word in ("bigilansia", "besinos", "transparensia", "teatro")] == [
        *stems("vigilancia vecinos transparencia").split(),
        stems("teatro"),
    ]


def test_words_that_very_many_texts_have_are_not_all_read():
    common = Vocabulary.of(["agu limpi"] * 5000 + ["agu mac"])
    words = hints.wanted("Agua limpia para Macas", "", common)
    assert list(hints.asked(words, common)) == ["mac"]
    assert hints.asked(hints.wanted("agua", "", common), common) == {"agu": hints.SOME}


# -- search: phrases and marks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"agua potable"', 1),
        ("«AGUAS POTABLES»", 1),
        ("“agua potable”", 1),
        ('"potable agua"', 0),
        ("potable agua", 1),
        ('"agua potable" turbia', 1),
        ('"agua pot"', 0),
        ('"agua potable', 1),
        ('""', 4),
    ],
)
def test_words_between_quotation_marks_follow_each_other(plan, query, found):
    proposal(plan)
    assert queries.how_many(Filters(query=query)) == found


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("Análisis del AGUA", "analisis aguas", "<mark>Análisis</mark> del <mark>AGUA</mark>"),
        ("Participación y participar", "partici", "<mark>Participación</mark> y <mark>participar</mark>"),
        ("agua limpia, agua potable", '"agua potable"', "agua limpia, <mark>agua potable</mark>"),
        ("<b>agua</b> & más", "agua", "&lt;b&gt;<mark>agua</mark>&lt;/b&gt; &amp; más"),
        ("nada", "agua", "nada"),
        ("", "agua", ""),
    ],
)
def test_what_was_found_is_marked_as_it_was_written(text, query, shown):
    assert str(marked(text, parsed(query))) == shown


def test_a_passage_is_cut_at_words_around_what_was_found():
    text = "palabra " * 60 + "agua turbia " + "final " * 60
    cut = str(excerpt(["nada", text], parsed("agua")))
    assert cut.startswith("… palabra ")
    assert cut.endswith(" …")
    assert "<mark>agua</mark> turbia" in cut
    assert len(cut) < 260
    assert excerpt(["nada"], parsed("agua")) == ""


def test_passages_never_overlap():
    assert passages("agua agua limpia", parsed('"agua limpia" agua')) == [(0, 4), (5, 16)]


def test_the_list_shows_the_words_found_and_one_statement_more(plan, client, count_queries):
    proposal(plan, "Cuentas <b>claras</b>", "Palabras. " * 40 + "El AGUA llega turbia.", "Publicar.")
    page = client.get("/propuestas/?q=águas").text
    assert "… " in page
    assert "El <mark>AGUA</mark> llega turbia." in page
    assert "Cuentas &lt;b&gt;claras" in page
    assert "<mark>" not in client.get("/propuestas/").text


def test_what_a_short_word_found_is_marked_and_nothing_else():
    wanted = parsed("los buses de río")
    shown = str(marked("Los buses buscan el río; de los ríos, un bus a Riobamba", wanted))
    assert re.findall("<mark>(.*?)</mark>", shown) == ["buses", "río", "ríos", "bus"]
