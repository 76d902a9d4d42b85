"""Signing at the same moment, on a database of its own."""

from __future__ import annotations

from functools import partial

from intake.accountability import queries, services
from intake.accounts import queries as accounts
from intake.extensions import db
from models import Actor, Agreement
from models.enums import AgreementStatus, PartyRole, Role
from tests import factories
from tests.accountability import kit
from tests.racing import together


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

    def press(actor_id, user_id):
        who = accounts.principal_of(user_id)[0]
        found = db.session.get_one(Agreement, key)
        services.sign(found, db.session.get_one(Actor, actor_id), kit.signature(), by=who)

    assert together(own_app, *(partial(press, *pair) for pair in last)) == ["done"] * 2
    with own_app.app_context():
        agreement = db.session.get_one(Agreement, key)
        assert services.unsigned(queries.for_change(agreement.commitment_id)) == []
        assert agreement.status is AgreementStatus.SIGNED
