"""Where the counterpart does not agree, the figure never stands alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

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
