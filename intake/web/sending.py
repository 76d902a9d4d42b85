"""Stored files on their way out: as downloads, never as pages of ours."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from flask import Response

from intake.core import files

if TYPE_CHECKING:
    from models import StoredFile

HOUR_SECONDS = 3600


def attachment(row: StoredFile, *, public: bool = False) -> Response:
    """The bytes under their name, to be saved. ``public``: for anybody, and for memories for an hour."""
    answer = Response(files.read(row), mimetype=row.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=row.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(row.sha256)).decode()}:"
    if public:
        answer.headers["Cache-Control"] = f"public, max-age={HOUR_SECONDS}"
    return answer
