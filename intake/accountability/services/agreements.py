"""The agreement that institutions and counterparts sign, each by its own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.accountability import queries
from intake.accountability.lifecycle import AGREEMENT
from intake.accountability.services import messages
from intake.accountability.services.parties import SIGNATORIES, current
from intake.core import audit, clock, files
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from models import Agreement, Signature, StoredFile
from models.enums import AgreementStatus, CommitmentStatus, PartyRole

if TYPE_CHECKING:
    from intake.accountability.inputs import SignatureInput
    from intake.core.files import Upload
    from intake.core.identity import Principal
    from models import Actor, Commitment, CommitmentParty

_OPEN = frozenset({CommitmentStatus.DRAFT, CommitmentStatus.CONSULTATION})


def prepare_agreement(commitment: Commitment, text: str, upload: Upload | None = None, *, by: Principal) -> Agreement:
    """Write, or rewrite while nobody has signed, the agreement: its text and its PDF, whose SHA-256 is kept.

    Raises `Invalid` (fields ``text``, ``file``) and `Conflict` once there are signatures.
    """
    with transaction():
        commitment = queries.for_change(commitment.id)
        authorize(by, Permission.AGREEMENT_MANAGE, commitment)
        agreement = commitment.agreement
        _check_preparable(commitment, text)
        if agreement is None:
            agreement = Agreement(commitment_id=commitment.id, created_at=clock.now(), signatures=[])
            commitment.agreement = agreement
        agreement.text = text
        if upload is not None:
            _replace_file(agreement, _keep(upload, by=by))
        digest = {"sha256": agreement.file.sha256} if agreement.file else {}
        audit.record("agreement.prepare", agreement, by=by, reference=commitment.reference, extra=digest)
        messages.ask_to_sign(commitment)
    return agreement


def _check_preparable(commitment: Commitment, text: str) -> None:
    agreement = commitment.agreement
    if commitment.status not in _OPEN:
        raise Conflict(_l("El compromiso ya se confirmó: su acuerdo no cambia."))
    if agreement is not None and (agreement.signatures or agreement.status is not AgreementStatus.DRAFT):
        raise Conflict(_l("El acuerdo ya tiene firmas: lo que se firmó no se cambia."))
    if not text.strip():
        raise Invalid(_l("Escriba el texto del acuerdo."), field="text")
    for role, message in (
        (PartyRole.RESPONSIBLE, _l("Primero nombre a la institución responsable.")),
        (PartyRole.COUNTERPART, _l("Primero nombre a la contraparte.")),
    ):
        if not current(commitment, role):
            raise Invalid(message, field="text")


def _keep(upload: Upload, *, by: Principal) -> StoredFile:
    if files.judge(upload) != "application/pdf":
        raise Invalid(_l("El acuerdo firmado se sube en PDF."), field="file")
    return files.store(upload, by=by)


def _replace_file(agreement: Agreement, new: StoredFile) -> None:
    old, agreement.file = agreement.file, new
    if old is not None:
        db.session.delete(old)
        files.discard_after_commit(old)


def sign(agreement: Agreement, actor: Actor, given: SignatureInput, *, by: Principal) -> Signature:
    """Record an organisation's signature, given by its own account, once.

    Raises `Forbidden` for another organisation's account, `Conflict` for a second signature, `Invalid` for bad dates.
    """
    with transaction():
        commitment = queries.for_change(agreement.commitment_id)
        agreement = commitment.agreement  # type: ignore[assignment]  # it has one: it was handed in
        authorize(by, Permission.AGREEMENT_SIGN, agreement)
        _check_signer(commitment, agreement, actor, by)
        _check_signature(agreement, given)
        signature = Signature(
            actor_id=actor.id,
            signer_name=given.signer_name,
            signer_post=given.signer_post,
            signed_on=given.signed_on,
            recorded_by_id=by.user_id,
            recorded_at=clock.now(),
        )
        agreement.signatures.append(signature)
        audit.record("agreement.signature", signature, by=by, reference=commitment.reference, extra={"of": actor.slug})
        _advance(commitment, agreement, actor, by)
    return signature


def _check_signer(commitment: Commitment, agreement: Agreement, actor: Actor, by: Principal) -> None:
    if not any(p.actor_id == actor.id for p in current(commitment, *SIGNATORIES)):
        raise Forbidden(_l("Esa organización no firma este acuerdo."))
    if not by.is_system and actor.id not in by.actor_ids:
        raise Forbidden(_l("Solo la cuenta de la organización registra su firma."))
    if any(s.actor_id == actor.id for s in agreement.signatures):
        raise Conflict(_l("Su organización ya firmó este acuerdo."))
    if commitment.status not in _OPEN or agreement.status is AgreementStatus.TERMINATED:
        raise Conflict(_l("Este acuerdo ya no recibe firmas."))


def _check_signature(agreement: Agreement, given: SignatureInput) -> None:
    if not given.signer_name.strip():
        raise Invalid(_l("Escriba el nombre de quien firma."), field="signer_name")
    if not given.signer_post.strip():
        raise Invalid(_l("Escriba el cargo de quien firma."), field="signer_post")
    if given.signed_on > clock.today():
        raise Invalid(_l("La fecha de la firma no puede estar en el futuro."), field="signed_on")
    if not agreement.text.strip() and agreement.file is None:
        raise Conflict(_l("El acuerdo todavía no tiene texto."))


def _advance(commitment: Commitment, agreement: Agreement, actor: Actor, by: Principal) -> None:
    """Move the agreement on: signed when nobody is missing, signed in part with the first signature."""
    if not unsigned(commitment):
        if agreement.status is not AgreementStatus.SIGNED:
            AGREEMENT.fire(agreement, "sign", by=by, commitment=commitment.reference, actor=actor.slug)
    elif agreement.status is AgreementStatus.DRAFT:
        AGREEMENT.fire(agreement, "sign_in_part", by=by, commitment=commitment.reference, actor=actor.slug)


def unsigned(commitment: Commitment) -> list[CommitmentParty]:
    """Current responsible institutions and counterparts whose signature is missing."""
    signed = {s.actor_id for s in commitment.agreement.signatures} if commitment.agreement else set()
    return [p for p in current(commitment, *SIGNATORIES) if p.actor_id not in signed]
