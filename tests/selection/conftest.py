"""The house of the evaluation tests, whose plan goes on to a session."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from intake.core.identity import SYSTEM
from intake.reception.services import move
from intake.selection import services
from intake.selection.inputs import DecisionInput, SessionInput
from models.enums import Category, Role
from tests import factories
from tests.evaluation.conftest import House, build, principal

if TYPE_CHECKING:
    from flask import Flask

    from models import Decision, Proposal, SelectionSession, User

GIVEN = SessionInput(title="Primera sesión", held_on=date(2026, 11, 20), decided_by="Grupo Núcleo, por consenso")
WHY = "Es viable y hay quien responda por ella."


@pytest.fixture
def house(app: Flask) -> House:
    """Nothing admitted is left waiting: the house's own proposal is withdrawn from the way."""
    made = build()
    move(made.proposal, "withdraw", by=SYSTEM, reason="Para la prueba.")
    return made


@pytest.fixture
def core(house: House) -> User:
    return factories.user(Role.CORE_GROUP, name="Núcleo Ejemplo")


@pytest.fixture
def session(house: House) -> SelectionSession:
    return services.open_session(house.plan, GIVEN, by=principal(house.director))


def decide(
    session: SelectionSession, proposal: Proposal, category: Category, *, by: User, reason: str = WHY, why: str = ""
) -> Decision:
    fallback = Category.NEXT_PLAN if category is Category.RESERVE else None
    given = DecisionInput(category=category, reason=reason, fallback=fallback, departure_reason=why)
    return services.decide(session, proposal, given, by=principal(by))
