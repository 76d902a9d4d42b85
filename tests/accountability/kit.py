"""A commitment and its people, at whatever point of its life a test needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from intake.accountability import services
from intake.accountability.inputs import CommitmentInput, EvidenceInput, MilestoneInput, ReportInput, SignatureInput
from intake.core import clock
from intake.core.files import Upload
from intake.core.identity import Principal
from intake.core.transaction import transaction
from models import Actor, Commitment, Plan, Proposal, User
from models.enums import ActorKind, MilestoneKind, MilestoneStatus, PartyRole, ProposalStatus, Role, StageKind
from tests import factories
from tests.factories import principal

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def keep() -> None:
    """Commit what the factories made, so that a refused change does not take it along."""
    with transaction():
        pass


@dataclass
class Scene:
    """The plan, the people and the organisations around one commitment."""

    plan: Plan
    proposal: Proposal
    author: User
    directorate: User
    institution: Actor
    counterpart: Actor
    institution_user: User
    counterpart_user: User
    commitment: Commitment | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def team(self) -> Principal:
        return principal(self.directorate)

    @property
    def office(self) -> Principal:
        return principal(self.institution_user)

    @property
    def citizens(self) -> Principal:
        return principal(self.counterpart_user)


def scene(**plan_values: Any) -> Scene:
    plan = factories.plan(StageKind.ACCOUNTABILITY, code=plan_values.pop("code", "PAGA3"), **plan_values)
    author = factories.user(name="Autora Ejemplo")
    institution = factories.actor("Ministerio Ejemplo", kind=ActorKind.PUBLIC_INSTITUTION)
    counterpart = factories.actor("Fundación Ejemplo")
    made = Scene(
        plan=plan,
        proposal=factories.proposal(plan, ProposalStatus.SELECTED, author_id=author.id),
        author=author,
        directorate=factories.user(Role.DIRECTORATE),
        institution=institution,
        counterpart=counterpart,
        institution_user=factories.user(Role.INSTITUTION, actor=institution),
        counterpart_user=factories.user(Role.COUNTERPART, actor=counterpart),
    )
    keep()
    return made


def content(**values: Any) -> CommitmentInput:
    today = clock.today()
    given = {
        "title_es": "Cuentas claras del agua",
        "problem": "No se publican las cuentas.",
        "description": "Publicar las cuentas de cada junta.",
        "expected_results": "Cada familia sabe en qué se gasta.",
        "transparency": "Abre las cuentas del agua.",
        "starts_on": today - timedelta(days=30),
        "ends_on": today + timedelta(days=300),
    }
    return CommitmentInput(**{**given, **values})


def milestone(**values: Any) -> MilestoneInput:
    given = {
        "title_es": "Publicar la ficha",
        "output": "Ficha publicada",
        "ends_on": clock.today() + timedelta(days=60),
        "kind": MilestoneKind.IMPLEMENTATION,
    }
    return MilestoneInput(**{**given, **values})


def drafted(at: Scene | None = None, **values: Any) -> Scene:
    """With a draft, both parties and two milestones."""
    at = at or scene()
    at.commitment = services.draft(at.plan, content(**values), [at.proposal], by=at.team)
    services.set_party(at.commitment, at.institution, PartyRole.RESPONSIBLE, is_lead=True, by=at.team)
    services.set_party(at.commitment, at.counterpart, PartyRole.COUNTERPART, by=at.team)
    services.add_milestone(at.commitment, milestone(kind=MilestoneKind.DESIGN, title_es="Diseñar la ficha"), by=at.team)
    services.add_milestone(at.commitment, milestone(), by=at.team)
    return at


def signature(name: str = "Firma Ejemplo") -> SignatureInput:
    return SignatureInput(signer_name=name, signer_post="Titular", signed_on=clock.today())


def signed(at: Scene | None = None) -> Scene:
    at = drafted(at)
    agreement = services.prepare_agreement(at.commitment, "Nos comprometemos.", Upload("acta.pdf", PDF), by=at.team)
    services.sign(agreement, at.institution, signature(), by=at.office)
    services.sign(agreement, at.counterpart, signature(), by=at.citizens)
    return at


UNASKED = "Se acordó con la comunidad en asamblea."


def confirmed(at: Scene | None = None) -> Scene:
    at = signed(at)
    services.confirm(at.commitment, UNASKED, by=at.team)
    return at


def formalized(at: Scene | None = None) -> Scene:
    at = confirmed(at)
    services.formalize(at.commitment, by=at.team)
    return at


def evidence(**values: Any) -> EvidenceInput:
    return EvidenceInput(**{"title": "Página publicada", "url": "https://ejemplo.ec/ficha", **values})


def progress(**values: Any) -> ReportInput:
    given = {
        "status": MilestoneStatus.EXECUTION,
        "progress_pct": Decimal(40),
        "text": "Se publicó la primera versión.",
        "evidence": (evidence(),),
    }
    return ReportInput(**{**given, **values})
