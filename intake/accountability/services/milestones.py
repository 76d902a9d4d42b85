"""Milestones: what will be delivered, and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.accountability import queries
from intake.accountability.services.drafting import editable
from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from models import Milestone
from models.enums import CommitmentStatus

if TYPE_CHECKING:
    from intake.accountability.inputs import MilestoneInput
    from intake.core.identity import Principal
    from models import Commitment


def add_milestone(commitment: Commitment, given: MilestoneInput, *, by: Principal) -> Milestone:
    """Add a milestone with its output and date. "Nothing reported" counts as 0 % from today on (METH)."""
    with transaction():
        commitment = editable(commitment, by=by)
        _check(commitment, given)
        number = _number(commitment, given.number)
        milestone = Milestone(commitment=commitment, number=number, progress_as_of=clock.today(), reports=[])
        _fill(milestone, given)
        audit.record("milestone.add", milestone, by=by, reference=f"{commitment.reference}/{number}")
    return milestone


def edit_milestone(
    milestone: Milestone, given: MilestoneInput, *, by: Principal, lock_version: int | None = None
) -> Milestone:
    """Change a milestone. Once formalized only its dates move, with a reason, and the first ones stay visible."""
    with transaction():
        commitment = queries.for_change(milestone.commitment_id)
        authorize(by, Permission.COMMITMENT_EDIT, commitment)
        milestone = next(m for m in commitment.milestones if m.id == milestone.id)
        if lock_version is not None and milestone.lock_version != lock_version:
            raise Conflict(_l("Otra persona cambió este hito mientras usted lo tenía abierto."))
        if commitment.status is CommitmentStatus.FORMALIZED:
            _reschedule(commitment, milestone, given)
            action = "milestone.reschedule"
        else:
            editable(commitment, by=by)
            _check(commitment, given)
            milestone.number = milestone.number if given.number is None else _renumber(commitment, milestone, given)
            _fill(milestone, given)
            action = "milestone.edit"
        reference = f"{commitment.reference}/{milestone.number}"
        audit.record(action, milestone, by=by, reason=given.reason, reference=reference)
    return milestone


def remove_milestone(milestone: Milestone, *, by: Principal) -> None:
    """Take a milestone out of a commitment that nobody has signed."""
    with transaction():
        commitment = editable(queries.for_change(milestone.commitment_id), by=by)
        milestone = next(m for m in commitment.milestones if m.id == milestone.id)
        reference = f"{commitment.reference}/{milestone.number}"
        audit.record("milestone.remove", milestone, by=by, reference=reference, extra={"title": milestone.title_es})
        db.session.delete(milestone)


def _check(commitment: Commitment, given: MilestoneInput) -> None:
    if not given.title_es.strip():
        raise Invalid(_l("Escriba qué se hará en este hito."), field="title_es")
    if not given.output.strip():
        raise Invalid(_l("Escriba el producto que se podrá comprobar."), field="output")
    _check_dates(commitment, given)


def _check_dates(commitment: Commitment, given: MilestoneInput) -> None:
    if given.starts_on and given.ends_on < given.starts_on:
        raise Invalid(_l("La fecha de fin es anterior a la de inicio."), field="ends_on")
    if commitment.ends_on and given.ends_on > commitment.ends_on:
        raise Invalid(_l("El hito termina después que el compromiso."), field="ends_on")
    if commitment.starts_on and (given.starts_on or given.ends_on) < commitment.starts_on:
        field = "starts_on" if given.starts_on else "ends_on"
        raise Invalid(_l("El hito empieza antes que el compromiso."), field=field)


def _number(commitment: Commitment, wanted: int | None) -> int:
    taken = {m.number for m in commitment.milestones}
    if wanted is None:
        return max(taken, default=0) + 1
    if wanted in taken:
        raise Invalid(_l("El compromiso ya tiene un hito con ese número."), field="number")
    return wanted


def _renumber(commitment: Commitment, milestone: Milestone, given: MilestoneInput) -> int:
    return milestone.number if given.number == milestone.number else _number(commitment, given.number)


def _fill(milestone: Milestone, given: MilestoneInput) -> None:
    for name in ("title_es", "title_en", "output", "kind", "starts_on", "ends_on"):
        setattr(milestone, name, getattr(given, name))


def _reschedule(commitment: Commitment, milestone: Milestone, given: MilestoneInput) -> None:
    if not given.reason.strip():
        raise Invalid(_l("Escriba por qué cambian las fechas: será público."), field="reason")
    _check_dates(commitment, given)
    if milestone.original_ends_on is None:
        milestone.original_starts_on, milestone.original_ends_on = milestone.starts_on, milestone.ends_on
    milestone.starts_on, milestone.ends_on = given.starts_on, given.ends_on
