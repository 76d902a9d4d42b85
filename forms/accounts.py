"""Forms of accounts and posts."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from forms.addresses import email_field
from forms.base import Filters, Form, choices, chosen, enum_or_none, required, with_rows
from intake.accounts.inputs import HoldingEnd, NewPost, PostFilters, Registration
from intake.core.i18n import LANGUAGES
from intake.core.i18n import lazy_gettext as _l
from models.enums import ReviewSector, Role

MOST_PASSWORD = 200


class SignInForm(Form):
    """Address and password."""

    email = email_field(_l("Correo"))
    password = PasswordField(
        _l("Contraseña"),
        validators=[required(_l("Escriba su contraseña, o pida un enlace por correo.")), Length(max=MOST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class LinkForm(Form):
    """An address to which a link is sent."""

    email = email_field(_l("Correo"))


class MailCodeForm(Form):
    """The code that came by mail, for an address carried along."""

    email = email_field(_l("Correo"))
    code = StringField(
        _l("Código del correo"),
        validators=[required(_l("Escriba el código que llegó a su correo.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class SecondFactorForm(Form):
    """A code of the application or a recovery code."""

    code = StringField(
        _l("Código de 6 cifras"),
        validators=[Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    recovery_code = StringField(
        _l("Código de recuperación"),
        validators=[Length(max=24)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )

    def validate_code(self, field: Any) -> None:
        """One of the two is needed."""
        if not field.data and not self.recovery_code.data:
            raise ValidationError(_l("Escriba el código de su aplicación, o uno de recuperación."))


class RegisterForm(Form):
    """A new account."""

    name = StringField(
        _l("Nombre y apellido"),
        validators=[required(_l("Escriba su nombre.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    email = email_field(_l("Correo"))
    password = PasswordField(
        _l("Contraseña"),
        validators=[Optional(), Length(max=MOST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )

    def to_input(self, locale: str) -> Registration:
        """What the service takes."""
        return Registration(
            name=self.name.data or "",
            email=self.email.data or "",
            password=self.password.data or None,
            locale=locale,
        )


class InvitationForm(Form):
    """Taking up an invitation: a name and a password for an account that is new."""

    name = StringField(
        _l("Nombre y apellido"),
        validators=[required(_l("Escriba su nombre.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        _l("Contraseña"),
        validators=[Optional(), Length(max=MOST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )


class PressForm(Form):
    """Only a button: nothing but the forgery token."""


class OwnForm(Form):
    """Name and language."""

    name = StringField(
        _l("Nombre y apellido"),
        validators=[required(_l("Escriba su nombre.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    locale = SelectField(_l("Idioma de los mensajes y de las páginas"), validators=[chosen()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_rows(self.locale, LANGUAGES.items())


class EmailChangeForm(Form):
    """A new address."""

    email = email_field(_l("Correo nuevo"))
    current_password = PasswordField(
        _l("Contraseña actual"),
        validators=[Optional(), Length(max=MOST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(Form):
    """A new password."""

    current_password = PasswordField(
        _l("Contraseña actual"),
        validators=[Optional(), Length(max=MOST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        _l("Contraseña nueva"),
        validators=[required(_l("Escriba la contraseña nueva.")), Length(max=MOST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )


POST_ROLES = tuple(r for r in Role if r is not Role.CITIZEN)


class PostForm(Form):
    """A new post."""

    title = StringField(
        _l("Nombre del puesto"), validators=[required(_l("Escriba el nombre del puesto.")), Length(max=160)]
    )
    role = SelectField(_l("Lo que permite hacer"), validators=[chosen()], coerce=enum_or_none(Role))
    sector = SelectField(
        _l("Sector (solo puestos de revisión)"), validators=[Optional()], coerce=enum_or_none(ReviewSector)
    )
    actor = SelectField(_l("Organización"), validators=[Optional()])

    def __init__(self, *args: Any, organisations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = choices(Role, only=POST_ROLES, blank=_l("Elija…"))
        self.sector.choices = choices(ReviewSector, blank=_l("Ninguno"))
        with_rows(self.actor, organisations, blank=_l("Ninguna"))

    def to_input(self) -> NewPost:
        """What the service takes."""
        return NewPost(
            title=self.title.data or "",
            role=self.role.data,
            sector=self.sector.data,
            actor_id=int(self.actor.data) if self.actor.data else None,
        )


class InviteForm(Form):
    """An address to invite to a post."""

    email = email_field(_l("Correo de la persona"))


class EndForm(Form):
    """The end of a holding."""

    until = DateField(_l("Último día"), validators=[required(_l("Elija el último día."))])
    reason = TextAreaField(_l("Motivo"), validators=[required(_l("Escriba el motivo.")), Length(max=1000)])

    def to_input(self) -> HoldingEnd:
        """What the service takes."""
        assert self.until.data is not None
        return HoldingEnd(until=self.until.data, reason=self.reason.data or "")


class PostFilterForm(Filters):
    """What the list of posts shows."""

    q = StringField(_l("Puesto, persona u organización"), validators=[Optional(), Length(max=100)])
    rol = SelectField(_l("Rol"), validators=[Optional()])
    ocupado = SelectField(_l("Ocupación"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rol.choices = choices(Role, only=POST_ROLES, blank=_l("Todos"))
        with_rows(self.ocupado, [("now", _l("Ocupados hoy")), ("vacant", _l("Vacantes hoy"))], blank=_l("Todos"))

    def to_input(self, page: int) -> PostFilters:
        """What the query takes; anything odd in the address is no filter."""
        fine = self.validate()
        role = self.rol.data if fine and self.rol.data else None
        return PostFilters(
            text=(self.q.data or "")[:100],
            role=Role(role) if role else None,
            held=self.ocupado.data if fine and self.ocupado.data else "",
            page=page,
        )
