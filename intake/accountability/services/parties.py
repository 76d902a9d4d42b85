"""Who is bound by a commitment, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.accountability import queries
from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from models import CommitmentParty
from models.enums import ActorStatus, CommitmentStatus, PartyRole

if TYPE_CHECKING:
    from datetime import date

    from intake.core.identity import Principal
    from models import Actor, Commitment

_OPPOSITE = {PartyRole.RESPONSIBLE: PartyRole.COUNTERPART, PartyRole.COUNTERPART: PartyRole.RESPONSIBLE}


def current(commitment: Commitment, *roles: PartyRole) -> list[CommitmentParty]:
    """The parties that have not ended, of the given roles (all roles when none is given)."""
    return [p for p in commitment.parties if p.until is None and (not roles or p.role in roles)]


def set_party(
    commitment: Commitment,
    actor: Actor,
    role: PartyRole,
    *,
    is_lead: bool = False,
    since: date | None = None,
    note: str = "",
    by: Principal,
) -> CommitmentParty:
    """Bind an organisation, or change how it is bound. A new lead takes the lead from whoever had it.

    Raises `Invalid` (field ``actor``) for an organisation that is not verified, or that would speak with both voices.
    """
    with transaction():
        commitment = _open(commitment, by=by)
        _check(commitment, actor, role)
        party = next((p for p in commitment.parties if p.actor_id == actor.id and p.role is role), None)
        if party is None:
            party = CommitmentParty(actor_id=actor.id, role=role)
            commitment.parties.append(party)
        party.is_lead, party.since, party.until, party.note = is_lead, since, None, note
        audit.record("commitment.set_party", party, by=by, reference=commitment.reference, extra={"actor": actor.slug})
        if is_lead:
            _take_lead(commitment, party, by=by)
    return party


def end_party(commitment: Commitment, actor: Actor, role: PartyRole, *, by: Principal) -> CommitmentParty:
    """Say that an organisation is no longer bound, from tomorrow on. The row stays."""
    with transaction():
        commitment = _open(commitment, by=by)
        party = next((p for p in current(commitment, role) if p.actor_id == actor.id), None)
        if party is None:
            raise NotFound(_l("Esa organización no participa en este compromiso con ese papel."))
        party.until = clock.today()
        if party.since and party.until < party.since:
            raise Invalid(_l("La fecha de fin es anterior a la de inicio."), field="until")
        party.is_lead = False
        audit.record("commitment.end_party", party, by=by, reference=commitment.reference, extra={"actor": actor.slug})
    return party


def _open(commitment: Commitment, *, by: Principal) -> Commitment:
    commitment = queries.for_change(commitment.id)
    authorize(by, Permission.COMMITMENT_EDIT, commitment)
    if commitment.status in {CommitmentStatus.CONCLUDED, CommitmentStatus.DROPPED}:
        raise Conflict(_l("Este compromiso ya terminó y sus participantes no cambian."))
    return commitment


def _check(commitment: Commitment, actor: Actor, role: PartyRole) -> None:
    if actor.status is not ActorStatus.VERIFIED:
        raise Invalid(_l("Esa organización todavía no está verificada en el registro."), field="actor")
    opposite = _OPPOSITE.get(role)
    if opposite and any(p.actor_id == actor.id for p in current(commitment, opposite)):
        raise Invalid(_l("Una organización no puede ser a la vez responsable y contraparte."), field="actor")


def _take_lead(commitment: Commitment, party: CommitmentParty, *, by: Principal) -> None:
    for other in commitment.parties:
        if other is not party and other.is_lead:
            other.is_lead = False
            audit.record("commitment.lose_lead", other, by=by, reference=commitment.reference)
