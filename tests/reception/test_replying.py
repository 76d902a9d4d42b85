"""The right of reply: when, once, in public, and answered by somebody who had no hand in the decision."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock, mail
from intake.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from intake.core.identity import GUEST
from intake.evaluation import services as evaluation
from intake.evaluation.inputs import ExaminationInput
from intake.extensions import db
from intake.reception import answers, queries, services
from intake.reception.queries import answering
from intake.reception.services import replying
from intake.selection.services import release
from intake.web.filters import fecha
from models import AuthorReply, Plan, ProposalContact
from models.enums import ProposalStatus as S
from models.enums import Role, StageKind
from tests import factories, racing
from tests.reception.talk import person, proposal, queued

PRESSES = 6
WRONG = ExaminationInput(
    is_clear=False, is_collaborative=True, is_open_government=True, is_public_policy=True, reason="No dice dónde."
)
DECIDED = {"reserve": S.RESERVE, "leave_outside": S.OUTSIDE_PLAN, "defer": S.NEXT_PLAN}


def author_of(of):
    return services.holding(GUEST, of)


@pytest.fixture
def team(app, as_principal):
    """Two analysts and the Directorate."""
    roles = (Role.ANALYST, Role.ANALYST, Role.DIRECTORATE)
    return [as_principal(person(role)) for role in roles]


def refused(team, **values):
    """A proposal that the first analyst examined and the second refused."""
    of = proposal(**values)
    factories.save(ProposalContact(proposal_id=of.id, email="autora@demo.example"))
    evaluation.examine(of, WRONG, by=team[0])
    evaluation.countersign(of, confirm=True, reason="De acuerdo.", by=team[1])
    return of


def test_the_mail_of_a_refusal_names_the_last_day_and_the_place(team):
    of = refused(team)
    (letter,) = queued("proposal_refuse")
    written = mail.render(letter.kind, letter.locale, letter.context).text
    last = clock.today() + timedelta(days=answers.REPLY_DAYS)
    assert answers.REPLY_DAYS == 10
    assert f"hasta el {fecha(last)}" in written
    assert mail.url_of(f"/seguimiento/{of.folio}/replica") in written


@pytest.mark.parametrize("action", list(DECIDED))
def test_each_decision_that_is_not_the_plan_opens_the_right(team, client, action):
    of = proposal(StageKind.SELECTION, S.EVALUATED)
    factories.save(ProposalContact(proposal_id=of.id, email="autora@demo.example"))
    services.move(of, action, by=team[2], reason="Por sus méritos.")
    (letter,) = queued(f"proposal_{action}")
    last = fecha(clock.today() + timedelta(days=10))
    assert last in mail.render(letter.kind, letter.locale, letter.context).text
    for path in (f"/propuestas/{of.folio}", f"/seguimiento/{of.folio}"):
        assert f"puede replicar a esta decisión una vez, hasta el {last}" in html.unescape(client.get(path).text)
    assert replying.reply(of, "No estoy de acuerdo.", by=author_of(of)).text == "No estoy de acuerdo."


@pytest.mark.parametrize("status", [S.SUBMITTED, S.ADMITTED, S.SELECTED, S.WITHDRAWN, S.NOT_ADMITTED])
def test_without_such_a_decision_there_is_nothing_to_reply_to(app, status):
    of = proposal(status=status)  # and of a past plan no decision is in the trace
    with pytest.raises(Conflict):
        replying.reply(of, "No estoy de acuerdo.", by=author_of(of))


def test_being_selected_opens_no_right(team):
    of = proposal(StageKind.SELECTION, S.EVALUATED, author_id=person(email="a@demo.example").id)
    services.move(of, "select", by=team[2], reason="Por sus méritos.")
    (letter,) = queued("proposal_select")
    assert letter.context["reply_until"] is None
    with pytest.raises(Conflict):
        replying.reply(of, "Gracias.", by=author_of(of))


def test_ten_days_of_ecuador_and_not_an_hour_more(app, as_principal, client):
    with time_machine.travel("2026-03-02 04:30 +0000", tick=False):  # still the first of March in Ecuador
        staff = [as_principal(person(Role.ANALYST)) for _ in range(2)]
        first, second = refused(staff), refused(staff)
    with time_machine.travel("2026-03-12 04:59 +0000", tick=False):  # 23:59 of the eleventh
        assert "puede replicar" in client.get(f"/seguimiento/{first.folio}").text
        replying.reply(first, "Todavía a tiempo.", by=author_of(first))
    with time_machine.travel("2026-03-12 05:00 +0000", tick=False):
        assert "puede replicar" not in client.get(f"/seguimiento/{second.folio}").text
        with pytest.raises(Conflict):
            replying.reply(second, "Tarde.", by=author_of(second))
    assert answering.reply_of(second) is None


def test_what_became_of_a_reserve_opens_its_own_term(app, as_principal):
    with time_machine.travel("2026-03-02 15:00 +0000", tick=False):
        by = as_principal(person(Role.DIRECTORATE))
        of = proposal(StageKind.SELECTION, S.EVALUATED)
        services.move(of, "reserve", by=by, reason="Espera un lugar.")
    with time_machine.travel("2026-05-02 15:00 +0000", tick=False):
        with pytest.raises(Conflict):
            replying.reply(of, "Tarde.", by=author_of(of))
        release(of, "No se liberó ningún lugar.", by=as_principal(person(Role.DIRECTORATE)))
        replying.reply(of, "A tiempo.", by=author_of(of))


def test_once_and_not_empty_and_only_by_the_author(team, as_principal):
    of = refused(team)
    with pytest.raises(SignInNeeded):
        replying.reply(of, "Yo", by=GUEST)
    with pytest.raises(Forbidden):
        replying.reply(of, "Yo", by=as_principal(person()))
    for text in ("", " \n ", "x " * 601):
        with pytest.raises(Invalid):
            replying.reply(of, text, by=author_of(of))
    replying.reply(of, "No estoy de acuerdo.", by=author_of(of))
    with pytest.raises(Conflict):
        replying.reply(of, "Y además.", by=author_of(of))
    assert answering.reply_of(of).text == "No estoy de acuerdo."


def test_who_examined_or_signed_does_not_answer_and_a_second_official_does(team, client):
    of = refused(team)
    replying.reply(of, "No estoy de acuerdo.", by=author_of(of))
    for official in team[:2]:
        with pytest.raises(Forbidden):
            replying.answer_reply(of, "Leímos su réplica.", by=official)
    replying.answer_reply(of, "Leímos su réplica.", by=team[2])
    made = answering.reply_of(of)
    assert (made.answer, made.answered_by_id) == ("Leímos su réplica.", team[2].user_id)
    (letter,) = queued("proposal_reply_answered")
    written = mail.render(letter.kind, letter.locale, letter.context).text
    assert letter.to_address == "autora@demo.example"
    assert "Leímos su réplica." in written
    assert "No estoy de acuerdo." in written
    page = html.unescape(client.get(f"/propuestas/{of.folio}").text)
    assert "No estoy de acuerdo." in page
    assert "Leímos su réplica." in page
    with pytest.raises(Conflict):
        replying.answer_reply(of, "Otra vez.", by=team[2])


def test_who_released_a_reserve_does_not_answer_but_who_only_published_may(team, as_principal):
    released, published = (proposal(StageKind.SELECTION, S.EVALUATED) for _ in range(2))
    services.move(released, "reserve", by=team[2], reason="Espera un lugar.")
    other = as_principal(person(Role.DIRECTORATE))
    release(released, "No se liberó ningún lugar.", by=other)
    services.move(published, "leave_outside", by=team[2], reason="No es competencia.")
    for of in (released, published):
        replying.reply(of, "No estoy de acuerdo.", by=author_of(of))
    with pytest.raises(Forbidden):
        replying.answer_reply(released, "Leímos.", by=other)
    for of in (released, published):
        replying.answer_reply(of, "Leímos.", by=team[2])


def test_the_author_and_other_roles_do_not_answer(team, as_principal):
    me = person(Role.DIRECTORATE, email="autora2@demo.example")
    of = proposal(author_id=me.id)
    evaluation.examine(of, WRONG, by=team[0])
    evaluation.countersign(of, confirm=True, reason="De acuerdo.", by=team[1])
    replying.reply(of, "No estoy de acuerdo.", by=as_principal(me))
    for other in (as_principal(me), as_principal(person(Role.REVIEWER)), as_principal(person(Role.CORE_GROUP))):
        with pytest.raises(Forbidden):
            replying.answer_reply(of, "Leímos.", by=other)
    with pytest.raises(Conflict):
        replying.answer_reply(refused(team), "No hay nada que responder.", by=team[2])


def test_pages_from_reply_to_answer(team, sign_in, post, client, app):
    of = refused(team)
    path = f"/seguimiento/{of.folio}/replica"
    assert client.get(path).location == f"/seguimiento/{of.folio}"
    with client.session_transaction() as kept:
        kept["claims"] = [of.id]
    assert "No dice dónde." in client.get(path).text
    assert f'href="{path}"' in client.get(f"/seguimiento/{of.folio}").text
    assert post(client, path, text="").status_code == 422
    assert post(client, path, text="No estoy de acuerdo.").status_code == 303
    twice = client.post(path, data={"csrf_token": "x", "text": "Y además."})
    assert (twice.status_code, "Y además." in html.unescape(twice.text)) == (409, True)
    answer = f"/propuestas/{of.folio}/replica"
    from models import User

    involved = sign_in(db.session.get_one(User, team[0].user_id))
    assert "Usted intervino" in involved.get(answer).text
    assert 'name="text"' not in involved.get(answer).text
    free = sign_in(db.session.get_one(User, team[2].user_id))
    forced = involved.post(answer, data={"csrf_token": _token(free, answer), "text": "Yo mismo."})
    assert forced.status_code in {403, 422}
    desk = html.unescape(free.get("/direccion/").text)
    assert '<a href="/propuestas/replicas">1 réplica sin responder</a>' in desk
    assert f'href="{answer}"' in free.get("/propuestas/replicas").text
    assert post(free, answer, text="Leímos su réplica.").status_code == 303
    assert "réplica sin responder" not in html.unescape(free.get("/direccion/").text)
    assert client.get(answer).status_code in {302, 403}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_replies_takes_the_same_statements(app, sign_in, count_queries, rows):
    plan = factories.plan(StageKind.SELECTION, code="PAGA3")
    for _n in range(rows):
        of = factories.proposal(plan, S.OUTSIDE_PLAN)
        factories.save(AuthorReply(proposal_id=of.id, text="No.", replied_at=clock.now()))
    browser = sign_in(factories.user(Role.DIRECTORATE))
    db.session.commit()
    browser.get("/propuestas/replicas")
    with count_queries() as statements:
        page = browser.get("/propuestas/replicas")
    assert (page.status_code, len(statements)) == (200, 4)
    assert page.text.count('<th scope="row">') == rows
    assert sign_in(factories.user(Role.FACILITATOR)).get("/propuestas/replicas").status_code == 403


def _token(browser, path):
    from tests.conftest import token_in

    return token_in(browser.get(path).text)


def test_two_replies_at_once_keep_one(receiving):
    with receiving.app_context():
        of = factories.proposal(db.session.scalars(sa.select(Plan)).one(), S.EVALUATED)
        by = factories.user(Role.DIRECTORATE)
        db.session.commit()
        from intake.accounts import queries as accounts

        services.move(of, "leave_outside", by=accounts.principal_of(by.id)[0], reason="No.")
        folio = of.folio

    def press():
        mine = queries.by_folio(folio)
        return replying.reply(mine, "No estoy de acuerdo.", by=author_of(mine)).text

    found = racing.answers(receiving, *[press] * PRESSES)
    assert [f for f in found if isinstance(f, str)] == ["No estoy de acuerdo."]
    assert [type(f) for f in found if not isinstance(f, str)] == [Conflict] * (PRESSES - 1)
