"""Forms of analysis and evaluation. Criteria and people are given by the view; nothing here reads the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.base import Form, MaxWords, choices, chosen, enum_or_none, required
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import word_count
from intake.evaluation import paga_rubric
from intake.evaluation.inputs import LEAST_COMMENT_WORDS, NA, ExaminationInput, ReviewInput, RoundInput
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from intake.evaluation.inputs import Answer

#: Browsers put back what was chosen before leaving a page; after "back" a radio would show another value than saved.
_NO_MEMORY = {"autocomplete": "off"}
_YES, _NO = "si", "no"
LONGEST = 4000


def _yes_no(label: Any, hint: Any) -> RadioField:
    options = [SelectChoice(_YES, _l("Sí"), _NO_MEMORY), SelectChoice(_NO, _l("No"), _NO_MEMORY)]
    return RadioField(label, description=hint, choices=options, validators=[chosen(_l("Responda sí o no."))])


class ExaminationForm(Form):
    """The four questions of admission. Built by `examination_form` in the reader's language."""

    reason = TextAreaField(
        _l("Motivo"),
        description=_l("Lo leerá quien presentó la propuesta. Hable claro y con respeto; si no cumple, diga en qué."),
        validators=[required(_l("Escriba el motivo.")), Length(max=LONGEST)],
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
            SelectChoice("confirm", _l("Confirmo: la propuesta no se admite"), _NO_MEMORY),
            SelectChoice("overrule", _l("No estoy de acuerdo: la propuesta se admite"), _NO_MEMORY),
        ],
        validators=[chosen()],
    )
    reason = TextAreaField(
        _l("Motivo"),
        description=_l("Si la admite, lo leerá quien presentó la propuesta; si confirma, queda en el rastro."),
        validators=[required(_l("Escriba el motivo.")), Length(max=LONGEST)],
    )


class ReasonForm(Form):
    """A reason and nothing else: stepping aside, cancelling, closing, finishing."""

    reason = TextAreaField(_l("Motivo"), validators=[required(_l("Escriba el motivo.")), Length(max=LONGEST)])


class FinishForm(Form):
    """Finishing without enough reviews is the exception: it asks for a reason."""

    reason = TextAreaField(
        _l("Motivo de la excepción"),
        description=_l("Déjelo vacío para dar por evaluadas solo las propuestas con todas sus evaluaciones."),
        validators=[Length(max=LONGEST)],
    )


class DueDateForm(Form):
    """Another last day for a round that is open."""

    due_on = DateField(
        _l("Fecha límite"),
        description=_l("Último día para enviar las evaluaciones."),
        validators=[InputRequired(_l("Escriba la fecha límite."))],
    )


class RoundForm(Form):
    """A new round."""

    name = StringField(_l("Nombre"), validators=[required(), Length(max=120)])
    due_on = DateField(
        _l("Fecha límite"), description=_l("Último día para enviar las evaluaciones."), validators=[Optional()]
    )
    reviews_per_proposal = IntegerField(
        _l("Evaluaciones por propuesta"),
        description=_l("Tres permiten una de cada sector."),
        default=3,
        validators=[NumberRange(1, 12, _l("Debe ser un número entre 1 y 12."))],
    )
    rubric_version = SelectField(
        _l("Rúbrica"), coerce=lambda v: int(v) if v else None, validators=[Optional()], validate_choice=True
    )

    def to_input(self) -> RoundInput:
        """The round as the service takes it."""
        return RoundInput(
            name=self.name.data or "",
            due_on=self.due_on.data,
            reviews_per_proposal=self.reviews_per_proposal.data or 0,
            rubric_version=self.rubric_version.data or None,
        )


class AssignForm(Form):
    """Which proposals to whom. Values are folios and account keys, never places in a list."""

    proposals = SelectMultipleField(
        _l("Propuestas"), choices=[], validate_choice=False, validators=[chosen(_l("Marque al menos una propuesta."))]
    )
    reviewers = SelectMultipleField(
        _l("Personas que revisan"),
        choices=[],
        validate_choice=False,
        validators=[chosen(_l("Marque al menos una persona."))],
    )
    due_on = DateField(
        _l("Fecha límite"),
        description=_l("Si la deja vacía vale la fecha de la ronda."),
        validators=[Optional()],
    )


class QueueFilterForm(Form):
    """Filters of the admission queue, in the address."""

    class Meta(Form.Meta):
        csrf = False

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


