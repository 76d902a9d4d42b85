"""After signing in everybody lands where their work is."""

import pytest

from intake.accounts import pages
from models.enums import Role
from tests import factories


@pytest.mark.parametrize(
    ("role", "endpoint"),
    [
        (Role.DIRECTORATE, "reports.desk"),
        (Role.CORE_GROUP, "selection.index"),
        (Role.ANALYST, "evaluation.index"),
        (Role.REVIEWER, "evaluation.index"),
        (Role.FACILITATOR, "mapping.events"),
        (Role.INSTITUTION, "accountability.owed"),
        (Role.COUNTERPART, "accountability.owed"),
        (Role.OBSERVER, "accounts.own"),
    ],
)
def test_each_role_has_its_desk(app, role, endpoint):
    bound = {"actor": factories.actor("Organización Ejemplo")} if role in {Role.INSTITUTION, Role.COUNTERPART} else {}
    assert pages._desk_of(factories.user(role, **bound)) == endpoint


def test_a_citizen_lands_on_the_own_account(app):
    assert pages._desk_of(factories.user()) == "accounts.own"
