"""The Directorate's desk: who may see it, what is late, and how many statements it takes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.permissions import Permission
from intake.extensions import db
from intake.reports import desk
from intake.reports.queries import desk as rows
from intake.reports.queries import gaps, load
from models import Assignment, OutboxMessage, Round, Rubric, Territory, actor_territory
from models.enums import ActorStatus, ProposalStatus, ReviewSector, Role, StageKind
from tests import factories

READERS = (Role.DIRECTORATE, Role.ADMIN, Role.OBSERVER)


def review(plan, reviewer, proposal, *, due_on) -> Assignment:
    rubric = factories.save(Rubric(code=f"r{proposal.id}", version=1, title_es="R", title_en="R"))
    round_ = factories.save(
        Round(plan_id=plan.id, number=proposal.id, name="Ronda", rubric_id=rubric.id, created_at=clock.now())
    )
    return factories.save(
        Assignment(
            round_id=round_.id,
            proposal_id=proposal.id,
            reviewer_id=reviewer.id,
            sector=ReviewSector.ACADEMIA,
            due_on=due_on,
            assigned_at=clock.now(),
        )
    )


@pytest.mark.parametrize("role", list(Role))
def test_only_those_who_direct_and_observe_see_it(sign_in, role):
    factories.plan()
    actor = factories.actor() if role in {Role.INSTITUTION, Role.COUNTERPART} else None
    browser = sign_in(factories.user(role, actor=actor))
    assert browser.get("/direccion/").status_code == (200 if role in READERS else 403)


def test_a_guest_is_sent_to_sign_in(client):
    factories.plan()
    answer = client.get("/direccion/")
    assert answer.status_code == 302
    assert "/cuenta/entrar" in answer.location
    assert Permission.DESK_READ == "reports:read_desk"


def test_funnel_counts_those_here_and_those_who_came_so_far(app):
    plan = factories.plan()
    for state, times in (
        (ProposalStatus.SUBMITTED, 3),
        (ProposalStatus.REFUSAL_PROPOSED, 1),
        (ProposalStatus.ADMITTED, 2),
        (ProposalStatus.EVALUATED, 1),
        (ProposalStatus.SELECTED, 2),
        (ProposalStatus.NOT_ADMITTED, 1),
        (ProposalStatus.DRAFT, 5),
    ):
        for _ in range(times):
            factories.proposal(plan, state)
    steps = desk.funnel(rows.stands(plan.id), 1)
    assert [(s.key, s.now, s.reached) for s in steps] == [
        ("received", 4, 10),
        ("admitted", 2, 5),
        ("in_evaluation", 0, 3),
        ("evaluated", 1, 3),
        ("decided", 2, 2),
        ("in_commitments", 1, 1),
    ]
    assert dict(steps[4].parts) == {
        ProposalStatus.SELECTED: 2,
        ProposalStatus.RESERVE: 0,
        ProposalStatus.OUTSIDE_PLAN: 0,
        ProposalStatus.NEXT_PLAN: 0,
    }


def test_what_is_late_comes_first(app):
    plan = factories.plan()
    factories.proposal(plan, submitted_at=clock.now() - timedelta(days=20))
    factories.proposal(plan, ProposalStatus.REFUSAL_PROPOSED, submitted_at=clock.now() - timedelta(days=2))
    factories.actor(status=ActorStatus.PENDING)
    reviewer = factories.user(Role.REVIEWER, name="Nina Tarde")
    late = factories.proposal(plan, ProposalStatus.IN_EVALUATION)
    review(plan, reviewer, late, due_on=clock.today() - timedelta(days=30))
    review(plan, reviewer, factories.proposal(plan, ProposalStatus.IN_EVALUATION), due_on=clock.today())
    found = desk.waiting(rows.stands(plan.id), rows.counts(plan.id), load.reviewers(plan.id), [], [], [])
    assert [(w.what, w.count, w.days, w.late, w.who) for w in found] == [
        ("review", 1, 30, True, "Nina Tarde"),
        ("examine", 1, 20, True, ""),
        ("countersign", 1, 2, False, ""),
        ("review", 1, 0, False, "Nina Tarde"),
        ("verify_actor", 1, 0, False, ""),
    ]


def test_what_was_admitted_and_put_in_no_round_waits_for_the_directorate(sign_in):
    plan = factories.plan()
    for _ in range(2):
        factories.proposal(plan, ProposalStatus.ADMITTED)
    page = sign_in(factories.user(Role.DIRECTORATE)).get("/direccion/").get_data(as_text=True)
    row = page[page.index("2 propuestas admitidas por asignar") :]
    assert row[: row.index("</tr>")].count("Dirección") == 1


def test_undecided_are_counted_and_other_plans_are_not(app):
    plan, other = factories.plan(), factories.plan(is_current=False)
    factories.proposal(plan, ProposalStatus.EVALUATED)
    factories.proposal(other, ProposalStatus.EVALUATED)
    factories.save(
        OutboxMessage(
            kind="x",
            to_address="a@demo.example",
            context={},
            created_at=clock.now(),
            not_before=clock.now(),
            last_error="No",
        )
    )
    counts = rows.counts(plan.id)
    assert (counts.undecided, counts.mail_waiting, counts.mail_failed) == (1, 1, 1)


def test_provinces_with_most_gaps_come_first_with_their_rate(app):
    plan = factories.plan()
    full = factories.territory("01", population_2022=20_000)
    empty: Territory = factories.territory("02", population_2022=10_000)
    factories.proposal(plan, territory_id=full.id)
    actor = factories.actor()
    db.session.execute(sa.insert(actor_territory).values(actor_id=actor.id, territory_id=full.id))
    factories.event(plan, territory_id=full.id)
    found = gaps.provinces(plan)
    assert [(p.code, p.gaps, p.per_ten_thousand) for p in found] == [(empty.code, 3, 0.0), (full.code, 0, 0.5)]


def test_the_calendar_must_be_public_two_weeks_before(app):
    from intake.plans import queries

    plan = factories.plan(StageKind.MAPPING)
    first = plan_first = min(s.opens_on for s in queries.by_code(plan.code).stages)
    plan.calendar_published_at = clock.start_of(first) - timedelta(days=13)
    kinds = [w.kind for w in desk.calendar_warnings(queries.by_code(plan.code))]
    assert "late_notice" in kinds
    plan.calendar_published_at = clock.start_of(plan_first) - timedelta(days=14)
    kinds = [w.kind for w in desk.calendar_warnings(queries.by_code(plan.code))]
    assert "late_notice" not in kinds


def test_the_directorate_is_warned_before_the_two_weeks_begin(app):
    from intake.plans import queries

    plan = factories.plan(StageKind.MAPPING)
    first = min(s.opens_on for s in queries.by_code(plan.code).stages)
    for today, kind in ((15, "notice_due"), (14, "notice_due"), (13, "late_notice"), (-1, "late_notice")):
        with clock.at(clock.start_of(first - timedelta(days=today))):
            found = desk.calendar_warnings(queries.by_code(plan.code))
        assert [(w.kind, w.day) for w in found if "notice" in w.kind] == [(kind, first - timedelta(days=14))]


@pytest.mark.parametrize(
    ("last", "ahead", "kinds"),
    [
        (-200, None, ["forum_late"]),
        (-200, 5, ["forum_late"]),
        (-165, None, ["forum_due"]),
        (-165, 5, []),
        (-20, None, []),
        (None, None, ["without_forum"]),
    ],
)
def test_the_desk_says_when_the_core_group_must_meet(sign_in, last, ahead, kinds):
    from intake.mapping.queries import council
    from models.enums import MeetingStatus

    plan = factories.plan()
    if last is not None:
        body = factories.body(plan)
        factories.meeting(body, starts_at=clock.now() + timedelta(days=last), status=MeetingStatus.HELD)
        if ahead:
            factories.meeting(body, starts_at=clock.now() + timedelta(days=ahead))
    from intake.plans import queries

    found = desk.forum_warnings(council.forums([queries.by_code(plan.code)])[plan.id])
    assert [w.kind for w in found] == kinds
    page = sign_in(factories.user(Role.DIRECTORATE)).get("/direccion/").text
    assert ("está vencida desde el" in page) is ("forum_late" in kinds)
    assert ("no hay reunión convocada" in page) is ("forum_due" in kinds)
    assert ("todavía no tiene Grupo Núcleo" in page) is ("without_forum" in kinds)


def fill(plan, times: int) -> None:
    for _ in range(times):
        reviewer = factories.user(Role.REVIEWER)
        proposal = factories.proposal(plan, ProposalStatus.IN_EVALUATION, territory_id=factories.territory().id)
        review(plan, reviewer, proposal, due_on=clock.today() - timedelta(days=3))
        factories.proposal(plan)
    db.session.flush()


def test_statements_do_not_grow(sign_in, count_queries):
    plan = factories.plan()
    browser = sign_in(factories.user(Role.DIRECTORATE))
    fill(plan, 1)
    with count_queries() as one:
        assert browser.get("/direccion/").status_code == 200
    fill(plan, 2)
    with count_queries() as three:
        assert browser.get("/direccion/").status_code == 200
    assert (len(one), len(three)) == (12, 12)


def test_only_what_is_late_counts_as_late(sign_in):
    plan = factories.plan()
    for days in (20, 16, 15, 1):
        factories.proposal(plan, submitted_at=clock.now() - timedelta(days=days))
    assert rows.stands(plan.id)[ProposalStatus.SUBMITTED].late == 2
    assert "2 atrasadas de 4" in sign_in(factories.user(Role.DIRECTORATE)).get("/direccion/").text


def test_an_observer_sees_the_numbers_and_no_door_that_is_closed(sign_in):
    plan = factories.plan()
    factories.proposal(plan)
    factories.actor(status=ActorStatus.PENDING)
    page = sign_in(factories.user(Role.OBSERVER)).get("/direccion/").text
    main = page[page.index("<main") :]
    assert "1 propuesta por examinar" in main
    for closed in ("/evaluacion/", "/direccion/correo/", "/direccion/puestos/", "estado=pending"):
        assert closed not in main


def test_proposals_without_a_province_are_said(sign_in):
    plan = factories.plan()
    factories.proposal(plan)
    assert "Y 1 propuesta sin provincia" in sign_in(factories.user(Role.DIRECTORATE)).get("/direccion/").text
