"""A person takes back their consent while the team has the page open: what was erased stays erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict
from intake.core.identity import GUEST, SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import contacts, invitations, mailings, merging, queries
from intake.mapping.inputs import ContactInput, MergeInput
from intake.mapping.inputs_outreach import INVITATION, AnswerInput, LetterInput
from models import ActorContact, Consent, OutboxMessage, Registration
from models.enums import EventStatus
from tests import factories as make
from tests.racing import meanwhile, under

ROSA = ContactInput(name="Rosa", email="rosa@demo.example", phone=None, consent_version="1")


@pytest.fixture
def token(own_app):
    """What Rosa's letter brought her: the link that takes her contact at the first of two actors back."""
    with own_app.app_context():
        with transaction():
            _contact, token = contacts.new_contact(make.actor("Uno"), ROSA, SYSTEM)
        make.actor("Dos")
        db.session.commit()
    return token


def opened():
    """The actor, its contact and the consent, as a page that is open has them."""
    actor = queries.actor("uno")
    (contact,) = everyone()
    return actor, contact, db.session.get_one(Consent, contact.consent_id)


def everyone():
    return db.session.scalars(sa.select(ActorContact).order_by(ActorContact.id)).all()


def test_a_contact_taken_back_meanwhile_is_not_shown(own_app, token):
    with own_app.app_context():
        actor, contact, consent = opened()
        meanwhile(own_app, lambda: contacts.revoke_by_link(token, by=GUEST))
        with pytest.raises(Conflict, match="retiró su consentimiento"):
            contacts.show_contact(contact, actor, public=True, by=SYSTEM, how="Lo dijo")
        assert (contact.name, contact.email, contact.is_public) == ("—", None, False)
        assert (consent.revoked_at is not None, consent.details["public_since"]) == (True, None)
        assert db.session.scalars(sa.select(OutboxMessage.id)).all() == []


def test_a_consent_ends_once(own_app, token):
    with own_app.app_context():
        actor, contact, consent = opened()
        meanwhile(own_app, lambda: contacts.revoke_by_link(token, by=GUEST))
        began = clock.now()
        contacts.revoke_contact(contact, actor, by=SYSTEM)
        assert consent.revoked_at < began


def test_taking_back_while_the_actor_is_joined_reaches_what_the_other_has(own_app, token):
    def join():
        merging.merge(queries.actor("dos"), queries.actor("uno"), MergeInput(reason="Es una."), by=SYSTEM)

    with own_app.app_context():
        given = ContactInput(name="Rosa V.", email="rosa@demo.example", phone=None, consent_version="1")
        contacts.add_contact(queries.actor("dos"), given, by=SYSTEM)
    assert under(own_app, join, lambda: contacts.revoke_by_link(token, by=GUEST)) == ["done", "done"]
    with own_app.app_context():
        assert {(row.name, row.email) for row in everyone()} == {("—", None)}


def test_an_answer_asks_for_no_place_with_what_was_taken_back_meanwhile(own_app, token):
    with own_app.app_context():
        plan, soon = make.plan(), clock.now() + timedelta(days=5)
        event = make.event(
            plan, status=EventStatus.CALLED, starts_at=soon, called_at=clock.now(), takes_registrations=True
        )
        campaign = make.campaign(plan, event_id=event.id)
        make.target(campaign, queries.actor("uno"))
        mailing = mailings.start(
            mailings.for_letters(campaign.id), LetterInput(template=INVITATION), number=1, by=SYSTEM
        )
        mailings.continue_mailing(mailing, by=SYSTEM)
        letter = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind.startswith("outreach_"))).one()
        link = letter.context["link"].rpartition("/")[2].partition("?")[0]
        letter.sent_at = clock.now()
        db.session.commit()
        opened = invitations.by_token(link)
        assert opened.contact.email
        meanwhile(own_app, lambda: contacts.revoke_by_link(token, by=GUEST))
        assert invitations.confirm(opened, AnswerInput(people=1), token=link) is None
        assert db.session.scalars(sa.select(Registration.id)).all() == []
