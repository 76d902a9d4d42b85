"""Questions to authors: who asks, who answers, until when, what is told, what the public reads."""

from __future__ import annotations

import html
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock, mail
from intake.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from intake.core.identity import GUEST
from intake.extensions import db
from intake.reception import services
from intake.reception.queries import answering
from intake.reception.services import asking
from models import AuditEntry, InformationRequest, ProposalContact
from models.enums import ProposalStatus as S
from models.enums import Role
from tests import factories
from tests.racing import answers
from tests.reception.talk import person, proposal, queued

PRESSES = 6
QUESTION = "¿En qué cantón ocurre esto?"


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def of_a_guest(**values):
    """A guest's proposal with an address."""
    made = proposal(**values)
    factories.save(ProposalContact(proposal_id=made.id, email="autora@demo.example"))
    db.session.commit()
    return made


def author_of(of):
    return services.holding(GUEST, of)


def test_a_question_is_mailed_in_full_with_its_day_and_traced(app, analyst):
    of = of_a_guest()
    due = in_days(7)
    made = asking.ask(of, f"  {QUESTION}  ", due_on=due, by=analyst)
    assert (made.question, made.due_on, made.asked_by_id, made.answered_at) == (QUESTION, due, analyst.user_id, None)
    (letter,) = queued("proposal_question")
    written = mail.render(letter.kind, letter.locale, letter.context)
    assert letter.to_address == "autora@demo.example"
    assert QUESTION in written.text
    assert mail.url_of(f"/seguimiento/{of.folio}/responder") in written.text
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "information_request.ask")).one()
    assert (entry.subject_ref, entry.user_id) == (of.folio, analyst.user_id)


def test_without_an_address_the_question_waits_on_the_page(app, analyst, client):
    of = proposal()
    asking.ask(of, QUESTION, due_on=in_days(7), by=analyst)
    assert queued("proposal_question") == []
    for path in (f"/propuestas/{of.folio}", f"/seguimiento/{of.folio}"):
        assert QUESTION in html.unescape(client.get(path).text)


