"""Two clerks at the same moment, on a database of their own: a refusal in words, and nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import council, meetings, resolving
from intake.mapping.inputs_council import PresenceInput
from intake.mapping.queries import council as queries
from models import Body, Delegate, Meeting, Resolution
from models.enums import Presence, ReviewSector, StageKind, Vote
from tests import factories as make
from tests.mapping.test_meetings import call, came, decision
from tests.racing import together

GOV, CIV = ReviewSector.GOVERNMENT, ReviewSector.CIVIL_SOCIETY
TIMES = 4


def body() -> Body:
    return queries.body("PAGA3", "grupo-nucleo")


@pytest.fixture
def own_app(own_app):
    """An application on a database that nobody else uses, with a body of two seats that met yesterday."""
    with own_app.app_context():
        make.body(make.plan(StageKind.EVALUATION, code="PAGA3"), sectors=(GOV, CIV))
        for position in (1, 2):
            council.name_delegate(body(), position, make.delegation(), by=SYSTEM)
        meetings.call_meeting(body(), call(starts_at=clock.now() - timedelta(days=1)), by=SYSTEM)
        meetings.record_presence(first(), came(1, 2), by=SYSTEM)
        db.session.commit()
    return own_app


def first() -> Meeting:
    return queries.meeting("PAGA3", "grupo-nucleo", 1)


def test_meetings_called_together_have_numbers_of_their_own(own_app):
    assert together(own_app, *[lambda: meetings.call_meeting(body(), call(), by=SYSTEM)] * TIMES) == ["done"] * TIMES
    with own_app.app_context():
        assert list(db.session.scalars(sa.select(Meeting.number).order_by(Meeting.number))) == [1, 2, 3, 4, 5]


def test_one_of_two_clerks_names_the_principal(own_app):
    with own_app.app_context():
        last = clock.today() - timedelta(days=1)
        council.edit_delegate(body(), 1, 1, until=last, is_public=False, by=SYSTEM)
        db.session.commit()
    given = make.delegation(since=clock.today())
    name = lambda: council.name_delegate(body(), 1, given, by=SYSTEM)
    assert together(own_app, *[name] * TIMES) == ["Invalid"] * (TIMES - 1) + ["done"]
    with own_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Delegate.id))) == 3


def test_a_vote_and_an_absence_written_together_do_not_contradict(own_app):
    done = together(
        own_app,
        lambda: resolving.record_resolution(first(), decision(Vote.IN_FAVOUR, Vote.IN_FAVOUR), by=SYSTEM),
        lambda: meetings.record_presence(
            first(), [*came(1), PresenceInput(position=2, presence=Presence.ABSENT)], by=SYSTEM
        ),
    )
    assert done == ["Invalid", "done"]
    with own_app.app_context():
        present = {p.presence for p in first().presences}
        votes = db.session.scalar(sa.select(sa.func.count(Resolution.id)))
        assert (present, votes) in (({Presence.PRINCIPAL}, 1), ({Presence.PRINCIPAL, Presence.ABSENT}, 0))


def test_minutes_are_published_once_and_corrections_numbered_one_after_the_other(own_app):
    write = lambda: meetings.write_minutes(first(), "Se conversó.", by=SYSTEM, publish=True)
    assert together(own_app, *[write] * TIMES) == ["Conflict"] * (TIMES - 1) + ["done"]
    correct = lambda: meetings.correct_minutes(first(), "x", reason="x", by=SYSTEM)
    assert together(own_app, *[correct] * TIMES) == ["done"] * TIMES
    with own_app.app_context():
        entries = queries.traced("meeting", [first().id], [meetings.CORRECT])
        assert [entry.changes["number"] for entry in entries] == [1, 2, 3, 4]
