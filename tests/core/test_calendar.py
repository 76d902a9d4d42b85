"""Stages open and close at Ecuador's midnight, without any job."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from intake.core import calendar, clock
from intake.core.errors import StageClosed
from models import Stage
from models.enums import StageKind


def stages() -> list[Stage]:
    dates = [
        ("2026-01-01", "2026-02-28"),
        ("2026-03-01", "2026-04-30"),
        ("2026-05-01", None),
        (None, None),
        (None, None),
    ]
    made = []
    for number, (kind, (opens, closes)) in enumerate(zip(StageKind, dates, strict=True), start=1):
        day = lambda text: date.fromisoformat(text) if text else None
        made.append(Stage(number=number, kind=kind, opens_on=day(opens), closes_on=day(closes)))
    return made


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-01T04:59:59+00:00", False),  # 23:59:59 of the last day of February in Quito
        ("2026-03-01T05:00:00+00:00", True),
        ("2026-05-01T04:59:59+00:00", True),
        ("2026-05-01T05:00:00+00:00", False),
    ],
)
def test_reception_opens_and_closes_at_ecuadors_midnight(moment: str, is_open: bool) -> None:
    with time_machine.travel(moment, tick=False):
        assert calendar.view_of(stages(), StageKind.RECEPTION).is_open is is_open


def test_the_states_of_a_plan_in_the_middle() -> None:
    states = [v.state for v in calendar.views(stages(), date(2026, 3, 15))]
    assert states == ["done", "open", "next", "pending", "pending"]


def test_a_stage_without_an_end_stays_open() -> None:
    assert calendar.views(stages(), date(2030, 1, 1))[2].state == "open"


def test_a_closed_stage_says_when_it_was_open_and_what_is_next() -> None:
    with time_machine.travel("2026-02-10T12:00:00+00:00"), pytest.raises(StageClosed) as refused:
        calendar.require_open(stages(), StageKind.RECEPTION)
    assert refused.value.details["stage"].opens_on == date(2026, 3, 1)
    assert refused.value.details["following"].kind is StageKind.MAPPING


def test_today_is_ecuadors_day() -> None:
    with time_machine.travel("2026-11-22T03:00:00+00:00", tick=False):
        assert clock.today() == date(2026, 11, 21)
        assert clock.end_of(clock.today()) == clock.start_of(date(2026, 11, 22))