@pytest.mark.parametrize(
    ("text", "days", "field"),
    [
        ("", 7, "question"),
        (" \n", 7, "question"),
        ("x " * 301, 7, "question"),
        (QUESTION, 2, "due_on"),
        (QUESTION, 61, "due_on"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(app, analyst, text, days, field):
    with pytest.raises(Invalid) as refused:
        asking.ask(proposal(), text, due_on=in_days(days), by=analyst)
    assert refused.value.field == field


def test_one_question_at_a_time(app, analyst):
    of = proposal()
    made = asking.ask(of, QUESTION, due_on=in_days(7), by=analyst)
    with pytest.raises(Conflict):
        asking.ask(of, "¿Y algo más?", due_on=in_days(7), by=analyst)
    asking.answer(of, made, "En Macas.", by=author_of(of))
    asking.ask(of, "¿Y algo más?", due_on=in_days(7), by=analyst)
    assert [q.question for q in answering.questions(of)] == [QUESTION, "¿Y algo más?"]


@pytest.mark.parametrize("status", [S.REFUSAL_PROPOSED, S.ADMITTED, S.WITHDRAWN, S.NOT_ADMITTED, S.SELECTED])
def test_once_examined_nothing_is_asked(app, analyst, status):
    with pytest.raises(Conflict):
        asking.ask(proposal(status=status), QUESTION, due_on=in_days(7), by=analyst)


def test_only_analysts_ask_and_not_their_own_proposal(app, analyst, as_principal):
    with pytest.raises(SignInNeeded):
        asking.ask(proposal(), QUESTION, due_on=in_days(7), by=GUEST)
    with pytest.raises(Forbidden):
        asking.ask(proposal(), QUESTION, due_on=in_days(7), by=as_principal(person(Role.DIRECTORATE)))
    with pytest.raises(Forbidden):
        asking.ask(proposal(author_id=analyst.user_id), QUESTION, due_on=in_days(7), by=analyst)


def test_the_author_answers_once_and_who_asked_is_told(app, analyst):
    of = of_a_guest()
    made = asking.ask(of, QUESTION, due_on=in_days(7), by=analyst)
    asking.answer(of, made, "En Macas, junto al río.", by=author_of(of))
    assert made.answer == "En Macas, junto al río."
    (letter,) = queued("proposal_question_answered")
    written = mail.render(letter.kind, letter.locale, letter.context)
    assert letter.to_address == "analista@demo.example"
    assert "En Macas, junto al río." in written.text
    assert "después del plazo" not in written.text
    before = {name: value for name, value in letter.context.items() if name != "of_several"}  # queued by older code
    assert mail.render(letter.kind, letter.locale, before).text == written.text
    with pytest.raises(Conflict):
        asking.answer(of, made, "Otra vez.", by=author_of(of))
    assert made.answer == "En Macas, junto al río."


def test_nobody_else_answers(app, analyst, as_principal):
    of = proposal()
    made = asking.ask(of, QUESTION, due_on=in_days(7), by=analyst)
    with pytest.raises(SignInNeeded):
        asking.answer(of, made, "Yo", by=GUEST)
    for other in (analyst, as_principal(person()), author_of(proposal())):
        with pytest.raises((Forbidden, SignInNeeded)):
            asking.answer(of, made, "Yo", by=other)


def test_an_answer_counts_to_the_end_of_its_day_in_ecuador_and_is_late_after(app, analyst, client):
    with time_machine.travel("2026-03-02 15:00 +0000", tick=False):
        first, second = proposal(), proposal()
        asked = [asking.ask(of, QUESTION, due_on=date(2026, 3, 10), by=analyst) for of in (first, second)]
    with time_machine.travel("2026-03-11 04:59 +0000", tick=False):  # 23:59 of the tenth in Ecuador
        asking.answer(first, asked[0], "A tiempo.", by=author_of(first))
    with time_machine.travel("2026-03-11 05:01 +0000", tick=False):
        asking.answer(second, asked[1], "Perdón por la demora.", by=author_of(second))
        assert "Después del plazo" not in client.get(f"/propuestas/{first.folio}").text
        page = html.unescape(client.get(f"/propuestas/{second.folio}").text)
    assert "Después del plazo" in page
    assert "después del plazo" in page  # in the story too
    assert queued("proposal_question_answered")[1].context["late"] is True


def test_a_late_answer_is_taken_after_the_examination_but_not_after_withdrawal(app, analyst):
    admitted, withdrawn = proposal(), proposal()
    asked = [asking.ask(of, QUESTION, due_on=in_days(7), by=analyst) for of in (admitted, withdrawn)]
    services.move(admitted, "admit", by=analyst, reason="Cumple.")
    services.withdraw(withdrawn, by=author_of(withdrawn), reason="La haré mejor.")
    asking.answer(admitted, asked[0], "En Macas.", by=author_of(admitted))
    with pytest.raises(Conflict):
        asking.answer(withdrawn, asked[1], "En Macas.", by=author_of(withdrawn))


def test_a_question_of_another_proposal_is_not_answered_here(app, analyst):
    one, other = proposal(), proposal()
    made = asking.ask(one, QUESTION, due_on=in_days(7), by=analyst)
    with pytest.raises(Conflict):
        asking.answer(other, made, "En Macas.", by=author_of(other))


def test_pages_from_question_to_answer_without_an_account(app, sign_in, post, client):
    of = of_a_guest(claim_code_hash=None)
    staff = sign_in(person(Role.ANALYST))
    path = f"/propuestas/{of.folio}/preguntas"
    assert post(staff, path, question="", due_on="").status_code == 422
    kept = post(staff, path, question=QUESTION, due_on=in_days(1).isoformat())
    assert (kept.status_code, QUESTION in html.unescape(kept.text)) == (422, True)
    assert post(staff, path, question=QUESTION, due_on=in_days(9).isoformat()).status_code == 303
    again = staff.get(path)
    assert 'name="question"' not in again.text
    answer = f"/seguimiento/{of.folio}/responder"
    led = client.get(answer)
    assert (led.status_code, led.location) == (302, f"/seguimiento/{of.folio}")
    with client.session_transaction() as kept_session:
        kept_session["claims"] = [of.id]
    page = client.get(answer)
    assert page.status_code == 200, page.text
    number = answering.open_question(of).id
    assert post(client, answer, question=str(number), text="").status_code == 422
    assert post(client, answer, question=str(number), text="En Macas.").status_code == 303
    db.session.expire_all()
    assert answering.questions(of)[0].answer == "En Macas."
    stale = client.post(answer, data={"csrf_token": "x", "question": str(number), "text": "Otra respuesta"})
    assert (stale.status_code, "Otra respuesta" in stale.text) == (409, True)
    assert "se respondió mientras usted escribía" in stale.text
    public = html.unescape(app.test_client().get(f"/propuestas/{of.folio}").text)
    assert QUESTION in public
    assert "En Macas." in public


def test_an_answer_to_a_question_that_was_answered_elsewhere_is_kept_beside_the_next_one(app, analyst, client, post):
    of = of_a_guest(claim_code_hash=None)
    first = asking.ask(of, QUESTION, due_on=in_days(7), by=analyst)
    asking.answer(of, first, "En Macas.", by=author_of(of))
    asking.ask(of, "¿Y desde cuándo?", due_on=in_days(7), by=analyst)
    with client.session_transaction() as kept_session:
        kept_session["claims"] = [of.id]
    path = f"/seguimiento/{of.folio}/responder"
    seen = post(client, path, question=str(first.id), text="En el centro de Macas")
    shown = html.unescape(seen.text)
    assert seen.status_code == 409 and "ya no espera respuesta" in shown
    assert "¿Y desde cuándo?" in shown and "En el centro de Macas" in shown
    second = answering.open_question(of)
    assert f'value="{second.id}"' in seen.text
    assert post(client, path, question=str(second.id), text="Desde ayer").status_code == 303
    db.session.expire_all()
    assert [q.answer for q in answering.questions(of)] == ["En Macas.", "Desde ayer"]


def test_guests_and_other_roles_do_not_ask(app, sign_in, client):
    of = proposal()
    assert client.get(f"/propuestas/{of.folio}/preguntas").status_code == 302
    for role in (Role.FACILITATOR, Role.DIRECTORATE, Role.REVIEWER):
        assert sign_in(person(role)).get(f"/propuestas/{of.folio}/preguntas").status_code == 403


def test_examining_before_the_day_is_warned_of_and_done_on_purpose(app, sign_in, analyst, post):
    of = proposal()
    asking.ask(of, QUESTION, due_on=in_days(7), by=analyst)
    browser = sign_in(person(Role.ANALYST))
    path = f"/evaluacion/{of.folio}"
    met = {"is_clear": "si", "is_collaborative": "si", "is_open_government": "si", "is_public_policy": "si"}
    given = {"kind": "examen", **met, "reason": "Cumple con todo."}
    page = html.unescape(browser.get(path).text)
    assert QUESTION in page
    assert 'name="despite"' in page
    warned = post(browser, path, **given)
    assert (warned.status_code, "decide sin esperar" in html.unescape(warned.text)) == (422, True)
    assert "Cumple con todo." in warned.text
    db.session.refresh(of)
    assert of.status is S.SUBMITTED
    assert post(browser, path, **given, despite="y").status_code == 302
    db.session.refresh(of)
    assert of.status is S.ADMITTED


def test_after_the_day_nothing_is_awaited(app, sign_in, analyst, post):
    of = proposal()
    made = asking.ask(of, QUESTION, due_on=in_days(7), by=analyst)
    made.due_on = in_days(-1)
    db.session.commit()
    page = sign_in(person(Role.ANALYST)).get(f"/evaluacion/{of.folio}").text
    assert 'name="despite"' not in page


def test_two_answers_at_once_keep_one(receiving):
    with receiving.app_context():
        from models import Plan

        of = factories.proposal(db.session.scalars(sa.select(Plan)).one())
        factories.save(
            InformationRequest(proposal_id=of.id, question=QUESTION, asked_at=clock.now(), due_on=in_days(5))
        )
        db.session.commit()
        folio = of.folio

    def press():
        from intake.reception import queries

        mine = queries.by_folio(folio)
        return asking.answer(mine, answering.questions(mine)[0], "En Macas.", by=author_of(mine))

    found = answers(receiving, *[press] * PRESSES)
    assert [type(f) for f in found if f is not None] == [Conflict] * (PRESSES - 1)
    with receiving.app_context():
        count = sa.select(sa.func.count()).where(AuditEntry.action == "information_request.answer")
        assert db.session.scalar(count) == 1


def test_two_questions_at_once_keep_one(receiving):
    from intake.accounts import queries as accounts
    from intake.reception import queries
    from models import Plan

    with receiving.app_context():
        folio = factories.proposal(db.session.scalars(sa.select(Plan)).one()).folio
        me = factories.user(Role.ANALYST).id
        db.session.commit()

    def press():
        by = accounts.principal_of(me)[0]
        return asking.ask(queries.by_folio(folio), QUESTION, due_on=in_days(5), by=by).question

    found = answers(receiving, *[press] * PRESSES)
    assert sorted(str(f) for f in found if f == QUESTION) == [QUESTION]
    assert [type(f) for f in found if f != QUESTION] == [Conflict] * (PRESSES - 1)
