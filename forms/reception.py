"""Forms of citizen proposals: one page to write, one to change, one to take back, one to ask where it is."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, IntegerField, StringField, TelField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from forms.addresses import email_field
from forms.base import Form, MaxWords, has_spaces, required
from forms.reception_common import ContactFields
from forms.reception_pieces import PeopleFields
from forms.reception_texts import Texts, one_line
from intake.core.i18n import lazy_gettext as _l
from models.enums import PublicName

_REASON_WORDS = 200
#: What is copied from a receipt is no word to correct or to remember.
_COPIED = {"autocomplete": "off", "spellcheck": "false"}


def _folio() -> StringField:
    return StringField(
        _l("Folio"),
        description=_l("Está en su comprobante. Por ejemplo PAGA3-00042."),
        validators=[required(_l("Escriba el folio.")), Length(max=200)],
        render_kw=_COPIED,
    )


class ProposalForm(ContactFields, PeopleFields, Texts):
    """A new proposal or a draft: the texts, and who to answer to, if the person wants an answer by mail."""

    key = HiddenField()
    lock_version = IntegerField(widget=HiddenInput(), validators=[Optional()])  # a new proposal has none
    contact_name = StringField(
        _l("Su nombre"), filters=[one_line], validators=[Length(max=120)], render_kw={"autocomplete": "name"}
    )
    contact_email = EmailField(
        _l("Su correo"),
        description=_l("Para enviarle el comprobante y cada respuesta."),
        validators=[Length(max=254)],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )
    contact_phone = TelField(
        _l("Su teléfono"),
        description=_l("Por ejemplo 099 123 4567."),
        validators=[Length(max=24)],
        render_kw={"autocomplete": "tel"},
    )
    consent = BooleanField(
        _l("Acepto que guarden estos datos solo para responderme sobre esta propuesta."),
        description=_l("Nunca se publican, salvo el nombre si usted pide mostrarlo. Puede pedir que se borren."),
    )
    website = StringField(_l("Sitio"))  # the trap: whoever fills it in is looked at, and loses nothing
    opened = HiddenField()  # when the page was drawn, signed

    signed_in = False

    def validate_contact_name(self, field: Any) -> None:
        """Demand a name where one is to be shown."""
        if self.reviewing and self.public_name.data is PublicName.NAME and not field.data and not self.signed_in:
            raise ValidationError(_l("Para mostrar su nombre, escríbalo aquí."))

    def validate_consent(self, field: Any) -> None:
        """Demand consent where a contact is left, and only there."""
        if self.reviewing and not field.data and not self.to_contact().is_empty:
            raise ValidationError(_l("Para guardar sus datos necesitamos su aceptación. O borre los datos."))

    @property
    def would_lose_contact(self) -> bool:
        """Whether something was typed that a draft does not keep: contacts without consent."""
        return not self.to_contact().is_empty and not self.consent.data


class SendForm(Form):
    """One button: send what stands in the draft."""


class RevisionForm(Texts):
    """A submitted proposal that its author changes. ``lock_version`` is the one it was read at."""

    lock_version = IntegerField(widget=HiddenInput(), default=0)


class WithdrawForm(Form):
    """Why a proposal is taken back."""

    reason = TextAreaField(
        _l("¿Por qué la retira?"),
        description=_l("Su motivo será público junto al folio. Hasta 200 palabras."),
        validators=[required(_l("Escriba el motivo, aunque sea breve.")), has_spaces, MaxWords(most=_REASON_WORDS)],
        render_kw={"rows": 4},
    )


class DiscardForm(Form):
    """A word on what was set aside. ``demanding``: it needs a reason."""

    def __init__(self, *args: Any, demanding: bool = False, **kwargs: Any) -> None:
        """``demanding``: something is discarded or set aside by hand."""
        super().__init__(*args, **kwargs)
        self.demanding = demanding

    reason = TextAreaField(
        _l("Motivo"),
        description=_l("Queda en el rastro. Hasta 200 palabras."),
        validators=[MaxWords(most=_REASON_WORDS)],
        render_kw={"rows": 3},
    )

    def validate_reason(self, field: Any) -> None:
        """Demand a reason from whoever says that something is no proposal."""
        if self.demanding and not (field.data or "").strip():
            raise ValidationError(_l("Escriba el motivo, aunque sea breve."))


class FolioForm(Form):
    """Where is my proposal."""

    too_many = False

    folio = _folio()
    claim_code = StringField(
        _l("Código de seguimiento"),
        description=_l("Solo hace falta para corregir o retirar su propuesta."),
        validators=[Length(max=24)],
        render_kw=_COPIED,
    )


class LostCodeForm(Form):
    """Another claim code, asked for by who left an address with the proposal."""

    folio = _folio()
    email = email_field(_l("El correo que dejó con la propuesta"))


class RenewForm(Form):
    """One button: make the new code."""


class AdoptForm(Form):
    """One button: into the account of whose browser has shown the code."""


class ClaimForm(Form):
    """The code that opens a proposal to its author."""

    too_many = False  # tried too often: the page says how long to wait

    claim_code = StringField(
        _l("Código de seguimiento"),
        description=_l("Ocho letras y números, como 7K2M-9QXA."),
        validators=[required(_l("Escriba su código.")), Length(max=24)],
        render_kw=_COPIED,
    )
