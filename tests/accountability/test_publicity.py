"""What the public may read of a commitment: never a draft, nor one that was dropped while it was a draft."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from intake.accountability import queries, services
from intake.accountability.queries import Filters, visible_to
from intake.core import clock
from intake.core.identity import GUEST
from intake.extensions import db
from intake.mapping import queries as actors
from intake.plans import queries as plans
from intake.reception.queries.story import answers, commitments_of
from intake.reports import publictables
from intake.reports.queries import home
from models import Commitment
from models.enums import CommitmentStatus
from tests.accountability import kit
from tests.conftest import SignIn

SECRET = "Cuentas claras del agua"


def consulted() -> kit.Scene:
    at = kit.drafted()
    today = clock.today()
    services.open_consultation(at.commitment, today, today + timedelta(days=9), by=at.team)
    return at


def dropped(at: kit.Scene) -> kit.Scene:
    services.move(queries.for_change(at.commitment.id), "drop", "Se unió con otro.", by=at.team)
    db.session.expire_all()
    return at


CASES = [
    pytest.param(kit.drafted, False, id="draft"),
    pytest.param(consulted, True, id="consultation"),
    pytest.param(kit.confirmed, True, id="confirmed"),
    pytest.param(lambda: dropped(kit.drafted()), False, id="dropped as a draft"),
    pytest.param(lambda: dropped(consulted()), True, id="dropped after its consultation"),
    pytest.param(lambda: dropped(kit.confirmed()), True, id="dropped after it was confirmed unasked"),
]


@pytest.mark.parametrize(("make", "public"), CASES)
def test_every_public_reading_agrees(client: FlaskClient, make: Callable[[], kit.Scene], public: bool) -> None:
    at = make()
    found = queries.by_reference("PAGA3-1")
    shown = {
        "row": found.is_public,
        "condition": db.session.scalar(sa.select(sa.func.count(Commitment.id)).where(Commitment.is_public)) == 1,
        "list": bool(queries.commitments(GUEST, Filters()).items),
        "page": client.get("/compromisos/PAGA3-1").status_code == 200,
        "json": client.get("/compromisos/PAGA3-1.json").status_code == 200,
        "agreement": client.get("/compromisos/PAGA3-1/acuerdo").status_code == 200,
        "filter of the list": "Ministerio Ejemplo" in client.get("/compromisos/").text,
        "words of the list": SECRET in client.get("/compromisos/").text,
        "plan": plans.numbers([at.plan.id])[at.plan.id].commitments == 1,
        "proposal": bool(commitments_of(at.proposal)),
        "answers": bool(answers(at.plan)[1]),
        "table": bool(db.session.execute(publictables.commitments()).all()),
        "home": home.numbers(at.plan).commitments == 1,
        "actor": bool(actors.commitments_of(at.institution)),
    }
    assert shown == dict.fromkeys(shown, public)


def test_what_was_dropped_unseen_stays_readable_for_its_people(sign_in: SignIn) -> None:
    at = dropped(kit.drafted())
    for user in (at.directorate, at.institution_user, at.counterpart_user):
        assert sign_in(user).get("/compromisos/PAGA3-1").status_code == 200
    assert db.session.scalars(sa.select(Commitment).where(visible_to(at.office))).one().is_public is False


def test_first_publication_is_kept(app: object) -> None:
    monday = clock.now()
    with clock.at(monday):
        at = consulted()
    with clock.at(monday + timedelta(days=2)):
        agreement = services.prepare_agreement(at.commitment, "Nos comprometemos.", by=at.team)
        services.sign(agreement, at.institution, kit.signature(), by=at.office)
        services.sign(agreement, at.counterpart, kit.signature(), by=at.citizens)
        services.confirm(at.commitment, by=at.team)
    db.session.expire_all()
    kept = queries.by_reference("PAGA3-1")
    assert kept.status is CommitmentStatus.CONFIRMED and kept.published_at == monday
