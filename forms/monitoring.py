"""Forms of monitoring: what the institution reports, what the counterpart answers, and the evidence of both."""

from __future__ import annotations

from typing import Any

from wtforms import FieldList, FileField, FormField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from forms.amounts_and_files import LONG, Number
from forms.base import Form, choices, chosen, enum_or_none, optional_text, required
from forms.uploads import FILE_LIMIT, upload_of
from intake.accountability.inputs import AnswerInput, EvidenceInput, ReportInput
from intake.core.i18n import lazy_gettext as _l
from models.enums import MilestoneStatus, Verdict

EVIDENCE_ROWS = 3


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
            "Explique sus reparos o su desacuerdo; si confirma, puede dejarla vacía. "
            "Se publica junto a lo que dice la institución."
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
