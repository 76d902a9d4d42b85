"""The demonstration's examinations, rounds and reviews."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core.errors import Conflict
from intake.demo.source import Row, read
from intake.evaluation import services
from intake.evaluation.inputs import NA, ExaminationInput, ReviewInput, RoundInput
from intake.extensions import db
from models import Assignment

if TYPE_CHECKING:
    from intake.demo.world import World

#: Opened, due, and the days on which whatever was ready was declared evaluated. Round 1 closes once published.
ROUNDS = {1: (-140, -85, (-95, -80)), 2: (-57, 12, (-30, -15, -2))}
#: Round 2 is examined only after round 1 was answered (day -58): no admitted proposal waited when it was published.
ROUND_2_FROM = -57
_CLOSED = -57
_REVIEW_DAYS = 25
_SECOND = "Comparto el motivo del examen; se confirma con segunda firma."
_OVERRULED = "Con la aclaración del autor cumple los cuatro criterios; se admite."
_STARTED = "Leída con atención; falta poner los puntajes."
_ASKED_TWICE = "Se pidió por error a dos personas del mismo sector."


def rounds(world: World) -> None:
    """Open both rounds, finish what is ready, close the first."""
    names = {row["number"]: row["name_es"] for row in read("paga3")["rounds"]}
    for number, (opened, due, finished) in ROUNDS.items():
        given = RoundInput(name=names[number], due_on=world.day(due))
        world.at(opened, 8, partial(_open, world, number, given))
        for offset in finished:
            world.at(offset, 18, partial(_finish, world, number))
    reason = "Las treinta propuestas de la ronda tienen su respuesta publicada."
    world.at(_CLOSED, 17, lambda: services.close_round(world.rounds[1], reason, by=world.directorate()))


def _open(world: World, number: int, given: RoundInput) -> None:
    world.rounds[number] = services.create_round(world.plans["PAGA3"], given, by=world.directorate())


def _finish(world: World, number: int) -> None:
    services.finish_ready(world.rounds[number], by=world.directorate())


def examinations(world: World) -> None:
    """The analyst's examination of each proposal and, to refuse, the second signature."""
    for row in read("paga3_proposals"):
        admission = row["admission"]
        if admission is None:
            continue
        first, second = _days(row)
        world.at(first, 11, partial(_examine, world, row))
        if second is not None:
            world.at(second, 12, partial(_countersign, world, row))
        for n, review in enumerate(row["reviews"]):
            _ask(world, row, review, (second or first) + 1, n)


def _days(row: Row) -> tuple[int, int | None]:
    """The days of the first and of the second signature."""
    first, second = row["admission"]["first_offset"], row["admission"]["second_offset"]
    if row["round"] == 2:
        first = max(first, ROUND_2_FROM)
        second = None if second is None else max(second, first + 1)
    return first, second


def _examine(world: World, row: Row) -> None:
    results, admission = row["admission"]["results"], row["admission"]
    met = {code: results[code] == "met" for code in ("precision", "predisposicion", "pilares", "politica_publica")}
    given = ExaminationInput(
        is_clear=met["precision"],
        is_collaborative=met["predisposicion"],
        is_open_government=met["pilares"],
        is_public_policy=met["politica_publica"],
        reason=admission["reason_es"],
    )
    services.examine(world.proposals[row["key"]], given, by=world.who(admission["first_by"]))


def _countersign(world: World, row: Row) -> None:
    confirm = row["target_state"] == "not_admitted"
    by = row["admission"]["second_by"]
    services.countersign(
        world.proposals[row["key"]],
        confirm=confirm,
        reason=_SECOND if confirm else _OVERRULED,
        by=world.directorate() if by.startswith("direccion") else world.who(by),
    )


def _ask(world: World, row: Row, review: Row, asked: int, n: int) -> None:
    """Ask for the review, and hand it in on its day. A substitute is asked when the first one has stepped aside."""
    handed_in = review["day_offset"]
    before = [r["day_offset"] for r in row["reviews"][:n] if r["sector"] == review["sector"] and r["day_offset"]]
    asked = max([asked, *(max(day, asked) for day in before)])
    if handed_in is not None:
        handed_in = max(handed_in, asked)
    elif asked >= 0:
        asked = -1
    world.at(asked, 13 + n / 10, lambda: _assign(world, row, review, asked, handed_in, n))


def _assign(world: World, row: Row, review: Row, asked: int, handed_in: int | None, n: int) -> None:
    proposal, reviewer = world.proposals[row["key"]], world.users[review["reviewer"]]
    try:
        due = world.day(asked + _REVIEW_DAYS)
        made = services.assign(world.rounds[row["round"]], proposal, reviewer, by=world.directorate(), due_on=due)
    except Conflict:
        if review["status"] == "conflict":  # the conflict is known beforehand: nobody is asked
            return
        raise
    if handed_in is not None:
        world.at(handed_in, 15 + n / 10, lambda: _hand_in(world, made, review))
    elif proposal.id % 4 == 0:
        started = ReviewInput(values={}, comment=_STARTED)
        world.at(-1, 15 + n / 10, lambda: services.save_review(made, started, by=world.who(review["reviewer"])))


def _hand_in(world: World, assignment: Assignment, review: Row) -> None:
    by = world.who(review["reviewer"])
    reason = review["comment_es"] or "Sin competencia en la materia."
    if review["status"] == "conflict":
        services.declare_conflict(assignment, reason, by=by)
    elif review["status"] == "not_competent":
        services.decline(assignment, reason, by=by)
    else:
        values = {key: NA if value == "na" else int(value) for key, value in review["scores"].items()}
        comment = review["comment_es"] or "Puntajes según la rúbrica publicada."
        services.submit_review(assignment, ReviewInput(values=values, comment=comment), by=by)


def asked_twice(world: World) -> None:
    """One request that was a mistake and was taken back."""
    row = next(r for r in read("paga3_proposals") if r["target_state"] == "in_evaluation")

    def ask_and_cancel() -> None:
        proposal = world.proposals[row["key"]]
        taken = set(db.session.scalars(sa.select(Assignment.reviewer_id).where(Assignment.proposal_id == proposal.id)))
        spare = next(u for key, u in world.users.items() if key.startswith("revision.") and u.id not in taken)
        made = services.assign(world.rounds[2], proposal, spare, by=world.directorate())
        services.cancel(made, _ASKED_TWICE, by=world.directorate())

    world.at(-20, 16, ask_and_cancel)
