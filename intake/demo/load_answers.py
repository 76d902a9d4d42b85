"""The demonstration's questions to authors and replies to decisions, with their answers, each on its day."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from intake.core.identity import GUEST
from intake.demo.source import Row, read
from intake.reception import services
from intake.reception.queries import answering
from intake.reception.services import asking, replying

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.demo.world import World


def answers(world: World) -> None:
    """Everything that was asked, answered and replied; what has no answer yet has none."""
    data = read("paga3_answers")
    for row in data["questions"]:
        world.at(row["asked_offset"], 10, partial(_ask, world, row))
        if row["answer"] is not None:
            world.at(row["answer"]["offset"], 19, partial(_answer, world, row))
    for row in data["replies"]:
        world.at(row["offset"], 20, partial(_reply, world, row))
        if row["answer"] is not None:
            world.at(row["answer"]["offset"], 11, partial(_answer_reply, world, row))


def _author(world: World, row: Row) -> Principal:
    """Whoever holds the claim code: none of these authors has an account."""
    return services.holding(GUEST, world.proposals[row["proposal"]])


def _ask(world: World, row: Row) -> None:
    proposal = world.proposals[row["proposal"]]
    asking.ask(proposal, row["question_es"], due_on=world.day(row["due_offset"]), by=world.who("analisis"))


def _answer(world: World, row: Row) -> None:
    proposal = world.proposals[row["proposal"]]
    question = answering.open_question(proposal)
    if question is None:
        raise RuntimeError(f"The demonstration's question about {row['proposal']} is not open")
    asking.answer(proposal, question, row["answer"]["text_es"], by=_author(world, row))


def _reply(world: World, row: Row) -> None:
    replying.reply(world.proposals[row["proposal"]], row["text_es"], by=_author(world, row))


def _answer_reply(world: World, row: Row) -> None:
    replying.answer_reply(world.proposals[row["proposal"]], row["answer"]["text_es"], by=world.directorate())
