"""Fields of files, for the forms of every room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core.files import LIMIT_BYTES, Upload
from intake.core.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from wtforms import FileField

#: What the browser needs to say at once that a file is too large.
FILE_LIMIT = {
    "data-max-bytes": LIMIT_BYTES,
    "data-too-large": _l("El archivo pesa más de 10 MB: elija otro más liviano."),
}


def upload_of(field: FileField) -> Upload | None:
    """What arrived in a file field, None if nothing was chosen."""
    given = field.data
    if given is None or isinstance(given, str) or not given.filename:
        return None
    return Upload(name=given.filename, content=given.read())
