"""Who took part, counted once: lists and counts, parts of other events, repetitions, and what the public is told."""

from __future__ import annotations

import pytest

from intake.core.smallcells import Told
from intake.plans import figures, participation
from intake.plans.participation import Figures
from models import Participation, ParticipationCount, PersonProfile, ProfileAttendance
from models.enums import AttendanceMethod, Dimension
from tests import factories as make

GENDER = Dimension.GENDER


def counted(plan, people: dict[str, int], *, total: int | None = None, **event) -> int:
    """An event with its attendance taken as counts."""
    event_id = make.event(plan, **event).id
    row = make.save(Participation(plan_id=plan.id, event_id=event_id, total=total or sum(people.values())))
    for category, number in people.items():
        make.save(ParticipationCount(participation_id=row.id, dimension=GENDER, category=category, people=number))
    return event_id


def listed(plan, profiles: list[PersonProfile]) -> int:
    """An event with its attendance taken as a list."""
    event_id = make.event(plan).id
    row = Participation(plan_id=plan.id, event_id=event_id, total=len(profiles), method=AttendanceMethod.LIST)
    make.save(row)
    for profile in profiles:
        make.save(ProfileAttendance(profile_id=profile.id, event_id=event_id))
    for category, number in participation.listed(event_id)[GENDER].items():
        make.save(ParticipationCount(participation_id=row.id, dimension=GENDER, category=category, people=number))
    return event_id


def profiles(plan, women: int, men: int) -> list[PersonProfile]:
    answers = ["woman"] * women + ["man"] * men
    return [
        make.save(PersonProfile(plan_id=plan.id, person_key=f"{plan.id}-{n}-{women}-{men}", gender=answer))
        for n, answer in enumerate(answers)
    ]


def test_without_events_there_is_nothing(app):
    found = participation.of_plan(make.plan().id)
    assert found == Figures(None, 0, Told(), 0, 0)
    assert (found.number, found.are_people, figures.attendance_sentence(found)) == (0, False, "")


def test_a_published_total_stands_for_itself(app):
    plan = make.plan()
    make.save(Participation(plan_id=plan.id, total=1260, source="Informe"))
    counted(plan, {"man": 30, "woman": 10})
    found = participation.of_plan(plan.id)
    assert (found.number, found.are_people, found.from_events) == (1260, True, 40)


def test_what_is_counted_in_another_event_is_not_added(app):
    plan = make.plan()
    whole = counted(plan, {"man": 30, "woman": 10})
    counted(plan, {"man": 20, "woman": 10}, counted_in_id=whole)
    found = participation.of_plan(plan.id)
    assert (found.counted, found.number, found.are_people) == (1, 40, True)
    assert participation.breakdowns(plan.id)[0].rows == (("woman", Told(10)), ("man", Told(30)))


def test_listed_people_count_once_and_others_as_often_as_they_came(app):
    plan = make.plan()
    people = profiles(plan, 12, 10)
    listed(plan, people)
    listed(plan, people[:6] + people[12:18])
    found = participation.of_plan(plan.id)
    assert (found.attendances, found.repeats, found.number, found.are_people) == (Told(34), 12, 22, True)
    assert "Personas distintas" in figures.definition(found)
    assert figures.attendance_sentence(found) == "22 personas asistieron a 2 encuentros"
    counted(plan, {"woman": 20})
    found = participation.of_plan(plan.id)
    assert (found.number, found.are_people) == (42, False)
    assert "Estimación" in figures.definition(found)


def test_exact_parts_count_listed_people_once_and_add_up(app):
    plan = make.plan()
    people = profiles(plan, 12, 10)
    listed(plan, people)
    listed(plan, people[:3])
    exact, public = participation.of_plan(plan.id, exact=True), participation.of_plan(plan.id)
    assert (exact.attendances, exact.repeats, exact.number) == (Told(25), 3, 22)
    assert (public.attendances, public.repeats, public.number) == (Told(22, 1), 0, 22)
    parts = participation.breakdowns(plan.id, exact=True)[0]
    assert (parts.rows, parts.undisclosed, parts.unasked) == ((("woman", Told(12)), ("man", Told(10))), 0, 0)


@pytest.mark.parametrize("again", [1, 4])
def test_a_few_repetitions_are_not_told(app, again):
    plan = make.plan()
    people = profiles(plan, 12, 10)
    listed(plan, people)
    listed(plan, people[:again] + profiles(plan, 5, 6))
    found = participation.of_plan(plan.id)
    assert found.repeats is None
    assert (found.number, found.are_people) == (22 + again + 11, False)
    assert participation.of_plan(plan.id, exact=True).number == 33


def test_events_of_a_few_people_are_left_out_in_public_and_counted(app):
    plan = make.plan()
    counted(plan, {"woman": 9, "man": 8})
    counted(plan, {"woman": 3})
    found = participation.of_plan(plan.id)
    assert (found.counted, found.summed, found.attendances) == (2, 1, Told(17, 1))
    assert figures.left_out(found).startswith("1 encuentro con menos de 5")
    assert participation.breakdowns(plan.id)[0].rows == (("woman", Told(9)), ("man", Told(8)))
    assert participation.of_plan(plan.id, exact=True).number == 20


def test_the_parts_of_every_dimension_add_up_to_the_figure(app):
    plan = make.plan()
    counted(plan, {"woman": 9, "man": 8, "other": 1})
    counted(plan, {"woman": 20, "man": 7})
    counted(plan, {}, total=11)
    part = participation.breakdowns(plan.id)[0]
    assert sum(told.value for _category, told in part.rows) + part.undisclosed + part.unasked == 56
    assert (part.undisclosed, part.unasked) == (9, 11)


def test_other_plans_do_not_count(app):
    plan, other = make.plan(), make.plan(code="PAGA9", is_current=False)
    counted(plan, {"woman": 9})
    counted(other, {"woman": 90})
    assert participation.of_plan(plan.id).number == 9


def test_figures_take_few_statements(app, count_queries):
    plan = make.plan()
    counted(plan, {"woman": 9, "man": 8})
    with count_queries() as seen:
        participation.of_plan(plan.id)
        participation.breakdowns(plan.id)
    assert len(seen) == 2
