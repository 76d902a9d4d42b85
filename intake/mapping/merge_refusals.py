"""What speaks against joining two records: how they stand, and promises that would lose one of their sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from models import Actor, Agreement, Commitment, CommitmentParty, Signature
from models.enums import ActorStatus, AgreementStatus, PartyRole

if TYPE_CHECKING:
    from intake.core.i18n import Text


def refuse(kept: Actor, other: Actor) -> None:
    """Raise what speaks against joining the second record to the first."""
    if kept.id == other.id:
        raise Invalid(_l("Son el mismo registro."))
    for one in (kept, other):
        if one.status is ActorStatus.MERGED:
            raise Conflict(_already(one))
    if kept.status is ActorStatus.REJECTED:
        raise Invalid(_l("Un registro rechazado no puede ser el que queda. Quédese con el otro."))
    if other.status is ActorStatus.VERIFIED and kept.status is not ActorStatus.VERIFIED:
        raise Invalid(_l("El que queda debe ser el verificado: su página ya es pública."))
    _refuse_two_sides(kept.id, other.id)
    _refuse_half_signed(kept.id, other.id)


def _already(one: Actor) -> Text:
    name = db.session.scalar(sa.select(Actor.name).where(Actor.id == one.merged_into_id))
    words: Text = _l("«%(name)s» ya se unió a «%(kept)s». Trabaje con ese registro.", name=one.name, kept=name)
    return words


def _refuse_two_sides(kept: int, other: int) -> None:
    """One organisation cannot promise and watch over the same promise (`intake.accountability` refuses it too)."""
    sides = {PartyRole.RESPONSIBLE, PartyRole.COUNTERPART}
    query = (
        sa.select(Commitment.reference)
        .join(CommitmentParty, CommitmentParty.commitment_id == Commitment.id)
        .where(CommitmentParty.actor_id.in_((kept, other)), CommitmentParty.role.in_(sides))
        .group_by(Commitment.id, Commitment.reference)
        .having(sa.func.count(sa.distinct(CommitmentParty.role)) == len(sides))
    )
    if reference := db.session.scalars(query.order_by(Commitment.reference).limit(1)).first():
        words = _l(
            "En %(reference)s un registro es responsable y el otro contraparte: no pueden ser uno.", reference=reference
        )
        raise Invalid(words)


def _refuse_half_signed(kept: int, other: int) -> None:
    """Where both are to sign one agreement and one has, joining would sign it for the other."""
    signs = CommitmentParty.role.in_((PartyRole.RESPONSIBLE, PartyRole.COUNTERPART))
    query = (
        sa.select(Commitment.reference)
        .join(Agreement, Agreement.commitment_id == Commitment.id)
        .join(CommitmentParty, CommitmentParty.commitment_id == Commitment.id)
        .outerjoin(
            Signature,
            (Signature.agreement_id == Agreement.id) & (Signature.actor_id == CommitmentParty.actor_id),
        )
        .where(CommitmentParty.actor_id.in_((kept, other)), CommitmentParty.until.is_(None), signs)
        .where(Agreement.status == AgreementStatus.DRAFT)
        .group_by(Commitment.id, Commitment.reference)
        .having(sa.func.count(sa.distinct(CommitmentParty.actor_id)) == 2)
        .having(sa.func.count(sa.distinct(Signature.actor_id)) == 1)
    )
    if reference := db.session.scalars(query.order_by(Commitment.reference).limit(1)).first():
        words = _l(
            "Los dos deben firmar el acuerdo de %(reference)s y solo uno firmó. Termínelo antes.", reference=reference
        )
        raise Invalid(words)
