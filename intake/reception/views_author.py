"""What only the author does after sending: the receipt, changing the text, taking it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import segno
import sqlalchemy as sa
from flask import flash, make_response, redirect, render_template, request, session, url_for

from forms.reception import RevisionForm, WithdrawForm
from forms.reception_pieces import with_files
from intake.core import calendar, clock, mail
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import gettext as _
from intake.core.permissions import Permission
from intake.extensions import db
from intake.reception import pieces, points, services, storyline
from intake.reception.blueprint import bp
from intake.reception.lifecycle import WITHDRAWABLE
from intake.reception.loading import load, load_own, proposal_folio
from intake.reception.prefill import text_values
from intake.reception.queries import attached
from intake.reception.refused import blame
from intake.reception.services import inviting
from intake.reception.views_write import RECEIPT, prepared
from intake.web.access import principal, requires
from intake.web.filters import fecha
from intake.web.security import WITH_LOCATION
from intake.web.typed import of_ours, texts
from models import OutboxMessage
from models.enums import ProposalKind, ProposalStatus, StageKind

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Proposal


def load_receipt(folio: str) -> Proposal:
    """The proposal for its author; everybody else is led to where its code can be typed, and told so."""
    words = _("El comprobante solo lo ve quien presentó la propuesta. Si es suya, ábrala con su código.")
    return load_own(folio, words)


@bp.route("/propuestas/<folio:folio>/comprobante")
@requires(Permission.PROPOSAL_EDIT, load=load_receipt)
def receipt(proposal: Proposal) -> ResponseReturnValue:
    """Folio, QR, dates of what follows and, the first time only, the claim code."""
    code = _code_once(proposal)
    address = mail.url_of(url_for("reception.follow", folio=proposal.folio))
    return render_template(
        "reception/receipt.html",
        proposal=proposal,
        code=code,
        address=address,
        qr=segno.make(address, error="m").svg_data_uri(scale=4, dark="#0d3b44", border=2),
        stages=[v for v in calendar.views(proposal.plan.stages) if v.number > 2 and v.state != calendar.DONE],
        next_words=storyline.what_next(proposal, proposal.plan.stages),
        mailed=_mailed(proposal),
        is_held=proposal.status is ProposalStatus.HELD,
    )


def _code_once(proposal: Proposal) -> str | None:
    """The code, the first time. The session keeps it a while longer for the file (`views_receipt`)."""
    kept = session.get(RECEIPT)
    if not kept or kept["folio"] != proposal.folio or "shown" in kept:
        return None
    session[RECEIPT] = {**kept, "shown": int(clock.now().timestamp())}
    return str(kept["code"])


def _mailed(proposal: Proposal) -> bool:
    """Whether a receipt was queued by mail. One statement."""
    query = sa.select(OutboxMessage.id).where(
        OutboxMessage.dedupe_key.startswith(f"proposal:{proposal.id}:submit:", autoescape=True)
    )
    return db.session.scalar(query.limit(1)) is not None


@bp.route("/propuestas/<folio:folio>/editar", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_EDIT, load=load, form=True, files=True)
def edit(proposal: Proposal) -> ResponseReturnValue:
    """Change text and files while reception is open; every change is kept as a version."""
    if why := _why_not_edit(proposal):
        return _stopped(proposal, _("Ya no se puede corregir"), why)
    proposal, form, done = _with_files(proposal)
    meanwhile: list[str] = []
    if done.errors or pieces.anchor():
        done.show_on(form)
    elif request.method == "POST" and not form.asks_refresh and form.check(reviewing=True):
        try:
            services.revise(proposal, form.to_input(), by=principal(), lock_version=form.lock_version.data or 0)
            flash(_("Guardamos los cambios. La versión anterior sigue a la vista."), "success")
            return redirect(url_for("reception.show", folio=proposal.folio), 303)
        except Invalid as error:
            blame(form, error)
        except Conflict as error:
            meanwhile = [str(error.message), *(str(line) for line in error.details.get("lines", ()))]  # type: ignore[attr-defined]
        proposal = load(proposal_folio())
        form.files = attached.files_of(proposal)  # read anew after a rollback
        if why := _why_not_edit(proposal):
            return _stopped(proposal, _("Ya no se puede corregir"), why)
    if meanwhile:
        form.lock_version.process_data(proposal.lock_version)
        form.lock_version.raw_data = None  # shown instead of the stale one
    page = make_response(
        render_template(
            "reception/edit.html", form=form, proposal=proposal, meanwhile=meanwhile, done=done.kept - {"descriptions"}
        )
    )
    page.headers["Permissions-Policy"] = WITH_LOCATION
    return page, 409 if meanwhile else (422 if request.method == "POST" and form.errors else 200)


def _with_files(proposal: Proposal) -> tuple[Proposal, Any, pieces.Outcome]:
    """Keep what a POST brings, each file as a version of its own; then the form, going on from there.

    Whoever had read the version before the files came has read the one with them too.
    """
    before, done = proposal.lock_version, pieces.Outcome()
    if request.method == "POST":
        done = pieces.keep(proposal, RevisionForm())
    if done.asked:
        proposal = load(proposal_folio())
    form = _revision(proposal)
    if done.asked and form.lock_version.data == before:
        form.lock_version.process_data(proposal.lock_version)
        form.lock_version.raw_data = None  # shown instead of the one that the files made stale
    return proposal, form, done


def _why_not_edit(proposal: Proposal) -> str:
    """Why its text cannot be changed now, in a sentence to its author; "" where it can."""
    if proposal.status is ProposalStatus.WITHDRAWN:
        return str(_("Usted retiró esta propuesta el %(date)s.", date=fecha(proposal.withdrawn_at)))
    if proposal.status is not ProposalStatus.SUBMITTED:
        return str(_("Su propuesta ya está en análisis y su texto no se puede cambiar."))
    reception = calendar.view_of(proposal.plan.stages, StageKind.RECEPTION)
    if reception.is_open:
        return ""
    return str(_("Las propuestas se corrigen mientras la recepción está abierta, y hoy no lo está."))


def _why_not_withdraw(proposal: Proposal) -> str:
    if proposal.status is ProposalStatus.WITHDRAWN:
        return str(_("Usted retiró esta propuesta el %(date)s.", date=fecha(proposal.withdrawn_at)))
    return "" if proposal.status in WITHDRAWABLE else str(_("Esta propuesta ya tiene respuesta y no se puede retirar."))


def _stopped(proposal: Proposal, heading: str, message: str) -> ResponseReturnValue:
    """Why the author cannot do this any more; what was written meanwhile is given back."""
    typed = texts() if of_ours() else []
    page = render_template("reception/stopped.html", proposal=proposal, heading=heading, message=message, typed=typed)
    return page, HTTPStatus.CONFLICT


def _revision(proposal: Proposal) -> Any:
    kind = with_files(RevisionForm, attached.files_of(proposal))
    if request.method == "POST":
        form = kind()
    else:
        form = kind(data={**text_values(proposal), "lock_version": proposal.lock_version})
        form.place_at(proposal.territory.code if proposal.territory else None)
        form.point_at(points.of(proposal))
    return prepared(form)


@bp.route("/propuestas/<folio:folio>/retirar", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_WITHDRAW, load=load, form=True)
def withdraw(proposal: Proposal) -> ResponseReturnValue:
    """Take it back, with a reason that stays public."""
    if why := _why_not_withdraw(proposal):
        return _stopped(proposal, _("Ya no se puede retirar"), why)
    form = WithdrawForm()
    if form.validate_on_submit():
        services.withdraw(proposal, by=principal(), reason=form.reason.data or "")
        flash(_("Su propuesta quedó retirada."), "success")
        return redirect(url_for("reception.show", folio=proposal_folio()), 303)
    page = render_template("reception/withdraw.html", form=form, proposal=proposal)
    return page, 422 if request.method == "POST" else 200


def owner_links(proposal: Proposal) -> dict[str, bool]:
    """What the author may do now, for the pages that offer it."""
    stages = proposal.plan.stages
    open_now = calendar.view_of(stages, StageKind.RECEPTION).is_open
    return {
        "edit": proposal.status is ProposalStatus.SUBMITTED and open_now,
        "withdraw": proposal.status in WITHDRAWABLE,
        "people": proposal.kind is ProposalKind.CITIZEN and proposal.status in inviting.OPEN,
    }
