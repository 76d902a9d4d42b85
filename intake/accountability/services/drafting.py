"""Writing a commitment out of selected proposals, and changing it while nothing is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.accountability import queries
from intake.accountability.inputs import COLUMNS
from intake.accountability.lifecycle import COMMITMENT
from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import lock, transaction
from intake.extensions import db
from models import Commitment, CommitmentApproach, Plan, PolicyArea, Sdg, Theme
from models.enums import CommitmentStatus, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.accountability.inputs import CommitmentInput
    from intake.core.identity import Principal
    from models import Proposal

EDITABLE = frozenset({CommitmentStatus.DRAFT, CommitmentStatus.CONSULTATION})


def draft(plan: Plan, given: CommitmentInput, proposals: Sequence[Proposal], *, by: Principal) -> Commitment:
    """Begin a commitment from one or more selected proposals of its plan.

    Raises `Invalid` (fields ``title_es``, ``proposals``, ``number``, ``ends_on``…) and `Forbidden`.
    """
    with transaction():
        authorize(by, Permission.COMMITMENT_DRAFT)
        _check(given)
        _check_proposals(plan, proposals)
        commitment = make(plan, given)
        commitment.proposals = list(proposals)
        audit.record(
            "commitment.draft", commitment, by=by, extra={"proposals": [p.folio for p in proposals], **_lists(given)}
        )
    return commitment


def make(plan: Plan, given: CommitmentInput) -> Commitment:
    """A new commitment, added to the session with its vocabularies; the caller's transaction commits."""
    lock(sa.select(Plan.id).where(Plan.id == plan.id))
    number = _number(plan, given.number)
    commitment = Commitment(
        plan_id=plan.id, number=number, reference=f"{plan.code}-{number}", created_at=clock.now(), milestones=[]
    )
    db.session.add(commitment)
    with db.session.no_autoflush:
        _fill(commitment, given)
    return commitment


def edit(commitment: Commitment, given: CommitmentInput, *, by: Principal, lock_version: int) -> Commitment:
    """Replace what a commitment says. Raises `Conflict` on a stale ``lock_version`` or once somebody has signed."""
    with transaction():
        commitment = editable(commitment, by=by)
        if commitment.lock_version != lock_version:
            raise Conflict(_l("Otra persona cambió este compromiso mientras usted lo tenía abierto."))
        _check(given)
        _check_milestones(commitment, given)
        before = _lists_of(commitment)
        with db.session.no_autoflush:  # the trace reads the old values before anything is sent
            _fill(commitment, given)
        changed = {name: [old, new] for name, new in _lists_of(commitment).items() if (old := before[name]) != new}
        audit.record("commitment.edit", commitment, by=by, extra=changed)
    return commitment


def editable(commitment: Commitment, *, by: Principal) -> Commitment:
    """The commitment read afresh, if ``by`` may still change what it says; else `Forbidden` or `Conflict`."""
    commitment = queries.for_change(commitment.id)
    authorize(by, Permission.COMMITMENT_EDIT, commitment)
    if commitment.status not in EDITABLE:
        raise Conflict(_l("El texto de un compromiso confirmado ya no se cambia: es lo que se firmó."))
    if commitment.agreement is not None and commitment.agreement.signatures:
        raise Conflict(_l("El acuerdo ya tiene firmas: lo que se firmó no se cambia."))
    return commitment


def is_open(commitment: Commitment) -> bool:
    """Whether what the commitment says may still change: no signature, not confirmed. Its agreement is loaded."""
    signed = commitment.agreement is not None and commitment.agreement.signatures
    return commitment.status in EDITABLE and not signed


def move(commitment: Commitment, action: str, reason: str = "", *, by: Principal) -> Commitment:
    """Make one of the moves that need no page of their own: conclude or drop, with a reason."""
    with transaction():
        commitment = queries.for_change(commitment.id)
        if not COMMITMENT[action].button:
            raise Invalid(_l("Esta acción tiene su propia página."))
        COMMITMENT.fire(commitment, action, by=by, reason=reason)
    return commitment


def _number(plan: Plan, wanted: int | None) -> int:
    taken = set(db.session.scalars(sa.select(Commitment.number).where(Commitment.plan_id == plan.id)))
    if wanted is None:
        return max(taken, default=0) + 1
    if wanted in taken:
        raise Invalid(_l("El plan ya tiene un compromiso con ese número."), field="number")
    return wanted


def _check(given: CommitmentInput) -> None:
    if not given.title_es:
        raise Invalid(_l("Escriba el título del compromiso."), field="title_es")
    if given.starts_on and given.ends_on and given.ends_on < given.starts_on:
        raise Invalid(_l("La fecha de fin es anterior a la de inicio."), field="ends_on")
    if given.budget_usd is not None and given.budget_usd < 0:
        raise Invalid(_l("El presupuesto no puede ser negativo."), field="budget_usd")


def _check_proposals(plan: Plan, proposals: Sequence[Proposal]) -> None:
    if not proposals:
        raise Invalid(_l("Elija al menos una propuesta seleccionada."), field="proposals")
    for proposal in proposals:
        if proposal.plan_id != plan.id or proposal.status is not ProposalStatus.SELECTED:
            raise Invalid(
                _l("La propuesta %(folio)s no está seleccionada para este plan.", folio=proposal.folio or "—"),
                field="proposals",
            )


def _check_milestones(commitment: Commitment, given: CommitmentInput) -> None:
    """The new period must still hold the milestones that stand."""
    for milestone in commitment.milestones:
        if given.ends_on and milestone.ends_on and milestone.ends_on > given.ends_on:
            raise Invalid(_l("El hito %(n)s termina después de esa fecha.", n=milestone.number), field="ends_on")
        first = milestone.starts_on or milestone.ends_on
        if given.starts_on and first and first < given.starts_on:
            raise Invalid(_l("El hito %(n)s empieza antes de esa fecha.", n=milestone.number), field="starts_on")


def _fill(commitment: Commitment, given: CommitmentInput) -> None:
    for name in COLUMNS:
        setattr(commitment, name, getattr(given, name))
    commitment.theme_id = _theme_id(given.theme_code)
    wanted = set(given.approaches)
    kept = [a for a in commitment.approaches if a.approach in wanted]
    new = wanted - {a.approach for a in kept}
    commitment.approaches = [*kept, *(CommitmentApproach(approach=a) for a in sorted(new))]
    commitment.sdgs = list(db.session.scalars(sa.select(Sdg).where(Sdg.number.in_(given.sdg_numbers))))
    commitment.policy_areas = list(
        db.session.scalars(sa.select(PolicyArea).where(PolicyArea.code.in_(given.policy_area_codes)))
    )


def _theme_id(code: str | None) -> int | None:
    if not code:
        return None
    found = db.session.scalar(sa.select(Theme.id).where(Theme.code == code))
    if found is None:
        raise Invalid(_l("Elija un tema de la lista."), field="theme_code")
    return found


def _lists_of(commitment: Commitment) -> dict[str, Any]:
    """The lists of a commitment as the trace compares them."""
    return {
        "approaches": sorted(a.approach for a in commitment.approaches),
        "sdgs": sorted(s.number for s in commitment.sdgs),
        "policy_areas": sorted(a.code for a in commitment.policy_areas),
    }


def _lists(given: CommitmentInput) -> dict[str, object]:
    """The parts of the template that are not columns, for the trace."""
    return {
        "approaches": given.approaches,
        "sdgs": given.sdg_numbers,
        "policy_areas": given.policy_area_codes,
        "theme": given.theme_code,
    }
