"""Plans: what their services do, refuse and leave behind."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import calendar, clock
from intake.core.errors import Conflict, Forbidden, Invalid, SignInNeeded, StageClosed
from intake.core.identity import GUEST, SYSTEM
from intake.core.smallcells import Told
from intake.extensions import db
from intake.mapping import queries as mapping
from intake.plans import figures, participation, queries, services
from intake.plans.inputs import FigureInput, PlanInput, StageInput, StageNoteInput
from intake.plans.participation import Figures
from intake.reports import sentence
from models import AuditEntry, Participation, Plan, Reschedule, Stage
from models.enums import Approach, Dimension, PlanStatus, Role, StageKind, StageStatus
from tests import factories as make

GENDER = Dimension.GENDER


def new_plan(**values):
    given = {"code": "PAGA9", "number": 9, "title_es": "Noveno Plan", "title_en": "Ninth Plan", **values}
    return services.create_plan(PlanInput(**given), by=SYSTEM)


def stage_of(plan: Plan, kind: StageKind) -> Stage:
    return next(s for s in queries.stages_of(plan.id) if s.kind is kind)


def reschedule(stage, opens, closes, *, by=SYSTEM, **values):
    given = {"reason": "Lluvias", "decided_by": "Grupo Núcleo", "decided_on": clock.today(), **values}
    return services.reschedule_stage(stage, opens, closes, by=by, **given)


def test_a_new_plan_has_its_five_stages_in_order(app):
    plan = new_plan(
        approaches=(Approach.GENDER,),
        stages=(StageInput(kind=StageKind.RECEPTION, opens_on=date(2026, 1, 1), closes_on=date(2026, 2, 1)),),
        history=(StageNoteInput(position=1, title_es="Recepción", title_en="Reception"),),
    )
    assert [(s.number, s.kind) for s in plan.stages] == list(enumerate(StageKind, 1))
    assert plan.status is PlanStatus.PREPARING
    assert [s.opens_on for s in plan.stages] == [None, date(2026, 1, 1), None, None, None]
    assert [a.approach for a in plan.approaches] == [Approach.GENDER]
    assert [n.title_es for n in queries.history(plan)] == ["Recepción"]


def test_a_plan_of_the_past_begins_where_it_ended(app):
    plan = new_plan(
        status=PlanStatus.CLOSED, stages=(StageInput(kind=StageKind.MAPPING, status=StageStatus.CONCLUDED),)
    )
    assert plan.status is PlanStatus.CLOSED
    assert plan.stages[0].status is StageStatus.CONCLUDED


def test_a_code_is_taken_once(app):
    new_plan()
    with pytest.raises(Invalid) as error:
        new_plan()
    assert error.value.field == "code"


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.ANALYST, Role.FACILITATOR, Role.CORE_GROUP])
def test_only_the_directorate_touches_the_calendar(app, as_principal, role):
    stage = stage_of(make.plan(), StageKind.RECEPTION)
    who = as_principal(make.user(role))
    with pytest.raises(Forbidden):
        reschedule(stage, stage.opens_on, stage.closes_on + timedelta(days=1), by=who)
    with pytest.raises(Forbidden):
        services.move_stage(stage, "conclude", by=who, reason="x")


def test_a_guest_is_asked_to_sign_in(app):
    plan = make.plan()
    with pytest.raises(SignInNeeded):
        services.move_plan(plan, "close", by=GUEST, reason="x")
    with pytest.raises(SignInNeeded):
        services.add_reported_figure(plan, figure(), by=GUEST)


def test_a_change_of_dates_keeps_the_old_ones_and_is_traced(app, as_principal):
    plan = make.plan()
    stage = stage_of(plan, StageKind.RECEPTION)
    old = (stage.opens_on, stage.closes_on)
    boss = as_principal(make.user(Role.DIRECTORATE))
    row = reschedule(stage, old[0], old[1] + timedelta(days=20), by=boss, source_url="https://ejemplo.ec/acta.pdf")
    assert (row.old_opens_on, row.old_closes_on) == old
    assert (row.new_opens_on, row.new_closes_on) == (old[0], old[1] + timedelta(days=20))
    assert stage.closes_on == old[1] + timedelta(days=20)
    assert (row.reason, row.decided_by, row.recorded_by_id) == ("Lluvias", "Grupo Núcleo", boss.user_id)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "stage.reschedule")).one()
    assert entry.changes["closes_on"] == [old[1].isoformat(), stage.closes_on.isoformat()]
    assert (entry.reason, entry.user_id, entry.subject_ref) == ("Lluvias", boss.user_id, f"{plan.code}/2")


def test_two_changes_leave_two_rows_in_order(app):
    plan = make.plan()
    stage = stage_of(plan, StageKind.RECEPTION)
    first = stage.closes_on
    reschedule(stage, stage.opens_on, first + timedelta(days=5))
    reschedule(stage, stage.opens_on, first + timedelta(days=9))
    assert [r.old_closes_on for r in queries.reschedules(plan)] == [first, first + timedelta(days=5)]


@pytest.mark.parametrize(
    ("opens", "closes", "field"),
    [
        (0, 0, "opens_on"),  # the same dates
        (60, 0, "closes_on"),  # closes before it opens
        (-60, 0, "opens_on"),  # before the stage before it
        (40, 60, "opens_on"),  # after the stage after it
        (0, 40, "closes_on"),  # closes after the stage after it
        (0, -28, "closes_on"),  # a day that is over
    ],
)
def test_dates_out_of_order_are_refused_at_their_field(app, opens, closes, field):
    stage = stage_of(make.plan(), StageKind.RECEPTION)
    with pytest.raises(Invalid) as error:
        reschedule(stage, stage.opens_on + timedelta(days=opens), stage.closes_on + timedelta(days=closes))
    assert error.value.field == field
    assert db.session.scalar(sa.select(sa.func.count(Reschedule.id))) == 0


def test_the_message_names_the_stage_in_the_way(app):
    stage = stage_of(make.plan(), StageKind.RECEPTION)
    with pytest.raises(Invalid, match="Análisis y evaluación"):
        reschedule(stage, stage.opens_on, stage.closes_on + timedelta(days=300))


def test_stages_may_overlap(app):
    stage = stage_of(make.plan(), StageKind.RECEPTION)
    row = reschedule(stage, stage.opens_on - timedelta(days=10), stage.closes_on + timedelta(days=20))
    assert row.new_closes_on == stage.closes_on


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"decided_by": ""}, "decided_by"),
        ({"decided_on": date(2999, 1, 1)}, "decided_on"),
    ],
)
def test_a_change_needs_its_grounds(app, values, field):
    stage = stage_of(make.plan(), StageKind.RECEPTION)
    with pytest.raises(Invalid) as error:
        reschedule(stage, stage.opens_on, stage.closes_on + timedelta(days=1), **values)
    assert error.value.field == field


def test_a_concluded_stage_keeps_its_dates_while_the_plan_is_made(app):
    stage = stage_of(make.plan(), StageKind.MAPPING)
    services.move_stage(stage, "conclude", by=SYSTEM, reason="Terminó")
    with pytest.raises(Invalid):
        reschedule(stage, stage.opens_on, clock.today() + timedelta(days=1))


def test_the_history_of_a_past_plan_can_be_loaded(app):
    plan = new_plan(
        status=PlanStatus.CLOSED,
        stages=(StageInput(kind=StageKind.ACCOUNTABILITY, closes_on=date(2021, 8, 31), status=StageStatus.CONCLUDED),),
    )
    row = reschedule(plan.stages[4], None, date(2022, 8, 31), decided_on=date(2020, 5, 22))
    assert (row.old_closes_on, row.new_closes_on) == (date(2021, 8, 31), date(2022, 8, 31))


def test_a_stale_edit_is_refused_with_who_changed_it(app, as_principal):
    stage = stage_of(make.plan(), StageKind.RECEPTION)
    seen = stage.lock_version
    boss = as_principal(make.user(Role.DIRECTORATE, name="Ana Directora"))
    reschedule(stage, stage.opens_on, stage.closes_on + timedelta(days=1), by=boss)
    with pytest.raises(Conflict) as error:
        reschedule(stage, stage.opens_on, stage.closes_on + timedelta(days=2), version=seen)
    assert error.value.details["last"].name == "Ana Directora"


def test_the_end_of_a_plan_moves_and_the_first_one_stays(app):
    plan = new_plan(starts_on=date(2019, 9, 1), ends_on=date(2021, 8, 31))
    for end in (date(2022, 2, 28), date(2022, 8, 31)):
        services.reschedule_plan(
            plan, end, reason="COVID-19", decided_by="Grupo Núcleo", decided_on=date(2020, 5, 22), by=SYSTEM
        )
    assert (plan.original_ends_on, plan.ends_on) == (date(2021, 8, 31), date(2022, 8, 31))
    assert [r.stage_id for r in queries.reschedules(plan)] == [None, None]
    with pytest.raises(Invalid):
        services.reschedule_plan(
            plan, date(2018, 1, 1), reason="x", decided_by="x", decided_on=date(2020, 1, 1), by=SYSTEM
        )


def test_publishing_the_first_stage_dates_the_calendar(app):
    plan = new_plan(stages=(StageInput(kind=StageKind.MAPPING, opens_on=date(2026, 1, 1)),))
    stage = plan.stages[0]
    services.move_stage(stage, "publish", by=SYSTEM)
    assert stage.status is StageStatus.PUBLISHED
    assert plan.calendar_published_at is not None


def test_a_stage_without_dates_is_not_published(app):
    with pytest.raises(Invalid):
        services.move_stage(new_plan().stages[0], "publish", by=SYSTEM)


def test_concluding_a_stage_needs_a_reason(app):
    stage = stage_of(make.plan(), StageKind.MAPPING)
    with pytest.raises(Invalid) as error:
        services.move_stage(stage, "conclude", by=SYSTEM)
    assert error.value.field == "reason"


def test_a_plan_that_begins_becomes_the_one_under_way(app):
    old, new = make.plan(), new_plan()
    services.move_plan(new, "begin", by=SYSTEM)
    db.session.refresh(old)
    assert (old.is_current, new.is_current) == (False, True)
    assert queries.current().id == new.id


def test_the_first_publication_makes_a_new_plan_the_one_under_way(app, as_principal):
    old, new = make.plan(status=PlanStatus.IMPLEMENTATION), new_plan()
    who = as_principal(make.user(Role.DIRECTORATE))
    stage = stage_of(new, StageKind.MAPPING)
    assert stage.status is StageStatus.PLANNED and not new.is_current
    reschedule(stage, clock.today(), None, by=who)
    services.move_stage(stage, "publish", by=who)
    db.session.refresh(old)
    assert (old.is_current, new.is_current, queries.current().id) == (False, True, new.id)
    made = sa.select(AuditEntry).where(AuditEntry.action == "plan.make_current", AuditEntry.subject_id == new.id)
    assert db.session.scalars(made).one().changes["is_current"] == [False, True]


def test_a_plan_that_is_being_co_created_stays_until_the_next_begins(app):
    old, new = make.plan(status=PlanStatus.CO_CREATION), new_plan()
    stage = stage_of(new, StageKind.MAPPING)
    reschedule(stage, clock.today(), None)
    services.move_stage(stage, "publish", by=SYSTEM)
    assert queries.current().id == old.id and new.calendar_published_at is not None
    services.move_plan(new, "begin", by=SYSTEM)
    assert queries.current().id == new.id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "PLAN 4"}, "code"),
        ({"code": "4"}, "code"),
        ({"code": "PAGA4\n"}, "code"),
        ({"number": 0}, "number"),
        ({"title_es": " "}, "title_es"),
        ({"title_en": ""}, "title_en"),
        ({"starts_on": date(2027, 1, 2), "ends_on": date(2027, 1, 1)}, "ends_on"),
    ],
)
def test_a_new_plan_needs_its_names_and_an_order(app, values, field):
    with pytest.raises(Invalid) as error:
        new_plan(**values)
    assert error.value.field == field
    assert queries.all_plans() == []


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.ANALYST, Role.CORE_GROUP, Role.OBSERVER])
def test_only_directorate_and_administration_make_plans(app, as_principal, role):
    given = PlanInput(code="PAGA9", number=9, title_es="Noveno", title_en="Ninth")
    with pytest.raises(Forbidden):
        services.create_plan(given, by=as_principal(make.user(role)))
    assert services.create_plan(given, by=as_principal(make.user(Role.ADMIN))).status is PlanStatus.PREPARING


def figure(**values):
    given = {
        "key": "funnel.received",
        "label_es": "Propuestas recibidas",
        "label_en": "Proposals received",
        "value": Decimal(335),
        "unit": "proposals",
        "source": "PAGA I, p. 26",
        **values,
    }
    return FigureInput(**given)


def test_a_published_figure_keeps_its_source(app):
    plan = make.plan()
    services.add_reported_figure(plan, figure(), by=SYSTEM)
    assert [(f.key, f.value, f.source) for f in queries.reported_figures(plan)] == [
        ("funnel.received", Decimal(335), "PAGA I, p. 26")
    ]
    with pytest.raises(Invalid, match="clave"):
        services.add_reported_figure(plan, figure(), by=SYSTEM)
    with pytest.raises(Invalid, match="fuente"):
        services.add_reported_figure(plan, figure(key="otra", source=" "), by=SYSTEM)


PAGA2 = {GENDER: {"man": 692, "woman": 559, "non_binary": 4, "other": 5}}


def test_the_people_of_the_second_plan_in_one_sentence(app):
    plan = new_plan(code="PAGA2", number=2)
    services.record_participation(plan, PAGA2, total=1260, by=SYSTEM)
    with app.test_request_context("/?lang=es"):
        assert sentence.of_latest_counted_plan().text == (
            "1.260 personas participaron en el Segundo Plan: "
            "692 hombres, 559 mujeres, 4 personas no binarias y 5 de otro género"
        )


def test_one_person_is_one_person(app):
    plan = new_plan(number=1)
    services.record_participation(plan, {GENDER: {"woman": 1}}, total=1, by=SYSTEM)
    with app.test_request_context("/?lang=es"):
        assert sentence.of_latest_counted_plan().text == "1 persona participó en el Primer Plan: 1 mujer"


def test_no_people_no_sentence(app):
    make.plan()
    assert sentence.of_latest_counted_plan() is None


def test_parts_that_do_not_add_up_are_refused_by_name(app):
    plan = make.plan()
    counts = {GENDER: {"man": 2, "woman": 3}, Dimension.AGE_BAND: {"18_29": 4}}
    with pytest.raises(Invalid) as error:
        services.record_participation(plan, counts, total=5, by=SYSTEM)
    assert error.value.field == "age_band"
    assert (error.value.details["sum"], error.value.details["total"]) == (4, 5)
    assert "Edad" in str(error.value.message) and "4" in str(error.value.message) and "5" in str(error.value.message)
    assert db.session.scalar(sa.select(sa.func.count(Participation.id))) == 0


def test_negative_people_are_refused(app):
    with pytest.raises(Invalid):
        services.record_participation(make.plan(), {GENDER: {"man": 6, "woman": -1}}, total=5, by=SYSTEM)


def test_a_second_record_of_an_event_replaces_the_first(app):
    plan = make.plan()
    event = make.event(plan)
    services.record_participation(plan, {GENDER: {"man": 1, "woman": 1}}, total=2, event=event, by=SYSTEM)
    services.record_participation(plan, {GENDER: {"woman": 7}}, total=7, event=event, by=SYSTEM)
    assert db.session.scalar(sa.select(sa.func.count(Participation.id))) == 1
    row = mapping.participation_of(event)
    assert (row.total, [(c.category, c.people) for c in row.counts]) == (7, [("woman", 7)])
    assert participation.of_plan(plan.id) == Figures(None, 1, Told(7), 0, 0)


def test_sums_of_events_do_not_give_away_what_an_event_withholds(app):
    plan = make.plan()
    services.record_participation(plan, {GENDER: {"man": 8, "woman": 9}}, total=17, event=make.event(plan), by=SYSTEM)
    few = {GENDER: {"man": 7, "woman": 6, "other": 1}}
    services.record_participation(plan, few, total=14, event=make.event(plan), by=SYSTEM)
    found = participation.of_plan(plan.id)
    gender = participation.breakdowns(plan.id)[0]
    assert (found.number, found.are_people, gender.undisclosed) == (31, False, 14 - 7)
    assert gender.rows == (("woman", Told(9, 1)), ("man", Told(15)), ("other", Told(0, 1)))
    assert figures.attendance_sentence(found, gender) == "31 asistencias registradas en 2 encuentros"


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-10T04:59:59Z", False),  # 23:59:59 of the 9th in Ecuador
        ("2026-03-10T05:00:00Z", True),  # the first moment of the 10th
        ("2026-03-21T04:59:59Z", True),  # the last second of the 20th
        ("2026-03-21T05:00:00Z", False),  # the 21st has begun
    ],
)
def test_a_stage_is_open_by_ecuadors_clock(app, moment, is_open):
    plan = new_plan(
        stages=(StageInput(kind=StageKind.RECEPTION, opens_on=date(2026, 3, 10), closes_on=date(2026, 3, 20)),)
    )
    with time_machine.travel(moment, tick=False):
        assert calendar.view_of(plan.stages, StageKind.RECEPTION).is_open is is_open
        if not is_open:
            with pytest.raises(StageClosed):
                calendar.require_open(plan.stages, StageKind.RECEPTION)


def test_a_concluded_stage_of_the_past_is_over_even_if_its_last_day_is_unknown(app):
    concluded = StageStatus.CONCLUDED
    plan = new_plan(
        status=PlanStatus.CLOSED,
        stages=(
            StageInput(kind=StageKind.MAPPING, opens_on=date(2022, 1, 1), status=concluded),
            StageInput(kind=StageKind.EVALUATION, status=concluded),
        ),
    )
    states = [view.state for view in calendar.views(plan.stages)]
    assert states == ["done", "pending", "done", "pending", "pending"]
