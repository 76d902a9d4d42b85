"""Bodies and co-creation events of the three plans, with their attendance as counts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from intake.core.identity import SYSTEM
from intake.demo.source import Row, citation, day, moment, read, wall_clock
from intake.mapping import services
from intake.mapping.inputs import EventInput, MemberInput
from models.enums import BodyKind, Dimension, EventKind

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Event

_KINDS = {
    "table": EventKind.TERRITORIAL_TABLE,
    "workshop": EventKind.THEMATIC_TABLE,
    "virtual": EventKind.VIRTUAL,
    "course": EventKind.COURSE,
}
_DIMENSIONS = {
    "gender": Dimension.GENDER,
    "age": Dimension.AGE_BAND,
    "sector": Dimension.SECTOR,
    "ethnicity": Dimension.SELF_IDENTIFICATION,
}
_SENSITISATION = "sensitisation_event"


def bodies(world: World, code: str) -> None:
    """The Core Group of a plan and, for the first one, its working group in pairs."""
    data, plan = read(code.lower()), world.plans[code]
    core = data.get("core_group") or ()
    if core:
        members = [
            MemberInput(
                actor=world.actors[row["organisation"]],
                joined_on=day(row["by_invitation_on"]),
                by_invitation=row["by_invitation_on"] is not None,
            )
            for row in core
        ]
        services.create_body(plan, BodyKind.CORE_GROUP, members, source=citation(core[0])[0], by=SYSTEM)
    group = data.get("working_group")
    if group:
        seats = [
            MemberInput(actor=world.actors[slug], pair=pair["number"])
            for pair in group["pairs"]
            for slug in (*pair["government"], *pair["nongovernment"])
        ]
        services.create_body(
            plan, BodyKind.WORKING_GROUP, seats, note=group["note_es"], source=citation(group)[0], by=SYSTEM
        )


def past_events(code: str) -> None:
    """The known tables of a real plan; a sensitisation event of its own where only its attendance is known."""
    for row in read(code.lower())["tables"]:
        event = services.create_event(_past(code, row), by=SYSTEM)
        attendance = row["attendance"]
        if attendance is None:
            continue
        if attendance["what"] == _SENSITISATION:
            event = services.create_event(_sensitisation(code, row), by=SYSTEM)
        services.record_attendance(event, attendance["total"], {}, by=SYSTEM, source=citation(row)[0])


def _past(code: str, row: Row) -> EventInput:
    held = day(row["date"])
    start = wall_clock(held, row["starts_at"]) if held else None
    description = [row["note_es"] or "", ", ".join(row["topics_es"])]
    return EventInput(
        plan_code=code,
        kind=_KINDS[row["kind"]],
        title=row["title_es"],
        place=row["venue"] or "",
        territory=row["canton_code"] or row["province_code"],
        starts_at=start or (moment(held, 0) if held else None),
        ends_at=wall_clock(held, row["ends_at"]) if held and start else None,
        has_time=start is not None,
        description=". ".join(part for part in description if part),
        source=citation(row)[0],
        slug=row["slug"],
    )


def _sensitisation(code: str, row: Row) -> EventInput:
    return EventInput(
        plan_code=code,
        kind=EventKind.SENSITISATION,
        title=f"Evento de sensibilización de {row['city']}",
        territory=row["canton_code"] or row["province_code"],
        has_time=False,
        description=f"{row['attendance']['what_es']}. Su fecha no se encontró.",
        source=citation(row)[0],
        slug=f"{row['slug']}-sensibilizacion",
    )


def events(world: World) -> None:
    """The events of the demonstration: announced ten days before, counted the day after."""
    for row in read("paga3_events"):
        announced = min(row["day_offset"] - 10, -1)
        world.at(announced, 9, partial(_announce, world, row))
        if row["attendance"] is not None:
            world.at(row["day_offset"] + 1, 9, partial(_count, world, row))


def _announce(world: World, row: Row) -> None:
    held = world.day(row["day_offset"])
    given = EventInput(
        plan_code="PAGA3",
        kind=_KINDS[row["kind"]],
        title=row["title_es"],
        place=row["place_es"] or "",
        territory=row["territory"],
        starts_at=wall_clock(held, row["starts_at"]),
        ends_at=wall_clock(held, row["ends_at"]),
        description=row["description_es"] or "",
        slug=row["slug"],
    )
    world.events[row["slug"]] = services.create_event(given, by=world.who(row["facilitator"]))


def _count(world: World, row: Row) -> None:
    event: Event = world.events[row["slug"]]
    counts = {_DIMENSIONS[name]: row["attendance"][name] for name in _DIMENSIONS if row["attendance"].get(name)}
    services.record_attendance(event, row["attendance"]["total"], counts, by=world.who(row["facilitator"]))
