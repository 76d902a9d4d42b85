"""Joining at the same moment, on a database of its own: two analysts, an author and an analyst, an author twice."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.reception.queries import joining as reading
from intake.reception.services import join_answers
from models import JoinRequest, Plan, Proposal
from models.enums import ProposalKind
from tests.racing import answers
from tests.reception.family import NO, YES, author_of, collective_of, more

PRESSES = 6


def made(number: int) -> list[int]:
    plan = db.session.scalars(sa.select(Plan)).one()
    found = [more(plan, n).id for n in range(1, number + 1)]
    db.session.commit()
    return found


def get(key: int) -> Proposal:
    return db.session.get_one(Proposal, key)


def asked(proposal_id: int) -> JoinRequest:
    return reading.request_of(
        db.session.scalars(sa.select(JoinRequest.id).where(JoinRequest.proposal_id == proposal_id)).one()
    )


def names(found: list) -> list[str]:
    return sorted(type(one).__name__ for one in found)


def test_two_analysts_do_not_ask_for_the_same_proposal(receiving):
    with receiving.app_context():
        ids = made(3)
    found = answers(receiving, *[lambda: collective_of([get(key) for key in ids[:2]], SYSTEM)] * PRESSES)
    assert names(found) == ["Conflict"] * (PRESSES - 1) + ["Proposal"]
    with receiving.app_context():
        query = sa.select(sa.func.count()).select_from(Proposal).where(Proposal.kind == ProposalKind.COLLECTIVE)
        assert db.session.scalar(query) == 1
        assert db.session.scalar(sa.select(Plan.folio_counter)) == 4


def test_an_author_answers_once(receiving):
    with receiving.app_context():
        ids = made(3)
        collective_of([get(key) for key in ids], SYSTEM)
    said = iter([YES, NO] * PRESSES)

    def press() -> str:
        request = asked(ids[0])
        join_answers.answer(request, next(said), by=author_of(request.proposal))
        return request.status.value

    found = answers(receiving, *[press] * PRESSES)
    assert len([one for one in found if isinstance(one, str)]) == 1
    with receiving.app_context():
        part, request = get(ids[0]), asked(ids[0])
        assert (part.status.value == "joined") == (request.status.value == "accepted")


def test_an_author_answers_while_the_whole_is_undone(receiving):
    with receiving.app_context():
        ids = made(3)
        lead_id = collective_of([get(key) for key in ids], SYSTEM).id
        request = asked(ids[1])
        join_answers.answer(request, YES, by=author_of(request.proposal))
    turn = iter(range(PRESSES))

    def press() -> str:
        if next(turn) % 2:
            join_answers.dissolve(get(lead_id), reason="Fue un error.", by=SYSTEM)
            return "undone"
        request = asked(ids[0])
        join_answers.answer(request, YES, by=author_of(request.proposal))
        return "joined"

    found = answers(receiving, *[press] * PRESSES)
    assert [one for one in found if one == "undone"] == ["undone"]
    with receiving.app_context():
        assert [get(key).status.value for key in (*ids, lead_id)] == ["submitted"] * 3 + ["withdrawn"]
        assert db.session.scalar(sa.select(sa.func.count(Proposal.id)).where(Proposal.joined_to_id.is_not(None))) == 0
