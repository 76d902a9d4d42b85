"""Proposing together: who is asked and when, what an answer does, who learns what, and how many mails may go out."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from intake.core import limits, mail
from intake.core.errors import Conflict, Invalid, NotFound, SignInNeeded, TooMany
from intake.core.identity import GUEST, SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import queries, services
from intake.reception.queries import attached as reading
from intake.reception.services import inviting
from models import AuditEntry, CoAuthor, OutboxMessage, Proposal, ProposalContact
from models.enums import CoAuthorStatus, ProposalStatus
from tests import factories
from tests.conftest import token_in
from tests.reception.talk import queued
from tests.reception.test_attachments import NO_CONTACT, post
from tests.reception.test_views import SECRETS, plan, send, submitted

__all__ = ["plan"]  # a fixture

ROSA, JUAN = "rosa.secreta@demo.example", "juan.secreto@demo.example"


@pytest.fixture
def proposal(plan) -> Proposal:
    made = factories.proposal(plan, ProposalStatus.SUBMITTED, title="Agua limpia en Macas")
    db.session.commit()
    return made


@pytest.fixture
def by(proposal):
    return services.holding(GUEST, proposal)


def token_of(message: OutboxMessage) -> str:
    return re.search(r"/coautoria/([\w-]+)", mail.render(message.kind, message.locale, message.context).text)[1]


def asked(proposal: Proposal, by, name: str = "Rosa Tanguila", email: str = ROSA) -> str:
    inviting.invite(proposal, name, email, by=by)
    return token_of(queued("coauthor_invitation")[-1])


def say(token: str, *, accepts: bool = True, name: str = "Rosa Tanguila", is_named: bool = True) -> CoAuthor:
    return inviting.answer(token, accepts=accepts, name=name, is_named=is_named, by=GUEST)


class TestInviting:
    def test_a_name_is_no_letter_of_somebodys_own(self, proposal, by):
        for name in ("Rosa, entre a www.premios.example", "Rosa https://x.example", "premios.com", "a@b.example"):
            with pytest.raises(Invalid, match="sin direcciones") as refused:
                inviting.invite(proposal, name, ROSA, by=by)
            assert refused.value.field == "person_name"
        token = asked(proposal, by, "Rosa\n\nSu cuenta fue bloqueada\nllame ya")
        message = queued("coauthor_invitation")[-1]
        body = mail.render(message.kind, message.locale, message.context).text
        assert "Un saludo cordial, Rosa Su cuenta fue bloqueada llame ya:" in body
        with pytest.raises(Invalid, match="sin direcciones"):
            say(token, name="Gane en premios.com")
        say(token, name="Ma. Elena\r\nTanguila")
        assert reading.people_of(proposal)[0].name == "Ma. Elena Tanguila"

    def test_who_changes_their_mind_all_day_fills_no_mailbox(self, proposal, by):
        proposal.contact = ProposalContact(email="autora@demo.example", consent=factories.consent("proposal_contact"))
        db.session.commit()
        token = asked(proposal, by)
        for n in range(inviting.OF_ANSWERS.times + 5):
            row = say(token, accepts=n % 2 == 0)
        assert row.status is CoAuthorStatus.ACCEPTED  # every answer counts
        assert len(queued("coauthor_answer")) == inviting.OF_ANSWERS.times

    def test_people_are_appended_in_order_and_once(self, proposal, by):
        asked(proposal, by)
        asked(proposal, by, "Juan", JUAN)
        with pytest.raises(Invalid, match="ya está") as refused:
            inviting.invite(proposal, "Otra Rosa", ROSA.upper(), by=by)
        assert refused.value.field == "person_email"
        assert [(row.position, row.name, row.email) for row in reading.people_of(proposal)] == [
            (1, "Rosa Tanguila", ROSA),
            (2, "Juan", JUAN),
        ]
        assert len(queued("coauthor_invitation")) == 2

    @pytest.mark.parametrize(
        ("name", "email", "field"), [("", ROSA, "person_name"), ("Rosa", "sin arroba", "person_email")]
    )
    def test_what_is_refused(self, proposal, by, name, email, field):
        with pytest.raises(Invalid) as refused:
            inviting.invite(proposal, name, email, by=by)
        assert refused.value.field == field

    def test_not_oneself_and_not_more_than_eight(self, proposal, by):
        with transaction():
            proposal.author_id = factories.user(email="autora@demo.example").id
        with pytest.raises(Invalid, match="su propio correo"):
            inviting.invite(proposal, "Yo", "Autora@demo.example", by=by)
        for n in range(inviting.MOST_PEOPLE):
            inviting.invite(proposal, f"Persona {n}", f"p{n}@demo.example", by=by)
        with pytest.raises(Invalid, match="hasta 8"):
            inviting.invite(proposal, "Una más", "mas@demo.example", by=by)

    def test_nobody_else_names_people(self, proposal):
        with pytest.raises(SignInNeeded):
            inviting.invite(proposal, "Rosa", ROSA, by=GUEST)

    def test_not_once_it_is_decided(self, plan):
        decided = factories.proposal(plan, ProposalStatus.WITHDRAWN)
        db.session.commit()
        with pytest.raises(Conflict):
            inviting.invite(decided, "Rosa", ROSA, by=services.holding(GUEST, decided))

    def test_a_draft_writes_to_nobody_before_it_is_sent(self, plan):
        draft = factories.proposal(plan, ProposalStatus.DRAFT)
        db.session.commit()
        by = services.holding(GUEST, draft)
        inviting.invite(draft, "Rosa", ROSA, by=by)
        assert queued("coauthor_invitation") == []
        services.submit(draft, by=by)
        assert [message.to_address for message in queued("coauthor_invitation")] == [ROSA]

    def test_what_is_set_aside_writes_to_nobody_before_it_is_let_through(self, plan):
        held = factories.proposal(plan, ProposalStatus.HELD)
        db.session.commit()
        inviting.invite(held, "Rosa", ROSA, by=services.holding(GUEST, held))
        assert queued("coauthor_invitation") == []
        services.release(held, by=SYSTEM)
        assert [message.to_address for message in queued("coauthor_invitation")] == [ROSA]

    @pytest.mark.usefixtures("inside_window")
    def test_mails_to_strangers_are_bounded(self, proposal, by, plan):
        asked(proposal, by)
        inviting.ask_again(proposal, 1, by=by)
        with pytest.raises(TooMany):
            inviting.ask_again(proposal, 1, by=by)
        assert len(queued("coauthor_invitation")) == 2
        for _ in range(inviting.TO_ADDRESS.times - 2):
            limits.hit(inviting.TO_ADDRESS, ROSA)
        other = factories.proposal(plan, ProposalStatus.SUBMITTED)
        db.session.commit()
        with pytest.raises(Invalid, match="Inténtelo mañana"):
            inviting.invite(other, "Rosa", ROSA, by=services.holding(GUEST, other))
        assert reading.people_of(other) == []

    def test_one_network_cannot_write_to_everybody(self, proposal, by):
        for _ in range(inviting.FROM_NETWORK.times):
            limits.hit(inviting.FROM_NETWORK, "192.0.2.7")
        with pytest.raises(Invalid, match="mañana"):
            inviting.invite(proposal, "Rosa", ROSA, by=by, address="192.0.2.7")
        assert queued("coauthor_invitation") == []


class TestAnswers:
    def test_accepting_and_leaving_again(self, proposal, by):
        token = asked(proposal, by)
        row = say(token, name="Rosa T.")
        assert (row.status, row.name, row.is_named) == (CoAuthorStatus.ACCEPTED, "Rosa T.", True)
        assert [r.name for r in reading.with_author(proposal)] == ["Rosa T."]
        say(token, accepts=False)
        assert list(reading.with_author(proposal)) == []
        acts = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert acts[-3:] == ["co_author.invite", "co_author.accept", "co_author.decline"]
        trace = str(db.session.scalars(sa.select(AuditEntry.changes)).all())
        assert "Rosa" not in trace
        assert ROSA not in trace

    def test_an_unknown_or_renewed_link_opens_nothing(self, proposal, by):
        old = asked(proposal, by)
        inviting.ask_again(proposal, 1, by=by)
        for token in (old, "x" * 43):
            with pytest.raises(NotFound):
                say(token)
        assert reading.people_of(proposal)[0].status is CoAuthorStatus.INVITED

    def test_an_invitation_is_taken_back_but_no_answer(self, proposal, by):
        token = asked(proposal, by)
        assert inviting.take_back(proposal, 1, by=by) is True
        assert inviting.take_back(proposal, 1, by=by) is False
        with pytest.raises(NotFound):
            say(token)
        accepted = asked(proposal, by, "Juan", JUAN)
        say(accepted, name="Juan")
        with pytest.raises(Conflict, match="ya respondió"):
            inviting.take_back(proposal, 1, by=by)

    def test_nobody_joins_what_is_decided_and_everybody_may_leave(self, proposal, by):
        first, second = asked(proposal, by), asked(proposal, by, "Juan", JUAN)
        say(first)
        services.withdraw(proposal, by=by, reason="Ya no hace falta.")
        with pytest.raises(Conflict):
            say(second, name="Juan")
        assert say(first, accepts=False).status is CoAuthorStatus.DECLINED

    def test_the_author_is_told_once_of_each_answer(self, plan, client):
        folio = submitted(client)
        found = queries.by_folio(folio)
        token = asked(found, services.holding(GUEST, found))
        for is_named in (False, True):
            say(token, is_named=is_named)
        (told,) = queued("coauthor_answer")
        assert told.to_address == SECRETS[1]
        written = mail.render(told.kind, told.locale, told.context).text
        assert "Rosa Tanguila" in written
        assert ROSA not in written

    def test_every_answer_reaches_who_accepted(self, proposal, by):
        say(asked(proposal, by))
        asked(proposal, by, "Juan", JUAN)
        services.move(proposal, "admit", by=SYSTEM, reason="Cumple los cuatro criterios.")
        (news,) = queued("coauthor_news")
        written = mail.render(news.kind, news.locale, news.context).text
        assert news.to_address == ROSA
        assert "fue admitida" in written
        assert "Cumple los cuatro criterios." in written


class TestPages:
    def test_from_the_form_to_the_answer_on_a_page(self, plan, app, client):
        named = post(client, button="add_person", person_name="Rosa Tanguila", person_email=ROSA, **NO_CONTACT)
        assert named.location.endswith("?guardado=si#personas")
        path = named.location.partition("?")[0]
        assert ROSA in client.get(path).text
        folio = re.search(r"/propuestas/([A-Z0-9-]+)/", send(client, f"{path}/revisar").location)[1]
        other = app.test_client()
        assert "Rosa" not in other.get(f"/propuestas/{folio}").text
        link = f"/coautoria/{token_of(queued('coauthor_invitation')[0])}"
        page = other.get(link)
        assert page.headers["Cache-Control"] == "no-store"
        assert reading.people_of(queries.by_folio(folio))[0].status is CoAuthorStatus.INVITED
        fields = {"csrf_token": token_in(page.text), "answer": "si", "name": "Rosa T.", "is_named": "y"}
        assert other.post(link, data=fields).status_code == 303
        shown = html.unescape(other.get(f"/propuestas/{folio}").text)
        assert "También la propone Rosa T." in shown
        assert ROSA not in shown
        assert other.get(f"/propuestas/{folio}.json").json["coautores"] == ["Rosa T."]
        assert other.get(f"/propuestas/{folio}/editar").status_code in {302, 403}

    def test_a_place_that_no_row_can_have_takes_nobody_out(self, plan, client):
        named = post(client, button="add_person", person_name="Rosa Tanguila", person_email=ROSA, **NO_CONTACT)
        path = named.location.partition("?")[0]
        fields = {"csrf_token": token_in(client.get(path).text), "drop_person": "9" * 5_000}
        assert client.post(path, data=fields).status_code in {302, 303, 422}
        assert ROSA in client.get(path).text

    def test_who_does_not_show_the_name_is_only_counted(self, plan, client, proposal, by):
        say(asked(proposal, by), is_named=False)
        shown = html.unescape(client.get(f"/propuestas/{proposal.folio}").text)
        assert "Rosa" not in shown
        assert "También la propone 1 persona que no muestra su nombre." in shown

    def test_the_author_sees_states_asks_again_and_takes_back(self, plan, app, client):
        folio = submitted(client)
        path = f"/propuestas/{folio}/coautores"
        page = client.get(path).text
        fields = {"csrf_token": token_in(page), "person_name": "Rosa", "person_email": "mal"}
        wrong = client.post(path, data=fields)
        assert wrong.status_code == 422
        assert 'id="person_email-error"' in wrong.text
        assert client.post(path, data={**fields, "person_email": ROSA}).status_code == 303
        page = client.get(path).text
        assert "Todavía no responde" in page
        token = token_in(page)
        assert client.post(f"{path}/1/otra-vez", data={"csrf_token": token}).status_code == 303
        assert len(queued("coauthor_invitation")) == 2
        client.post(f"{path}/1/otra-vez", data={"csrf_token": token})
        assert "Inténtelo mañana" in client.get(path).text
        client.post(f"{path}/1/quitar", data={"csrf_token": token})
        assert ROSA not in client.get(path).text
        assert app.test_client().get(path).status_code in {302, 403}

    def test_saying_nothing_is_no_answer(self, plan, client, proposal, by):
        link = f"/coautoria/{asked(proposal, by)}"
        answer = client.post(link, data={"csrf_token": token_in(client.get(link).text), "name": "Rosa"})
        assert answer.status_code == 422
        assert "Elija sí o no." in answer.text
