"""From consultation to formalization: of one commitment, and of the plan with all its commitments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.accountability import queries
from intake.accountability.lifecycle import COMMITMENT
from intake.accountability.services import messages
from intake.accountability.services.readiness import obstacles, was_consulted
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import lazy_ngettext
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.plans.lifecycle import PLAN
from models import Plan
from models.enums import CommitmentStatus, PlanStatus

if TYPE_CHECKING:
    from datetime import date

    from intake.core.i18n import Text
    from intake.core.identity import Principal
    from models import Commitment

C = CommitmentStatus


def open_consultation(commitment: Commitment, opens_on: date, closes_on: date, *, by: Principal) -> Commitment:
    """Put a draft before the public between two days, both included. Raises `Invalid` (``closes_on``), `Conflict`."""
    with transaction():
        commitment = queries.for_change(commitment.id)
        authorize(by, Permission.COMMITMENT_MOVE, commitment)
        if closes_on < opens_on:
            raise Invalid(_l("La consulta no puede cerrar antes de abrir."), field="closes_on")
        if not commitment.milestones:
            raise Conflict(_l("Un compromiso se consulta con sus hitos: todavía no tiene ninguno."))
        commitment.consultation_opens_on, commitment.consultation_closes_on = opens_on, closes_on
        COMMITMENT.fire(commitment, "consult", by=by)
    return commitment


def confirm(commitment: Commitment, reason: str = "", *, by: Principal) -> Commitment:
    """Confirm, once nothing is missing and everybody has signed. The agreement becomes public.

    ``reason`` says why the public was not asked, where it was not. Raises `Conflict` (``lines``), `Invalid`.
    """
    with transaction():
        commitment = queries.for_change(commitment.id)
        authorize(by, Permission.COMMITMENT_MOVE, commitment)
        _refuse_incomplete(commitment)
        if not was_consulted(commitment) and not reason.strip():
            raise Invalid(_l("Escriba por qué se confirma sin consulta pública."), field="reason")
        if commitment.agreement and commitment.agreement.file:
            commitment.agreement.file.is_public = True
        COMMITMENT.fire(commitment, "confirm", by=by, reason=reason)
    return commitment


def _refuse_incomplete(commitment: Commitment) -> None:
    if missing := obstacles(commitment):
        raise Conflict(_l("Este compromiso todavía no se puede confirmar."), lines=missing)


def formalize(commitment: Commitment, *, by: Principal) -> Commitment:
    """Formalize a confirmed commitment and tell the authors of its proposals."""
    with transaction():
        commitment = queries.for_change(commitment.id)
        authorize(by, Permission.COMMITMENT_MOVE, commitment)
        if commitment.status is not C.CONFIRMED:
            raise Conflict(_l("Solo se formaliza un compromiso confirmado, con su acuerdo firmado."))
        _refuse_incomplete(commitment)
        COMMITMENT.fire(commitment, "formalize", by=by)
        messages.tell_formalized(commitment)
    return commitment


def plan_obstacles(plan: Plan) -> list[Text]:
    """What is missing before the plan can be formalized, in words. Four statements."""
    commitments = queries.of_plan(plan)
    found: list[Text] = []
    if plan.status is not PlanStatus.CO_CREATION:
        found.append(_l("El plan no está en cocreación."))
    if not any(c.status in {C.CONFIRMED, C.FORMALIZED} for c in commitments):
        found.append(_l("Ningún compromiso está confirmado."))
    found.extend(
        _l("%(reference)s todavía no está confirmado: confírmelo o retírelo con su motivo.", reference=c.reference)
        for c in commitments
        if c.status in {C.DRAFT, C.CONSULTATION}
    )
    if waiting := queries.unanswered(plan):
        found.append(
            lazy_ngettext(
                "%(num)s propuesta recibida no tiene todavía su respuesta.",
                "%(num)s propuestas recibidas no tienen todavía su respuesta.",
                waiting,
            )
        )
    return found


def formalize_plan(plan: Plan, reason: str, *, by: Principal) -> int:
    """Formalize the plan and every confirmed commitment together; returns how many commitments moved.

    Raises `Conflict` with the reasons in ``details["lines"]`` and moves nothing while something is missing.
    """
    with transaction():
        authorize(by, Permission.PLAN_MOVE, plan)
        if missing := plan_obstacles(plan):
            raise Conflict(_l("El plan todavía no se puede formalizar."), lines=missing)
        if not reason.strip():
            raise Invalid(_l("Escriba con qué acto se formaliza el plan."), field="reason")
        ready = [c for c in queries.of_plan(plan) if c.status is C.CONFIRMED]
        for commitment in ready:
            formalize(commitment, by=by)
        PLAN.fire(plan, "formalize", by=by, reason=reason)
    return len(ready)