class BoardFilterForm(Form):
    """Filters of the assignment board, in the address."""

    class Meta(Form.Meta):
        csrf = False

    q = StringField(_l("Buscar"), validators=[Length(max=200)])
    estado = SelectField(
        _l("Evaluaciones"),
        choices=[
            SelectChoice("", _l("Todas")),
            SelectChoice("sin", _l("Sin asignar")),
            SelectChoice("faltan", _l("Con menos de las pedidas")),
            SelectChoice("esperan", _l("Esperan evaluaciones")),
            SelectChoice("completas", _l("Completas")),
        ],
    )
    tema = SelectField(_l("Tema"), choices=[])


class ResultFilterForm(Form):
    """Filters and order of the results, in the address."""

    class Meta(Form.Meta):
        csrf = False

    estado = SelectField(
        _l("Estado"),
        coerce=enum_or_none(ProposalStatus),
        choices=choices(
            ProposalStatus, only=(ProposalStatus.IN_EVALUATION, ProposalStatus.EVALUATED), blank=_l("Todos")
        ),
    )
    tema = SelectField(_l("Tema"), choices=[])
    orden = SelectField(
        _l("Orden"),
        choices=[
            SelectChoice("media", _l("Por media")),
            SelectChoice("dispersion", _l("Por dispersión")),
            SelectChoice("evaluaciones", _l("Por número de evaluaciones")),
            SelectChoice("folio", _l("Por folio")),
        ],
    )


@dataclass(frozen=True)
class CriterionWords:
    """A criterion as the form shows it. ``anchors``: value → its words, empty where the source has none."""

    key: str
    label: str
    question: str
    block: str
    block_weight: Any
    anchors: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Line:
    """One criterion with its two fields."""

    words: CriterionWords
    score: Field
    note: Field


class ReviewForm(Form):
    """A review. The fields of the criteria are named by key, so that a change of order shifts nothing."""

    criteria: tuple[CriterionWords, ...] = ()

    lock_version = HiddenField()
    comment = TextAreaField(
        _l("Comentario general"),
        description=_l("En una o dos frases, qué pesó más. Para enviar hacen falta al menos 3 palabras."),
        validators=[Length(max=LONGEST)],
        render_kw=_NO_MEMORY,
    )

    def lines(self) -> Iterator[Line]:
        """The criteria in the rubric's order."""
        for words in self.criteria:
            yield Line(words, self[f"score_{words.key}"], self[f"note_{words.key}"])

    def to_input(self) -> ReviewInput:
        """What is filled in, as the service takes it."""
        version = self.lock_version.data or ""
        return ReviewInput(
            values={line.words.key: _answer(line.score.data) for line in self.lines()},
            comments={line.words.key: line.note.data or "" for line in self.lines()},
            comment=self.comment.data or "",
            lock_version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        )

    def demand_all(self) -> bool:
        """Note what is missing before the review can be sent; True if nothing is."""
        for line in self.lines():
            if not line.score.data:
                line.score.errors = [_l("Elija un valor o «No aplica».")]
        if word_count(self.comment.data or "") < LEAST_COMMENT_WORDS:
            self.comment.errors = [_l("Escriba al menos 3 palabras: diga en una frase qué pesó más.")]
        return not self.errors


def review_form(criteria: Sequence[CriterionWords]) -> type[ReviewForm]:
    """A form class with the two fields of every criterion."""
    fields: dict[str, Any] = {"criteria": tuple(criteria)}
    for words in criteria:
        fields[f"score_{words.key}"] = RadioField(
            words.label,
            description=words.question,
            choices=[
                *(SelectChoice(str(v), f"{v} · {text}" if text else str(v), _NO_MEMORY) for v, text in words.anchors),
                SelectChoice(NA.value, _l("No aplica"), _NO_MEMORY),
            ],
            validators=[Optional()],
        )
        fields[f"note_{words.key}"] = TextAreaField(
            _l("Comentario sobre este criterio"),
            validators=[Length(max=LONGEST), MaxWords(most=300)],
            render_kw={**_NO_MEMORY, "rows": 2},
        )
    return type("ReviewForm", (ReviewForm,), fields)


def _answer(value: str | None) -> Answer:
    if not value:
        return None
    return NA if value == NA.value else int(value)


def given(value: int | None, *, not_applicable: bool) -> str:
    """A stored answer as its radio's value."""
    return NA.value if not_applicable else ("" if value is None else str(value))
