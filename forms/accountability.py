"""Forms of commitments: the template, parties, milestones, consultation, ratings (the agreement: `forms.agreement`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.amounts_and_files import LONG, Money, WebAddress
from forms.base import Checkboxes, Filters, Form, choices, chosen, enum_or_none, optional_text, required
from intake.accountability.inputs import CommitmentInput, MilestoneInput
from intake.core.i18n import lazy_gettext as _l
from models.enums import Approach, CommitmentStatus, MilestoneKind, PartyRole

if TYPE_CHECKING:
    from datetime import date

    from wtforms import Field


def _long(words: Any, hint: Any = None, *, most: int = LONG) -> Field:
    return TextAreaField(words, description=hint or "", validators=[Length(max=most)])


class FilterForm(Filters):
    """Filters of the list."""

    q = StringField(_l("Buscar"), validators=[Optional(), Length(max=200)], render_kw={"type": "search"})
    plan = SelectField(_l("Plan"), choices=[], validators=[Optional()])
    tema = SelectField(_l("Tema"), choices=[], validators=[Optional()])
    estado = SelectField(_l("Estado"), choices=[], validators=[Optional()])
    institucion = SelectField(_l("Institución responsable"), choices=[], validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.estado.choices = choices(CommitmentStatus, blank=_l("Todos"))


class CommitmentForm(Form):
    """Everything that the templates of 2019 and 2022 ask about a commitment."""

    version = HiddenField()
    proposals = Checkboxes(_l("Propuestas de las que nace"), choices=[], coerce=str)
    number = IntegerField(
        _l("Número"),
        description=_l("Déjelo vacío para tomar el siguiente."),
        validators=[Optional(), NumberRange(1, 999)],
    )
    title_es = StringField(_l("Título"), validators=[required(_l("Escriba el título.")), Length(max=400)])
    title_en = StringField(_l("Título en inglés"), validators=[Optional(), Length(max=400)])
    summary_es = _long(_l("En pocas palabras"), _l("Dos o tres frases que cualquiera entienda."), most=1_000)
    summary_en = _long(_l("En pocas palabras, en inglés"), most=1_000)
    theme_code = SelectField(_l("Tema"), choices=[], validators=[Optional()])
    cluster = StringField(_l("Eje temático del plan"), validators=[Optional(), Length(max=120)])
    problem = _long(_l("¿Qué problema aborda?"), _l("Con los datos de partida que tenga."))
    causes = _long(_l("¿Cuáles son sus causas?"))
    done_so_far = _long(_l("¿Qué se ha hecho hasta ahora?"))
    description = _long(_l("¿En qué consiste el compromiso?"))
    contribution = _long(_l("¿Cómo contribuye a resolver el problema?"))
    expected_results = _long(_l("¿Qué resultados se esperan?"))
    transparency = _long(_l("¿Cómo promueve la transparencia?"))
    participation = _long(_l("¿Cómo promueve la participación ciudadana?"))
    accountability = _long(_l("¿Cómo promueve la rendición de cuentas?"))
    ogp_values = _long(_l("Relación con los valores de Gobierno Abierto"))
    planning_links = _long(_l("Vinculación con la planificación"), _l("Un instrumento por línea."))
    additional = _long(_l("Información adicional"))
    technical_note = _long(_l("Nota técnica"))
    budget_usd = Money(
        _l("Presupuesto"),
        description=_l("En dólares, por ejemplo 48.000 o 48.000,50."),
        validators=[Optional(), NumberRange(0, 999_999_999_999)],
        places=2,
    )
    funding_source = _long(_l("Fuente de los fondos"), most=1_000)
    starts_on = DateField(_l("Inicio"), validators=[InputRequired(_l("Escriba la fecha de inicio."))])
    ends_on = DateField(_l("Fin"), validators=[InputRequired(_l("Escriba la fecha de fin."))])
    approaches = Checkboxes(_l("Enfoques transversales"), choices=[], coerce=str)
    sdgs = Checkboxes(_l("Objetivos de Desarrollo Sostenible"), choices=[], coerce=str)
    policy_areas = Checkboxes(_l("Áreas de política"), choices=[], coerce=str)
    is_subnational = BooleanField(_l("Es de gobiernos locales (subnacional)"))
    is_open_parliament = BooleanField(_l("Es de parlamento abierto"))
    is_open_justice = BooleanField(_l("Es de justicia abierta"))

    #: Fields whose value is the input's as it stands.
    SAME = (
        "number", "title_es", "summary_es", "summary_en", "problem", "causes", "done_so_far", "description",
        "contribution", "expected_results", "transparency", "participation", "accountability", "ogp_values",
        "planning_links", "additional", "technical_note", "budget_usd", "funding_source", "starts_on", "ends_on",
        "is_subnational", "is_open_parliament", "is_open_justice",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.approaches.choices = choices(Approach)

    def to_input(self) -> CommitmentInput:
        """What was typed, as the services take it."""
        same = {name: self[name].data for name in self.SAME}
        return CommitmentInput(
            **same,
            title_en=optional_text(self.title_en.data),
            theme_code=optional_text(self.theme_code.data),
            cluster=optional_text(self.cluster.data),
            approaches=tuple(Approach(a) for a in self.approaches.data or ()),
            sdg_numbers=tuple(int(n) for n in self.sdgs.data or ()),
            policy_area_codes=tuple(self.policy_areas.data or ()),
        )


class PartyForm(Form):
    """An organisation and what it is to the commitment."""

    actor = SelectField(_l("Organización"), choices=[], validators=[chosen()])
    role = RadioField(_l("Papel"), choices=[], coerce=enum_or_none(PartyRole), validators=[chosen()])
    is_lead = BooleanField(_l("Coordina el compromiso"))
    since = DateField(_l("Desde"), validators=[Optional()])
    note = StringField(_l("Nota"), validators=[Optional(), Length(max=400)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = choices(PartyRole)


class MilestoneForm(Form):
    """A milestone with its verifiable output and date."""

    version = HiddenField()
    number = IntegerField(_l("Número"), validators=[Optional(), NumberRange(1, 99)])
    title_es = TextAreaField(
        _l("¿Qué se hará?"), validators=[required(_l("Escriba qué se hará.")), Length(max=1_000)], render_kw={"rows": 3}
    )
    output = TextAreaField(
        _l("Producto que se podrá comprobar"),
        validators=[required(_l("Escriba el producto que se podrá comprobar.")), Length(max=1_000)],
        render_kw={"rows": 3},
    )
    kind = RadioField(_l("¿Qué produce?"), choices=[], coerce=enum_or_none(MilestoneKind), validators=[chosen()])
    starts_on = DateField(_l("Inicio"), validators=[Optional()])
    ends_on = DateField(_l("Fin"), validators=[InputRequired(_l("Escriba la fecha de fin."))])
    reason = TextAreaField(_l("¿Por qué cambian las fechas?"), validators=[Optional(), Length(max=2_000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(MilestoneKind)

    def to_input(self) -> MilestoneInput:
        """What was typed, as the services take it."""
        return MilestoneInput(
            title_es=self.title_es.data or "",
            output=self.output.data or "",
            kind=self.kind.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,  # type: ignore[arg-type]  # demanded by its validator
            number=self.number.data,
            reason=self.reason.data or "",
        )


class RescheduleForm(Form):
    """New dates for a milestone that was formalized."""

    version = HiddenField()
    starts_on = DateField(_l("Nuevo inicio"), validators=[Optional()])
    ends_on = DateField(_l("Nuevo fin"), validators=[InputRequired(_l("Escriba la fecha de fin."))])
    reason = TextAreaField(
        _l("¿Por qué cambian las fechas?"),
        description=_l("Será público, junto a las fechas originales."),
        validators=[required(_l("Escriba por qué cambian las fechas.")), Length(max=2_000)],
    )


class ConsultationForm(Form):
    """Between which days the public is asked."""

    opens_on = DateField(_l("Abre el"), validators=[InputRequired(_l("Escriba la fecha de apertura."))])
    closes_on = DateField(_l("Cierra el"), validators=[InputRequired(_l("Escriba la fecha de cierre."))])

    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.opens_on.data, self.closes_on.data  # type: ignore[return-value]  # demanded by their validators


class RatingForm(Form):
    """One rating of the IRM on the plan's own scale."""

    dimension = HiddenField()
    value = SelectField(_l("Valoración"), choices=[], validators=[Optional()])
    note = StringField(_l("Nota"), validators=[Optional(), Length(max=400)])
    source_url = StringField(_l("Fuente (enlace)"), validators=[Optional(), Length(max=400), WebAddress()])
    rated_on = DateField(_l("Fecha"), validators=[Optional()])


class ReasonForm(Form):
    """With what act, and why, the plan is formalized."""

    reason = TextAreaField(
        _l("Documento que lo hace oficial"),
        description=_l("Por ejemplo: número y fecha del acuerdo. Quedará en el rastro público."),
        validators=[required(_l("Escriba qué documento hace oficial el plan.")), Length(max=2_000)],
    )
