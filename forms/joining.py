"""Forms of joining proposals: the lead text, an author's answer, undoing."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length, Optional, ValidationError

from forms.base import Form, MaxWords, chosen, has_spaces, required
from intake.core.i18n import lazy_gettext as _l
from intake.reception.answers import why_not_by
from intake.reception.families import LEAST_DAYS, MOST_DAYS, NUANCE_WORDS, WHY_WORDS
from intake.reception.inputs import RESULT_WORDS, TEXT_WORDS, TITLE_CHARACTERS
from models.enums import JoinStatus

_TOO_LONG = _l("El texto es demasiado largo.")


def _text(words: Any, most: int, hint: Any, *, least: int = 0, empty: Any = None, rows: int = 6) -> TextAreaField:
    first = [required(empty)] if empty else [Optional()]
    checks = [*first, Length(max=20_000, message=_TOO_LONG), has_spaces, MaxWords(least=least, most=most)]
    return TextAreaField(words, description=hint, validators=checks, render_kw={"rows": rows})


def _body(words: Any, hint: Any, empty: Any) -> TextAreaField:
    least, most = TEXT_WORDS
    return _text(words, most, hint, least=least, empty=empty, rows=10)


def _why(words: Any, hint: Any, empty: Any) -> TextAreaField:
    return _text(words, WHY_WORDS, hint, empty=empty, rows=4)


def _in_time(_form: Any, field: Any) -> None:
    """Say it together with what else is wrong; the service checks it again."""
    if (why := why_not_by(field.data, LEAST_DAYS, MOST_DAYS)) is not None:
        raise ValidationError(why)  # type: ignore[arg-type]  # lazy text is shown as it is


def _due() -> DateField:
    return DateField(
        _l("Responder hasta el"),
        description=_l("Ese día incluido. Entre 3 y 60 días desde hoy. Quien no responda seguirá por separado."),
        validators=[required(_l("Ponga la fecha.")), _in_time],
    )


class LeadForm(Form):
    """What a collective proposal says, why its parts belong together, and until when authors answer."""

    title = StringField(
        _l("Título de la propuesta colectiva"),
        description=_l("Entre %(least)d y %(most)d caracteres.", least=TITLE_CHARACTERS[0], most=TITLE_CHARACTERS[1]),
        validators=[
            required(_l("Escriba un título.")),
            has_spaces,
            Length(min=TITLE_CHARACTERS[0], message=_l("El título es muy corto: use al menos %(min)d caracteres.")),
            Length(max=TITLE_CHARACTERS[1], message=_l("El título pasa de %(max)d caracteres.")),
        ],
    )
    problem = _body(
        _l("El problema"),
        _l("Empieza con lo que cuenta cada una, bajo su folio. Haga un solo texto que diga qué aporta cada una."),
        _l("Cuente el problema."),
    )
    solution = _body(
        _l("La propuesta"),
        _l("Quién tendría que hacer qué. No añada nada que ninguna propone."),
        _l("Cuente su propuesta de solución."),
    )
    expected_result = _text(_l("El resultado que esperan"), RESULT_WORDS[1], "")
    reason = _why(
        _l("¿Por qué hablan de lo mismo?"),
        _l("Lo leerán sus autores en la carta, y cualquiera en la página."),
        _l("Escriba por qué hablan de lo mismo."),
    )
    due_on = _due()


class JoinAnswerForm(Form):
    """What an author says to having a proposal joined."""

    answer = RadioField(
        _l("¿Une su propuesta a la colectiva?"),
        choices=[
            SelectChoice(JoinStatus.ACCEPTED.value, _l("Sí, que forme parte de la propuesta colectiva")),
            SelectChoice(JoinStatus.NUANCED.value, _l("Sí, con un matiz que se publique junto al texto común")),
            SelectChoice(JoinStatus.DECLINED.value, _l("No, que siga por separado")),
        ],
        validators=[chosen(_l("Elija una respuesta."))],
    )
    nuance = _text(
        _l("Su matiz"),
        NUANCE_WORDS,
        _l("Solo si eligió «con un matiz»: lo que el texto común no dice o usted diría de otra manera. Se publica."),
        rows=4,
    )


class DueForm(Form):
    """Asking once more, or one more: until when."""

    due_on = _due()


class AddForm(DueForm):
    """One more proposal."""

    folio = StringField(
        _l("Folio de la otra propuesta"), validators=[required(_l("Escriba el folio.")), Length(max=60)]
    )


class KeepTextForm(Form):
    """Why a lead text may stay as it is without somebody who left."""

    reason = _text(
        _l("¿Por qué puede seguir igual?"),
        WHY_WORDS,
        _l("Queda en el rastro de cambios."),
        empty=_l("Escriba por qué el texto puede seguir igual."),
        rows=4,
    )


class UndoForm(Form):
    """Why a joining is undone."""

    reason = _why(
        _l("Motivo"),
        _l("Llega completo por correo a quien presentó cada propuesta, y queda publicado."),
        _l("Escriba el motivo."),
    )
