"""The proposal of an address, for every page about one, and what is said where nobody may read it yet."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import abort, flash, g, redirect, render_template, request, url_for

from forms.reception import ClaimForm
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.permissions import Permission
from intake.reception import queries
from intake.reception.blueprint import bp
from intake.reception.paperdates import due
from intake.reception.queries import desk
from intake.web.errors import on_refusal, wants_json
from intake.web.templating import may
from models.enums import SpoiltReason

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Proposal, Sheet


def load(folio: str, form: ClaimForm | None = None) -> Proposal:
    """The proposal of the address, its plan in the header. Raises `NotPublished` to whom it does not concern."""
    proposal = load_any(folio)
    if not proposal.is_public and not _may_read_unseen(proposal):
        raise NotPublished(proposal, form)
    return proposal


def _may_read_unseen(proposal: Proposal) -> bool:
    return may(Permission.PROPOSAL_EDIT, proposal) or may(Permission.PROPOSAL_CONTACT, proposal)


def load_any(folio: str) -> Proposal:
    """A proposal in any state, its plan in the header: for who may read what is set aside."""
    try:
        proposal = queries.by_folio(folio)
    except NotFound:
        raise_if_printed(folio)
        raise
    g.plan = proposal.plan
    return proposal


def load_own(folio: str, otherwise: str) -> Proposal:
    """The proposal for its author; everybody else is led to where its code can be typed, and told so in these words."""
    proposal = load(folio)
    if not may(Permission.PROPOSAL_EDIT, proposal):
        flash(otherwise, "warning")
        abort(redirect(url_for("reception.follow", folio=folio)))
    return proposal


def proposal_folio() -> str:
    """The folio of the address (the row itself may have been rolled back)."""
    return str((request.view_args or {})["folio"])


class NotKeyed(Exception):
    """The folio stands on a sheet of paper that nobody has keyed yet, or that will bring no proposal."""

    def __init__(self, sheet: Sheet, form: ClaimForm | None = None, *, mine: bool = False) -> None:
        """Keep the sheet, the form of its code, and whether the code was shown."""
        super().__init__(sheet.folio)
        self.sheet, self.form, self.mine = sheet, form or ClaimForm(), mine


def raise_if_printed(folio: str, form: ClaimForm | None = None, *, mine: bool = False) -> None:
    """Raise `NotKeyed` with the rest if the folio is that of a sheet. Nothing otherwise."""
    sheet = desk.sheet_by_folio(folio)
    if sheet is not None:
        g.plan = sheet.packet.event.plan
        raise NotKeyed(sheet, form, mine=mine)


@bp.errorhandler(NotKeyed)
def not_keyed(error: NotKeyed) -> ResponseReturnValue:
    """Say in words that the sheet exists, and by when it can be read."""
    if wants_json():
        return on_refusal(NotFound(_l("La hoja de este folio todavía no se ha digitado.")))
    values = {"sheet": error.sheet, "form": error.form, "mine": error.mine, "due": due(error.sheet.packet)}
    reason = error.sheet.spoilt_reason
    values["why"] = label(SpoiltReason(reason)) if reason else ""
    page = render_template("reception/packet_waiting.html", **values)
    return page, _status_of(error.form, HTTPStatus.OK)


class NotPublished(Exception):
    """Something was received under this folio that nobody but its author and the team reads now."""

    def __init__(self, proposal: Proposal, form: ClaimForm | None = None) -> None:
        """Keep the proposal for the page that says so, and the form where its author's code was typed."""
        super().__init__(proposal.folio)
        self.proposal, self.form = proposal, form or ClaimForm()


@bp.errorhandler(NotPublished)
def not_published(error: NotPublished) -> ResponseReturnValue:
    """Say in words that it was received and waits, or was discarded, and tell nothing of what it says."""
    page = render_template("reception/not_published.html", proposal=error.proposal, form=error.form)
    return page, _status_of(error.form, HTTPStatus.FORBIDDEN)


def _status_of(form: ClaimForm, unasked: HTTPStatus) -> HTTPStatus:
    """Of a page whose code was typed, else ``unasked``."""
    if form.too_many:
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else unasked
