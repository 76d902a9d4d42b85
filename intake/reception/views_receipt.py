"""The receipt to take home as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, session, url_for

from intake.core import calendar, clock, mail, tokens
from intake.core.i18n import gettext as _
from intake.core.i18n import language
from intake.core.labels import label
from intake.core.permissions import Permission
from intake.reception import storyline
from intake.reception.blueprint import bp
from intake.reception.receiptpdf import PrintedReceipt, render
from intake.reception.views_author import load_receipt
from intake.reception.views_write import RECEIPT
from intake.web.access import requires
from intake.web.filters import fecha, fecha_hora

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Proposal

#: For how long after the page has shown the code the file may still show it (seconds).
CODE_SECONDS = 30 * 60


@bp.route("/propuestas/<folio:folio>/comprobante.pdf")
@requires(Permission.PROPOSAL_EDIT, load=load_receipt)
def receipt_pdf(proposal: Proposal) -> ResponseReturnValue:
    """The receipt as PDF, for whoever may see its page; with the code once, soon after the page showed it."""
    answer = Response(render(_said(proposal, _code_once(proposal))), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="comprobante-{proposal.folio}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _code_once(proposal: Proposal) -> str | None:
    kept = session.get(RECEIPT)
    if not kept or kept["folio"] != proposal.folio:
        return None
    session.pop(RECEIPT)
    is_fresh = clock.now().timestamp() - kept.get("shown", clock.now().timestamp()) <= CODE_SECONDS
    return str(kept["code"]) if is_fresh else None


def _said(proposal: Proposal, code: str | None) -> PrintedReceipt:
    stages = proposal.plan.stages
    return PrintedReceipt(
        lang=language(),
        title=str(_("Comprobante %(folio)s", folio=proposal.folio)),
        site="Intake · " + str(_("Gobierno Abierto")),
        folio_label=str(_("Su folio")),
        folio=proposal.folio or "",
        code_label=str(_("Su código de seguimiento")),
        code=tokens.readable(code) if code else None,
        code_words=_about_code(proposal, code),
        proposal=proposal.title,
        proposal_lang=proposal.language,
        received=str(
            _("Recibida el %(moment)s (hora del Ecuador continental).", moment=fecha_hora(proposal.submitted_at))
        ),
        qr_label=str(_("Código QR con la dirección de seguimiento")),
        address=mail.url_of(url_for("reception.follow", folio=proposal.folio)),
        next_label=str(_("Qué sigue")),
        next_words=str(storyline.what_next(proposal, stages)),
        steps=tuple((label(v.kind), _days(v)) for v in following(stages)),
        foot=str(_("Con el folio verá cada paso en la dirección de arriba, sin necesidad de cuenta.")),
    )


def following(stages: Any) -> list[calendar.StageView]:
    """The stages after reception that are not over."""
    return [v for v in calendar.views(stages) if v.number > 2 and v.state != calendar.DONE]


def _about_code(proposal: Proposal, code: str | None) -> str:
    if code:
        return str(_("Con él podrá corregir o retirar su propuesta."))
    if proposal.author_id is not None:
        return str(_("Su cuenta es la llave: con ella podrá corregir o retirar su propuesta."))
    return str(_("El código de seguimiento se mostró al enviar la propuesta y no se guarda aquí."))


def _days(view: calendar.StageView) -> str:
    if view.is_open and view.closes_on:
        return str(_("hasta el %(closes)s", closes=fecha(view.closes_on)))
    if view.opens_on and view.closes_on:
        return str(_("del %(opens)s al %(closes)s", opens=fecha(view.opens_on), closes=fecha(view.closes_on)))
    return "" if view.is_open else str(_("fechas por definir"))
