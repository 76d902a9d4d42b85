"""Mail, telephone and web addresses in forms: checked, and brought to the form in which they are kept."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField
from wtforms.validators import Length, ValidationError

from forms.base import required
from intake.core.addresses import email_of, phone_of, web_of
from intake.core.i18n import lazy_gettext as _l


class EmailShape:
    """Refuses what is no address; who mistypes a provider is not told. The service brings it to its form."""

    def __call__(self, _form: Any, field: Any) -> None:
        if email_of(field.data or "") is None:
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
    number = phone_of(field.data)
    if number is None:
        raise ValidationError(_l("Escriba un teléfono con su código, por ejemplo 099 123 4567 o +593 99 123 4567."))
    field.data = number
