"""Forms of the mapping: actors, their contacts, and the filters of the lists (events: `forms.events`)."""

from __future__ import annotations

import dataclasses
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length, Optional, ValidationError

from forms.addresses import EmailShape, telephone, web_address
from forms.base import Filters, Form, checkboxes, choices, chosen, free_select, optional_text, required
from forms.territory import TerritoryFields
from intake.core.i18n import LANGUAGES
from intake.core.i18n import lazy_gettext as _l
from intake.mapping.inputs import ActorInput, ContactInput
from models.enums import ActorKind, ActorStatus, GovernmentFunction, GovernmentLevel

COUNTRY = "EC"
_LANGUAGES = [SelectChoice(code, name) for code, name in LANGUAGES.items()]


def member_of(kind: Any, value: str | None) -> Any:
    """The member of a vocabulary that an address names, None for none or an unknown one."""
    return next((member for member in kind if member.value == value), None)


class ActorFilterForm(Filters):
    """Filters of the list of actors. ``estado`` and ``contacto`` are for the team."""

    q = StringField(_l("Nombre o sigla"), [Length(max=120)])
    tipo = free_select(_l("Tipo"))
    sector = free_select(_l("Sector"))
    provincia = free_select(_l("Provincia"))
    tema = free_select(_l("Tema"))
    funcion = free_select(_l("Función del Estado"))
    nivel = free_select(_l("Nivel de gobierno"))
    pueblo = free_select(_l("Pueblo o nacionalidad"))
    idioma = free_select(_l("Idioma"))
    estado = free_select(_l("Estado"))
    contacto = free_select(_l("Contacto"))
    orden = HiddenField(default="nombre")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tipo.choices = choices(ActorKind, blank=_l("Todos"))
        self.funcion.choices = choices(GovernmentFunction, blank=_l("Todas"))
        self.nivel.choices = choices(GovernmentLevel, blank=_l("Todos"))
        self.estado.choices = choices(ActorStatus, blank=_l("Todos"))
        self.contacto.choices = [
            SelectChoice("", _l("Con o sin contacto")),
            SelectChoice("con", _l("Con contacto")),
            SelectChoice("publico", _l("Con contacto público")),
            SelectChoice("sin", _l("Sin contacto")),
        ]


