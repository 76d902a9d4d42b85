"""Outreach and its event: nobody took part before the day, a full event is said to be full, letters ask in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from intake.core import clock, mail
from intake.core.errors import Invalid
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import invitations, letter_facts, mailings, seats
from intake.mapping import outreach_steps as steps
from intake.mapping.inputs_outreach import AnswerInput, StepInput
from intake.mapping.queries import outreach, standing
from models.enums import EventStatus, Role
from models.enums import OutreachStep as S
from tests import factories as make
from tests.mapping.test_gatherings import place
from tests.mapping.test_outreach_letters import called, queued, reached, send, token_of

DAY = timedelta(days=1)


@pytest.mark.parametrize("step", [S.ATTENDED, S.CONTRIBUTED])
def test_nobody_took_part_in_what_lies_ahead(app, step):
    event = called(plan := make.plan())
    campaign = make.campaign(plan, slug="c", event_id=event.id)
    target = make.target(campaign, make.actor("Upano"), S.CONFIRMED)
    db.session.commit()
    with pytest.raises(Invalid, match="todavía no se realiza"):
        steps.note_step(campaign, target, StepInput(step=step), by=SYSTEM)
    with pytest.raises(Invalid, match="todavía no se realiza"):
        steps.note_steps(campaign, ["upano"], StepInput(step=step), by=SYSTEM)
    with clock.at(event.starts_at + timedelta(hours=1)):
        assert steps.note_step(campaign, target, StepInput(step=step), by=SYSTEM).step is step


def test_who_said_no_and_came_is_noted_after_a_question(app, sign_in, post):
    campaign = make.campaign(slug="c")
    target = make.target(campaign, make.actor("Upano"), S.DECLINED)
    db.session.commit()
    team, sent = sign_in(make.user(Role.ANALYST)), {"actor": "upano", "fila": "1", "step": "attended"}
    asked = post(team, "/acercamiento/c/pasos", page="/acercamiento/c", **sent)
    assert asked.status_code == 422 and 'name="came_anyway"' in asked.text and "Había dicho que no" in asked.text
    several = post(team, "/acercamiento/c/pasos", page="/acercamiento/c", follow=True, actor=["upano"], step="attended")
    assert "1 quedó como estaba" in several.text
    assert post(team, "/acercamiento/c/pasos", page="/acercamiento/c", **sent, came_anyway="y").status_code == 302
    db.session.refresh(target)
    assert target.step is S.ATTENDED


def full(plan):
    event = called(plan, takes_registrations=True, capacity=1, place="Casa")
    place(event)
    return event


def test_an_invitation_to_a_full_event_says_so_before_and_after(app, client, post, sign_in):
    event = full(plan := make.plan())
    place(event, "Eva Paz")
    campaign = make.campaign(plan, slug="c", event_id=event.id)
    reached(campaign, "rio@demo.example", name="Upano")
    send(campaign)
    letter = queued()[0]
    assert "quedan en espera" in mail.render(letter.kind, "es", letter.context).text
    path = f"/acercamiento/respuesta/{token_of(letter)}"
    page = client.get(path).text
    assert "quedan en espera con el número 2" in page and "Quedar en espera" in page and "Iremos" not in page
    sent = {"respuesta": "confirmar", "people": "1"}
    answer = post(client, path, page=path, follow=True, **sent)
    assert "quedaron en espera con el número 2" in answer.text and "les esperamos" not in answer.text
    team = sign_in(make.user(Role.ANALYST))
    assert "en espera con el número 2" in team.get("/acercamiento/c").text
    assert "en espera con el número 2" in team.get("/acercamiento/c/actores/upano").text
    event.capacity = 3
    db.session.commit()
    assert "en espera" not in team.get("/acercamiento/c").text
    assert "Gracias, les esperamos." in client.get(f"{path}?hecho=confirmar").text


def test_room_for_all_is_said_to_nobody_as_full(app, client):
    event = called(plan := make.plan(), takes_registrations=True, capacity=2, place="Casa")
    campaign = make.campaign(plan, event_id=event.id)
    reached(campaign, "rio@demo.example")
    send(campaign)
    letter = queued()[0]
    assert letter.context["event_full"] is False
    assert "en espera" not in mail.render(letter.kind, "es", letter.context).text
    assert "en espera" not in client.get(f"/acercamiento/respuesta/{token_of(letter)}").text


def test_whoever_gave_the_place_back_would_wait_again(app):
    event = called(plan := make.plan(), takes_registrations=True, capacity=1, place="Casa")
    campaign = make.campaign(plan, event_id=event.id)
    reached(campaign, "rio@demo.example")
    send(campaign)
    token = token_of(queued()[0])
    invitations.confirm(invitations.by_token(token), AnswerInput(), token=token)
    assert invitations.room(invitations.by_token(token), token) == invitations.Room(has_place=True)
    invitations.decline(invitations.by_token(token), token=token)
    place(event)
    assert invitations.room(invitations.by_token(token), token) == invitations.Room(would_wait=1)
    invitations.confirm(invitations.by_token(token), AnswerInput(), token=token)
    assert invitations.room(invitations.by_token(token), token) == invitations.Room(has_place=True, waiting=1)


def test_every_letter_to_a_mailbox_leads_to_its_one_place(app):
    event = called(plan := make.plan(), takes_registrations=True, capacity=1, place="Casa")
    campaigns = [make.campaign(plan, event_id=event.id) for _n in range(3)]
    for campaign, address in zip(campaigns, ("Rio@demo.example", "rio@demo.example", "mar@demo.example"), strict=True):
        reached(campaign, address)
        send(campaign)
    first, second, other = (token_of(letter) for letter in queued())
    kept, none = invitations.Room(has_place=True), invitations.Room(would_wait=1)
    for token in (first, second):
        invitations.confirm(invitations.by_token(token), AnswerInput(), token=token)
    assert [invitations.room(invitations.by_token(t), t) for t in (first, second, other)] == [kept, kept, none]
    assert seats.taken(event) == 1
    invitations.decline(invitations.by_token(first), token=first)
    assert seats.taken(event) == 0
    assert {invitations.room(invitations.by_token(t), t).has_place for t in (first, second, other)} == {False}


def test_a_letter_that_nobody_accepted_leads_to_no_place_that_was_asked_for_elsewhere(app):
    event = called(plan := make.plan(), takes_registrations=True, place="Casa")
    campaign = make.campaign(plan, event_id=event.id)
    _actor, _target = reached(campaign, "rio@demo.example")
    send(campaign)
    token = token_of(queued()[0])
    invitation = invitations.by_token(token)
    place(event, invitation.contact.name, email="rio@demo.example")
    assert not invitations.room(invitation, token).has_place
    invitations.decline(invitation, token=token)
    assert seats.taken(event) == 1


def test_an_actor_with_one_place_does_not_wait(app):
    event = full(make.plan())
    one, other = make.actor("Upano"), make.actor("Pastaza")
    make.contact(one, email="ana@demo.example")
    place(event, "Luz Vera", actor=one.slug)
    place(event, "Eva Paz", actor=other.slug)
    # Ana's place is the first actor's by her mailbox, so that Luz's waiting does not count
    assert standing.waiting_actors(event, [one.id, other.id]) == {other.id: 2}
    assert standing.waiting_actors(None, [one.id]) == {} == standing.waiting_actors(event, [])


@pytest.mark.parametrize(("due", "asked"), [(2, 2), (9, 4), (5, 4), (4, 4)])
def test_letters_ask_for_an_answer_before_the_event(app, due, asked):
    event = called(plan := make.plan(), starts_at=clock.now() + 5 * DAY)
    campaign = make.campaign(plan, event_id=event.id, due_on=clock.today() + due * DAY)
    assert letter_facts.answer_by(mailings.for_letters(campaign.id)) == clock.today() + asked * DAY


def test_letters_on_the_eve_ask_for_an_answer_today(app):
    event = called(plan := make.plan(), starts_at=clock.now() + timedelta(minutes=1))
    campaign = make.campaign(plan, event_id=event.id)
    assert letter_facts.answer_by(mailings.for_letters(campaign.id)) == clock.today()


def test_the_team_is_told_when_letters_ask_earlier_than_the_campaign_ends(app, sign_in, post):
    event = called(plan := make.plan(), status=EventStatus.CALLED)
    user = make.user(Role.FACILITATOR)
    campaign = make.campaign(plan, slug="c", owner=user, event_id=event.id)
    due = clock.local(event.starts_at).date() + DAY
    sent = {"title": "Campaña", "owner": user.email, "event": event.slug, "due_on": due.isoformat(), "version": "1"}
    answer = post(sign_in(user), "/acercamiento/c/editar", follow=True, **sent)
    assert "Las cartas pedirán responder hasta el" in answer.text
    db.session.expire_all()
    assert outreach.campaign(campaign.slug).due_on == due
