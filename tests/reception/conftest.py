"""What more than one module of this folder needs as a fixture."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.core.identity import Principal
from intake.extensions import db
from models import Event, Plan, User
from models.enums import Role
from tests import factories
from tests.reception.talk import person


@pytest.fixture
def plan(app: Flask) -> Plan:
    """A plan that receives proposals."""
    return factories.plan(code="PAGA3")


@pytest.fixture
def event(plan: Plan) -> Event:
    """A territorial table that was held yesterday."""
    return factories.event(plan, slug="mesa-macas", title="Mesa de Macas")


@pytest.fixture
def boss(app: Flask) -> User:
    """Somebody who decides about joining and asks."""
    return person(Role.ANALYST, email="analista@demo.example")


@pytest.fixture
def analyst(boss: User, as_principal: Callable[[User], Principal]) -> Principal:
    """The same person, as services see them."""
    return as_principal(boss)


@pytest.fixture
def desk(boss: User, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    """The same person's browser."""
    return sign_in(boss)


@pytest.fixture
def receiving(own_app: Flask) -> Flask:
    """An application on a database that nobody else uses, with a plan PAGA3 that receives proposals."""
    with own_app.app_context():
        factories.plan(code="PAGA3")
        db.session.commit()
    return own_app
