"""Bodies of the three plans, and the co-creation events of the real ones (of the demonstration: `load_tables`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core.identity import SYSTEM
from intake.demo.source import Row, citation, day, moment, read, wall_clock
from intake.mapping import services
from intake.mapping.inputs import EventInput, MemberInput
from models.enums import BodyKind, EventKind, ReviewSector

if TYPE_CHECKING:
    from intake.demo.world import World

KINDS = {
    "table": EventKind.TERRITORIAL_TABLE,
    "workshop": EventKind.THEMATIC_TABLE,
    "virtual": EventKind.VIRTUAL,
    "course": EventKind.COURSE,
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
                sector=ReviewSector(row["sector_group"]),
            )
            for row in core
        ]
        services.create_body(plan, BodyKind.CORE_GROUP, members, source=citation(core[0])[0], by=SYSTEM)
    group = data.get("working_group")
    if group:
        seats = [
            MemberInput(actor=world.actors[slug], pair=pair["number"], sector=_sector(slug, side))
            for pair in group["pairs"]
            for side in ("government", "nongovernment")
            for slug in pair[side]
        ]
        services.create_body(
            plan, BodyKind.WORKING_GROUP, seats, note=group["note_es"], source=citation(group)[0], by=SYSTEM
        )


def _sector(slug: str, side: str) -> ReviewSector | None:
    """The sector of a seat of the working group; None for a municipality that the source puts with the others."""
    row = next(one for one in read("organisations") if one["slug"] == slug)
    if side == "government":
        return ReviewSector.GOVERNMENT
    if row["is_government"]:
        return None
    return ReviewSector.ACADEMIA if row["sector"] == "ACA" else ReviewSector.CIVIL_SOCIETY


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
        kind=KINDS[row["kind"]],
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
