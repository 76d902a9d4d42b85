"""When somebody leaves a union, who leads it is told, and the lead text is looked at again."""

from __future__ import annotations

import html

import pytest

from intake.core.errors import Conflict, Forbidden, Invalid
from intake.reception import services
from intake.reception.queries import unions
from intake.reception.services import join_answers, joining, lead_text
from models.enums import Role
from tests.conftest import token_in
from tests.reception.family import YES, author_of, collective_of, in_days, proposals, request_of, say, states
from tests.reception.talk import person, queued, written
from tests.reception.test_joining import acts


@pytest.fixture
def boss(app):
    return person(Role.ANALYST, email="lidera@demo.example")


@pytest.fixture
def leader(boss, as_principal):
    return as_principal(boss)


def joined(leader, number: int = 4):
    """A collective proposal and its parts, all of whose authors said yes."""
    parts = proposals(number)
    made = collective_of(parts, leader)
    for part in parts:
        say(made, part, YES)
    return made, parts


def waiting(made) -> list[str]:
    return [request.proposal.folio for request in unions.left([made.id])[made.id]]


def test_who_leads_is_told_when_an_author_leaves(app, leader):
    made, (one, *_rest) = joined(leader)
    join_answers.leave(request_of(made, one), reason="Prefiero ir sola.", by=author_of(one))
    (letter,) = queued("join_left")
    assert letter.to_address == "lidera@demo.example"
    text = written(letter).text
    for words in (one.folio, made.folio, "Prefiero ir sola.", f"/propuestas/{made.folio}/union/texto"):
        assert words in text
    letter.locale = "en"
    assert one.folio in written(letter).subject
    assert waiting(made) == [one.folio]


def test_everybody_who_leads_but_who_did_it_is_told(app, leader, as_principal):
    parts = proposals(4)
    made = collective_of(parts, leader)
    second = as_principal(person(Role.ANALYST, email="segunda@demo.example"))
    joining.ask_again(request_of(made, parts[0]), due_on=in_days(12), by=second)
    for part in parts:
        say(made, part, YES)
    join_answers.separate(request_of(made, parts[1]), reason="Habla de otra cosa.", by=leader)
    assert [m.to_address for m in queued("join_left")] == ["segunda@demo.example"]
    assert waiting(made) == [parts[1].folio]


def test_who_withdraws_while_asked_is_told_of_too(app, leader):
    parts = proposals(3)
    made = collective_of(parts, leader)
    services.withdraw(parts[0], by=author_of(parts[0]), reason="Ya no hace falta.")
    (letter,) = queued("join_left")
    assert "Ya no hace falta." in written(letter).text
    assert waiting(made) == [parts[0].folio]


def test_nothing_is_left_to_look_at_where_the_whole_is_undone(app, leader):
    made, (one, _two) = joined(leader, 2)
    join_answers.leave(request_of(made, one), reason="No.", by=author_of(one))
    assert states(made) == ["withdrawn"] and queued("join_left") == []


def test_it_waits_until_somebody_says_why_it_may_stay(app, leader, as_principal):
    made, (one, two, *_rest) = joined(leader)
    join_answers.leave(request_of(made, one), reason="No.", by=author_of(one))
    shown = waiting(made)
    join_answers.leave(request_of(made, two), reason="Yo tampoco.", by=author_of(two))
    with pytest.raises(Invalid) as refused:
        lead_text.keep(made, shown, reason=" ", by=leader)
    assert refused.value.field == "reason"
    with pytest.raises(Forbidden):
        lead_text.keep(made, shown, reason="Dice lo mismo.", by=as_principal(person(Role.FACILITATOR)))
    lead_text.keep(made, shown, reason="Dice lo mismo.", by=leader)
    assert waiting(made) == [two.folio]  # left after the page was drawn
    (entry,) = acts(unions.KEPT)
    assert (entry.reason, entry.changes, entry.subject_ref) == (
        "Dice lo mismo.",
        {unions.WITHOUT: [one.folio]},
        made.folio,
    )
    with pytest.raises(Conflict):
        lead_text.keep(made, shown, reason="Otra vez.", by=leader)


def test_the_pages_say_it_until_it_was_looked_at(app, boss, leader, sign_in):
    made, (one, *_rest) = joined(leader)
    desk, union = sign_in(boss), f"/propuestas/{made.folio}/union"
    assert "Revisar el texto" not in desk.get(union).text
    assert "Nadie ha salido" in desk.get(f"{union}/texto").text
    join_answers.leave(request_of(made, one), reason="No.", by=author_of(one))
    shown = html.unescape(desk.get(union).text)
    assert "Una propuesta salió de la unión" in shown and "Revisar el texto común" in shown
    assert "revise el texto común" in desk.get("/propuestas/uniones").text
    page = desk.get(f"{union}/texto")
    assert one.problem in html.unescape(page.text)
    sent = {"csrf_token": token_in(page.text), "parte": one.folio}
    assert desk.post(f"{union}/texto", data={**sent, "reason": ""}).status_code == 422
    assert desk.post(f"{union}/texto", data={**sent, "reason": "Nada suyo queda."}).status_code == 303
    assert "Una propuesta salió" not in html.unescape(desk.get(union).text)
    again = desk.post(f"{union}/texto", data={**sent, "reason": "Nada suyo queda, repito."})
    assert again.status_code == 409 and "Nada suyo queda, repito." in again.text


def test_only_analysts_look(app, leader, sign_in, client):
    made, _parts = joined(leader)
    path = f"/propuestas/{made.folio}/union/texto"
    assert client.get(path).status_code == 302
    assert sign_in(person(Role.FACILITATOR)).get(path).status_code == 403
