"""Forms of the agreement on a commitment: its text, and who signs it."""

from __future__ import annotations

from wtforms import DateField, FileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from forms.base import Form, chosen, required
from forms.uploads import FILE_LIMIT
from intake.accountability.inputs import SignatureInput
from intake.core.i18n import lazy_gettext as _l


class AgreementForm(Form):
    """The text of the agreement and its PDF."""

    text = TextAreaField(
        _l("Texto del acuerdo"),
        validators=[required(_l("Escriba el texto del acuerdo.")), Length(max=20_000)],
        render_kw={"rows": 14},
    )
    file = FileField(
        _l("Documento en PDF"),
        description=_l(
            "Solo PDF, hasta 10 MB. Guardamos su huella SHA-256 para que nadie pueda cambiarlo sin que se note."
        ),
        render_kw={"accept": "application/pdf", **FILE_LIMIT},
    )


class SignatureForm(Form):
    """Who signs for an organisation."""

    actor = SelectField(_l("Organización"), choices=[], validators=[chosen()])
    signer_name = StringField(
        _l("Nombre de quien firma"),
        description=_l("Tal como aparece en el acuerdo."),
        validators=[required(_l("Escriba el nombre de quien firma.")), Length(max=120)],
    )
    signer_post = StringField(_l("Cargo"), validators=[required(_l("Escriba el cargo.")), Length(max=160)])
    signed_on = DateField(_l("Fecha de la firma"), validators=[InputRequired(_l("Escriba la fecha de la firma."))])

    def to_input(self) -> SignatureInput:
        """What was typed, as the services take it."""
        return SignatureInput(
            signer_name=self.signer_name.data or "",
            signer_post=self.signer_post.data or "",
            signed_on=self.signed_on.data,  # type: ignore[arg-type]  # demanded by its validator
        )
