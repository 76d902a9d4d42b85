"""The commitments of the two real plans, with their milestones, parties, scales and ratings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from intake.accountability import services
from intake.accountability.inputs import (
    CommitmentInput,
    HistoricalCommitment,
    HistoricalMilestone,
    HistoricalParty,
    HistoricalRating,
    ScaleValueInput,
)
from intake.core import clock
from intake.core.identity import SYSTEM
from intake.demo.source import Row, citation, day, moment, read
from models.enums import CommitmentStatus, IrmDimension, PartyRole

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Plan

ROLES = {
    "responsible": PartyRole.RESPONSIBLE,
    "counterpart": PartyRole.COUNTERPART,
    "support_government": PartyRole.SUPPORT_GOVERNMENT,
    "support_nongovernment": PartyRole.SUPPORT_OTHER,
}
#: The First Plan ended on 2022-08-31. Of the Second no source says that its commitments were concluded.
_STATUS = {"PAGA1": CommitmentStatus.CONCLUDED, "PAGA2": CommitmentStatus.FORMALIZED}
_NO_SPANISH = "(El texto de este hito solo se encontró en inglés.)"


def scales(plan: Plan, rows: list[Row]) -> None:
    """The plan's own IRM scales: worst first, states outside the scale last; unknown dimensions are left out."""
    known = {dimension.value: dimension for dimension in IrmDimension}
    for row in rows:
        if row["dimension"] in known:
            values = sorted(row["values"], key=lambda v: (v["rank"] is None, v["rank"] or 0))
            given = [ScaleValueInput(key=v["key"], label_es=v["label_es"], label_en=v["label_en"]) for v in values]
            services.define_scale(plan, known[row["dimension"]], given, by=SYSTEM)


def commitments(world: World, code: str) -> None:
    """Every commitment of a real plan as its sources give it."""
    data, plan = read(code.lower()), world.plans[code]
    rescheduled = {r["stage"]: r for r in data["reschedules"]}.get("accountability")
    as_of = next(
        (day(c["published_progress_as_of"]) for c in data["commitments"] if c["published_progress_as_of"]), None
    )
    with clock.at(moment(as_of or day("2022-12-01") or clock.today())):
        scales(plan, data["irm_scales"])
        for row in data["commitments"]:
            services.record_historical(plan, _commitment(world, data, row, rescheduled), by=SYSTEM)


def _commitment(world: World, data: Row, row: Row, rescheduled: Row | None) -> HistoricalCommitment:
    source, url = citation(row)
    progress = row["published_progress_pct"]
    proposals = [p for p in data.get("integrated_proposals", ()) if p["commitment_number"] == row["number"]]
    moved = rescheduled is not None and row["end_on"] is not None and row["end_on"] > rescheduled["old_value"]
    return HistoricalCommitment(
        content=_content(data, row),
        status=_STATUS[data["plan"]["code"]],
        ogp_id=row["ogp_id"],
        original_ends_on=day(rescheduled["old_value"]) if moved and rescheduled else None,
        is_promising=bool(row["irm"]["promising"]),
        parties=tuple(_party(p) for p in row["parties"]),
        milestones=tuple(_milestone(m) for m in row["milestones"]),
        ratings=tuple(_ratings(row, url)),
        proposals=tuple(world.proposals[f"{data['plan']['code']}-{p['number']}"] for p in proposals),
        published_progress_pct=None if progress is None else Decimal(str(progress)),
        published_progress_on=day(row["published_progress_as_of"]),
        published_progress_source=source if progress is not None else "",
        source_url=url,
    )


def _content(data: Row, row: Row) -> CommitmentInput:
    clusters = {c["code"]: c["name_es"] for c in data["plan"]["clusters"]}
    known = row["title_es"] is not None
    working = f"{row['working_title_es']} (descripción de terceros, no es el título)" if row["working_title_es"] else ""
    return CommitmentInput(
        title_es=row["title_es"],
        title_en=row["title_en"],
        title_note=(row["title_note_es"] or "") if known else _missing_title(row),
        number=row["number"],
        summary_es=" ".join(part for part in (working, row["note_es"] or "") if part),
        theme_code=row["theme"],
        cluster=clusters.get(row["cluster"]),
        problem=row["problem_es"] or "",
        description=row["description_es"] or "",
        contribution=row["contribution_es"] or "",
        ogp_values=row["ogp_values_justification_es"] or "",
        planning_links=row["planning_instruments_es"] or "",
        technical_note=row["technical_note_es"] or "",
        starts_on=day(row["start_on"]),
        ends_on=day(row["end_on"]),
        is_subnational=bool(row["is_subnational"]),
        is_open_parliament=bool(row["is_parliament"]),
        is_open_justice=bool(row["is_justice"]),
        sdg_numbers=tuple(row["sdgs"]),
        policy_area_codes=(*row["policy_areas"], *row["ogp_values"]),
    )


def _missing_title(row: Row) -> str:
    return row["title_note_es"] or "El título de este compromiso no se encontró en las fuentes públicas."


def _party(row: Row) -> HistoricalParty:
    until: date | None = day(row["to"])
    return HistoricalParty(
        actor=row["organisation"],
        role=ROLES[row["role"]],
        is_lead=row["lead"] and until is None,
        since=day(row["from"]),
        until=until,
        note=row["note_es"] or "",
    )


def _milestone(row: Row) -> HistoricalMilestone:
    progress = row["progress_pct"]
    return HistoricalMilestone(
        number=row["number"],
        title_es=row["text_es"] or _NO_SPANISH,
        title_en=row["text_en"],
        starts_on=day(row["start_on"]),
        ends_on=day(row["end_on"]),
        original_starts_on=day(row["original_start"]),
        original_ends_on=day(row["original_end"]),
        progress_pct=None if progress is None else Decimal(str(progress)),
        progress_as_of=day(row["progress_as_of"]),
    )


def _ratings(row: Row, url: str | None) -> list[HistoricalRating]:
    """A rating for each dimension of which the source says something; a note without value where it was not found."""
    irm, found = row["irm"], []
    for dimension in IrmDimension:
        key = irm.get(dimension.value)
        if key is not None:
            found.append(HistoricalRating(dimension=dimension, value_key=key, source_url=url))
    if not any(r.dimension is IrmDimension.COMPLETION for r in found) and irm["note_es"]:
        found.append(HistoricalRating(dimension=IrmDimension.COMPLETION, note=irm["note_es"], source_url=url))
    return found
