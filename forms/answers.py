"""Forms of questions to authors and of the right of reply."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from forms.base import Form, MaxWords, has_spaces, required
from intake.core.i18n import lazy_gettext as _l
from intake.reception.answers import ANSWER_WORDS, QUESTION_WORDS


def _text(words: Any, empty: Any, most: int, hint: Any = "", rows: int = 8) -> TextAreaField:
    return TextAreaField(
        words,
        description=hint,
        validators=[
            required(empty),
            has_spaces,
            MaxWords(most=most),
            Length(max=most * 20, message=_l("El texto es demasiado largo.")),
        ],
        render_kw={"rows": rows},
    )


class AskForm(Form):
    """A question to the author and until when it is awaited."""

    question = _text(
        _l("¿Qué necesita saber?"),
        _l("Escriba la pregunta."),
        QUESTION_WORDS,
        _l("Será pública, igual que la respuesta: no pida datos personales. Hasta 300 palabras."),
        rows=6,
    )
    due_on = DateField(
        _l("Responder hasta el"),
        description=_l("Ese día incluido. Entre 3 y 60 días desde hoy."),
        validators=[required(_l("Ponga la fecha."))],
    )


class AnswerForm(Form):
    """The author's answer to a question; ``question`` says to which."""

    question = HiddenField(validators=[Optional(), Length(max=20)])
    text = _text(
        _l("Su respuesta"),
        _l("Escriba su respuesta."),
        ANSWER_WORDS,
        _l("Se publicará junto a la pregunta. No escriba datos personales. Hasta 600 palabras."),
    )


class ReplyForm(Form):
    """The author's one reply to a decision."""

    text = _text(
        _l("Su réplica"),
        _l("Escriba su réplica."),
        ANSWER_WORDS,
        _l("Se publicará junto a la decisión y solo se presenta una vez. Hasta 600 palabras."),
    )


class ReplyAnswerForm(Form):
    """The second official's answer to a reply."""

    text = _text(
        _l("La respuesta"),
        _l("Escriba la respuesta."),
        ANSWER_WORDS,
        _l("Se publicará y llegará por correo a quien presentó la propuesta. Hasta 600 palabras."),
    )
