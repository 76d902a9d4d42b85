"""The state of the outbox, for those who answer for it."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from intake.accounts import mailbox
from intake.accounts.pages import shown
from intake.accounts.views import bp
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.web.access import requires
from intake.web.listing import Listing


@bp.route("/direccion/correo/")
@requires(Permission.OUTBOX_READ)
def outbox() -> ResponseReturnValue:
    """Messages by state; links and codes are masked."""
    state = request.args.get("estado", "")
    page = mailbox.messages(number=number_from(request.args.get("pagina")), state=state)
    return shown("outbox", page=Listing(page), state=state, states=mailbox.WORDS)
