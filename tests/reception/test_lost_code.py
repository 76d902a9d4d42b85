"""Another claim code for who lost it: who gets the link, who learns nothing, and what the link does, once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock, limits, mail, tokens
from intake.core.errors import NotFound, TooMany
from intake.core.identity import GUEST
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import services
from intake.reception.services import lost_code
from models import AuditEntry, OneTimeToken, OutboxMessage, Plan, Proposal, ProposalContact
from models.enums import ProposalStatus, TokenPurpose
from tests import factories
from tests.conftest import token_in

MAIL = "zoraida.secreta@demo.example"
OLD = "7K2M9QXA"
ASK = "/seguimiento/codigo"


@pytest.fixture
def proposal(app) -> Proposal:
    """A guest's proposal, with an address and a code."""
    with transaction():  # kept when a service rolls back
        made = factories.proposal(factories.plan(code="PAGA3"), ProposalStatus.SUBMITTED, title="Agua limpia en Macas")
        made.claim_code_hash = tokens.code_hash(OLD, made.folio)
        db.session.add(ProposalContact(proposal_id=made.id, email=MAIL, consent=factories.consent()))
    return made


def queued(kind: str = "claim_code") -> list[OutboxMessage]:
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    return list(db.session.scalars(query))


def path_in(message: OutboxMessage) -> str:
    written = mail.render(message.kind, message.locale, message.context)
    return re.search(r"/seguimiento/codigo/[\w-]+", written.text)[0]


def ask(browser, folio: str, email: str):
    token = token_in(browser.get(ASK).text)
    return browser.post(ASK, data={"csrf_token": token, "folio": folio, "email": email})


def press(browser, path: str):
    return browser.post(path, data={"csrf_token": token_in(browser.get(path).text)})


def code_hash(proposal: Proposal) -> str | None:
    return db.session.scalar(sa.select(Proposal.claim_code_hash).where(Proposal.id == proposal.id))


def opens(proposal: Proposal, code: str) -> bool:
    return services.claim(proposal, code, address="192.0.2.1")


def test_the_author_gets_a_link_by_mail_and_a_new_code_that_is_shown_once(proposal, client):
    sent = ask(client, "paga3 " + proposal.folio[-2:], "  Zoraida.SECRETA@demo.example ")
    assert (sent.status_code, sent.location) == (303, "/seguimiento/codigo/enviado")
    (message,) = queued()
    assert message.to_address == MAIL
    path = path_in(message)
    seen = client.get(path)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "no-store")
    assert "Agua limpia en Macas" in seen.text
    assert opens(proposal, OLD)  # looking changes nothing: mail scanners follow links
    shown = press(client, path)
    assert (shown.status_code, shown.location) == (303, f"/propuestas/{proposal.folio}/comprobante")
    receipt = client.get(shown.location).text
    code = re.search(r'receipt__code">([0-9A-Z]{4}-[0-9A-Z]{4})<', receipt)[1]
    assert "El anterior ya no sirve." in receipt
    assert code not in client.get(shown.location).text
    db.session.expire_all()
    assert (opens(proposal, code), opens(proposal, OLD)) == (True, False)


def test_the_trace_says_that_the_code_changed_and_neither_code(proposal, client):
    ask(client, proposal.folio, MAIL)
    press(client, path_in(queued()[0]))
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "proposal.renew_code")).one()
    assert (entry.subject_ref, entry.role) == (proposal.folio, "guest")
    assert entry.changes["claim_code_hash"] == ["(dato personal)", "(dato personal)"]


@pytest.mark.parametrize("email", ["otra@demo.example", f"x{MAIL}", "zoraida@demo.example"])
def test_the_answer_tells_nothing(proposal, client, email):
    right = ask(client, proposal.folio, MAIL)
    wrong = ask(client, proposal.folio, email)
    nowhere = ask(client, "PAGA3-99999", MAIL)
    assert {(a.status_code, a.location, a.text) for a in (right, wrong, nowhere)} == {
        (right.status_code, right.location, right.text)
    }
    page = client.get(right.location).text
    assert MAIL not in page
    assert proposal.folio not in page
    assert len(queued()) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OneTimeToken)) == 1


def test_a_proposal_without_address_and_a_draft_send_nothing(app):
    plan = factories.plan(code="PAGA3")
    bare = factories.proposal(plan)
    services.ask_for_code(bare.folio, "", address="192.0.2.1")
    services.ask_for_code(bare.folio, MAIL, address="192.0.2.1")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 0


def test_who_has_an_account_is_sent_there_and_gets_no_code(app):
    author = factories.user(email=MAIL)
    made = factories.proposal(factories.plan(code="PAGA3"), author_id=author.id)
    services.ask_for_code(made.folio, MAIL, address="192.0.2.1")
    assert queued() == []
    (told,) = queued("claim_code_account")
    assert "/cuenta/entrar/enlace" in mail.render(told.kind, told.locale, told.context).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OneTimeToken)) == 0


