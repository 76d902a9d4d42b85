"""Very many from one network: computing is asked for, and nothing is refused or lost."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import altcha, clock, limits
from intake.extensions import db
from intake.reception import queries
from intake.reception.services import crowding
from models import Hold, Proposal
from models.enums import HoldReason, ProposalStatus
from tests.conftest import token_in
from tests.core.test_altcha import payload, work
from tests.reception import test_device as device
from tests.reception.test_views import plan, send, submitted, write  # noqa: F401 -- a fixture

pytestmark = pytest.mark.usefixtures("crowded")


@pytest.fixture
def crowded(plan, client, monkeypatch):  # noqa: F811
    """A network from which as many came as may come without a word."""
    monkeypatch.setattr(crowding, "SENDINGS", limits.Limit("proposal_send", times=1, minutes=60))
    monkeypatch.setattr(crowding, "FLOODS", limits.Limit("proposal_flood", times=9, minutes=60))
    monkeypatch.setattr(altcha, "MOST", 50)
    with time_machine.travel(clock.now().replace(minute=5, second=0), tick=False):
        submitted(client)
        yield


def asked(client, path):
    """The page that asks: its address for sending, its token and the challenge."""
    answer = send(client, path)
    assert answer.status_code == 429
    found = re.search(r'data-proof="([^"]*)"', answer.text)[1]
    return answer, json.loads(html.unescape(found))


def press(client, path, page, proof):
    fields = {"csrf_token": token_in(page.text), "altcha": proof}
    return client.post(path.replace("/revisar", "/enviar"), data=fields)


def another(client, n=1):
    return write(client, title=f"Otra idea número {n} para el agua de Macas y sus juntas").location


def state_of(answer):
    return queries.by_folio(re.search(r"PAGA3-\d+", answer.location)[0]).status


def test_with_a_proof_it_is_received_as_any_other(client):
    path = another(client)
    page, challenge = asked(client, path)
    assert "llegaron muchas propuestas desde su misma red" in page.text
    assert "proofworker" in page.text and "Su texto está guardado." in page.text
    done = press(client, path, page, payload(work(challenge)))
    assert state_of(done) is ProposalStatus.SUBMITTED


def test_without_javascript_it_is_received_and_waits_for_a_person(client):
    path = another(client)
    page, _challenge = asked(client, path)
    done = press(client, path, page, "")
    assert state_of(done) is ProposalStatus.HELD
    assert db.session.execute(sa.select(Hold.reason, Hold.by_machine)).all() == [(HoldReason.FLOOD, True)]
    assert "revisa antes de publicarla" in client.get(f"/seguimiento/{done.location.split('/')[2]}").text
    assert client.get(done.location).status_code == 200


def test_a_used_a_foreign_a_forged_and_an_old_proof_are_refused_and_the_draft_stays(client):
    first = another(client, 1)
    page, challenge = asked(client, first)
    used = payload(work(challenge))
    assert press(client, first, page, used).status_code == 303
    second = another(client, 2)
    page, challenge = asked(client, second)
    own = work(challenge)
    for wrong in (used, payload({**own, "signature": "0" * 64}), "nada"):
        refused = press(client, second, page, wrong)
        assert refused.status_code == 429
        assert "ya no vale. Se hace otro ahora mismo." in refused.text
        assert challenge["challenge"] not in refused.text  # another one is asked
    assert db.session.scalar(sa.select(sa.func.count()).where(Proposal.status == ProposalStatus.DRAFT)) == 1


def test_an_old_proof_is_refused_and_the_next_one_counts(client):
    path = another(client)
    with time_machine.travel(clock.now(), tick=False) as travel:
        page, challenge = asked(client, path)
        travel.shift(altcha.LIFE + timedelta(seconds=1))
        refused = press(client, path, page, payload(work(challenge)))
        assert refused.status_code == 429
        found = json.loads(html.unescape(re.search(r'data-proof="([^"]*)"', refused.text)[1]))
        assert state_of(press(client, path, refused, payload(work(found)))) is ProposalStatus.SUBMITTED


def test_even_the_crowd_has_an_end_and_the_draft_stays(client):
    path = another(client)
    codes = [send(client, path).status_code for _ in range(9)]
    assert codes == [429] * 9
    last = send(client, path)
    assert "guardado como borrador" in last.text and "data-proof" not in last.text
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert send(client, path).status_code == 303


def counted(limit):
    return limits.used(limit, "127.0.0.1")


@pytest.mark.parametrize("proves", [True, False])
def test_a_sending_counts_once_with_all_its_rounds(client, proves):
    path = another(client)
    before = counted(crowding.SENDINGS), counted(crowding.FLOODS)
    page, challenge = asked(client, path)
    if proves:
        page = press(client, path, page, "nada")
        challenge = json.loads(html.unescape(re.search(r'data-proof="([^"]*)"', page.text)[1]))
    assert press(client, path, page, payload(work(challenge)) if proves else "").status_code == 303
    assert (counted(crowding.SENDINGS), counted(crowding.FLOODS)) == (before[0] + 1, before[1] + 1)


def test_a_proof_that_nobody_asked_for_spares_no_count(client):
    path = another(client)
    before = counted(crowding.FLOODS)
    page = client.get(path)
    assert press(client, path, page, "").status_code == 303
    assert counted(crowding.FLOODS) == before + 1


# -- the door of the telephones without a network


def door(client, n=1, **more):
    return device.send(client, key=f"{n:043}", title=f"Agua limpia para el barrio número {n}", **more)


def test_the_door_asks_a_crowded_network_for_the_same_proof(client):
    waits = door(client)
    assert (waits.status_code, waits.json["reason"]) == (429, "proof")
    assert "hace solo un cálculo" in waits.json["message"]
    assert waits.headers["Cache-Control"] == "no-store"
    assert db.session.scalar(sa.select(sa.func.count(Proposal.id))) == 1  # nothing of it is kept
    before = counted(crowding.SENDINGS), counted(crowding.FLOODS)
    told = door(client, altcha=payload(work(waits.json["challenge"])))
    assert told.status_code == 200
    assert queries.by_folio(told.json["folio"]).status is ProposalStatus.SUBMITTED
    assert (counted(crowding.SENDINGS), counted(crowding.FLOODS)) == before
    again = door(client, altcha=payload(work(waits.json["challenge"])))
    assert again.json == told.json  # the answer was lost on its way: the same folio, and no other proof


def test_the_door_takes_what_could_not_compute_and_a_person_looks(client):
    assert door(client).status_code == 429
    told = door(client, altcha="")
    assert queries.by_folio(told.json["folio"]).status is ProposalStatus.HELD
    assert db.session.scalars(sa.select(Hold.reason)).all() == [HoldReason.FLOOD]


def test_the_door_refuses_the_proof_of_another_and_asks_anew(client):
    first, second = door(client, 1).json["challenge"], door(client, 2).json["challenge"]
    refused = door(client, 2, altcha=payload(work(first)))
    assert (refused.status_code, refused.json["reason"]) == (429, "proof")
    assert refused.json["challenge"]["challenge"] not in {first["challenge"], second["challenge"]}
    assert door(client, 1, altcha=payload(work(first))).status_code == 200


def test_the_door_says_when_even_the_crowd_is_too_much(client):
    answers = [door(client).json["reason"] for _ in range(10)]
    assert answers == ["proof"] * 9 + ["many"]


def test_nobody_is_asked_by_default(client):
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert send(client, another(client)).status_code == 303
