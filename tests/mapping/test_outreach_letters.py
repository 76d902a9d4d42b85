"""Bulk invitations: to whom, once, in which words; answering and stopping from the mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock, delivery, mail, outbox, tokens
from intake.core.errors import Conflict, Forbidden, Invalid, NotFound
from intake.core.identity import SYSTEM
from intake.core.keyed import address_hash, keyed_hash
from intake.extensions import db
from intake.mapping import invitations, mailings, registering, seats, services, stopping
from intake.mapping import outreach_steps as steps
from intake.mapping.inputs import EventInput
from intake.mapping.inputs_outreach import INVITATION, REMINDER, AnswerInput, LetterInput
from intake.mapping.queries import letters
from intake.reports import invariants_outreach
from models import ActorContact, Consent, Invitation, Mailing, MailStop, OutboxMessage, Registration
from models.enums import CampaignStatus, EventStatus, RegistrationStatus, Role
from models.enums import OutreachStep as S
from tests import factories as make


def called(plan, **values):
    soon = clock.now() + timedelta(days=5)
    return make.event(plan, **{"status": EventStatus.CALLED, "starts_at": soon, "called_at": clock.now(), **values})


def send(campaign, number=1, *, template=INVITATION, to=(S.IDENTIFIED,), words="", pieces=None):
    given = LetterInput(template=template, steps=to, words=words)
    mailing = mailings.start(mailings.for_letters(campaign.id), given, number=number, by=SYSTEM)
    return mailing, mailings.continue_mailing(mailing, by=SYSTEM, pieces=pieces)


def queued():
    query = sa.select(OutboxMessage).where(OutboxMessage.kind.startswith("outreach_")).order_by(OutboxMessage.id)
    return db.session.scalars(query).all()


def token_of(message):
    return message.context["link"].rpartition("/")[2].partition("?")[0]


def reached(campaign, *emails, name=None, step=(), **values):
    actor = make.actor(name)
    for email in emails:
        make.contact(actor, email=email, **values)
    return actor, make.target(campaign, actor, *step)


def test_a_letter_goes_to_every_contact_with_consent_once(app):
    campaign = make.campaign()
    _one, target = reached(campaign, "a@demo.example", "b@demo.example", "A@demo.example")
    _two, silent = reached(campaign, step=(S.CONTACTED,))
    gone = make.contact(_one, email="c@demo.example")
    db.session.get_one(Consent, gone.consent_id).revoked_at = clock.now()
    make.contact(_one, email=None, phone="+593990000001")
    mailing, done = send(campaign, words="Venga <b>ya</b>")
    assert (done.queued, done.finished) == (2, True)
    assert [m.to_address for m in queued()] == ["a@demo.example", "b@demo.example"]
    assert mailing.finished_at is not None
    assert target.step is S.CONTACTED and [e.step for e in steps.log_of(target)] == [S.IDENTIFIED, S.CONTACTED]
    assert silent.step is S.CONTACTED
    assert mailings.continue_mailing(mailing, by=SYSTEM).queued == 0
    assert len(queued()) == 2
    stored = db.session.scalars(sa.select(Invitation.token_hash)).all()
    assert set(stored) == {tokens.token_hash(token_of(m)) for m in queued()}


def test_the_same_button_twice_is_one_mailing(app):
    campaign = make.campaign()
    reached(campaign, "a@demo.example", step=(S.CONTACTED,))
    db.session.commit()
    send(campaign, template=REMINDER, to=(S.CONTACTED,))
    with pytest.raises(Conflict):
        send(campaign, template=REMINDER, to=(S.CONTACTED,))
    assert len(queued()) == 1
    send(campaign, 2, template=REMINDER, to=(S.CONTACTED,))
    assert len(queued()) == 2


@pytest.mark.parametrize(
    "given",
    [
        LetterInput(template="account_confirm"),
        LetterInput(template=INVITATION, steps=()),
        LetterInput(template=INVITATION, steps=(S.DECLINED,)),
        LetterInput(template=INVITATION, steps=(S.IDENTIFIED, S.ATTENDED)),
    ],
)
def test_odd_letters_are_refused(app, given):
    campaign = make.campaign()
    db.session.commit()
    with pytest.raises(Invalid):
        mailings.start(campaign, given, number=1, by=SYSTEM)


def test_only_the_team_sends(app, as_principal):
    campaign = make.campaign()
    by = as_principal(make.user(Role.CORE_GROUP))
    with pytest.raises(Forbidden):
        mailings.start(campaign, LetterInput(template=INVITATION), number=1, by=by)


@pytest.mark.parametrize(
    "change",
    [
        {"status": EventStatus.CANCELLED},
        {"status": EventStatus.PLANNED},
        {"starts_at": clock.now() - timedelta(hours=1)},
    ],
)
def test_nobody_is_invited_to_what_does_not_take_place(app, change):
    plan = make.plan()
    campaign = make.campaign(plan, event_id=called(plan, **change).id)
    reached(campaign, "a@demo.example")
    db.session.commit()
    with pytest.raises(Conflict):
        send(campaign)
    assert queued() == []


def test_a_mailing_stops_when_its_campaign_is_closed(app, monkeypatch):
    monkeypatch.setattr(mailings, "PIECE", 1)
    campaign = make.campaign()
    reached(campaign, "a@demo.example")
    reached(campaign, "b@demo.example")
    mailing, done = send(campaign, pieces=1)
    assert (done.queued, done.finished) == (1, False)
    from intake.mapping import campaigns

    campaigns.move_campaign(campaign, "cancel", by=SYSTEM, reason="No hay mesa.")
    with pytest.raises(Conflict):
        mailings.continue_mailing(mailing, by=SYSTEM)
    assert mailings.continue_all() == {f"{campaign.slug}/1": 0}
    assert [m.to_address for m in queued()] == ["a@demo.example"]


def test_who_confirmed_meanwhile_is_not_written_to_and_an_actor_begun_is_finished(app, monkeypatch):
    monkeypatch.setattr(mailings, "PIECE", 1)
    campaign = make.campaign()
    reached(campaign, "a1@demo.example", "a2@demo.example")
    _actor, second = reached(campaign, "b@demo.example")
    mailing, _done = send(campaign, pieces=1)
    second.step = S.CONFIRMED
    db.session.flush()
    assert mailings.continue_mailing(mailing, by=SYSTEM).finished
    assert [m.to_address for m in queued()] == ["a1@demo.example", "a2@demo.example"]


def test_a_piece_that_fails_leaves_nothing_of_itself(app, monkeypatch):
    campaign = make.campaign()
    for n in range(5):
        reached(campaign, f"p{n}@demo.example")
    monkeypatch.setattr(mailings, "PIECE", 2)
    calls, real = [], outbox._values  # of each message of a piece, whose invitations are written by then

    def dies(*args, **kwargs):
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("killed")
        return real(*args, **kwargs)

    monkeypatch.setattr(outbox, "_values", dies)
    mailing = mailings.start(campaign, LetterInput(template=INVITATION), number=1, by=SYSTEM)
    key = mailing.id
    with pytest.raises(RuntimeError):
        mailings.continue_mailing(mailing, by=SYSTEM)
    assert (len(queued()), db.session.scalar(sa.select(sa.func.count(Invitation.id)))) == (2, 2)
    monkeypatch.setattr(outbox, "_values", real)
    assert mailings.continue_mailing(db.session.get_one(Mailing, key), by=SYSTEM).queued == 3
    assert sorted(m.to_address for m in queued()) == [f"p{n}@demo.example" for n in range(5)]


def test_the_preview_says_what_goes_out_and_to_how_many(app):
    plan = make.plan()
    event = called(plan, title="Mesa de Macas", place="Casa Comunal")
    campaign = make.campaign(plan, event_id=event.id)
    reached(campaign, "a@demo.example", name="Colectivo Upano")
    reached(campaign, "e@demo.example", locale="en")
    reached(campaign)  # no address
    stopped, _target = reached(campaign, "stop@demo.example")
    db.session.add(MailStop(address_hash=address_hash("mail_stop", "STOP@demo.example "), stopped_at=clock.now()))
    db.session.flush()
    campaign = mailings.for_letters(campaign.id)
    found = letters.audience(campaign, (S.IDENTIFIED,))
    assert (found.letters, found.actors, found.stopped, found.without_mail) == (2, 3, 1, 1)
    assert found.locales == {"es": 1, "en": 1}
    given = LetterInput(template=INVITATION, words="Hablaremos del <agua>.\nVengan.")
    seen = mailings.preview(campaign, given, found.first["es"])
    send(campaign, words=given.words)
    message = queued()[0]
    sent = mail.render(message.kind, message.locale, message.context)
    assert sent.subject == seen.subject == "Invitación: Mesa de Macas"
    assert sent.text.replace(token_of(message), "…") == seen.text
    assert "Casa Comunal" in sent.text and "Colectivo Upano" in sent.text
    assert "Hablaremos del <agua>." in sent.text and "<agua>" not in sent.html
    english = mail.render(queued()[1].kind, "en", queued()[1].context)
    assert english.subject == "Invitation: Mesa de Macas"
    assert queued()[1].context["link"].endswith("?lang=en")
    assert stopped.name not in str([m.context for m in queued()])
    assert letters.reach_of([stopped.id]) == {stopped.id: letters.STOPPED}


def test_mail_programs_are_told_how_to_stop(app):
    campaign = make.campaign()
    reached(campaign, "a@demo.example")
    send(campaign)
    with app.app_context():
        message = delivery.compose(delivery.claim())
    link = queued()[0].context["unsubscribe"]
    assert message["List-Unsubscribe"] == f"<{link}>" and link.endswith("/baja")
    assert message["List-Unsubscribe-Post"] is None  # without TLS nobody may press by themselves


def test_an_answer_moves_the_actor_and_may_change(app):
    plan = make.plan()
    event = called(plan, takes_registrations=True)
    campaign = make.campaign(plan, event_id=event.id)
    actor, target = reached(campaign, "a@demo.example", name="Upano")
    send(campaign)
    token = token_of(queued()[0])
    found = invitations.by_token(token)
    for _ in range(2):
        invitations.confirm(found, AnswerInput(people=3, needs="Rampa"), token=token)
    assert target.step is S.CONFIRMED
    assert [(e.step, e.note, e.noted_by_id) for e in steps.log_of(target)][-1] == (S.CONFIRMED, "3 personas", None)
    place = db.session.scalars(sa.select(Registration)).one()
    assert (place.actor_id, place.email, place.needs) == (actor.id, "a@demo.example", "Rampa")
    assert found.answered_at is not None
    invitations.decline(found, token=token)
    assert (target.step, place.status) == (S.DECLINED, RegistrationStatus.CANCELLED)
    invitations.confirm(found, AnswerInput(), token=token)
    assert target.step is S.CONFIRMED
    again = registering.by_code(event, invitations.place_code(token))
    assert again.status is RegistrationStatus.REGISTERED and again.id != place.id
    invitations.decline(found, token=token)
    invitations.confirm(found, AnswerInput(), token=token)
    assert seats.taken(event) == 1
    assert S.DECLINED not in [e.step for e in steps.log_of(target)]


def test_who_has_come_cannot_decline_by_an_old_mail(app):
    campaign = make.campaign()
    _actor, target = reached(campaign, "a@demo.example")
    send(campaign)
    target.step = S.ATTENDED
    db.session.flush()
    token = token_of(queued()[0])
    invitations.decline(invitations.by_token(token), token=token)
    assert target.step is S.ATTENDED


def test_too_late_is_said(app):
    campaign = make.campaign()
    reached(campaign, "a@demo.example")
    send(campaign)
    token = token_of(queued()[0])
    found = invitations.by_token(token)
    from intake.mapping import campaigns

    campaigns.move_campaign(campaign, "cancel", by=SYSTEM, reason="x")
    assert campaign.status is CampaignStatus.CANCELLED
    with pytest.raises(Conflict):
        invitations.confirm(found, AnswerInput(), token=token)
    with pytest.raises(Conflict):
        invitations.decline(found, token=token)


def test_a_wrong_link_opens_nothing(app):
    with pytest.raises(NotFound):
        invitations.by_token("x" * 43)


def test_whoever_wants_no_more_gets_no_more_of_any_campaign(app):
    first, second = make.campaign(), make.campaign(make.plan(is_current=False))
    actor, _target = reached(first, "a@demo.example")
    other = make.actor()
    make.contact(other, email="A@demo.example")  # the same person, for another organisation
    make.target(second, actor)
    make.target(second, other)
    send(first)
    found = invitations.by_token(token_of(queued()[0]))
    assert not stopping.is_stopped(found)
    stopping.stop(found)
    stopping.stop(found)
    assert stopping.is_stopped(found)
    assert queued() == []  # what was not sent yet goes nowhere
    row = db.session.scalars(sa.select(MailStop)).one()
    assert row.address_hash == keyed_hash("mail_stop", "a@demo.example")
    _mailing, done = send(second)
    assert (done.queued, done.finished, queued()) == (0, True, [])


def test_whoever_takes_consent_back_is_not_written_to_any_more(app):
    campaign = make.campaign()
    actor, _target = reached(campaign, "a@demo.example")
    reached(campaign, "b@demo.example")
    send(campaign)
    contact = db.session.scalars(sa.select(ActorContact).where(ActorContact.actor_id == actor.id)).one()
    services.revoke_contact(contact, actor, by=SYSTEM)
    assert [m.to_address for m in queued()] == ["b@demo.example"]
    assert invariants_outreach.invitations_have_letters() == []


def test_the_check_finds_what_is_broken(app):
    campaign = make.campaign(slug="c")
    _actor, target = reached(campaign, "a@demo.example", name="Upano")
    send(campaign)
    check = invariants_outreach
    for holds in (
        check.steps_are_the_furthest,
        check.invitations_have_letters,
        check.letters_have_invitations,
        check.stopped_are_left_in_peace,
    ):
        assert holds() == []
    target.step = S.ATTENDED
    before = clock.now() - timedelta(days=1)
    db.session.add(MailStop(address_hash=address_hash("mail_stop", "a@demo.example"), stopped_at=before))
    db.session.flush()
    assert check.steps_are_the_furthest() == ["c/upano"]
    assert [found.partition(" ")[0] for found in check.stopped_are_left_in_peace()] == ["c/1"]
    queued()[0].dedupe_key = "other"
    db.session.flush()
    assert [found.partition(" ")[0] for found in check.invitations_have_letters()] == ["c/1"]
    assert len(check.letters_have_invitations()) == 1


def test_a_hash_needs_the_key_and_says_what_it_is_for(app):
    assert keyed_hash("a", "x") != keyed_hash("b", "x")
    assert keyed_hash("a", "x", "y") != keyed_hash("a", "xy")
    assert address_hash("a", " X@Y.ec ") == keyed_hash("a", "x@y.ec")


def test_whoever_answered_that_they_come_is_told_of_another_day_and_nobody_twice(app):
    event = called(plan := make.plan(), takes_registrations=False, place="Casa", called_at=clock.now())
    campaign = make.campaign(plan, event_id=event.id)
    for n in range(4):
        reached(campaign, f"{n}@demo.example", locale="en" if n == 0 else "es")
    send(campaign)
    tokens_of = [token_of(m) for m in queued()]
    for token in tokens_of[:2]:
        invitations.confirm(invitations.by_token(token), AnswerInput(people=3), token=token)
    stopping.stop(invitations.by_token(tokens_of[1]))
    invitations.decline(invitations.by_token(tokens_of[2]), token=tokens_of[2])
    later = event.starts_at + timedelta(days=1)
    change = EventInput(plan_code=plan.code, kind=event.kind, title=event.title, starts_at=later, place="Casa")
    services.edit_event(event, change, by=SYSTEM)
    told = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "event_change")).all()
    assert [(m.to_address, m.locale, m.context["link"]) for m in told] == [("0@demo.example", "en", "")]


def test_a_letter_for_galapagos_says_the_hour_there_first(app):
    facts = {"contact_name": "A", "actor_name": "B", "plan_es": "P", "plan_en": "P", "words": "", "event_title": "Mesa"}
    facts |= {"answer_by": "2026-12-01", "event_starts": "2026-12-08T14:00:00+00:00", "event_has_time": True}
    facts |= {"event_place": "Muelle", "event_page": "/mesas/m", "link": "https://x.example", "unsubscribe": "u"}
    for kind in ("outreach_invitation", "outreach_reminder"):
        there = mail.render(kind, "es", {**facts, "event_galapagos": True}).text
        assert "08:00 (hora de Galápagos); 8 de diciembre de 2026, 09:00 (hora del Ecuador continental)" in there
        assert "hora de Galápagos" not in mail.render(kind, "es", facts).text
