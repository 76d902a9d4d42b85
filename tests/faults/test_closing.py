"""The clock passes a stage's closing while the form is open: the text stays, and what is possible is said."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock
from intake.extensions import db
from models import Plan, Proposal, Stage
from models.enums import ProposalStatus, StageKind
from tests.reception.test_views import WRITTEN, plan, send, token_in, write  # noqa: F401 -- a fixture


@pytest.fixture
def last_minute(plan):  # noqa: F811
    """The clock, standing a minute before the last day of the reception ends in Ecuador."""
    query = sa.select(Stage.closes_on).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION)
    with time_machine.travel(clock.end_of(db.session.scalar(query)) - timedelta(minutes=1), tick=False) as travel:
        yield travel


def test_the_form_opened_in_time_keeps_its_text_and_says_what_is_possible(last_minute, client):
    page = client.get("/propuestas/nueva").text
    fields = {**WRITTEN, "csrf_token": token_in(page), "key": "e" * 43, "review": "1"}
    last_minute.shift(timedelta(minutes=2))
    answer = client.post("/propuestas/nueva", data=fields)
    assert answer.status_code == 303
    review = html.unescape(client.get(answer.location).text)
    assert "La recepción no está abierta hoy" in review and WRITTEN["problem"] in review
    refused = send(client, answer.location)
    said = html.unescape(refused.text)
    assert refused.status_code == 409
    draft = answer.location.removesuffix("/revisar")
    for words in ("Lo que escribió no se pierde.", draft, "Ahora está en curso:", "Leer las propuestas que llegaron"):
        assert words in said
    assert WRITTEN["problem"] in html.unescape(client.get(draft).text)
    assert db.session.scalar(sa.select(Proposal.status)) is ProposalStatus.DRAFT
    assert db.session.scalar(sa.select(Plan.folio_counter)) == 0


def test_sent_in_the_last_minute_it_is_received_and_its_receipt_stays(last_minute, client):
    path = write(client).location
    pressed = {"csrf_token": token_in(client.get(path).text)}
    done = client.post(path.replace("/revisar", "/enviar"), data=pressed)
    assert done.location == "/propuestas/PAGA3-00001/comprobante"
    last_minute.shift(timedelta(minutes=2))
    again = client.post(path.replace("/revisar", "/enviar"), data=pressed)
    assert again.location == done.location  # pressed again after the closing: what was received stays
    assert client.get(done.location).status_code == 200


def test_a_stage_that_is_extended_takes_the_same_draft(last_minute, plan, client):  # noqa: F811
    path = write(client).location
    last_minute.shift(timedelta(minutes=2))
    assert send(client, path).status_code == 409
    reception = sa.update(Stage).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION)
    db.session.execute(reception.values(closes_on=clock.today() + timedelta(days=3)))
    db.session.commit()
    assert send(client, path).location == "/propuestas/PAGA3-00001/comprobante"
