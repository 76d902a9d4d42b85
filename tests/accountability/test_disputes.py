"""Where the counterpart does not agree, the figure never stands alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from intake.accountability import queries, services
from intake.accountability.inputs import AnswerInput
from intake.core import clock
from models.enums import Verdict
from tests.accountability import kit
from tests.conftest import SignIn

WORDS = "1 hito disputado por la contraparte"


def disputed() -> kit.Scene:
    at = kit.formalized()
    made = services.report(queries.named("PAGA3-1").milestones[1], kit.progress(), by=at.office)
    services.answer(made, AnswerInput(verdict=Verdict.DISPUTED, comment="No está en kichwa."), by=at.citizens)
    return at


def test_page_list_and_plan_say_how_many_are_disputed_with_a_link(client: FlaskClient) -> None:
    disputed()
    page, listed = client.get("/compromisos/PAGA3-1").text, client.get("/compromisos/").text
    assert f'href="#hito-2">{WORDS}</a>' in page and "Disputado por la contraparte" in page
    assert f'href="/compromisos/PAGA3-1#hito-2">{WORDS}</a>' in listed
    assert listed.count(WORDS) == 2  # the row of the plan and the row of the commitment
    [plan] = queries.plan_progress([queries.named("PAGA3-1").plan])
    assert plan.figure.disputed == (2,)
    assert client.get("/compromisos/PAGA3-1.json").get_json()["progress"]["disputed"] == [2]


def test_a_new_report_does_not_take_the_dispute_back_but_a_new_answer_does(client: FlaskClient) -> None:
    at = disputed()
    again = services.report(
        queries.named("PAGA3-1").milestones[1], kit.progress(progress_pct=Decimal(50)), by=at.office
    )
    assert WORDS in client.get("/compromisos/PAGA3-1").text and WORDS in client.get("/compromisos/").text
    services.answer(again, AnswerInput(verdict=Verdict.CONFIRMED), by=at.citizens)
    assert WORDS not in client.get("/compromisos/PAGA3-1").text and WORDS not in client.get("/compromisos/").text
    assert queries.disputed_in([queries.named("PAGA3-1")]) == {}


def test_plan_summary_says_what_it_counts(client: FlaskClient) -> None:
    at = kit.formalized()
    kit.confirmed(kit.Scene(**{**at.__dict__, "commitment": None}))
    today = clock.today()
    for _n in range(2):
        other = kit.drafted(kit.Scene(**{**at.__dict__, "commitment": None}))
        services.open_consultation(other.commitment, today, today + timedelta(days=5), by=at.team)
    page = client.get("/compromisos/").text
    assert "Formalizados o concluidos: 1 compromiso, 2 hitos. Confirmados: 1. En consulta: 2." in page


def test_dropped_commitment_says_when_why_and_by_which_role(
    sign_in: SignIn, post: Callable[..., Any], client: FlaskClient
) -> None:
    at = kit.drafted()
    services.open_consultation(at.commitment, clock.today(), clock.today(), by=at.team)
    services.move(at.commitment, "drop", "La institución no aceptó.", by=at.team)
    page = client.get("/compromisos/PAGA3-1").text
    assert "Lo retiró Dirección de Gobierno Abierto el " in page and "Motivo: La institución no aceptó." in page


def test_the_explanation_is_asked_as_the_service_demands_it(sign_in: SignIn, post: Callable[..., Any]) -> None:
    at = kit.formalized()
    for number in (0, 1):
        services.report(queries.named("PAGA3-1").milestones[number], kit.progress(), by=at.office)
    browser, path = sign_in(at.counterpart_user), "/compromisos/PAGA3-1/reportes/1/responder"
    page = browser.get(path).text
    label = re.search(r'<label[^>]*for="comment".*?</label>', page, re.DOTALL)
    assert label is not None and "(opcional)" not in label[0]
    assert "si confirma, puede dejarla vacía" in page
    for verdict in ("qualified", "disputed"):
        refused = post(browser, path, verdict=verdict, comment="")
        assert refused.status_code == 422 and 'id="comment-error"' in refused.text
    assert post(browser, path, verdict="confirmed", comment="").status_code == 302


def test_headings_of_a_commitment_stand_below_one_another(client: FlaskClient) -> None:
    at = kit.formalized()
    made = services.report(queries.named("PAGA3-1").milestones[0], kit.progress(), by=at.office)
    services.answer(made, AnswerInput(verdict=Verdict.DISPUTED, comment="No se publicó."), by=at.citizens)
    page = client.get("/compromisos/PAGA3-1").text
    found = re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", page, re.DOTALL)
    levels = [int(level) for level, _words in found]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in itertools.pairwise(levels))
    below = {words: level for level, words in found}
    for words in ("Lo que dice la institución", "Lo que dice la contraparte ciudadana", "Evidencias de la institución"):
        assert below[words] == "4"  # within the milestone, whose own heading is of level 3


@pytest.mark.parametrize(("language", "sign"), [("es", "62,5"), ("en", "62.5")])
def test_the_old_progress_is_said_with_the_readers_decimal_sign(
    sign_in: SignIn, post: Callable[..., Any], language: str, sign: str
) -> None:
    at = kit.formalized()
    milestone = queries.named("PAGA3-1").milestones[0]
    services.report(milestone, kit.progress(progress_pct=Decimal("62.5")), by=at.office)
    path = f"/compromisos/PAGA3-1/hitos/1/reportar?lang={language}"
    fields = {"status": "execution", "progress_pct": "10", "text": "Se contó de nuevo."}
    refused = post(sign_in(at.institution_user), path, **fields)
    assert refused.status_code == 422 and f"{sign} %" in refused.text
