"""The demonstration's collective proposal: three authors asked, one says yes, one yes with a nuance, one no."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from intake.core.identity import GUEST
from intake.demo.source import Row, read
from intake.reception import families, services
from intake.reception.inputs import ProposalInput
from intake.reception.queries import joining as reading
from intake.reception.queries import unions
from intake.reception.services import join_answers
from intake.reception.services import joining as asking
from models.enums import JoinStatus

if TYPE_CHECKING:
    from intake.demo.world import World


def joining(world: World) -> None:
    """Asked after the last proposal was received, so that folios stay in the order of the file."""
    data = read("paga3_joining")
    world.at(data["asked_offset"], data["hour"], partial(_ask, world, data))
    for row in data["parts"]:
        world.at(data["asked_offset"], row["hour"], partial(_answer, world, row))


def _ask(world: World, data: Row) -> None:
    chosen = unions.chosen([str(world.proposals[row["proposal"]].folio) for row in data["parts"]])
    lead = families.lead(chosen)
    given = ProposalInput(
        **{name: data[name] for name in ("title", "problem", "solution", "expected_result")},
        theme_code=lead.theme_code,
        territory_code=lead.territory_code,
        approaches=lead.approaches,
        branch=lead.branch,
    )
    due_on, by = world.day(data["due_offset"]), world.who(data["by"])
    asking.propose(world.plans["PAGA3"], chosen, given, reason=data["why_es"], due_on=due_on, by=by)


def _answer(world: World, row: Row) -> None:
    """Whoever holds the claim code: none of these authors has an account."""
    proposal = world.proposals[row["proposal"]]
    (asked,) = reading.asked_of(proposal)
    said = JoinStatus(row["answer"])
    join_answers.answer(reading.request_of(asked.id), said, row["nuance_es"], by=services.holding(GUEST, proposal))
