"""Forms of admission, with its second signature, and a reason (rounds: `forms.rounds`, reviews: `forms.review`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length

from forms.base import NO_MEMORY, Filters, Form, chosen, enum_or_none, has_spaces, required
from intake.core.i18n import lazy_gettext as _l
from intake.evaluation import paga_rubric
from intake.evaluation.inputs import ExaminationInput
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

_YES, _NO = "si", "no"
LONGEST = 4000


def _yes_no(label: Any, hint: Any) -> RadioField:
    options = [SelectChoice(_YES, _l("Sí"), NO_MEMORY), SelectChoice(_NO, _l("No"), NO_MEMORY)]
    return RadioField(label, description=hint, choices=options, validators=[chosen(_l("Responda sí o no."))])


class ExaminationForm(Form):
    """The four questions of admission. Built by `examination_form` in the reader's language."""

    reason = TextAreaField(
        _l("Motivo"),
        description=_l("Lo leerá quien presentó la propuesta. Hable claro y con respeto; si no cumple, diga en qué."),
        validators=[required(_l("Escriba el motivo.")), has_spaces, Length(max=LONGEST)],
    )

    despite = BooleanField(_l("Decido sin esperar la respuesta"))

    def to_input(self) -> ExaminationInput:
        """The answers as the service takes them."""
        answers = {c.field: self[c.field].data == _YES for c in paga_rubric.ADMISSION}
        return ExaminationInput(**answers, reason=self.reason.data or "")


def examination_form(words: Mapping[str, tuple[str, str]]) -> type[ExaminationForm]:
    """A form class; ``words``: field → (criterion, question) in the reader's language."""
    fields = {c.field: _yes_no(*words[c.field]) for c in paga_rubric.ADMISSION}
    return type("ExaminationForm", (ExaminationForm,), fields)


class CountersignForm(Form):
    """The second signature."""

    verdict = RadioField(
        _l("Su decisión"),
        choices=[
            SelectChoice("confirm", _l("Confirmo: la propuesta no se admite"), NO_MEMORY),
            SelectChoice("overrule", _l("No estoy de acuerdo: la propuesta se admite"), NO_MEMORY),
        ],
        validators=[chosen()],
    )
    reason = TextAreaField(
        _l("Motivo"),
        description=_l("Si la admite, lo leerá quien presentó la propuesta; si confirma, queda en el rastro."),
        validators=[required(_l("Escriba el motivo.")), has_spaces, Length(max=LONGEST)],
    )


class ReasonForm(Form):
    """A reason and nothing else: stepping aside, cancelling, closing, finishing."""

    reason = TextAreaField(
        _l("Motivo"), validators=[required(_l("Escriba el motivo.")), has_spaces, Length(max=LONGEST)]
    )


class QueueFilterForm(Filters):
    """Filters of the admission queue."""

    q = StringField(_l("Buscar"), validators=[Length(max=200)])
    estado = SelectField(
        _l("Estado"),
        coerce=enum_or_none(ProposalStatus),
        choices=[
            SelectChoice("", _l("Todas las que esperan")),
            SelectChoice(ProposalStatus.SUBMITTED.value, _l("Por examinar")),
            SelectChoice(ProposalStatus.REFUSAL_PROPOSED.value, _l("Esperan segunda firma")),
        ],
    )
    tema = SelectField(_l("Tema"), choices=[])
