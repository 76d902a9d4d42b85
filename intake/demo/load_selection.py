"""The sessions in which it was decided: the First Plan's, and the published one of the demonstration."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.demo.source import Row, citation, day, moment, read
from intake.reception import services as reception
from intake.selection import queries, services
from intake.selection.inputs import DecisionInput, HistoricalDecision, SessionInput
from models.enums import Category, ProposalStatus

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Proposal, SelectionSession

_STATES = {
    Category.IN_PLAN: ProposalStatus.SELECTED,
    Category.RESERVE: ProposalStatus.RESERVE,
    Category.OUTSIDE_PLAN: ProposalStatus.OUTSIDE_PLAN,
    Category.NEXT_PLAN: ProposalStatus.NEXT_PLAN,
}
_BODY = "Grupo Núcleo de Gobierno Abierto"


def integrated(world: World) -> None:
    """The 43 integrated proposals of the First Plan and what the Core Group decided of them on one day.

    Their day is that of the decision: the first on which they are documented.
    """
    data, plan = read("paga1"), world.plans["PAGA1"]
    rows = data["integrated_proposals"]
    held = next(day(s["opens_on"]) for s in data["stages"] if s["code"] == "selection") or clock.today()
    source, url = citation(rows[0])
    with clock.at(moment(held)):
        decided = [_historical(world, row, source) for row in rows]
        given = SessionInput(
            title="Selección de los compromisos del Primer Plan", held_on=held, decided_by=_BODY, source_url=url
        )
        services.record_historical_session(plan, given, decided, by=SYSTEM)


def _historical(world: World, row: Row, source: str) -> HistoricalDecision:
    category = Category(row["category_code"])
    proposal = reception.record_historical(
        world.plans["PAGA1"],
        folio_number=row["number"],
        title=row["title_es"],
        status=_STATES[category],
        source=source,
        submitted_at=clock.now(),
        by=SYSTEM,
    )
    world.proposals[f"PAGA1-{row['number']}"] = proposal
    return HistoricalDecision(
        proposal=proposal,
        category=category,
        reason=row["reason_es"] or "",
        fallback=Category(row["fallback_code"]) if row["fallback_code"] else None,
        promoter=row["promoter_text_es"],
    )


def sessions(world: World) -> None:
    """The demonstration's first round: decided in the order of the means, published together four days later."""
    for row in read("paga3")["rounds"]:
        held = row["selection"]
        if held is not None:
            world.at(held["held_offset"], 9, partial(_decide, world, row))


def _decide(world: World, round_row: Row) -> None:
    held = round_row["selection"]
    given = SessionInput(
        title=f"{round_row['name_es']}: selección", held_on=world.day(held["held_offset"]), decided_by=_BODY
    )
    session = services.open_session(world.plans["PAGA3"], given, by=world.who("nucleo"))
    rows = [r for r in read("paga3_proposals") if r["decision"] and r["round"] == round_row["number"]]
    means = queries.means(session)

    def turn(row: Row) -> tuple[bool, float]:
        """First what enters the plan, then the others, each from the highest mean down."""
        mean = means.get(world.proposals[row["key"]].id) or 0
        return row["decision"]["category"] != Category.IN_PLAN, -float(mean)

    for row in sorted(rows, key=turn):
        _one(world, session, world.proposals[row["key"]], row["decision"])
    world.at(held["published_offset"], 10, lambda: services.publish(session, by=world.directorate()))


def _one(world: World, session: SelectionSession, proposal: Proposal, row: Row) -> None:
    departure = row["order_departure"]
    given = DecisionInput(
        category=Category(row["category"]),
        reason=row["reason_es"],
        fallback=Category(row["fallback"]) if row["fallback"] else None,
        departure_reason=f"{departure['reason_es']} Lo decidió: {departure['decided_by_es']}." if departure else "",
    )
    services.decide(session, proposal, given, by=world.who("nucleo"))
