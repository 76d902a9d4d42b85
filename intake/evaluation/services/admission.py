"""Admission: an analyst examines; to refuse takes a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.evaluation import conflicts
from intake.extensions import db
from intake.reception.queries import joining
from intake.reception.services import move
from models import Admission
from models.enums import ProposalStatus as S

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.evaluation.inputs import ExaminationInput
    from models import Proposal


#: Read again under a lock: two people may have the same page open.
_DECIDING = ["status", "lock_version"]


def examine(proposal: Proposal, given: ExaminationInput, *, by: Principal) -> Admission:
    """Admit the proposal if it meets the four criteria, else propose to refuse it.

    Raises `Invalid` without a reason, `Conflict` if it was already examined, `Forbidden` for its own author and, of a
    collective one, for whoever wrote its lead text or asked its authors.
    """
    authorize(by, Permission.PROPOSAL_ADMIT, proposal)
    reason = _reason(given.reason)
    with transaction():
        db.session.refresh(proposal, _DECIDING, with_for_update=True)
        if proposal.status is not S.SUBMITTED:
            raise Conflict(_l("Otra persona ya examinó esta propuesta."))
        joining.require_ready(proposal)
        _not_ones_own(proposal, by)
        admission = Admission(
            proposal_id=proposal.id,
            is_clear=given.is_clear,
            is_collaborative=given.is_collaborative,
            is_open_government=given.is_open_government,
            is_public_policy=given.is_public_policy,
            reason=reason,
            examined_by_id=by.user_id,
            examined_at=clock.now(),
        )
        audit.record("admission.examine", admission, by=by, reason=reason, reference=proposal.folio)
        move(proposal, "admit" if given.meets_all else "propose_refusal", by=by, reason=reason)
    return admission


def countersign(proposal: Proposal, *, confirm: bool, reason: str, by: Principal) -> Admission:
    """Confirm a proposed refusal (the author is told the examiner's reason) or overrule it and admit the proposal.

    Raises `Forbidden` for the person who examined it: nobody signs twice.
    """
    authorize(by, Permission.PROPOSAL_COUNTERSIGN, proposal)
    reason = _reason(reason)
    with transaction():
        db.session.refresh(proposal, _DECIDING, with_for_update=True)
        if proposal.status is not S.REFUSAL_PROPOSED:
            raise Conflict(_l("Esta propuesta no espera una segunda firma."))
        admission = db.session.scalars(sa.select(Admission).where(Admission.proposal_id == proposal.id)).one()
        if admission.examined_by_id == by.user_id:
            raise Forbidden(
                _l("Usted ya firmó el examen de esta propuesta. La segunda firma debe ser de otra persona.")
            )
        _not_ones_own(proposal, by)
        admission.second_by_id = by.user_id
        admission.second_at = clock.now()
        admission.second_reason = reason
        audit.record("admission.countersign", admission, by=by, reason=reason, reference=proposal.folio)
        told = admission.reason if confirm else reason
        move(proposal, "refuse" if confirm else "overrule", by=by, reason=told)
    return admission


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid(_l("Escriba el motivo."), field="reason")
    return text.strip()


def _not_ones_own(proposal: Proposal, by: Principal) -> None:
    if not by.is_system and (why := conflicts.between(proposal.id, by)) is not None:
        raise Forbidden(
            _l("Usted no puede decidir sobre esta propuesta: %(why)s. Debe hacerlo otra persona del equipo.", why=why)
        )
