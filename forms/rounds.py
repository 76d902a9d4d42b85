"""Forms of evaluation rounds: opening, asking people for reviews, finishing, and the filters of board and results."""

from __future__ import annotations

from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.base import Filters, Form, choices, chosen, enum_or_none, required
from forms.evaluation import LONGEST
from intake.core.i18n import lazy_gettext as _l
from intake.evaluation.inputs import RoundInput
from models.enums import ProposalStatus


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


class BoardFilterForm(Filters):
    """Filters of the assignment board."""

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


class ResultFilterForm(Filters):
    """Filters and order of the results."""

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
