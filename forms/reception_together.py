"""Forms of proposing together: the author's one more person, and that person's answer."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length

from forms.base import Form, chosen
from forms.reception_pieces import PeopleFields
from intake.core.i18n import lazy_gettext as _l

YES, NO = "si", "no"


class NamePersonForm(PeopleFields, Form):
    """One more person who proposes with the author."""


class CoAuthorForm(Form):
    """What an invited person says."""

    answer = RadioField(
        _l("¿Propone usted también esto?"),
        choices=[
            SelectChoice(YES, _l("Sí, yo también la propongo")),
            SelectChoice(NO, _l("No")),
        ],
        validators=[chosen(_l("Elija sí o no."))],
    )
    name = StringField(
        _l("Su nombre"),
        description=_l("Así lo leerá el público, si usted quiere, y así le llamaremos en los correos."),
        validators=[Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    is_named = BooleanField(
        _l("Quiero que el público lea mi nombre junto a la propuesta."),
        description=_l("Si no marca esto, solo lo saben quien la presentó y el equipo."),
    )
