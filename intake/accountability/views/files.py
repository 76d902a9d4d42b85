"""Files as downloads: never shown by the browser within our site."""

from __future__ import annotations

from base64 import b64encode

from flask import Response

from intake.accountability import queries
from intake.accountability.views.common import bp
from intake.core import files
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, can
from intake.web.access import principal, public

HOUR_SECONDS = 3600
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
    answer = Response(files.read(row), mimetype=row.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=row.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Repr-Digest"] = f"sha-256=:{_base64(row.sha256)}:"
    if row.is_public:
        answer.headers["Cache-Control"] = f"public, max-age={HOUR_SECONDS}"
    return answer


def _base64(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()
