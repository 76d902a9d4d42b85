"""Pressing at the same moment, on a database of its own: threads cannot share the one transaction of other tests."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from config import Config
from intake import create_app
from intake.core import tokens
from intake.core.identity import GUEST
from intake.engine import writing
from intake.extensions import db
from intake.reception import queries, services
from intake.reception.inputs import ProposalInput
from models import Plan, Proposal
from tests import factories

PRESSES = 6


@pytest.fixture
def own_app(request, tmp_path):
    """An application on an empty database that nobody else uses."""
    if request.config.getoption("--db") == "sqlite":
        yield _migrated(f"sqlite:///{tmp_path / 'own.sqlite3'}", tmp_path)
        return
    from tests import pgserver

    with pgserver.worker_database(None, "reception_concurrency", lambda _url: None) as url:
        app = _migrated(url, tmp_path)
        yield app
        with app.app_context():
            db.engine.dispose()


def _migrated(url, folder):
    app = create_app(Config.for_tests(database_url=url, instance_path=str(folder)))
    with app.app_context():
        upgrade()
        factories.plan(code="PAGA3")
        db.session.commit()
    return app


def together(app, call) -> list:
    """What each of the simultaneous calls returned or raised."""
    found, start = [], threading.Barrier(PRESSES)

    def press():
        with app.app_context():
            writing.set(True)  # as intake.web.hooks does for every request that may write
            start.wait()
            try:
                found.append(call())
            except Exception as error:  # noqa: BLE001 -- the test compares it
                found.append(error)
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(PRESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_simultaneous_presses_make_one_draft_one_folio_and_one_code(own_app):
    key = tokens.new_token()
    data = ProposalInput(title="Agua limpia", problem="Llega turbia.", solution="Publicar los análisis.")

    def keep():
        return services.create_draft(db.session.scalars(sa.select(Plan)).one(), data, None, by=GUEST, key=key)[1]

    def send():
        proposal = queries.by_draft_key(key)
        return services.submit(proposal, by=services.holding(GUEST, proposal), key=key)

    assert together(own_app, keep) == [key] * PRESSES
    receipts = together(own_app, send)
    assert receipts == [receipts[0]] * PRESSES
    assert (receipts[0].folio, len(receipts[0].claim_code)) == ("PAGA3-00001", 8)
    with own_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 1
        assert db.session.scalar(sa.select(Plan.folio_counter)) == 1


def test_simultaneous_submissions_get_folios_without_gap_or_repetition(own_app):
    data = ProposalInput(title="Agua limpia", problem="Llega turbia.", solution="Publicar los análisis.")

    def send():
        return services.submit_directly(db.session.scalars(sa.select(Plan)).one(), data, None, by=GUEST).folio

    assert sorted(together(own_app, send)) == [f"PAGA3-{n:05d}" for n in range(1, PRESSES + 1)]
