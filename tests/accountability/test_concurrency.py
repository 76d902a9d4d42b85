"""Signing at the same moment, on a database of its own."""

from __future__ import annotations

import threading

import pytest
from flask_migrate import upgrade

from config import Config
from intake import create_app
from intake.accountability import queries, services
from intake.accounts import queries as accounts
from intake.engine import writing
from intake.extensions import db
from models import Actor, Agreement
from models.enums import AgreementStatus, PartyRole, Role
from tests import factories
from tests.accountability import kit


@pytest.fixture
def own_app(own_url, tmp_path):
    """An application on an empty database that nobody else uses."""
    app = create_app(Config.for_tests(database_url=own_url, instance_path=str(tmp_path)))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_last_two_signatures_given_together_make_the_agreement_signed(own_app):
    with own_app.app_context():
        at = kit.drafted()
        third = factories.actor("Universidad Ejemplo")
        third_user = factories.user(Role.COUNTERPART, actor=third)
        kit.keep()
        services.set_party(at.commitment, third, PartyRole.COUNTERPART, by=at.team)
        agreement = services.prepare_agreement(at.commitment, "Nos comprometemos.", by=at.team)
        services.sign(agreement, at.institution, kit.signature(), by=at.office)
        key = agreement.id
        last = [(at.counterpart.id, at.counterpart_user.id), (third.id, third_user.id)]
        db.session.commit()
    errors, start = [], threading.Barrier(len(last))

    def press(actor_id, user_id):
        with own_app.app_context():
            writing.set(True)  # as intake.web.hooks does for every request that may write
            start.wait()
            try:
                who = accounts.principal_of(user_id)[0]
                found = db.session.get_one(Agreement, key)
                services.sign(found, db.session.get_one(Actor, actor_id), kit.signature(), by=who)
            except Exception as error:  # noqa: BLE001 -- the test shows it
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=pair) for pair in last]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with own_app.app_context():
        agreement = db.session.get_one(Agreement, key)
        assert services.unsigned(queries.for_change(agreement.commitment_id)) == []
        assert agreement.status is AgreementStatus.SIGNED
