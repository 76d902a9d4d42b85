"""The agreement that institutions and counterparts sign, each by its own account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.accountability import queries
from intake.accountability.inputs import SIGNATORIES
from intake.accountability.lifecycle import AGREEMENT
from intake.accountability.services import messages
from intake.accountability.services.parties import current
from intake.core import audit, clock, files
from intake.core.errors import Conflict, Forbidden, Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from models import Agreement, Signature, Stage, StoredFile
from models.enums import AgreementStatus, CommitmentStatus, PartyRole, StageKind

if TYPE_CHECKING:
    from datetime import date

    from intake.accountability.inputs import SignatureInput
    from intake.core.files import Upload
    from intake.core.identity import Principal
    from models import Actor, Commitment, CommitmentParty

#: How long before the agreement was prepared here it may have been signed on paper.
SIGNED_BEFORE = timedelta(days=180)
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
    if upload.content and not upload.content.startswith(b"%PDF-"):
        raise Invalid(_l("El archivo del acuerdo tiene que ser un PDF."), field="file")
    return files.store(files.cleaned(upload), by=by)


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
        _check_signature(commitment, agreement, given)
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


def _check_signature(commitment: Commitment, agreement: Agreement, given: SignatureInput) -> None:
    if not given.signer_name.strip():
        raise Invalid(_l("Escriba el nombre de quien firma."), field="signer_name")
    if not given.signer_post.strip():
        raise Invalid(_l("Escriba el cargo de quien firma."), field="signer_post")
    first, last = signing_days(commitment)
    if not first <= given.signed_on <= last:
        raise Invalid(
            _l(
                "La fecha de la firma va del %(first)s al %(last)s.", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}"
            ),
            field="signed_on",
        )
    if not agreement.text.strip() and agreement.file is None:
        raise Conflict(_l("El acuerdo todavía no tiene texto."))


def signing_days(commitment: Commitment) -> tuple[date, date]:
    """The first and the last day that a signature may bear: of the stage of formalization, not in the future.

    Where the stage has no date, or has not opened yet, only `SIGNED_BEFORE` bounds the past. One statement.
    """
    today = clock.today()
    agreement = commitment.agreement
    prepared = clock.local(agreement.created_at).date() if agreement is not None else today
    opened = db.session.scalar(
        sa.select(Stage.opens_on).where(Stage.plan_id == commitment.plan_id, Stage.kind == StageKind.ACCOUNTABILITY)
    )
    first = prepared - SIGNED_BEFORE
    return (max(first, opened) if opened is not None and opened <= today else first), today


def annul_signature(agreement: Agreement, actor: Actor, reason: str, *, by: Principal) -> Agreement:
    """Take back a signature while the commitment is not confirmed; the organisation may sign again.

    Raises `Invalid` (field ``reason``), `NotFound` where it has not signed, `Conflict` once confirmed.
    """
    with transaction():
        commitment = queries.for_change(agreement.commitment_id)
        agreement = commitment.agreement  # type: ignore[assignment]  # it has one: it was handed in
        authorize(by, Permission.AGREEMENT_MANAGE, agreement)
        if commitment.status not in _OPEN or agreement.status is AgreementStatus.TERMINATED:
            raise Conflict(_l("El compromiso ya se confirmó: las firmas de su acuerdo no se anulan."))
        if not reason.strip():
            raise Invalid(_l("Escriba por qué se anula la firma."), field="reason")
        signature = next((s for s in agreement.signatures if s.actor_id == actor.id), None)
        if signature is None:
            raise NotFound(_l("Esa organización no ha firmado este acuerdo."))
        facts = {"of": actor.slug, "signed_on": signature.signed_on}
        audit.record(
            "agreement.annul_signature", signature, by=by, reason=reason, reference=commitment.reference, extra=facts
        )
        agreement.signatures.remove(signature)
        _go_back(commitment, agreement, actor, reason, by)
        messages.tell_annulled(commitment, actor, signature, reason)
    return agreement


def _go_back(commitment: Commitment, agreement: Agreement, actor: Actor, reason: str, by: Principal) -> None:
    """Move the agreement back: to a draft without signatures, to signed in part with some left."""
    details = {"commitment": commitment.reference, "actor": actor.slug}
    if not agreement.signatures:
        AGREEMENT.fire(agreement, "reopen", by=by, reason=reason, **details)
    elif agreement.status is AgreementStatus.SIGNED:
        AGREEMENT.fire(agreement, "reopen_in_part", by=by, reason=reason, **details)


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
