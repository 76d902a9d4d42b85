"""Forms of commitments: the template's fields, parties, milestones, the agreement, reports and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from forms.base import Form, choices, chosen, enum_or_none, optional_text, required
from intake.accountability.inputs import (
    AnswerInput,
    CommitmentInput,
    EvidenceInput,
    MilestoneInput,
    ReportInput,
    SignatureInput,
    is_address,
)
from intake.core import amounts
from intake.core.files import LIMIT_BYTES, Upload
from intake.core.i18n import lazy_gettext as _l
from models.enums import Approach, CommitmentStatus, MilestoneKind, MilestoneStatus, PartyRole, Verdict

if TYPE_CHECKING:
    from datetime import date

    from wtforms import Field

LONG = 6_000  # characters of a text of the template
EVIDENCE_ROWS = 3


class WebAddress:
    """A whole address of the web that people can follow."""

    def __call__(self, _form: Any, field: Field) -> None:
        if not is_address(field.data or ""):
            raise ValidationError(_l("Escriba un enlace completo, que empiece con https://"))


#: What the browser needs to say at once that a file is too large.
FILE_LIMIT = {
    "data-max-bytes": LIMIT_BYTES,
    "data-too-large": _l("El archivo pesa más de 10 MB: elija otro más liviano."),
}


class Number(DecimalField):
    """A number as people here write it: with a decimal comma or point, and no idle zeros."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([v.replace(",", ".") if "." not in v else v for v in valuelist])

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:f}".removesuffix(".00")


class Money(Number):
    """Dollars, with points or commas as people write them."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        self.data = amounts.parse(valuelist[0])
        if self.data is None:
            raise ValueError(_l("Escriba el presupuesto en dólares, por ejemplo 48.000 o 48.000,50."))


class Checkboxes(SelectMultipleField):
    """Several choices, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _long(words: Any, hint: Any = None, *, most: int = LONG) -> Field:
    return TextAreaField(words, description=hint or "", validators=[Length(max=most)])


def upload_of(field: FileField) -> Upload | None:
    """What arrived in a file field, None if nothing was chosen."""
    given = field.data
    if given is None or isinstance(given, str) or not given.filename:
        return None
    return Upload(name=given.filename, content=given.read())


class FilterForm(Form):
    """Filters of the list, read from the address."""

    class Meta(Form.Meta):
        csrf = False

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


class EvidenceForm(Form):
    """One piece of evidence: what it is, and a link or a file."""

    class Meta(Form.Meta):
        csrf = False

    title = StringField(_l("¿Qué es?"), validators=[Optional(), Length(max=200)])
    url = StringField(_l("Enlace"), validators=[Optional(), Length(max=400)], render_kw={"inputmode": "url"})
    upload = FileField(_l("o archivo"), render_kw=FILE_LIMIT)


class WithEvidence(Form):
    """A form that carries evidence. Files must be chosen again after an error: browsers do not send them back."""

    evidence = FieldList(FormField(EvidenceForm), min_entries=EVIDENCE_ROWS, max_entries=10)

    def evidence_input(self) -> tuple[EvidenceInput, ...]:
        """The rows in which something was given. Their place in the form is kept in `rows_given`."""
        found, self.rows_given = [], []
        for i, entry in enumerate(self.evidence.entries):
            row = entry.form
            upload, url, title = upload_of(row.upload), optional_text(row.url.data), row.title.data or ""
            if upload is not None or url is not None or title:
                found.append(EvidenceInput(title=title, url=url, upload=upload))
                self.rows_given.append(i)
        return tuple(found)


class ReportForm(WithEvidence):
    """What the institution says of a milestone."""

    status = RadioField(_l("Estado del hito"), choices=[], coerce=enum_or_none(MilestoneStatus), validators=[chosen()])
    progress_pct = Number(
        _l("Avance (de 0 a 100)"),
        validators=[
            InputRequired(_l("Escriba el avance, de 0 a 100.")),
            NumberRange(0, 100, _l("El avance va de 0 a 100.")),
        ],
        places=2,
    )
    text = TextAreaField(
        _l("¿Qué se hizo?"),
        description=_l("Con hechos que se puedan comprobar. Lo leerá todo el mundo."),
        validators=[required(_l("Cuente qué se hizo.")), Length(max=LONG)],
        render_kw={"rows": 7},
    )
    lowering_reason = TextAreaField(
        _l("Si el avance baja, ¿por qué?"), validators=[Optional(), Length(max=1_000)], render_kw={"rows": 3}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.status.choices = choices(MilestoneStatus)

    def to_input(self) -> ReportInput:
        """What was typed, as the services take it."""
        return ReportInput(
            status=self.status.data,
            progress_pct=self.progress_pct.data,  # type: ignore[arg-type]  # demanded by its validator
            text=self.text.data or "",
            evidence=self.evidence_input(),
            lowering_reason=self.lowering_reason.data or "",
        )


class AnswerForm(WithEvidence):
    """What the counterpart says of a report."""

    verdict = RadioField(_l("Su respuesta"), choices=[], coerce=enum_or_none(Verdict), validators=[chosen()])
    comment = TextAreaField(
        _l("Su explicación"),
        description=_l(
            "Necesaria si tiene reparos o no está de acuerdo. Se publica junto a lo que dice la institución."
        ),
        validators=[Optional(), Length(max=LONG)],
        render_kw={"rows": 7},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdict.choices = choices(Verdict)

    def to_input(self) -> AnswerInput:
        """What was typed, as the services take it."""
        return AnswerInput(verdict=self.verdict.data, comment=self.comment.data or "", evidence=self.evidence_input())


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
        description=_l("Por ejemplo: número y fecha del acuerdo. Quedará en la bitácora pública."),
        validators=[required(_l("Escriba qué documento hace oficial el plan.")), Length(max=2_000)],
    )
