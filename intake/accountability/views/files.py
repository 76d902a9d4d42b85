"""Files as downloads: never shown by the browser within our site."""

from __future__ import annotations

from flask import Response

from intake.accountability import queries
from intake.accountability.views.common import bp
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, can
from intake.web import sending
from intake.web.access import principal, public

OF_AGREEMENT = (Permission.AGREEMENT_MANAGE, Permission.AGREEMENT_SIGN)


@bp.route("/archivos/<key:key>")
@public()
def download(key: str) -> Response:
    """A public file, a file of one's own, or an agreement for those who manage or sign it.

    An agreement's file becomes public when its commitment is confirmed; until then it is a paper between its parties.
    """
    row, commitment = queries.file_by_key(key)
    who = principal()
    own = who.is_signed_in and row.uploaded_by_id == who.user_id
    bound = commitment is not None and any(can(who, permission, commitment) for permission in OF_AGREEMENT)
    if not (row.is_public or own or bound):
        raise NotFound(_l("No existe un archivo con esa dirección, o todavía no es público."))
    return sending.attachment(row, public=row.is_public)
