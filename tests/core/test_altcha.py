"""Proofs of work: what counts, what does not, and that each counts once."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import altcha, clock
from intake.extensions import db
from models import SpentProof


def work(asked) -> dict:
    """Find the number as a telephone does."""
    for number in range(asked["maxnumber"] + 1):
        if hashlib.sha256(f"{asked['salt']}{number}".encode()).hexdigest() == asked["challenge"]:
            return {**{k: asked[k] for k in ("algorithm", "challenge", "salt", "signature")}, "number": number}
    raise AssertionError("no number answers the challenge")


def payload(told) -> str:
    return base64.b64encode(json.dumps(told).encode()).decode()


@pytest.fixture
def easy(app, monkeypatch):
    """Few hashes are enough."""
    monkeypatch.setattr(altcha, "MOST", 50)


def test_the_work_is_bounded_and_a_proof_counts_once(easy):
    asked = altcha.challenge("p", "draft")
    assert asked["maxnumber"] == 50
    proof = payload(work(asked))
    assert altcha.spend(proof, "p", "draft") is True
    assert altcha.spend(proof, "p", "draft") is False
    assert altcha.spend(payload(work(altcha.challenge("p", "draft"))), "p", "draft") is True
    assert db.session.scalar(sa.select(sa.func.count(SpentProof.id))) == 2


def test_a_proof_is_good_for_its_subject_and_purpose_alone(easy):
    proof = payload(work(altcha.challenge("p", "draft")))
    assert altcha.solved(proof, "p", "another") is None
    assert altcha.solved(proof, "q", "draft") is None
    assert altcha.solved(proof, "p", "draft") is not None


def test_a_proof_runs_out(easy):
    with time_machine.travel(clock.now(), tick=False) as travel:
        proof = payload(work(altcha.challenge("p", "draft")))
        travel.shift(altcha.LIFE - timedelta(seconds=1))
        assert altcha.solved(proof, "p", "draft") is not None
        travel.shift(timedelta(seconds=1))
        assert altcha.solved(proof, "p", "draft") is None


def test_forged_and_broken_ones_count_for_nothing(easy):
    told = work(altcha.challenge("p", "draft"))
    later = told["salt"].replace("expires=1", "expires=2")
    forged = later + str(told["number"])
    mine = {**told, "salt": later, "challenge": hashlib.sha256(forged.encode()).hexdigest()}
    spliced = told["salt"][:-1]  # moves digits of the number into the values before it
    wrong = [
        payload(one)
        for one in (
            {**told, "number": told["number"] + 1},
            {**told, "number": str(told["number"])},
            {**told, "number": True},
            {**told, "signature": "0" * 64},
            {**told, "signature": "ñ"},
            {**told, "algorithm": "SHA-1"},
            mine,
            {**told, "salt": spliced},
            {},
            [],
            5,
            None,
        )
    ]
    for text in (*wrong, "", "x", "ñ", "a" * 2_000, base64.b64encode(b"\xff\xfe").decode(), payload(told)[:-3]):
        assert altcha.solved(text, "p", "draft") is None, text
    assert altcha.solved(payload(told), "p", "draft") is not None


def test_what_has_run_out_is_forgotten(easy):
    with time_machine.travel(clock.now(), tick=False) as travel:
        altcha.spend(payload(work(altcha.challenge("p", "draft"))), "p", "draft")
        assert altcha.purge() == 0
        travel.shift(altcha.LIFE + timedelta(seconds=1))
        assert altcha.purge() == 1


def test_two_at_once_are_one(easy):
    """Whoever hands the same proof in at the same moment meets the constraint."""
    told = payload(work(altcha.challenge("p", "draft")))
    found = altcha.solved(told, "p", "draft")
    db.session.add(SpentProof(challenge=found.challenge, expires_at=found.expires_at))
    db.session.commit()
    assert altcha.spend(told, "p", "draft") is False


@pytest.mark.parametrize("name", ["challenge", "salt", "signature"])
def test_text_that_cannot_be_written_down_is_no_proof(easy, name):
    told = {**work(altcha.challenge("p", "draft")), name: "\ud800"}
    assert altcha.solved(payload(told), "p", "draft") is None
