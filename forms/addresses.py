"""Mail, telephone and web addresses in forms: checked, and brought to the form in which they are kept."""

from __future__ import annotations

import re
from typing import Any

from wtforms import EmailField
from wtforms.validators import Length, ValidationError

from forms.base import required
from intake.core.addresses import web_of
from intake.core.i18n import lazy_gettext as _l

_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")


def looks_like_mail(text: str) -> bool:
    """The shape only: who mistypes a provider is not told by a form."""
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host.strip(".")) and " " not in text


class EmailShape:
    """A look at the shape only; the service normalises the address."""

    def __call__(self, _form: Any, field: Any) -> None:
        if not looks_like_mail(field.data or ""):
            raise ValidationError(_l("Escriba un correo como nombre@ejemplo.org."))


def email_field(words: Any) -> EmailField:
    """A required address of mail."""
    return EmailField(
        words,
        validators=[required(_l("Escriba su correo.")), Length(max=254), EmailShape()],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )


def web_address(_form: Any, field: Any) -> None:
    """Add a missing ``https://``; refuse anything that is not a web address."""
    if not field.data:
        return
    address = web_of(field.data)
    if address is None:
        raise ValidationError(_l("Escriba una dirección web, por ejemplo www.ejemplo.ec."))
    field.data = address


def telephone(_form: Any, field: Any) -> None:
    """Bring a telephone to E.164, Ecuador's code where none was typed."""
    if not field.data:
        return
    digits = re.sub(r"[\s().-]", "", field.data)
    if digits.startswith("0") and not digits.startswith("00"):
        digits = f"+593{digits[1:]}"
    if not _PHONE.fullmatch(digits):
        raise ValidationError(_l("Escriba un teléfono con su código, por ejemplo 099 123 4567 o +593 99 123 4567."))
    field.data = digits
