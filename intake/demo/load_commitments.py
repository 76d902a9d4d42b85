"""The demonstration's commitments: drafted, consulted, signed, formalized, reported on and answered."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from intake.accountability import services
from intake.accountability.inputs import (
    AnswerInput,
    CommitmentInput,
    EvidenceInput,
    MilestoneInput,
    ReportInput,
    SignatureInput,
)
from intake.core.files import Upload
from intake.core.identity import SYSTEM, Principal
from intake.demo.load_history import ROLES, scales
from intake.demo.source import Row, read
from models.enums import Approach, MilestoneKind, MilestoneStatus, Verdict

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Commitment, Milestone, ProgressReport

_WAITING_TEXT = "Las partes acuerdan los hitos de este compromiso y sus plazos. Documento ficticio de demostración."
#: Agreements still without every signature, so that the page of those who must sign has something to show.
_UNSIGNED = {3: -4, 4: -2}


def commitments(world: World) -> None:
    """Every commitment along its days."""
    world.at(-60, 8, lambda: scales(world.plans["PAGA3"], read("paga3")["irm_scales"]))
    for row in read("paga3_commitments"):
        world.at(row["drafted_offset"], 9, partial(_draft, world, row))
        if row["consultation"]:
            world.at(row["consultation"]["opens_offset"], 8, partial(_consult, world, row))
        if row["agreement"]:
            _agreement(world, row)
        elif row["number"] in _UNSIGNED:
            world.at(_UNSIGNED[row["number"]], 10, partial(_half_signed, world, row))
        if row["target_state"] == "formalized":
            formalized = row["formalized_offset"]
            world.at(formalized, 12, partial(_formalize, world, row))
        for report in row["reports"]:
            world.at(report["day_offset"], 10, partial(_report, world, row, report))


def _of(world: World, row: Row) -> Commitment:
    return world.commitments[row["number"]]


def _formalize(world: World, row: Row) -> None:
    services.formalize(_of(world, row), by=world.directorate())


def _draft(world: World, row: Row) -> None:
    by = world.directorate()
    proposals = [world.proposals[key] for key in row["proposals"]]
    made = services.draft(world.plans["PAGA3"], _content(world, row), proposals, by=by)
    world.commitments[row["number"]] = made
    for party in row["parties"]:
        services.set_party(
            made,
            world.actors[party["organisation"]],
            ROLES[party["role"]],
            is_lead=party["lead"],
            note=party["note_es"] or "",
            by=by,
        )
    for milestone in row["milestones"]:
        services.add_milestone(made, _milestone(world, milestone), by=by)


def _content(world: World, row: Row) -> CommitmentInput:
    clusters = {c["code"]: c["name_es"] for c in read("paga3")["plan"]["clusters"]}
    return CommitmentInput(
        title_es=row["title_es"],
        title_en=row["title_en"],
        number=row["number"],
        theme_code=row["theme"],
        cluster=clusters.get(row["cluster"]),
        problem=row["problem_es"],
        causes=row["causes_es"],
        done_so_far=row["background_es"],
        description=row["description_es"],
        contribution=row["how_it_solves_es"],
        expected_results=row["expected_results_es"],
        transparency=row["values"]["transparency"] or "",
        accountability=row["values"]["accountability"] or "",
        participation=row["values"]["participation"] or "",
        planning_links="; ".join(row["instruments_es"]),
        additional=" ".join(part for part in (row["additional_es"], row["budget_note_es"]) if part),
        budget_usd=None if row["budget_usd"] is None else Decimal(str(row["budget_usd"])),
        funding_source=row["funding_source_es"] or "",
        starts_on=world.day(row["start_offset"]),
        ends_on=world.day(row["end_offset"]),
        is_subnational=row["is_subnational"],
        is_open_parliament=row["is_parliament"],
        is_open_justice=row["is_justice"],
        approaches=tuple(Approach(code) for code in row["approaches"]),
        sdg_numbers=tuple(row["sdgs"]),
        policy_area_codes=tuple(row["policy_areas"]),
    )


def _milestone(world: World, row: Row) -> MilestoneInput:
    return MilestoneInput(
        number=row["number"],
        title_es=row["title_es"],
        output=row["output_es"],
        kind=MilestoneKind(row["kind"]),
        starts_on=world.day(row["start_offset"]),
        ends_on=world.day(row["end_offset"]),
    )


def _consult(world: World, row: Row) -> None:
    opens, closes = row["consultation"]["opens_offset"], row["consultation"]["closes_offset"]
    services.open_consultation(_of(world, row), world.day(opens), world.day(closes), by=world.directorate())


def _agreement(world: World, row: Row) -> None:
    """Prepared two days before the first signature, confirmed with the last one."""
    agreement = row["agreement"]
    days = [s["day_offset"] for s in agreement["signatures"]]
    text = f"{agreement['title_es']}\n\n{agreement['text_es']}"
    world.at(min(days) - 2, 10, lambda: services.prepare_agreement(_of(world, row), text, by=world.directorate()))
    for signature in agreement["signatures"]:
        world.at(signature["day_offset"], 11, partial(_sign, world, row, signature))
    if row["target_state"] in {"confirmed", "formalized"}:
        world.at(max(days), 16, lambda: services.confirm(_of(world, row), by=world.directorate()))


def _sign(world: World, row: Row, signature: Row) -> None:
    actor = world.actors[signature["organisation"]]
    given = SignatureInput(
        signer_name=signature["person_name"],
        signer_post=signature["post_es"],
        signed_on=world.day(signature["day_offset"]),
    )
    agreement = _of(world, row).agreement
    if agreement is None:
        raise RuntimeError(f"Commitment {row['number']} of the demonstration has nothing to sign")
    services.sign(agreement, actor, given, by=_speaker(world, actor.id))


def _speaker(world: World, actor_id: int) -> Principal:
    """The account that speaks for the organisation; the system records the signature of those that have none."""
    people = (world.who("institucion"), world.who("contraparte"))
    return next((p for p in people if actor_id in p.actor_ids), SYSTEM)


def _half_signed(world: World, row: Row) -> None:
    commitment = _of(world, row)
    services.prepare_agreement(commitment, _WAITING_TEXT, by=world.directorate())
    if row["number"] == min(_UNSIGNED):
        lead = next(p["organisation"] for p in row["parties"] if p["role"] == "responsible")
        _sign(
            world,
            row,
            {
                "organisation": lead,
                "person_name": "Amelia Ficticia Rosero",
                "post_es": "Máxima autoridad",
                "day_offset": _UNSIGNED[row["number"]],
            },
        )


def _report(world: World, row: Row, report: Row) -> None:
    milestone: Milestone = next(m for m in _of(world, row).milestones if m.number == report["milestone"])
    pct = Decimal(str(report["progress_pct"]))
    evidence = tuple(
        EvidenceInput(title=e["title_es"], upload=Upload(e["file_name"], e["text_es"].encode()))
        for e in report["evidence"]
    )
    given = ReportInput(status=_status(pct), progress_pct=pct, text=report["text_es"], evidence=evidence)
    made = services.report(milestone, given, by=world.who("institucion"))
    verdict = report["verdict"]
    if verdict:
        world.at(verdict["day_offset"], 11, lambda: _answer(world, made, verdict))


def _status(pct: Decimal) -> MilestoneStatus:
    if pct >= 100:
        return MilestoneStatus.COMPLETED
    return MilestoneStatus.EXECUTION if pct else MilestoneStatus.PLANNING


def _answer(world: World, report: ProgressReport, verdict: Row) -> None:
    given = AnswerInput(verdict=Verdict(verdict["value"]), comment=verdict["text_es"] or "")
    services.answer(report, given, by=world.who("contraparte"))
