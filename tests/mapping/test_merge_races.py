"""Two clerks join the same two records at once: one of them does, the other is told."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import merging, queries
from intake.mapping.inputs import MergeInput
from models import Actor, ActorContact, ActorMerge
from models.enums import ActorStatus
from tests import factories
from tests.racing import together

TIMES = 4


@pytest.fixture
def pair(own_app):
    """An application of its own with two records, one of which has a contact."""
    with own_app.app_context():
        factories.actor("Uno")
        factories.contact(factories.actor("Dos"))
        db.session.commit()
    return own_app


def join(kept, other):
    return lambda: merging.merge(queries.actor(kept), queries.actor(other), MergeInput(reason="Es una."), by=SYSTEM)


@pytest.mark.parametrize("ways", [[("uno", "dos")] * TIMES, [("uno", "dos"), ("dos", "uno")] * (TIMES // 2)])
def test_two_records_are_joined_once(pair, ways):
    assert together(pair, *(join(*way) for way in ways)) == ["Conflict"] * (TIMES - 1) + ["done"]
    with pair.app_context():
        row = db.session.scalars(sa.select(ActorMerge)).one()
        states = dict(db.session.execute(sa.select(Actor.id, Actor.status)).all())
        assert (states[row.kept_id], states[row.merged_id]) == (ActorStatus.VERIFIED, ActorStatus.MERGED)
        assert db.session.scalars(sa.select(ActorContact.actor_id)).one() == row.kept_id