def test_a_link_works_once_for_an_hour_and_a_newer_one_ends_it(proposal, client):
    ask(client, proposal.folio, MAIL)
    ask(client, proposal.folio, MAIL)
    first, second = (path_in(m) for m in queued())
    assert client.get(first).status_code == 410
    assert press(client, second).status_code == 303
    kept = code_hash(proposal)
    assert client.get(second).status_code == 410
    again = client.post(second, data={"csrf_token": token_in(client.get(ASK).text)})
    assert again.status_code == 410
    assert code_hash(proposal) == kept
    ask(client, proposal.folio, MAIL)
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert client.get(path_in(queued()[2])).status_code == 410
    assert client.get(f"{ASK}/{'x' * 43}").status_code == 404


def test_links_of_two_proposals_of_one_author_do_not_end_each_other(proposal, app):
    other = factories.proposal(db.session.get(Plan, proposal.plan_id), title="Otra cosa")
    db.session.add(ProposalContact(proposal_id=other.id, email=MAIL, consent=factories.consent()))
    db.session.flush()
    for one in (proposal, other):
        services.ask_for_code(one.folio, MAIL, address="192.0.2.1")
    tokens_sent = [path_in(m).rpartition("/")[2] for m in queued()]
    assert [services.renew_code(t, by=GUEST).folio for t in tokens_sent] == [proposal.folio, other.folio]


def test_a_link_dies_with_the_address(proposal, app):
    services.ask_for_code(proposal.folio, MAIL, address="192.0.2.1")
    token = path_in(queued()[0]).rpartition("/")[2]
    db.session.execute(sa.delete(ProposalContact).where(ProposalContact.proposal_id == proposal.id))
    with pytest.raises(NotFound):
        services.renew_code(token, by=GUEST)
    row = db.session.scalars(sa.select(OneTimeToken).where(OneTimeToken.purpose == TokenPurpose.CLAIM_CODE)).one()
    assert row.used_at is None


@pytest.mark.usefixtures("inside_window")
def test_askings_are_limited_alike_for_right_and_wrong_addresses(proposal, client):
    for email in (MAIL, "otra@demo.example"):
        answers = [ask(client, proposal.folio, email) for _ in range(lost_code.FOR_ONE.times + 1)]
        assert [a.status_code for a in answers] == [303] * lost_code.FOR_ONE.times + [429]
        assert "Ya pidió varias veces" in answers[-1].text
        assert f'value="{email}"' in answers[-1].text
    assert len(queued()) == lost_code.FOR_ONE.times


@pytest.mark.usefixtures("inside_window")
def test_a_network_cannot_try_address_after_address(proposal, app, monkeypatch):
    monkeypatch.setattr(lost_code, "FROM_ADDRESS", limits.Limit("lost_code_address", times=2, minutes=60))
    for n in range(2):
        services.ask_for_code(proposal.folio, f"{n}@demo.example", address=f"2001:db8::{n}")
    with pytest.raises(TooMany):
        services.ask_for_code(proposal.folio, MAIL, address="2001:db8::ffff")
    assert queued() == []


def test_errors_stand_at_their_fields_and_keep_what_was_typed(proposal, client):
    answer = ask(client, proposal.folio, "sin arroba")
    assert answer.status_code == 422
    assert "Escriba un correo como nombre@ejemplo.org." in answer.text
    assert f'value="{proposal.folio}"' in answer.text
    old = client.post(ASK, data={"folio": proposal.folio, "email": MAIL})
    assert old.status_code == 422
    assert "pulse el botón otra vez" in old.text


def test_the_way_there_stands_where_the_code_is_asked_for(proposal, client):
    assert f'href="{ASK}"' in client.get("/seguimiento").text
    assert f'href="{ASK}?folio={proposal.folio}"' in client.get(f"/seguimiento/{proposal.folio}").text
    assert f'value="{proposal.folio}"' in client.get(f"{ASK}?folio={proposal.folio}").text


@pytest.mark.parametrize("locale", ["es", "en"])
def test_the_mail_is_written_in_the_authors_language(proposal, app, locale):
    proposal.language = locale
    db.session.flush()
    services.ask_for_code(proposal.folio, MAIL, address="192.0.2.1")
    written = mail.render("claim_code", queued()[0].locale, queued()[0].context)
    assert written.subject.startswith(f"{proposal.folio}: ")
    assert "60" in written.text
    assert mail.masked(queued()[0].context)["link"] == mail.MASK


def test_a_new_code_closes_the_browsers_that_had_the_old_one(proposal, app):
    other, author = app.test_client(), app.test_client()
    edit, code = f"/propuestas/{proposal.folio}/editar", "ABCD2345"
    proposal.claim_code_hash = tokens.code_hash(code, proposal.folio)
    db.session.commit()
    token = token_in(other.get("/seguimiento").text)
    sent = {"csrf_token": token, "folio": proposal.folio, "claim_code": code}
    assert other.post("/seguimiento", data=sent).status_code == 303
    assert other.get(edit).status_code == 200
    services.ask_for_code(proposal.folio, MAIL, address="192.0.2.1")
    db.session.commit()
    press(author, path_in(queued()[0]))
    assert (author.get(edit).status_code, other.get(edit).status_code) == (200, 302)  # led to where codes are asked for
    for browser, seen in ((author, True), (other, False)):
        assert (proposal.folio in browser.get("/propuestas/?mias=1").text) is seen
