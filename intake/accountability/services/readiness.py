"""What a commitment needs before it can be confirmed: a list that its page shows and that `confirm` obeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.accountability.services.agreements import unsigned
from intake.accountability.services.parties import current
from intake.core.i18n import lazy_gettext as _l
from models.enums import AgreementStatus, MilestoneKind, PartyRole

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from models import Commitment


@dataclass(frozen=True)
class Check:
    """One line of the list. ``missing`` says what to do; only ``needed`` ones stop the confirmation."""

    label: Text
    done: bool
    missing: Text
    needed: bool = True


def checklist(commitment: Commitment) -> list[Check]:
    """What the template of OGP asks of a commitment, done or not; parties and milestones are loaded."""
    return [*_texts(commitment), *_bound(commitment), *_milestones(commitment), _consultation(commitment)]


def was_consulted(commitment: Commitment) -> bool:
    """Whether the public was asked; else confirming needs a reason."""
    return commitment.consultation_opens_on is not None


def obstacles(commitment: Commitment) -> list[Text]:
    """What is missing before the commitment can be confirmed, in words; empty when nothing is."""
    return [*(c.missing for c in checklist(commitment) if c.needed and not c.done), *_agreement(commitment)]


def _texts(commitment: Commitment) -> list[Check]:
    c = commitment
    values = (c.transparency, c.participation, c.accountability)
    return [
        Check(_l("Problema"), bool(c.problem.strip()), _l("No dice qué problema aborda.")),
        Check(_l("Descripción"), bool(c.description.strip()), _l("No dice en qué consiste.")),
        Check(_l("Resultados esperados"), bool(c.expected_results.strip()), _l("No dice qué resultados se esperan.")),
        Check(
            _l("Al menos un valor de Gobierno Abierto justificado"),
            any(v.strip() for v in values),
            _l("No dice cómo promueve la transparencia, la participación o la rendición de cuentas."),
        ),
    ]


def _bound(commitment: Commitment) -> list[Check]:
    return [
        Check(
            _l("Institución responsable"),
            bool(current(commitment, PartyRole.RESPONSIBLE)),
            _l("No tiene institución responsable."),
        ),
        Check(_l("Contraparte"), bool(current(commitment, PartyRole.COUNTERPART)), _l("No tiene contraparte.")),
    ]


def _milestones(commitment: Commitment) -> list[Check]:
    rows = commitment.milestones
    complete = all(m.output.strip() and m.ends_on is not None for m in rows)
    return [
        Check(
            _l("Hitos con su producto y su fecha"),
            bool(rows) and complete,
            _l("Hay hitos sin producto o sin fecha.") if rows else _l("No tiene hitos."),
        ),
        Check(
            _l("Al menos un hito de implementación"),
            any(m.kind is MilestoneKind.IMPLEMENTATION for m in rows),
            _l("Ninguno de sus hitos es de implementación."),
            needed=False,
        ),
    ]


def _consultation(commitment: Commitment) -> Check:
    return Check(
        _l("Consulta pública"),
        was_consulted(commitment),
        _l("No pasó por consulta pública: al confirmar se pedirá el motivo."),
        needed=False,
    )


def _agreement(commitment: Commitment) -> list[Text]:
    if commitment.agreement is None:
        return [_l("No tiene acuerdo.")]
    if commitment.agreement.status is AgreementStatus.TERMINATED:
        return [_l("Su acuerdo se dio por terminado.")]
    return [_l("Falta la firma de %(name)s.", name=p.actor.name) for p in unsigned(commitment)]
