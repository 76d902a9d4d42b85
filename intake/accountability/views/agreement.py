"""The agreement: prepared by the Directorate, signed by each organisation with its own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, g, redirect, render_template, request, url_for

from forms.agreement import AgreementForm, SignatureForm
from forms.base import with_rows
from forms.uploads import upload_of
from intake.accountability import queries, services
from intake.accountability.inputs import SIGNATORIES
from intake.accountability.views.common import UNPROCESSABLE, argument, attach, bp, readable, refuse
from intake.core.errors import Conflict, Invalid, NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.web.access import principal, requires

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Commitment

_NAME = "accountability.agreement"


@bp.route("/compromisos/<commitment:reference>/acuerdo")
@requires(Permission.COMMITMENT_READ, load=readable)
def agreement(commitment: Commitment) -> ResponseReturnValue:
    """The text, the file and its hash, who has signed and who is missing, and what the reader may do."""
    return _page(commitment, _agreement_form(commitment), _signature_form(commitment))


@bp.route("/compromisos/<commitment:reference>/acuerdo/preparar", methods=["POST"])
@requires(Permission.AGREEMENT_MANAGE, load=readable, form=True)
def prepare(commitment: Commitment) -> ResponseReturnValue:
    """Keep the text and the PDF."""
    form = AgreementForm()
    if form.validate_on_submit():
        try:
            services.prepare_agreement(commitment, form.text.data or "", upload_of(form.file), by=principal())
        except Invalid as error:
            attach(form, error)
        except Conflict as error:
            refuse(form, error)
        else:
            flash(_("El acuerdo está listo para firmar. Avisamos a quienes firman."), "success")
            return redirect(url_for(_NAME, reference=argument("reference")))
    fresh = readable(argument("reference"))
    return _page(fresh, form, _signature_form(fresh)), UNPROCESSABLE


@bp.route("/compromisos/<commitment:reference>/acuerdo/firmar", methods=["POST"])
@requires(Permission.AGREEMENT_SIGN, load=readable, form=True)
def sign(commitment: Commitment) -> ResponseReturnValue:
    """Record the signature of the reader's organisation."""
    form = _signature_form(commitment)
    agreement = commitment.agreement
    if form.validate_on_submit() and agreement is not None:
        try:
            services.sign(agreement, queries.actor_named(form.actor.data), form.to_input(), by=principal())
        except Invalid as error:
            attach(form, error)
        except Conflict as error:
            refuse(form, error)
        else:
            flash(_("La firma quedó registrada."), "success")
            return redirect(url_for(_NAME, reference=argument("reference")))
    fresh = readable(argument("reference"))
    return _page(fresh, _agreement_form(fresh), form), UNPROCESSABLE


@bp.route("/compromisos/<commitment:reference>/acuerdo/anular", methods=["POST"])
@requires(Permission.AGREEMENT_MANAGE, load=readable)
def annul(commitment: Commitment) -> ResponseReturnValue:
    """Annul the signature that the pressed button names, ``annul:<slug>``, with its reason."""
    action, reason = request.form.get("action", ""), request.form.get("reason", "")
    if commitment.agreement is None:
        raise NotFound(_l("Este compromiso todavía no tiene acuerdo."))
    actor = queries.actor_named(action.partition(":")[2])
    try:
        services.annul_signature(commitment.agreement, actor, reason, by=principal())
    except Invalid as error:
        fresh = readable(argument("reference"))
        failed = {"action": action, "reason": reason, "error": error.message}
        return _page(fresh, _agreement_form(fresh), _signature_form(fresh), failed), UNPROCESSABLE
    flash(_("La firma de %(name)s quedó anulada. Le avisamos para que firme otra vez.", name=actor.name), "success")
    return redirect(url_for(_NAME, reference=argument("reference")))


def _agreement_form(commitment: Commitment) -> AgreementForm:
    text = commitment.agreement.text if commitment.agreement else ""
    return AgreementForm(formdata=None, data={"text": text})


def _signature_form(commitment: Commitment) -> SignatureForm:
    """The organisations for which the reader signs: those whose signature is missing."""
    form = SignatureForm()
    mine = [p for p in services.unsigned(commitment) if p.actor_id in principal().actor_ids]
    with_rows(form.actor, [(p.actor.slug, p.actor.name) for p in mine])
    return form


def _page(commitment: Commitment, form: AgreementForm, signature: SignatureForm, failed: Any = None) -> str:
    g.plan = commitment.plan
    return render_template(
        "accountability/agreement.html",
        c=commitment,
        form=form,
        signature=signature,
        unsigned=services.unsigned(commitment),
        bound=services.current(commitment, *SIGNATORIES),
        signing_days=services.signing_days(commitment),
        failed=failed,
    )
