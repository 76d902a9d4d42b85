"""The RUC, Ecuador's tax number: thirteen digits whose check digits give most slips away."""

from __future__ import annotations

from stdnum.ec import ruc
from stdnum.exceptions import ValidationError

from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l


def checked(text: str | None) -> str | None:
    """The number without spaces or hyphens, None where none was written. Raises `Invalid` (``ruc``)."""
    if not (text or "").strip():
        return None
    try:
        return str(ruc.validate(text or ""))
    except ValidationError as error:
        raise Invalid(_l("Este RUC no es válido. Revise sus trece dígitos."), field="ruc") from error
