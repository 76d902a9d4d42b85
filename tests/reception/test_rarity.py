"""How rare words are is counted by one at a time, and nobody waits for it who has an earlier count."""

from __future__ import annotations

import threading

import sqlalchemy as sa

from intake.extensions import db
from intake.reception.queries import rarity
from models import Plan
from tests import factories
from tests.racing import PATIENCE, answers


def proposed() -> None:
    factories.proposal(db.session.scalars(sa.select(Plan)).one())
    db.session.commit()


def test_while_one_counts_again_the_others_go_on_with_what_was_counted_before(receiving, monkeypatch):
    with receiving.app_context():
        proposed()
        before = rarity.vocabulary()
        assert rarity.vocabulary() is before
        proposed()
    counted, answered, real = threading.Event(), threading.Event(), rarity._count

    def slowly(newest):
        found = real(newest)
        counted.set()
        assert answered.wait(PATIENCE)
        return found

    def other():
        counted.wait(PATIENCE)
        found = rarity.vocabulary()
        answered.set()
        return found

    monkeypatch.setattr(rarity, "_count", slowly)

    first, second = answers(receiving, rarity.vocabulary, other)
    assert second is before
    assert isinstance(first, rarity.Vocabulary) and first is not before


def test_the_first_count_is_one_for_all(receiving, monkeypatch):
    with receiving.app_context():
        proposed()
    counts, real = [], rarity._count
    monkeypatch.setattr(rarity, "_count", lambda newest: counts.append(newest) or real(newest))
    found = answers(receiving, *[rarity.vocabulary] * 4)
    assert len(counts) == 1
    assert all(one is found[0] and isinstance(one, rarity.Vocabulary) for one in found)
