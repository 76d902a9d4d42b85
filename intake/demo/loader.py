"""The demonstration, in order. Everything goes through the rooms' services, so that its trace is real."""

from __future__ import annotations

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.core.transaction import flush, transaction
from intake.demo import (
    bulk,
    guard,
    load_actors,
    load_answers,
    load_commitments,
    load_conversation,
    load_council,
    load_evaluation,
    load_events,
    load_history,
    load_joining,
    load_outreach,
    load_paper,
    load_people,
    load_plans,
    load_quarantine,
    load_reception,
    load_registry,
    load_selection,
    load_tables,
    load_together,
)
from intake.demo.world import World
from intake.mapping.reference import load_reference

#: How many proposals the files hold, drafts included, and how many reviewers.
PROPOSALS, REVIEWERS, SEED = 120, 6, 2026


def load(
    *, proposals: int = PROPOSALS, reviewers: int = REVIEWERS, reviews: int | None = None, seed: int = SEED
) -> bool:
    """Load the three plans in one transaction: all or nothing. False if the demonstration is there already.

    ``proposals`` and ``reviewers`` beyond those of the files are made by variation from ``seed``; with ``reviews`` all
    further proposals are under evaluation and there are so many reviews in all. Raises `Conflict` on
    a database that holds real data.
    """
    guard.refuse_real_data()
    if guard.is_loaded():
        return False
    world = World(clock.today())
    with transaction():
        load_reference(by=SYSTEM)
        load_actors.organisations(world)
        _past(world)
        load_plans.current(world)
        load_people.people(world)
        _present(world)
        world.live()
        flush()
        load_people.reviewers(world, reviewers)
        bulk.proposals(world, proposals - PROPOSALS, seed, reviews)
    return True


def _past(world: World) -> None:
    for code in ("PAGA1", "PAGA2"):
        load_plans.past(world, code)
        load_events.bodies(world, code)
        load_events.past_events(code)
        if code == "PAGA1":
            load_selection.integrated(world)
        load_history.commitments(world, code)


def _present(world: World) -> None:
    load_actors.registry(world)
    load_registry.alive(world)
    load_council.core_group(world)
    load_tables.events(world)
    load_paper.packet(world)
    load_reception.proposals(world)
    load_together.together(world)
    load_conversation.conversation(world)
    load_joining.joining(world)
    load_evaluation.rounds(world)
    load_evaluation.examinations(world)
    load_evaluation.asked_twice(world)
    load_selection.sessions(world)
    load_answers.answers(world)
    load_commitments.commitments(world)
    load_quarantine.quarantine(world)
    load_outreach.outreach_campaigns(world)
