"""Forms of support and conversation."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from forms.addresses import email_field
from forms.base import Form, MaxWords, choices, chosen, enum_or_none, has_spaces, required
from intake.core.i18n import lazy_gettext as _l
from intake.reception.conversation import COMMENT_WORDS, NOTE_WORDS
from intake.reception.inputs import CommentInput
from models.enums import ModerationReason, Stance


class SupportForm(Form):
    """One button of an account: give the support, or take it back."""


class GuestSupportForm(Form):
    """A guest's address, to which the confirmation goes."""

    too_many = False

    email = email_field(_l("Su correo"))


class HideTotalsForm(Form):
    """Until when a plan tells nobody how many support what."""

    until = DateField(
        _l("No mostrar los totales hasta el"),
        description=_l("Ese día incluido. Déjelo vacío para mostrarlos siempre."),
        validators=[Optional()],
    )


class CommentForm(Form):
    """A comment or a reply; ``key`` makes a second press harmless."""

    key = HiddenField(validators=[Length(max=80)])
    lock_version = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])
    stance = RadioField(
        _l("¿Cómo se ubica frente a la propuesta?"),
        choices=choices(Stance),
        coerce=enum_or_none(Stance),
        default=Stance.NEUTRAL,
        validators=[chosen()],
    )
    text = TextAreaField(
        _l("Su comentario"),
        validators=[
            required(_l("Escriba su comentario.")),
            has_spaces,
            MaxWords(most=COMMENT_WORDS),
            Length(max=COMMENT_WORDS * 20, message=_l("El comentario es demasiado largo.")),
        ],
        render_kw={"rows": 6},
    )
    official = BooleanField(
        _l("Responder en nombre del equipo"),
        description=_l("Se mostrará marcado como respuesta oficial y se avisará a quien propuso."),
    )

    def to_input(self, replies_to: int | None, *, may_answer: bool) -> CommentInput:
        """What was said; an official answer only by who may give one."""
        return CommentInput(
            text=self.text.data or "",
            stance=self.stance.data or Stance.NEUTRAL,
            replies_to=replies_to,
            official=may_answer and bool(self.official.data),
            key=self.key.data or "",
        )


def _rule(words: Any) -> SelectField:
    return SelectField(
        words,
        choices=choices(ModerationReason, blank=_l("Elija una regla")),
        coerce=enum_or_none(ModerationReason),
        validators=[chosen(_l("Elija la regla."))],
    )


def _note(words: Any, hint: Any, *, needed: bool) -> TextAreaField:
    checks = [required(_l("Escriba el motivo, aunque sea breve."))] if needed else [Optional()]
    return TextAreaField(
        words,
        description=hint,
        validators=[*checks, has_spaces, MaxWords(most=NOTE_WORDS), Length(max=4000)],
        render_kw={"rows": 4},
    )


class ReportForm(Form):
    """Which rule a comment breaks."""

    reason = _rule(_l("¿Qué regla incumple?"))
    note = _note(_l("¿Quiere explicarlo?"), _l("Solo lo lee el equipo. Hasta 200 palabras."), needed=False)


class HideForm(Form):
    """Hiding by a rule, with what the author is told."""

    reason = _rule(_l("Regla que incumple"))
    note = _note(_l("Qué se le dice a su autor"), _l("Va en el correo. Hasta 200 palabras."), needed=True)


class NoteForm(Form):
    """A decision with its reason."""

    note = _note(_l("Motivo"), _l("Se le dice a su autor. Hasta 200 palabras."), needed=True)


class KeepForm(Form):
    """One button: a reported comment stays."""


class AppealForm(Form):
    """Why the author thinks that the comment breaks no rule."""

    text = TextAreaField(
        _l("¿Por qué su comentario cumple las reglas?"),
        description=_l("Puede apelar una sola vez. Hasta 200 palabras."),
        validators=[required(_l("Escriba su explicación.")), has_spaces, MaxWords(most=NOTE_WORDS), Length(max=4000)],
        render_kw={"rows": 6},
    )