class ActorForm(TerritoryFields, Form):
    """An organisation, as the team writes it."""

    name = StringField(_l("Nombre de la organización"), [required(), Length(max=240)])
    acronym = StringField(_l("Sigla"), [Length(max=24)])
    kind = SelectField(_l("Tipo"), [chosen()], choices=[])
    sector = free_select(_l("Sector"))
    description = TextAreaField(_l("Qué hace"), [Length(max=2000)])
    themes = checkboxes(_l("Temas"))
    territorios = checkboxes(_l("También trabaja en"))
    function = free_select(_l("Función del Estado"))
    level = free_select(_l("Nivel de gobierno"))
    peoples = checkboxes(_l("Pueblos y nacionalidades"))
    languages = checkboxes(_l("Idiomas en los que trabaja"))
    website = StringField(_l("Sitio web"), [Length(max=240), web_address])
    ruc = StringField(_l("RUC"), [Length(max=20)], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    source = StringField(_l("Fuente"), [Length(max=400)])
    source_on = DateField(_l("Fecha de la fuente"), [Optional()])
    distinct_reason = TextAreaField(_l("Por qué es otra organización"), [Length(max=1000)])
    seen = HiddenField()
    version = HiddenField()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kind.choices = choices(ActorKind, blank=_l("Elija un tipo"))
        self.function.choices = choices(GovernmentFunction, blank=_l("No corresponde"))
        self.level.choices = choices(GovernmentLevel, blank=_l("No corresponde"))

    @property
    def codes(self) -> tuple[str, ...]:
        """Every territory chosen: the picker's and the boxes', without repetition."""
        picked = self.territory_code()
        return tuple(dict.fromkeys([*([picked] if picked else []), *(self.territorios.data or [])]))

    def to_input(self) -> ActorInput:
        """What the service takes."""
        by_team = "source" in self
        return ActorInput(
            name=self.name.data or "",
            kind=ActorKind(self.kind.data),
            function=member_of(GovernmentFunction, self.function.data),
            level=member_of(GovernmentLevel, self.level.data),
            peoples=tuple(self.peoples.data or []),
            languages=tuple(self.languages.data or []),
            ruc=optional_text(self.ruc.data),
            sector=optional_text(self.sector.data),
            territories=self.codes,
            themes=tuple(self.themes.data or []),
            acronym=optional_text(self.acronym.data),
            website=optional_text(self.website.data),
            description=self.description.data or "",
            source=(self.source.data or "") if by_team else "",
            source_on=self.source_on.data if by_team else None,
            distinct_reason=(self.distinct_reason.data or "") if by_team else "",
        )

    def show(self, actor: Any) -> None:
        """Begin with what the record says."""
        for name in ("name", "acronym", "description", "website", "source", "source_on", "ruc"):
            self[name].data = getattr(actor, name)
        self.kind.data = actor.kind.value
        self.function.data = actor.function.value if actor.function else ""
        self.level.data = actor.level.value if actor.level else ""
        self.peoples.data = [people.name for people in actor.peoples]
        self.languages.data = [one.code for one in actor.languages]
        self.sector.data = actor.sector.code if actor.sector else ""
        self.themes.data = [theme.code for theme in actor.themes]
        self.territorios.data = [place.code for place in actor.territories]
        self.version.data = str(actor.lock_version)


class ContactFields:
    """How to reach somebody, with consent."""

    contact_name = StringField(_l("Su nombre"), [required(), Length(max=120)], render_kw={"autocomplete": "name"})
    contact_email = EmailField(
        _l("Correo electrónico"),
        [Optional(), Length(max=254), EmailShape()],
        render_kw={"autocomplete": "email"},
    )
    contact_phone = TelField(_l("Teléfono"), [Length(max=24), telephone], render_kw={"autocomplete": "tel"})
    contact_position = StringField(_l("Cargo"), [Length(max=120)], render_kw={"autocomplete": "organization-title"})
    contact_locale = SelectField(_l("Idioma para escribirle"), choices=_LANGUAGES, default="es")
    contact_public = BooleanField(_l("Acepto que este contacto se muestre en la página pública de la organización"))
    consent = BooleanField(
        _l("Acepto que la Dirección de Gobierno Abierto guarde estos datos para comunicarse con la organización"),
        [required(_l("Para guardar un contacto necesitamos su consentimiento."))],
    )

    def validate_contact_email(self, field: Any) -> None:
        """One of the two ways must be there."""
        if not (field.data or self.contact_phone.data):
            raise ValidationError(_l("Deje un correo o un teléfono."))

    def to_contact(self) -> ContactInput:
        """What the service takes."""
        return ContactInput(
            name=self.contact_name.data or "",
            email=optional_text(self.contact_email.data),
            phone=optional_text(self.contact_phone.data),
            is_public=bool(self.contact_public.data),
            position=self.contact_position.data or "",
            locale=self.contact_locale.data or "es",
        )


class ContactForm(ContactFields, Form):
    """A contact that the team adds to an actor."""

    contact_name = StringField(
        _l("Nombre de la persona"), [required(), Length(max=120)], render_kw={"autocomplete": "off"}
    )
    how = StringField(_l("Cómo aceptó que se publique"), [Length(max=300)])

    def validate_how(self, field: Any) -> None:
        """What is published by somebody else needs a word on how the person agreed."""
        if self.contact_public.data and not field.data:
            raise ValidationError(_l("Escriba cómo aceptó la persona que su contacto se publique."))

    def to_contact(self) -> ContactInput:
        """What the service takes."""
        return dataclasses.replace(super().to_contact(), how=self.how.data or "")


class ShowContactForm(Form):
    """How a person agreed that their contact is public."""

    how = StringField(
        _l("Cómo aceptó que se publique"),
        [required(_l("Escriba cómo aceptó la persona que su contacto se publique.")), Length(max=300)],
    )


class SelfRegistrationForm(ContactFields, ActorForm):
    """An organisation that registers itself. ``segundo_apellido`` is a trap: people never see it."""

    segundo_apellido = StringField("")
    is_new = BooleanField(_l("Ninguna de estas es la nuestra: quiero registrarla"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("source", "source_on", "distinct_reason", "seen", "version"):
            del self[name]

    @property
    def is_trapped(self) -> bool:
        """Whether a machine filled in the field that nobody sees."""
        return bool(self.segundo_apellido.data)
