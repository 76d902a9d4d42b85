"""What `flask check` says of the figures of who took part."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from intake.core import smallcells
from intake.core.smallcells import SMALL, Told, Withheld
from intake.extensions import db
from intake.plans import participation
from intake.reports import invariants_figures as checked
from models import Participation, ParticipationCount, ProfileAttendance
from tests import factories as make
from tests.plans.test_participation import counted, listed, profiles

CHECKS = (checked.people_once, checked.parts_make_the_figure, checked.people_have_one_plan, checked.nobody_worked_out)


@pytest.fixture
def plan(app):
    made = make.plan()
    people = profiles(made, 12, 10)
    listed(made, people)
    listed(made, people[:7])
    whole = counted(made, {"woman": 20, "man": 9, "other": 1})
    counted(made, {"woman": 8, "man": 2}, counted_in_id=whole)
    counted(made, {"woman": 11, "man": 7, "other": 2})
    counted(made, {"woman": 3})
    return made


def test_sound_figures_pass(plan):
    assert [list(check()) for check in CHECKS] == [[], [], [], []]


def test_a_list_that_its_numbers_contradict_is_found(plan):
    row = db.session.scalars(sa.select(Participation).where(Participation.method == "list")).first()
    row.total += 3
    db.session.flush()
    assert list(checked.people_once()) == [plan.code]


def test_parts_beyond_the_total_are_found(plan):
    row = db.session.scalars(sa.select(ParticipationCount).where(ParticipationCount.people == 20)).one()
    row.people = 90
    db.session.flush()
    assert list(checked.parts_make_the_figure()) == [f"{plan.code} gender"] * 2


def test_a_person_of_another_plan_on_a_list_is_found(plan):
    other = make.plan(code="PAGA8", is_current=False)
    event = make.event(other)
    person = profiles(plan, 1, 0)[0]
    make.save(ProfileAttendance(profile_id=person.id, event_id=event.id))
    assert list(checked.people_have_one_plan()) == [event.slug]


def test_sums_that_give_somebody_away_are_found(plan, monkeypatch):
    """Were hidden numbers in the sums, a reader would see them come with their event."""
    honest = participation.published_table

    def careless(rows):
        found = honest(rows)
        sums = {name: Told(sum(row.get(name, 0) for row in rows.values())) for name in found.totals}
        return type(found)(found.rows, sums)

    monkeypatch.setattr(participation, "published_table", careless)
    assert list(checked.nobody_worked_out()) == [f"{plan.code} gender"]


def test_an_event_that_gives_somebody_away_is_found(plan, monkeypatch):
    """Were only the few hidden, one of them alone would be the total less the others."""

    def careless(people):
        return {c: Withheld.FEW if 1 <= n < SMALL else n for c, n in people.items()}

    monkeypatch.setattr(smallcells, "published", careless)
    monkeypatch.setattr(checked, "published", careless)
    assert list(checked.nobody_worked_out()) == [f"{plan.code} gender"]
