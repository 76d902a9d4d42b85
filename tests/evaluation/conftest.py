"""A plan in evaluation with a round, an admitted proposal, and one reviewer of each sector."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from intake.core.identity import Principal
from intake.evaluation import paga_rubric, services
from intake.evaluation.inputs import ReviewInput, RoundInput
from models import Assignment, Plan, Proposal, Round, User
from models.enums import ProposalStatus, ReviewSector, Role, StageKind
from tests import factories
from tests.factories import principal

if TYPE_CHECKING:
    from flask import Flask

KEYS = [indicator.key for block in paga_rubric.BLOCKS for indicator in block.indicators]


def review(value: int = 2, comment: str = "Se puede hacer pronto.", **values: Any) -> ReviewInput:
    """Every criterion with one value, some with another."""
    return ReviewInput(values={**dict.fromkeys(KEYS, value), **values}, comment=comment)


@dataclass
class House:
    """Who and what the tests work with."""

    plan: Plan
    round: Round
    proposal: Proposal
    analyst: User
    second: User
    director: User
    reviewers: list[User] = field(default_factory=list)

    def by(self, user: User) -> Principal:
        return principal(user)

    def assigned(self, reviewer: User, proposal: Proposal | None = None) -> Assignment:
        return services.assign(self.round, proposal or self.proposal, reviewer, by=principal(self.director))

    def evaluated(self, *values: int, **more: Any) -> Proposal:
        """A proposal that the first reviewers gave these values, one each, declared evaluated."""
        proposal = factories.proposal(self.plan, ProposalStatus.ADMITTED, **more)
        for reviewer, value in zip(self.reviewers, values, strict=False):
            assignment = self.assigned(reviewer, proposal)
            services.submit_review(assignment, review(value), by=principal(reviewer))
        services.finish_ready(self.round, by=principal(self.director), reason="Prueba.")
        return proposal


def build() -> House:
    """Make all of it."""
    plan = factories.plan(StageKind.EVALUATION, code="PAGA9")
    director = factories.user(Role.DIRECTORATE, name="Dirección Ejemplo")
    given = RoundInput(name="Primera ronda", reviews_per_proposal=3)
    house = House(
        plan=plan,
        round=services.create_round(plan, given, by=principal(director)),
        proposal=factories.proposal(plan, ProposalStatus.ADMITTED),
        analyst=factories.user(Role.ANALYST, name="Análisis Ejemplo"),
        second=factories.user(Role.ANALYST, name="Segunda Ejemplo"),
        director=director,
    )
    house.reviewers = [factories.user(Role.REVIEWER, name=f"Revisión {s.value}", sector=s) for s in ReviewSector]
    return house


@pytest.fixture
def house(app: Flask) -> House:
    return build()
