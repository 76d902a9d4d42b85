"""A question to a collective proposal: every author gets it, the first answer counts, once."""

from __future__ import annotations

import html

import pytest

from intake.core.errors import Conflict, SignInNeeded
from intake.reception import queries
from intake.reception.queries import answering
from intake.reception.services import asking, join_answers
from models.enums import Role
from tests.conftest import token_in
from tests.reception.family import YES, author_of, collective_of, in_days, proposals, request_of, say
from tests.reception.talk import person, queued, written
from tests.reception.test_joining import acts

QUESTION, ANSWER = "¿En qué barrios no llega el agua?", "En los tres del norte."


@pytest.fixture
def boss(app):
    return person(Role.ANALYST, email="pregunta@demo.example")


@pytest.fixture
def family(analyst):
    """A collective proposal all of whose authors said yes, and its parts."""
    parts = proposals(3)
    made = collective_of(parts, analyst)
    for part in parts:
        say(made, part, YES)
    return made, parts


def ask(made, by):
    return asking.ask(made, QUESTION, due_on=in_days(10), by=by)


def test_every_author_gets_the_question_with_the_address_of_the_own_part(family, analyst):
    made, parts = family
    ask(made, analyst)
    letters = queued("proposal_question")
    assert [m.to_address for m in letters] == [f"autora{n}@demo.example" for n in (1, 2, 3)]
    for letter, part in zip(letters, parts, strict=True):
        text = written(letter).text
        assert QUESTION in text and f"/seguimiento/{part.folio}/responder" in text and part.title in text
        assert made.folio in text and "Basta que responda uno" in text
        letter.locale = "en"
        assert part.folio in written(letter).text


def test_the_first_answer_counts_and_who_asked_is_told(family, analyst):
    made, (one, two, _three) = family
    question = ask(made, analyst)
    for part in (one, two):
        assert answering.open_question(part).id == question.id
    asking.answer(two, question, ANSWER, by=author_of(two))
    with pytest.raises(Conflict):
        asking.answer(one, question, "En todos.", by=author_of(one))
    assert [q.answer for q in queries.story(made).questions] == [ANSWER]
    assert queries.story(two).questions == ()  # it was asked of the whole
    (entry,) = acts("information_request.answer")
    assert (entry.subject_ref, entry.changes["part"]) == (made.folio, two.folio)
    (letter,) = queued("proposal_question_answered")
    assert letter.to_address == "pregunta@demo.example"
    assert "Un autor de la propuesta colectiva" in written(letter).text and ANSWER in written(letter).text
    assert answering.open_question(one) is None
    assert ask(made, analyst).id != question.id  # another one may follow


def test_only_who_is_part_of_it_answers(family, analyst):
    made, (one, *_rest) = family
    question = ask(made, analyst)
    with pytest.raises(SignInNeeded):
        asking.answer(made, question, ANSWER, by=author_of(one))
    other = proposals(1)[0]
    with pytest.raises(Conflict):
        asking.answer(other, question, ANSWER, by=author_of(other))
    join_answers.leave(request_of(made, one), reason="No.", by=author_of(one))
    with pytest.raises(Conflict):
        asking.answer(one, question, ANSWER, by=author_of(one))
    assert question.answered_at is None


def test_nothing_is_asked_while_authors_may_still_join(app, analyst, boss, sign_in):
    parts = proposals(2)
    made = collective_of(parts, analyst)
    with pytest.raises(Conflict):
        ask(made, analyst)
    page = sign_in(boss).get(f"/propuestas/{made.folio}/preguntas")
    assert "Sus autores todavía pueden responder" in page.text and 'name="question"' not in page.text


def test_pages_from_the_union_to_an_answer_by_code(family, boss, sign_in, app):
    made, (one, two, _three) = family
    desk = sign_in(boss)
    assert f"/propuestas/{made.folio}/preguntas" in desk.get(f"/propuestas/{made.folio}/union").text
    page = desk.get(f"/propuestas/{made.folio}/preguntas")
    assert "a los autores de todas sus partes" in page.text
    sent = {"csrf_token": token_in(page.text), "question": QUESTION, "due_on": in_days(9).isoformat()}
    assert desk.post(f"/propuestas/{made.folio}/preguntas", data=sent).status_code == 303
    browser = app.test_client()
    assert "la respuesta de sus autores" in html.unescape(browser.get(f"/seguimiento/{one.folio}").text)
    author = _opened(app, one)
    assert "Responder al equipo" in author.get(f"/seguimiento/{one.folio}").text
    path = f"/seguimiento/{one.folio}/responder"
    page = author.get(path)
    assert QUESTION in html.unescape(page.text) and "Vale la primera respuesta." in page.text
    data = {"csrf_token": token_in(page.text), "question": str(answering.open_question(one).id), "text": ANSWER}
    asking.answer(two, answering.open_question(two), "Llegué antes.", by=author_of(two))
    late = author.post(path, data=data)
    assert late.status_code == 409 and ANSWER in html.unescape(late.text)
    assert "se respondió mientras usted escribía" in html.unescape(late.text)
    shown = html.unescape(browser.get(f"/propuestas/{made.folio}").text)
    assert QUESTION in shown and "Llegué antes." in shown


def _opened(app, proposal):
    """A browser that showed the code of a proposal."""
    browser = app.test_client()
    with browser.session_transaction() as kept:
        kept["claims"] = [proposal.id]
    return browser
