"""The three plans: their calendars, what was rescheduled, who took part, and what others published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.demo.source import Row, citation, day, moment, read
from intake.plans import queries, services
from intake.plans.inputs import FigureInput, PlanInput, StageInput, StageNoteInput
from models.enums import Approach, Dimension, PlanStatus, StageKind, StageStatus

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Plan

#: PAGA2's published period ends with 2024; the exact day was never found (paga2.json says so).
_CREATED = {"PAGA1": date(2018, 11, 1), "PAGA2": date(2022, 1, 1)}


def past(world: World, code: str) -> None:
    """A real plan as it was, with its reschedules, figures and participation."""
    data = read(code.lower())
    with clock.at(moment(_CREATED[code])):
        plan = services.create_plan(_past_plan(data), by=SYSTEM)
    world.plans[code] = plan
    for row in data["reschedules"]:
        _reschedule_past(plan, row)
    for row in data["reported_figures"]:
        _figure(plan, row)
    _participation(plan, data["participation"])


def _past_plan(data: Row) -> PlanInput:
    plan = data["plan"]
    notes = [
        plan.get("ogp_cycle_note_es"),
        plan.get("implementation_start_note_es"),
        plan.get("implementation_end_note_es"),
    ]
    return PlanInput(
        code=plan["code"],
        number=plan["number"],
        title_es=plan["title_es"],
        title_en=plan["title_en"],
        status=PlanStatus.CLOSED,
        vision_es=plan.get("vision_es") or "",
        vision_en=plan.get("vision_en") or "",
        summary_es=" ".join(note for note in notes if note),
        starts_on=day(plan["implementation_start"]),
        ends_on=_before(data, None, day(plan["implementation_end"])),
        approaches=tuple(Approach(code) for code in plan["approaches"]),
        stages=tuple(_past_stage(data, row) for row in data["stages"]),
        history=tuple(_note(row) for row in data["historical_stages"]),
    )


def _past_stage(data: Row, row: Row) -> StageInput:
    return StageInput(
        kind=StageKind(row["code"]),
        opens_on=day(row["opens_on"]),
        closes_on=_before(data, row["code"], day(row["closes_on"])),
        status=StageStatus.CONCLUDED,
        note_es=row["note_es"] or "",
    )


def _before(data: Row, stage: str | None, final: date | None) -> date | None:
    """The day that stood before the plan was rescheduled: the change itself is made, and shown, afterwards."""
    rows = [r for r in data["reschedules"] if stage is None or r["stage"] == stage]
    return day(rows[0]["old_value"]) if rows else final


def _note(row: Row) -> StageNoteInput:
    source, url = citation(row)
    details = {"who_es": row["who_es"] or "", "maps_to": row["maps_to"], "source": source, "url": url or ""}
    return StageNoteInput(
        position=row["number"],
        title_es=row["name_es"],
        title_en=row["name_en"],
        details={k: v for k, v in details.items() if v},
    )


def _reschedule_past(plan: Plan, row: Row) -> None:
    decided = day(row["decided_on"]) or clock.today()
    stage = next(s for s in plan.stages if s.kind.value == row["stage"])
    new = day(row["new_value"])
    grounds = {
        "reason": row["reason_es"],
        "decided_by": row["decided_by_es"],
        "decided_on": decided,
        "source_url": citation(row)[1],
    }
    with clock.at(moment(decided)):
        services.reschedule_stage(stage, stage.opens_on, new, by=SYSTEM, **grounds)
        if new is not None:
            services.reschedule_plan(plan, new, by=SYSTEM, **grounds)


def _figure(plan: Plan, row: Row) -> None:
    """A published number; the few that are words (a principle's name) are no figures and stay in the file."""
    if not isinstance(row["value"], (int, float)):
        return
    source, _url = citation(row)
    services.add_reported_figure(
        plan,
        FigureInput(
            key=row["key"],
            label_es=row["label_es"],
            label_en=row["label_en"],
            value=Decimal(str(row["value"])),
            unit=row["unit"],
            source=source or row["source_url"] or row["source_key"],
            source_url=row["source_url"],
            as_of=day(row["as_of"]),
            note=row["note_es"] or "",
        ),
        by=SYSTEM,
    )


def _participation(plan: Plan, rows: list[Row]) -> None:
    """The plan's own total, by gender as its source counted it."""
    if not rows:
        return
    source, url = citation(rows[0])
    services.record_participation(
        plan,
        {Dimension.GENDER: {row["gender"]: row["count"] for row in rows}},
        total=sum(row["count"] for row in rows),
        source=source,
        source_url=url,
        label_es=rows[0]["event_scope_es"],
        by=SYSTEM,
    )


def current(world: World) -> None:
    """The fictional plan under way; its calendar was published three weeks before its first stage."""
    data = read("paga3")
    first = min(row["opens_offset"] for row in data["stages"])
    plan_row = data["plan"]
    with clock.at(moment(world.day(first - 21))):
        plan = services.create_plan(
            replace(
                _past_plan(
                    {
                        **data,
                        "plan": {**plan_row, "implementation_start": None, "implementation_end": None},
                        "stages": [],
                        "historical_stages": [],
                        "reschedules": [],
                    }
                ),
                status=PlanStatus.CO_CREATION,
                starts_on=world.day(plan_row["implementation_start_offset"]),
                ends_on=world.day(plan_row["implementation_end_offset"]),
                summary_es=data["notice_es"],
                summary_en=data["notice_en"],
                is_current=True,
                is_fictional=True,
                stages=tuple(_stage(world, data, row) for row in data["stages"]),
            ),
            by=SYSTEM,
        )
    world.plans["PAGA3"] = plan
    for row in data["reschedules"]:
        world.at(row["decided_offset"], 17, partial(_reschedule, world, plan, row))


def _stage(world: World, data: Row, row: Row) -> StageInput:
    closes = next((r["old_offset"] for r in data["reschedules"] if r["stage"] == row["code"]), row["closes_offset"])
    return StageInput(
        kind=StageKind(row["code"]),
        opens_on=world.day(row["opens_offset"]),
        closes_on=world.day(closes),
        status=StageStatus.PUBLISHED,
        note_es=row["note_es"] or "",
        note_en=row.get("note_en") or "",
    )


def _reschedule(world: World, plan: Plan, row: Row) -> None:
    stage = next(s for s in queries.stages_of(plan.id) if s.kind.value == row["stage"])
    services.reschedule_stage(
        stage,
        stage.opens_on,
        world.day(row["new_offset"]),
        reason=row["reason_es"],
        decided_by=row["decided_by_es"],
        decided_on=world.day(row["decided_offset"]),
        by=world.directorate(),
    )
