"""Proposals that are sent at the same moment, on a database of their own."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from intake.core import tokens
from intake.core.identity import GUEST
from intake.engine import locking
from intake.extensions import db
from intake.reception import queries, screening, services
from intake.reception.inputs import ProposalInput
from intake.reception.services import codes, submission
from models import Hold, Plan, Proposal
from models.enums import HoldReason, ProposalStatus
from tests.racing import answers, linger

LETTER = ProposalInput(title="Agua limpia", problem="Llega turbia.", solution="Publicar los análisis.")
SENDERS = screening.COPIES + 3


def drafted(key: str) -> Proposal:
    plan = db.session.scalars(sa.select(Plan)).one()
    return services.create_draft(plan, LETTER, None, by=GUEST, key=key)[0]


def send(key: str) -> ProposalStatus:
    found = queries.by_draft_key(key)
    services.submit(found, by=services.holding(GUEST, found), key=key)
    return found.status


def test_copies_that_come_at_once_are_counted_as_those_that_come_one_by_one(receiving, monkeypatch):
    keys = [tokens.new_token() for _n in range(SENDERS)]
    with receiving.app_context():
        for key in keys:
            drafted(key)
    linger(monkeypatch, submission, "_look_at")
    states = answers(receiving, *[lambda key=key: send(key) for key in keys])
    passed = [ProposalStatus.SUBMITTED] * screening.COPIES
    assert sorted(states) == sorted([*passed, *[ProposalStatus.HELD] * (SENDERS - screening.COPIES)])
    with receiving.app_context():
        reasons = db.session.scalars(sa.select(Hold.reason)).all()
        assert reasons == [HoldReason.DUPLICATE_TEXT] * (SENDERS - screening.COPIES)


def test_the_code_is_made_again_while_nobody_waits_for_the_row(receiving, monkeypatch):
    held, real = [], submission.same_code

    def noted(*args):
        held.append(locking.get())
        return real(*args)

    monkeypatch.setattr(submission, "same_code", noted)
    key = tokens.new_token()
    with receiving.app_context():
        plan = db.session.scalars(sa.select(Plan)).one()

        def send_it():
            return services.send_whole(
                plan, LETTER, None, key=key, pace=screening.Pace(60), address="192.0.2.1"
            ).receipt

        first = send_it()
        seen, find = iter([None]), queries.by_idempotency_key  # the other is quicker than the first look
        monkeypatch.setattr(queries, "by_idempotency_key", lambda once: next(seen, find(once)))
        assert send_it() == first
    assert held == [False]


def test_whoever_holds_the_key_is_told_the_code_again_whatever_was_loaded_before(receiving):
    key = tokens.new_token()
    with receiving.app_context():
        made = drafted(key)
        set_committed_value(made, "status", ProposalStatus.SUBMITTED)  # as an earlier reading may have it
        told = services.submit(made, by=services.holding(GUEST, made), key=key).claim_code
        assert told == codes.derived_code(key)
        assert services.submit(made, by=services.holding(GUEST, made), key=key).claim_code == told
