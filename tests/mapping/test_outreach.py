"""Campaigns and steps: what the services refuse, what they keep, what the numbers say."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.mapping import campaigns, noticed
from intake.mapping import outreach_steps as steps
from intake.mapping.inputs_outreach import CampaignInput, CandidateFilters, StepInput
from intake.mapping.queries import candidates, targets
from intake.mapping.queries import outreach as rows
from models import AuditEntry, Campaign, Decision, Target, TargetStep
from models.enums import (
    ActorStatus,
    CampaignStatus,
    ContactChannel,
    DecisionStatus,
    OutreachStep,
    ProposalStatus,
    RegistrationStatus,
    Role,
    TerritoryLevel,
)
from tests import factories as make

S = OutreachStep


def given(plan, person, **values):
    return CampaignInput(
        **{
            "title": "Llegar a Morona",
            "due_on": clock.today() + timedelta(days=20),
            "plan_code": plan.code,
            "owner": person.email,
            **values,
        }
    )


def log(target):
    return [e.step for e in steps.log_of(target)]


def acts(action):
    query = sa.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return db.session.scalars(query).all()


def test_a_campaign_is_made_with_its_gap_and_traced(app, as_principal):
    owner, plan, theme = make.user(Role.ANALYST), make.plan(), make.theme("agua")
    place = make.territory("14")
    event = make.event(plan, slug="mesa-macas")
    by = as_principal(owner)
    wanted = given(plan, owner, theme="agua", territory="14", event="mesa-macas", purpose=" Falta Morona ")
    made = campaigns.create_campaign(wanted, by=by)
    assert (made.slug, made.theme_id, made.territory_id, made.event_id, made.owner_id, made.purpose) == (
        "llegar-a-morona", theme.id, place.id, event.id, owner.id, "Falta Morona",
    )  # fmt: skip
    assert (made.status, made.created_by_id) == (CampaignStatus.OPEN, owner.id)
    assert [e.subject_ref for e in acts("campaign.create")] == ["llegar-a-morona"]
    assert campaigns.create_campaign(wanted, by=by).slug == "llegar-a-morona-2"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("due_on", {"due_on": clock.today() - timedelta(days=1)}),
        ("owner", {"owner": "nadie@demo.example"}),
        ("theme", {"theme": "nada"}),
        ("territory", {"territory": "99"}),
        ("event", {"event": "nada"}),
    ],
)
def test_what_does_not_exist_is_refused_at_its_field(app, as_principal, field, values):
    owner, plan = make.user(Role.FACILITATOR), make.plan()
    db.session.commit()
    with pytest.raises(Invalid) as refused:
        campaigns.create_campaign(given(plan, owner, **values), by=as_principal(owner))
    assert refused.value.field == field
    assert db.session.scalar(sa.select(sa.func.count(Campaign.id))) == 0


def test_the_owner_is_of_the_team_and_the_event_of_the_plan(app, as_principal):
    owner, citizen, plan = make.user(Role.FACILITATOR), make.user(), make.plan()
    other = make.event(make.plan(is_current=False))
    db.session.commit()
    with pytest.raises(Invalid):
        campaigns.create_campaign(given(plan, citizen), by=as_principal(owner))
    with pytest.raises(Invalid):
        campaigns.create_campaign(given(plan, owner, event=other.slug), by=as_principal(owner))


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.INSTITUTION, Role.COUNTERPART, Role.OBSERVER, Role.CORE_GROUP])
def test_others_may_nothing(app, as_principal, role):
    bound = make.actor() if role in {Role.INSTITUTION, Role.COUNTERPART} else None
    outsider = as_principal(make.user(role, actor=bound))
    campaign = make.campaign()
    target = make.target(campaign, make.actor())
    for call in (
        lambda: campaigns.create_campaign(given(make.plan(is_current=False), make.user(Role.ANALYST)), by=outsider),
        lambda: campaigns.add_targets(campaign, ["x"], by=outsider),
        lambda: campaigns.add_found(campaign, CandidateFilters(), by=outsider),
        lambda: campaigns.move_campaign(campaign, "cancel", by=outsider, reason="x"),
        lambda: campaigns.remove_target(campaign, target, by=outsider),
        lambda: steps.note_step(campaign, target, StepInput(step=S.CONTACTED), by=outsider),
        lambda: steps.note_steps(campaign, [], StepInput(step=S.CONTACTED), by=outsider),
        lambda: steps.take_back(campaign, target, S.IDENTIFIED, by=outsider, reason="x"),
    ):
        with pytest.raises(Forbidden):
            call()
    with pytest.raises(SignInNeeded):
        campaigns.add_targets(campaign, [], by=GUEST)


def test_closing_says_the_outcome_and_stops_the_work(app, as_principal):
    by, campaign = as_principal(make.user(Role.DIRECTORATE)), make.campaign()
    target, other = make.target(campaign, make.actor()), make.user(Role.ANALYST)
    plan = rows.campaign(campaign.slug).plan
    db.session.commit()
    with pytest.raises(Invalid):
        campaigns.move_campaign(campaign, "close", by=by, reason="  ")
    campaigns.move_campaign(campaign, "close", by=by, reason="Vinieron cinco.")
    assert (campaign.status, campaign.outcome) == (CampaignStatus.CLOSED, "Vinieron cinco.")
    assert campaign.closed_at is not None
    for call in (
        lambda: steps.note_step(campaign, target, StepInput(step=S.CONTACTED), by=by),
        lambda: campaigns.add_targets(campaign, ["x"], by=by),
        lambda: campaigns.edit_campaign(campaign, given(plan, other), by=by),
    ):
        with pytest.raises(Conflict):
            call()
    campaigns.move_campaign(campaign, "reopen", by=by, reason="Faltó uno.")
    assert (campaign.status, campaign.closed_at) == (CampaignStatus.OPEN, None)
    campaigns.move_campaign(campaign, "cancel", by=by, reason="Ya no hay mesa.")
    with pytest.raises(Conflict):
        campaigns.move_campaign(campaign, "reopen", by=by, reason="x")


def test_an_edit_over_somebody_elses_is_told(app, as_principal):
    by, campaign = as_principal(make.user(Role.ANALYST)), make.campaign()
    campaign = rows.campaign(campaign.slug)
    with pytest.raises(Conflict):
        campaigns.edit_campaign(campaign, given(campaign.plan, make.user(Role.ANALYST)), by=by, version=99)


def test_actors_are_found_around_a_place_and_added_once(app):
    province, canton = make.territory("14"), make.territory("1401", TerritoryLevel.CANTON, path="14.1401.")
    elsewhere = make.territory("17")
    theme = make.theme("agua")
    at = {
        "Provincia": [province],
        "Canton": [canton],
        "Quito": [elsewhere],
    }
    for name, places in at.items():
        make.actor(name, territories=places, themes=[theme])
    make.actor("Sin tema", territories=[canton])
    make.actor("Rechazado", territories=[canton], themes=[theme], status=ActorStatus.REJECTED)
    campaign = make.campaign()
    for code in ("14", "1401"):  # below and above
        found = candidates.candidates(campaign, CandidateFilters(territory=code, theme="agua"))
        assert [a.name for a in found.items] == ["Canton", "Provincia"]
    assert candidates.candidates(campaign, CandidateFilters(territory="99")).total == 0
    assert campaigns.add_found(campaign, CandidateFilters(territory="1401", theme="agua"), by=SYSTEM) == 2
    assert campaigns.add_targets(campaign, ["canton", "quito", "rechazado", "nadie"], by=SYSTEM) == 1
    assert candidates.candidates(campaign, CandidateFilters(theme="agua")).total == 0
    assert [e.changes["actors"] for e in acts("campaign.add_targets")] == [["canton", "provincia"], ["quito"]]
    assert {tuple(log(t)) for t in targets.all_targets(campaign)} == {(S.IDENTIFIED,)}


def test_the_furthest_step_is_kept_whatever_is_noted_after(app, as_principal):
    person = make.user(Role.FACILITATOR)
    by, campaign = as_principal(person), make.campaign()
    target = make.target(campaign, make.actor())
    steps.note_step(campaign, target, StepInput(step=S.CONFIRMED, channel=ContactChannel.PHONE, note="Llamé"), by=by)
    steps.note_step(campaign, target, StepInput(step=S.CONTACTED, channel=ContactChannel.MAIL), by=by)
    assert target.step is S.CONFIRMED
    assert log(target) == [S.IDENTIFIED, S.CONFIRMED, S.CONTACTED]
    entry = steps.log_of(target)[1]
    assert (entry.channel, entry.note, entry.noted_by_id) == (ContactChannel.PHONE, "Llamé", person.id)
    noted = acts("target.step")
    assert [e.changes["noted"] for e in noted] == ["confirmed", "contacted"]
    assert "Llamé" not in str([e.changes for e in noted])


def test_the_same_press_twice_is_one_step(app, as_principal):
    by, campaign = as_principal(make.user(Role.FACILITATOR)), make.campaign()
    target = make.target(campaign, make.actor())
    for _ in range(2):
        steps.note_step(campaign, target, StepInput(step=S.CONTACTED, channel=ContactChannel.PHONE), by=by)
    assert log(target) == [S.IDENTIFIED, S.CONTACTED]
    with clock.at(clock.now() + timedelta(hours=1)):  # another call, another day
        steps.note_step(campaign, target, StepInput(step=S.CONTACTED, channel=ContactChannel.PHONE), by=by)
    assert log(target) == [S.IDENTIFIED, S.CONTACTED, S.CONTACTED]


def test_what_cannot_follow_is_refused_and_in_bulk_left_alone(app, as_principal):
    by, campaign = as_principal(make.user(Role.ANALYST)), make.campaign()
    came, said_no, fresh = (make.actor(name) for name in ("Vino", "Dijo no", "Nueva"))
    attended = make.target(campaign, came, S.ATTENDED)
    declined = make.target(campaign, said_no, S.DECLINED)
    make.target(campaign, fresh)
    db.session.commit()
    for target, step in ((attended, S.DECLINED), (declined, S.CONFIRMED), (attended, S.IDENTIFIED)):
        with pytest.raises(Invalid):
            steps.note_step(campaign, target, StepInput(step=step), by=by)
    slugs = ["vino", "dijo-no", "nueva", "nadie"]
    marked = steps.note_steps(campaign, slugs, StepInput(step=S.CONFIRMED), by=by)
    assert (marked.noted, marked.left) == (2, ("Dijo no",))
    assert attended.step is S.ATTENDED
    steps.note_step(campaign, declined, StepInput(step=S.ATTENDED), by=by)  # who comes after all has come
    assert declined.step is S.ATTENDED


def test_going_back_needs_a_reason_and_stays_in_the_trace(app, as_principal):
    by, campaign = as_principal(make.user(Role.ANALYST)), make.campaign()
    target = make.target(campaign, make.actor(), S.CONTACTED, S.ATTENDED)
    db.session.commit()
    with pytest.raises(Invalid) as refused:
        steps.take_back(campaign, target, S.CONTACTED, by=by, reason=" ")
    assert refused.value.field == "reason"
    for step in (S.ATTENDED, S.CONFIRMED, S.ANSWERED):
        with pytest.raises(Invalid):
            steps.take_back(campaign, target, step, by=by, reason="x")
    steps.take_back(campaign, target, S.CONTACTED, by=by, reason="Era otra organización.")
    assert (target.step, log(target)) == (S.CONTACTED, [S.IDENTIFIED, S.CONTACTED])
    entry = acts("target.take_back")[0]
    assert entry.reason == "Era otra organización."
    assert entry.changes["step"] == ["attended", "contacted"]
    assert [e["step"] for e in entry.changes["removed"]] == ["attended"]


def test_only_who_is_just_identified_can_be_taken_out(app):
    campaign = make.campaign()
    fresh, reached = make.target(campaign, make.actor()), make.target(campaign, make.actor(), S.CONTACTED)
    db.session.commit()
    with pytest.raises(Conflict):
        campaigns.remove_target(campaign, reached, by=SYSTEM)
    campaigns.remove_target(campaign, fresh, by=SYSTEM)
    assert db.session.scalars(sa.select(Target.id)).all() == [reached.id]
    assert len(acts("target.remove")) == 1


def registration(event, actor, status=RegistrationStatus.ATTENDED):
    from models import Registration

    made = make._in_state(
        Registration,
        {"status": status},
        event_id=event.id, reference=f"r{event.id}-{actor.id}", name="R", actor_id=actor.id, created_at=clock.now(),
    )  # fmt: skip
    return make.save(made)


def decide(proposal, status=DecisionStatus.PUBLISHED):
    from models import SelectionSession
    from models.enums import Category, SessionStatus

    session = make.save(
        make._in_state(
            SelectionSession,
            {"status": SessionStatus.OPEN},
            plan_id=proposal.plan_id,
            number=1,
            title="S",
            held_on=clock.today(),
            decided_by="N",
        )
    )
    return make.save(
        make._in_state(
            Decision,
            {"status": status, "published_at": clock.now() if status is DecisionStatus.PUBLISHED else None},
            session_id=session.id,
            proposal_id=proposal.id,
            category=Category.IN_PLAN,
            reason="x",
            decided_at=clock.now(),
        )
    )


def test_what_the_system_knows_is_noted_once_and_lowers_nothing(app):
    plan = make.plan()
    event = make.event(plan)
    campaign = make.campaign(plan, event_id=event.id)
    names = ("Vino", "Faltó", "Propuso", "Respondida", "Borrador", "Contestada")
    who = {name: make.actor(name) for name in names}
    targets = {name: make.target(campaign, actor) for name, actor in who.items()}
    registration(event, who["Vino"])
    registration(event, who["Faltó"], RegistrationStatus.ABSENT)
    first = make.proposal(plan, organisation_id=who["Propuso"].id)
    second = make.proposal(plan, organisation_name="Respondida")
    make.proposal(plan, ProposalStatus.DRAFT, organisation_id=who["Borrador"].id)
    make.proposal(make.plan(is_current=False), organisation_id=who["Vino"].id)  # of another plan
    decide(second)
    assert noticed.refresh(campaign) == 4
    assert noticed.refresh(campaign) == 0
    db.session.expire_all()
    assert {name: t.step for name, t in targets.items()} == {
        "Vino": S.ATTENDED,
        "Faltó": S.IDENTIFIED,
        "Propuso": S.CONTRIBUTED,
        "Respondida": S.ANSWERED,
        "Borrador": S.IDENTIFIED,
        "Contestada": S.IDENTIFIED,
    }
    assert log(targets["Respondida"]) == [S.IDENTIFIED, S.CONTRIBUTED, S.ANSWERED]
    assert [e.note for e in steps.log_of(targets["Propuso"])] == ["", first.folio]
    assert {e.role for e in acts("target.step")} == {"system"}


def test_a_closed_campaign_still_hears_of_answers_and_a_cancelled_one_does_not(app):
    plan, actor = make.plan(), make.actor()
    kept = make.target(make.campaign(plan, status=CampaignStatus.CLOSED), actor)
    dead = make.target(make.campaign(plan, status=CampaignStatus.CANCELLED), actor)
    proposal = make.proposal(plan, organisation_id=actor.id)
    assert noticed.proposed(proposal) == 1
    assert noticed.proposed(make.proposal(plan)) == 0  # a person's
    db.session.expire_all()
    assert (kept.step, dead.step) == (S.CONTRIBUTED, S.IDENTIFIED)


def test_the_rooms_above_tell_by_themselves(app):
    from intake.reception import services as reception
    from intake.reception.inputs import ContactInput, ProposalInput
    from models.enums import Branch, ProposerKind, PublicName

    plan, actor = make.plan(), make.actor("Colectivo Upano")
    make.theme("agua")
    make.territory("14")
    target = make.target(make.campaign(plan), actor)
    data = ProposalInput(
        title="Agua limpia para Macas", problem="El agua llega turbia a las casas del barrio.",
        solution="Publicar los análisis de calidad cada mes.", expected_result="Agua limpia.",
        theme_code="agua", territory_code="14", branch=Branch.EXECUTIVE, proposer_kind=ProposerKind.ORGANISATION,
        public_name=PublicName.ORGANISATION, organisation_name="Colectivo Upano",
    )  # fmt: skip
    reception.submit_directly(plan, data, ContactInput(name="R", email="r@demo.example", consent=True), by=SYSTEM)
    db.session.refresh(target)
    assert target.step is S.CONTRIBUTED


def test_marking_who_came_is_noticed(app):
    from intake.mapping import attendance

    plan = make.plan()
    event = make.event(plan, takes_registrations=True)
    actor = make.actor()
    target = make.target(make.campaign(plan, event_id=event.id), actor, S.CONFIRMED)
    place = registration(event, actor, RegistrationStatus.REGISTERED)
    attendance.mark(event, [place.reference], [place.reference], by=SYSTEM)
    db.session.refresh(target)
    assert target.step is S.ATTENDED
    attendance.mark(event, [], [place.reference], by=SYSTEM)
    db.session.refresh(target)
    assert target.step is S.ATTENDED  # what the system notes, only a person takes back


def test_the_numbers_count_what_they_say(app):
    campaign, other = make.campaign(), make.campaign(make.plan(is_current=False))
    for way in (
        (),
        (S.CONTACTED,),
        (S.CONTACTED, S.CONFIRMED),
        (S.CONTACTED, S.CONFIRMED, S.ATTENDED, S.CONTRIBUTED, S.ANSWERED),
        (S.CONTRIBUTED,),
        (S.CONTACTED, S.DECLINED),
    ):
        make.target(campaign, make.actor(), *way)
    make.target(other, make.actor(), S.ATTENDED)
    numbers = targets.results([campaign.id, other.id])
    assert numbers[campaign.id] == {
        "identificados": 6,
        "por-contactar": 1,
        "contactados": 4,
        "confirmaron": 2,
        "participaron": 1,
        "propusieron": 2,
        "recibieron-respuesta": 1,
        "no-pueden": 1,
        "en-silencio": 1,
    }
    for name, number in numbers[campaign.id].items():  # each number leads to as many rows
        assert targets.targets(campaign, targets.TargetFilters(result=name)).total == number


def test_late_is_open_and_past_its_day(app):
    plan = make.plan()
    yesterday = clock.today() - timedelta(days=1)
    late = make.campaign(plan, due_on=yesterday)
    make.campaign(plan, due_on=clock.today())
    closed = make.campaign(plan, due_on=yesterday, status=CampaignStatus.CLOSED)
    assert (rows.days_late(late), rows.days_late(closed)) == (1, 0)
    assert [c.slug for c in rows.late_campaigns(plan.id)] == [late.slug]
    assert [c.id for c in rows.campaigns(rows.CampaignFilters(late=True)).items] == [late.id]


def test_open_campaigns_come_first_the_soonest_due_on_top(app):
    plan = make.plan()
    days = lambda n: clock.today() + timedelta(days=n)
    made = [
        make.campaign(plan, due_on=days(9)),
        make.campaign(plan, due_on=days(2)),
        make.campaign(plan, due_on=days(1), status=CampaignStatus.CLOSED),
    ]
    assert [c.id for c in rows.campaigns(rows.CampaignFilters()).items] == [made[1].id, made[0].id, made[2].id]


def test_steps_of_a_target_go_with_it(app):
    campaign = make.campaign()
    target = make.target(campaign, make.actor())
    campaigns.remove_target(campaign, target, by=SYSTEM)
    assert db.session.scalars(sa.select(TargetStep.id)).all() == []
