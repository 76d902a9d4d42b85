"""Addresses that leave the page begin with INTAKE_BASE_URL, whatever host the request names."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from intake.core.identity import GUEST
from intake.reception import services
from intake.reception.inputs import ProposalInput
from models.enums import StageKind
from tests import factories

FOREIGN = "somebody-else.example"


def test_no_page_repeats_the_host_of_the_request(app: Flask, client: FlaskClient) -> None:
    factories.plan(StageKind.RECEPTION)
    rules = [rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    told = {}
    for rule in rules:
        answer = client.get(rule.rule, headers={"Host": FOREIGN})
        told[rule.rule] = FOREIGN in answer.text or FOREIGN in answer.headers.get("Location", "")
        assert answer.status_code < 500, rule.rule
    assert len(told) > 40
    assert [path for path, said in told.items() if said] == []


def test_the_secret_address_of_a_draft_is_that_of_the_site(client: FlaskClient) -> None:
    plan = factories.plan(StageKind.RECEPTION)
    _draft, key = services.create_draft(plan, ProposalInput(title="Agua limpia"), None, by=GUEST)
    page = client.get(f"/propuestas/borrador/{key}", headers={"Host": FOREIGN}).text
    assert f">http://localhost/propuestas/borrador/{key}</a>" in page
    assert FOREIGN not in page
