"""Results kept between requests: used while nothing they count has changed, made again when something has."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.engine import writing
from intake.extensions import db
from intake.mapping import services
from intake.reception.queries import promises
from intake.reception.services import moves
from intake.web import kept as module
from intake.web.kept import Results, kept
from models import Actor, AuditEntry, actor_territory, actor_theme
from models.enums import ActorStatus, ProposalStatus, Role
from tests import factories as make


@pytest.fixture
def keeping(app):
    app.extensions["intake_results"] = Results()
    token = writing.set(False)  # a POST of another test may have left its mark on this thread
    yield app
    writing.reset(token)
    del app.extensions["intake_results"]


def asked(app, made: list[int], *subjects: str) -> int:
    with app.app_context(), app.test_request_context("/"):
        return kept("key", subjects or ("actor",), lambda: made.append(1) or len(made))


def entry(subject: str) -> None:
    make.save(AuditEntry(at=clock.now(), role="system", action=f"{subject}.x", subject_type=subject, changes={}))


def test_a_result_is_made_once_until_its_subject_changes(keeping):
    made: list[int] = []
    assert [asked(keeping, made) for _ in range(3)] == [1, 1, 1]
    entry("proposal")
    assert asked(keeping, made) == 1
    entry("actor")
    assert [asked(keeping, made) for _ in range(2)] == [2, 2]


def test_a_request_that_writes_makes_its_own(keeping):
    made: list[int] = []
    asked(keeping, made)
    token = writing.set(True)
    try:
        assert asked(keeping, made) == 2
    finally:
        writing.reset(token)
    assert asked(keeping, made) == 1


def test_within_a_request_it_is_made_once_even_if_nothing_is_kept(app):
    made: list[int] = []
    with app.app_context(), app.test_request_context("/"):
        for _ in range(3):
            assert kept("key", ("actor",), lambda: made.append(1) or len(made)) == 1
    with app.app_context(), app.test_request_context("/"):
        assert kept("key", ("actor",), lambda: made.append(1) or len(made)) == 2


def test_the_window_begins_anew_and_forgets(keeping, monkeypatch):
    monkeypatch.setattr(module, "_WINDOW", 3)
    monkeypatch.setattr(module, "_ON_THE_WAY", 1)
    made: list[int] = []
    asked(keeping, made)
    for _ in range(5):
        entry("proposal")
    assert asked(keeping, made) == 2
    assert asked(keeping, made) == 2
    entry("actor")
    assert asked(keeping, made) == 3


def test_a_result_may_be_a_little_old_for_who_says_so(keeping):
    made: list[int] = []
    moment = clock.now()

    def at(seconds: int, allowed: int) -> int:
        with clock.at(moment + timedelta(seconds=seconds)), keeping.app_context(), keeping.test_request_context("/"):
            return kept("key", ("actor",), lambda: made.append(1) or len(made), seconds=allowed)

    assert at(0, 60) == 1
    entry("actor")
    assert (at(59, 60), at(60, 60)) == (1, 2)
    entry("actor")
    assert (at(61, 60), at(61, 0), at(62, 60)) == (2, 3, 3)
    entry("actor")
    assert at(10, 60) == 4  # a clock that was set back keeps nothing for longer


def gap_of_an_actor_that_waits() -> Actor:
    make.plan()
    theme, place = make.theme("agua", name_es="Agua"), make.territory("14", name="Morona Santiago")
    actor = make.actor(status=ActorStatus.PENDING)
    db.session.execute(actor_territory.insert().values(actor_id=actor.id, territory_id=place.id))
    db.session.execute(actor_theme.insert().values(actor_id=actor.id, theme_id=theme.id))
    return actor


def test_the_gap_closes_for_the_team_as_soon_as_an_actor_is_verified(keeping, sign_in):
    actor, team = gap_of_an_actor_that_waits(), sign_in(make.user(Role.DIRECTORATE))
    assert "hay actores, no invitados</span>" not in team.get("/actores/cobertura?tema=agua").text
    services.move_actor(actor, "verify", by=SYSTEM)
    assert "hay actores, no invitados</span>" in team.get("/actores/cobertura?tema=agua").text


def test_the_public_sees_it_within_two_minutes_and_reads_of_when_the_numbers_are(keeping, client):
    """The page may be a minute old, and the numbers in it a minute older."""
    actor, moment = gap_of_an_actor_that_waits(), datetime(2026, 11, 22, 15, 0, tzinfo=UTC)

    def seen(seconds: int) -> tuple[bool, bool]:
        with clock.at(moment + timedelta(seconds=seconds)):
            page = client.get("/actores/cobertura?tema=agua").text
        return "hay actores</span>" in page, "Contado el 22 de noviembre de 2026, 10:00;" in page

    assert seen(0) == (False, True)
    services.move_actor(actor, "verify", by=SYSTEM)
    assert seen(30) == (False, True)
    assert seen(120) == (True, False)


def test_the_public_clock_counts_anew_with_a_proposal_and_with_the_day(keeping, client, monkeypatch):
    """Whoever asks a second time is not counted for again; an answer and midnight are seen at once."""
    plan, count = make.plan(), promises.counts
    proposal, counted = make.proposal(plan, ProposalStatus.SUBMITTED), []
    monkeypatch.setattr(promises, "counts", lambda *of: counted.append(1) or count(*of))
    begun, states = clock.now(), []

    def look(**later: int) -> None:
        with clock.at(begun + timedelta(**later)):
            states.append(re.findall(r"estado=([a-z-]+)", client.get(f"/plazos/{plan.code}/").text))

    look()
    look(seconds=30)
    moves.withdraw(proposal, by=SYSTEM, reason="Ya se hizo la obra.")
    look(minutes=1)
    look(days=400)
    assert states == [["pendiente"] * 3, ["pendiente"] * 3, ["terminada"] * 3, ["terminada"] * 3]
    assert len(counted) == 3
