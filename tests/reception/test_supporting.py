"""Supports: one for each person, whichever way they came; totals; what is refused; what a guest's asking tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock, limits
from intake.core.errors import Conflict, Forbidden, Gone, NotFound, SignInNeeded, StageClosed, TooMany
from intake.core.identity import GUEST
from intake.extensions import db
from intake.reception.queries import conversation as reading
from intake.reception.services import supporting
from models import AuditEntry, Plan, Proposal, Support
from models.enums import ProposalStatus, Role, StageKind
from tests import factories
from tests.conftest import token_in
from tests.reception.talk import counts, link_in, person, proposal, queued, supports

IP = "192.0.2.1"
MAIL = "rosa@demo.example"


def ask(of, email=MAIL, address=IP):
    supporting.ask(of, email, address=address)


def plan_of(of) -> Plan:
    return db.session.get_one(Plan, of.plan_id)


def token_of(message) -> str:
    return link_in(message).rpartition("/")[2]


def test_an_account_supports_once_and_may_take_it_back(app, as_principal):
    of, by = proposal(), as_principal(person())
    version = of.lock_version
    assert [supporting.give(of, by=by), supporting.give(of, by=by)] == [True, False]
    assert (counts(of)[0], supports(of)) == (1, 1)
    assert [supporting.take_back(of, by=by), supporting.take_back(of, by=by)] == [True, False]
    assert (counts(of)[0], supports(of)) == (0, 0)
    assert supporting.give(of, by=by) is True
    assert db.session.scalar(sa.select(Proposal.lock_version).where(Proposal.id == of.id)) == version
    acts = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject_type == "support"))
    assert list(acts) == ["support.give", "support.take_back", "support.give"]


def test_a_guest_is_refused_the_button_of_accounts(app):
    of = proposal()
    with pytest.raises(SignInNeeded):
        supporting.give(of, by=GUEST)


def test_a_guest_counts_after_the_press_of_the_mailed_link_and_once(app):
    of = proposal()
    ask(of)
    (message,) = queued("support_confirm")
    assert (message.to_address, counts(of)[0]) == (MAIL, 0)
    token = token_of(message)
    assert supporting.look_at_link(token)[1] is False
    assert supporting.confirm(token, by=GUEST)[1] is True
    assert supporting.confirm(token, by=GUEST)[1] is False
    assert (counts(of)[0], supports(of)) == (1, 1)


def test_no_address_of_a_guest_is_in_the_row_or_the_trace(app):
    of = proposal()
    ask(of)
    supporting.confirm(token_of(queued("support_confirm")[0]), by=GUEST)
    row = db.session.scalars(sa.select(Support)).one()
    assert len(row.person_key) == 64
    assert "rosa" not in str(vars(row))
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "support.give")).one()
    assert row.person_key not in str(entry.changes)
    assert "rosa" not in str(entry.changes)


def test_a_guest_takes_it_back_with_the_same_link_which_then_opens_nothing(app):
    of = proposal()
    ask(of)
    token = token_of(queued("support_confirm")[0])
    supporting.confirm(token, by=GUEST)
    supporting.take_back_by_link(token, by=GUEST)
    assert (counts(of)[0], supports(of)) == (0, 0)
    with pytest.raises(NotFound):
        supporting.look_at_link(token)


def test_asking_again_says_in_the_mail_alone_that_it_counts_already(app):
    of = proposal()
    ask(of)
    supporting.confirm(token_of(queued("support_confirm")[0]), by=GUEST)
    ask(of, " ROSA@demo.example ")
    (again,) = queued("support_counted")
    assert supporting.look_at_link(token_of(again))[1] is True
    assert (counts(of)[0], len(queued("support_confirm"))) == (1, 1)


def test_who_supported_as_a_guest_and_then_with_the_account_counts_once(app, as_principal):
    of, by = proposal(), as_principal(person(email=MAIL))
    ask(of)
    supporting.confirm(token_of(queued("support_confirm")[0]), by=GUEST)
    assert supporting.give(of, by=by) is False
    assert (counts(of)[0], supports(of)) == (1, 1)
    assert reading.own_support(of, by.user_id, by.email).confirmed_at is not None
    assert supporting.take_back(of, by=by) is True
    assert (counts(of)[0], supports(of)) == (0, 0)


def test_who_supported_with_the_account_and_then_as_a_guest_counts_once(app, as_principal):
    of, by = proposal(), as_principal(person(email=MAIL))
    supporting.give(of, by=by)
    ask(of)
    assert (len(queued("support_confirm")), len(queued("support_counted"))) == (0, 1)
    assert (counts(of)[0], supports(of)) == (1, 1)


def test_an_unconfirmed_guest_row_becomes_the_account_s(app, as_principal):
    of, by = proposal(), as_principal(person(email=MAIL))
    ask(of)
    assert supporting.give(of, by=by) is True
    assert supporting.confirm(token_of(queued("support_confirm")[0]), by=GUEST)[1] is False
    assert (counts(of)[0], supports(of)) == (1, 1)


def test_an_account_that_changed_its_address_still_counts_once(app, as_principal):
    of, user = proposal(), person(email="antes@demo.example")
    supporting.give(of, by=as_principal(user))
    user.email = MAIL
    db.session.commit()
    ask(of)
    assert [len(queued("support_confirm")), len(queued("support_counted"))] == [0, 1]
    assert supporting.give(of, by=as_principal(user)) is False
    assert (counts(of)[0], supports(of)) == (1, 1)


def test_a_guest_row_with_the_new_address_of_an_account_is_merged_into_its_own(app, as_principal):
    of, user = proposal(), person(email="antes@demo.example")
    supporting.give(of, by=as_principal(user))
    ask(of)
    supporting.confirm(token_of(queued("support_confirm")[0]), by=GUEST)
    assert counts(of)[0] == 2
    user.email = MAIL
    db.session.commit()
    assert supporting.give(of, by=as_principal(user)) is False
    assert (counts(of)[0], supports(of)) == (1, 1)


def test_an_address_that_another_account_left_may_support_again(app, as_principal):
    of, first = proposal(), person(email=MAIL)
    supporting.give(of, by=as_principal(first))
    first.email = "despues@demo.example"
    db.session.commit()
    assert supporting.give(of, by=as_principal(person(email=MAIL))) is True
    assert (counts(of)[0], supports(of)) == (2, 2)


@pytest.mark.parametrize("stage", [StageKind.SELECTION, StageKind.ACCOUNTABILITY, None])
def test_outside_reception_and_evaluation_nobody_supports(app, as_principal, stage):
    of, by = proposal(stage), as_principal(person())
    with pytest.raises(StageClosed, match="recepción y evaluación"):
        supporting.give(of, by=by)
    with pytest.raises(StageClosed):
        ask(of)
    assert (counts(of)[0], queued("support_confirm")) == (0, [])


@pytest.mark.parametrize("stage", [StageKind.RECEPTION, StageKind.EVALUATION])
def test_in_both_stages_people_support(app, as_principal, stage):
    assert supporting.give(proposal(stage), by=as_principal(person())) is True


@pytest.mark.parametrize("status", [ProposalStatus.WITHDRAWN, ProposalStatus.NOT_ADMITTED, ProposalStatus.SELECTED])
def test_what_is_answered_gathers_no_more(app, as_principal, status):
    given = {"withdrawn_at": clock.now()} if status is ProposalStatus.WITHDRAWN else {}
    of = proposal(status=status, **given)
    with pytest.raises(Conflict):
        supporting.give(of, by=as_principal(person()))


def test_a_link_pressed_after_the_stage_closed_does_not_count_but_one_counted_may_go(app):
    of = proposal()
    ask(of)
    ask(of, "luis@demo.example")
    first, second = (token_of(m) for m in queued("support_confirm"))
    supporting.confirm(first, by=GUEST)
    with time_machine.travel(clock.now() + timedelta(hours=40), tick=False):
        db.session.execute(sa.text("UPDATE stage SET opens_on = NULL, closes_on = NULL"))
        db.session.commit()
        with pytest.raises(StageClosed):
            supporting.confirm(second, by=GUEST)
        supporting.take_back_by_link(first, by=GUEST)
    assert (counts(of)[0], supports(of)) == (0, 0)


def test_an_old_link_is_gone_and_what_nobody_confirmed_is_forgotten(app):
    of = proposal()
    ask(of)
    token = token_of(queued("support_confirm")[0])
    late = clock.now() + timedelta(hours=supporting.LINK_HOURS, minutes=1)
    with time_machine.travel(late, tick=False), pytest.raises(Gone):
        supporting.confirm(token, by=GUEST)
    assert supporting.forget_unconfirmed() == 0
    with time_machine.travel(clock.now() + timedelta(days=supporting.FORGOTTEN_DAYS, minutes=1), tick=False):
        assert supporting.forget_unconfirmed() == 1
    assert counts(of)[0] == 0


@pytest.mark.usefixtures("inside_window")
def test_mails_are_limited_by_address_and_by_network_the_same_for_known_and_unknown(app, as_principal):
    of = proposal()
    supporting.give(of, by=as_principal(person(email=MAIL)))
    for email in (MAIL, "nadie@demo.example"):
        for _ in range(supporting.FOR_ONE.times):
            ask(of, email)
        with pytest.raises(TooMany) as refused:
            ask(of, email)
        assert refused.value.details["retry_after_seconds"] > 0
    assert (len(queued("support_counted")), len(queued("support_confirm"))) == (3, 3)


@pytest.mark.usefixtures("inside_window")
def test_a_network_is_limited(app, monkeypatch):
    of = proposal()
    monkeypatch.setattr(supporting, "FROM_NETWORK", limits.Limit("support_network", times=2, minutes=60))
    ask(of, "a@demo.example")
    ask(of, "b@demo.example")
    with pytest.raises(TooMany):
        ask(of, "c@demo.example")
    assert len(queued("support_confirm")) == 2


def test_a_family_counts_people_once(app, as_principal):
    lead = proposal()
    joined = factories.proposal(plan_of(lead), ProposalStatus.SUBMITTED)
    db.session.commit()
    ana, luis = as_principal(person(email=MAIL)), as_principal(person())
    supporting.give(lead, by=ana)
    supporting.give(joined, by=luis)
    supporting.give(joined, by=ana)
    ask(lead, "eva@demo.example")
    ask(joined, "eva@demo.example")
    for message in queued("support_confirm"):
        supporting.confirm(token_of(message), by=GUEST)
    db.session.execute(
        sa.update(Proposal.__table__).where(Proposal.id == joined.id).values(status="joined", joined_to_id=lead.id)
    )
    assert reading.family_supports(lead) == 3
    assert (counts(lead)[0], counts(joined)[0]) == (2, 3)


def page_of(of) -> str:
    return f"/propuestas/{of.folio}/apoyar"


def test_the_page_of_an_account_gives_and_takes_back(app, sign_in, post):
    of, user = proposal(), person()
    browser = sign_in(user)
    assert "0 personas la apoyan" in browser.get(page_of(of)).text
    answer = post(browser, page_of(of))
    assert (answer.status_code, answer.location) == (303, page_of(of))
    page = browser.get(page_of(of)).text
    assert "Contamos su apoyo" in page
    assert "Retirar mi apoyo" in page
    assert "1 persona la apoya" in client_text(app, of)
    post(browser, page_of(of), action="retirar")
    assert counts(of)[0] == 0


def client_text(app, of) -> str:
    return app.test_client().get(f"/propuestas/{of.folio}").text


def test_a_guest_s_way_through_the_pages(app, client):
    of = proposal()
    token = token_in(client.get(page_of(of)).text)
    sent = client.post(page_of(of), data={"csrf_token": token, "email": MAIL})
    assert (sent.status_code, sent.location) == (303, f"{page_of(of)}/enviado")
    assert "Revise su correo" in client.get(sent.location).text
    path = link_in(queued("support_confirm")[0])
    seen = client.get(path)
    assert (seen.status_code, seen.headers["Cache-Control"], counts(of)[0]) == (200, "no-store", 0)
    done = client.post(path, data={"csrf_token": token_in(seen.text)})
    assert (done.status_code, done.location, counts(of)[0]) == (303, f"/propuestas/{of.folio}", 1)


def test_the_answer_to_a_guest_is_the_same_for_known_and_unknown_addresses(app, client, as_principal):
    of = proposal()
    supporting.give(of, by=as_principal(person(email=MAIL)))
    answers = []
    for email in (MAIL, "nadie@demo.example"):
        token = token_in(client.get(page_of(of)).text)
        sent = client.post(page_of(of), data={"csrf_token": token, "email": email})
        answers.append((sent.status_code, sent.location))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("email", ["", "no", "a b@demo.example", "x" * 300 + "@demo.example", "\x00"])
def test_a_bad_address_is_refused_with_what_was_typed(app, client, email):
    of = proposal()
    token = token_in(client.get(page_of(of)).text)
    assert client.post(page_of(of), data={"csrf_token": token, "email": email}).status_code == 422
    assert queued("support_confirm") == []


@pytest.mark.parametrize("stage", [StageKind.SELECTION, None])
def test_when_closed_the_page_says_so_in_words(app, client, stage):
    page = client.get(page_of(proposal(stage))).text
    assert "Hoy ninguna de las dos está abierta." in page
    assert 'name="email"' not in page


def test_the_page_of_a_withdrawn_one_says_that_it_was_withdrawn(app, client):
    page = client.get(page_of(proposal(status=ProposalStatus.WITHDRAWN))).text
    assert "fue retirada: no recibe más apoyos" in page
    assert "ya tiene su respuesta" not in page


def test_an_unknown_link_opens_nothing(app, client):
    assert client.get(f"/apoyos/{'x' * 43}").status_code == 404


@pytest.mark.parametrize("status", [ProposalStatus.HELD, ProposalStatus.DISCARDED])
def test_nobody_supports_what_is_set_aside(app, client, status):
    of = proposal(status=status)
    assert client.get(page_of(of)).status_code == 403
    assert client.get(f"/propuestas/{of.folio}/comentarios").status_code == 403


def test_totals_are_hidden_until_the_day_and_the_directorate_sets_it(app, client, sign_in, post, as_principal):
    of = proposal()
    supporting.give(of, by=as_principal(person()))
    path = f"/planes/{plan_of(of).code}/apoyos"
    assert sign_in(person(Role.ANALYST)).get(path).status_code == 403
    last = clock.today() + timedelta(days=3)
    done = post(sign_in(person(Role.DIRECTORATE)), path, until=last.isoformat())
    assert done.status_code == 303
    for address in (f"/propuestas/{of.folio}", page_of(of)):
        page = client.get(address).text
        assert "1 persona la apoya" not in page, address
        assert "después del" in page, address
    with time_machine.travel(clock.now() + timedelta(days=4), tick=False):
        assert "1 persona la apoya" in client.get(f"/propuestas/{of.folio}").text


def test_only_who_plans_hides_totals(app, as_principal):
    of = proposal()
    with pytest.raises(Forbidden):
        supporting.hide_totals(plan_of(of), clock.today(), by=as_principal(person(Role.ANALYST)))


def test_the_daily_command_says_what_it_forgot(app):
    ask(proposal())
    with time_machine.travel(clock.now() + timedelta(days=supporting.FORGOTTEN_DAYS, minutes=1), tick=False):
        answer = app.test_cli_runner().invoke(args=["reception", "forget"])
    assert (answer.exit_code, answer.stdout) == (0, "1 unconfirmed supports forgotten.\n")
