"""Files of proposals as downloads: for everybody once the proposal is public, before for its author and the team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from intake.core.permissions import Permission
from intake.reception.blueprint import bp
from intake.reception.loading import load
from intake.reception.queries import attached
from intake.reception.views_write import load_draft
from intake.web import sending
from intake.web.access import public, requires

if TYPE_CHECKING:
    from flask import Response

    from models import Proposal


@bp.route("/propuestas/<folio:folio>/archivos/<key:key>")
@public()
def file(folio: str, key: str) -> Response:
    """A document or picture of a proposal. It may be taken away or hidden any day: nobody else's memory keeps it."""
    return sending.attachment(attached.file_of(load(folio), key).file)


def _draft_of(key: str, file_key: str) -> Proposal:  # noqa: ARG001 -- the file is looked up once it is known whose draft it is
    return load_draft(key)


@bp.route("/propuestas/borrador/<key:key>/archivos/<key:file_key>")
@requires(Permission.PROPOSAL_EDIT, load=_draft_of)
def draft_file(proposal: Proposal) -> Response:
    """The same of a draft, for who writes it."""
    return sending.attachment(attached.file_of(proposal, str((request.view_args or {})["file_key"])).file)
