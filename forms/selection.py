"""Forms of the selection."""

from __future__ import annotations

from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import InputRequired, Length, Optional

from forms.base import NO_MEMORY, Filters, Form, MaxWords, choices, chosen, enum_or_none, has_spaces, required
from intake.core import clock
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import LABELS
from intake.core.text import number_of
from intake.selection.inputs import DecisionInput, SessionInput
from models.enums import Category

LONGEST = 4000
#: A reason that the author can understand takes at least a sentence.
LEAST_WORDS = 5
EXPLAINED = {
    Category.IN_PLAN: _l("En el plan: se redactará un compromiso con responsables, hitos y fechas."),
    Category.RESERVE: _l("Reserva: entra si un compromiso elegido no llega a confirmarse."),
    Category.OUTSIDE_PLAN: _l("Fuera del plan: se impulsa o responde por otra vía, o no corresponde a este plan."),
    Category.NEXT_PLAN: _l("Próximo plan: se guarda para el siguiente, o hasta que cambien las circunstancias."),
}


#: The choice that answers every admitted proposal of the plan; a round is chosen by its number.
WHOLE_PLAN = "plan"


class SessionForm(Form):
    """A session, new or to be corrected. What it answers is chosen, never supposed."""

    lock_version = HiddenField()
    title = StringField(_l("Título"), validators=[required(), Length(max=200)])
    held_on = DateField(_l("Día de la sesión"), validators=[InputRequired(_l("Escriba el día de la sesión."))])
    decided_by = StringField(
        _l("Quién decide"),
        description=_l("El cuerpo colegiado que decide, y cómo. Ninguna autoridad decide sola."),
        validators=[required(_l("Diga qué cuerpo colegiado decide.")), Length(max=240)],
    )
    ronda = SelectField(
        _l("Sobre qué propuestas decide"),
        description=_l("Solo se podrá publicar cuando todas ellas tengan su decisión y su razón."),
        validators=[chosen(_l("Elija sobre qué propuestas decide la sesión."))],
    )

    def to_input(self) -> SessionInput:
        """The session as the service takes it."""
        scope = self.ronda.data or WHOLE_PLAN
        return SessionInput(
            title=self.title.data or "",
            held_on=self.held_on.data or clock.today(),
            decided_by=self.decided_by.data or "",
            round_number=None if scope == WHOLE_PLAN else int(scope),
            lock_version=number_of(self.lock_version.data),
        )


class DecisionForm(Form):
    """What is decided of one proposal, and why."""

    lock_version = HiddenField()
    category = RadioField(
        _l("Categoría"),
        choices=[SelectChoice(c.value, words, NO_MEMORY) for c, words in EXPLAINED.items()],
        validators=[chosen()],
    )
    fallback = RadioField(
        _l("Si queda en reserva y no se la llama"),
        choices=[SelectChoice(c.value, LABELS[c], NO_MEMORY) for c in (Category.OUTSIDE_PLAN, Category.NEXT_PLAN)],
        validators=[Optional()],
    )
    reason = TextAreaField(
        _l("Razón pública"),
        description=_l(
            "La leerá quien presentó la propuesta y cualquier persona. Diga qué se valoró y qué pesó en contra; "
            "si no entra, qué puede hacer ahora. Sin siglas ni tecnicismos."
        ),
        validators=[required(_l("Escriba la razón.")), has_spaces, MaxWords(least=LEAST_WORDS), Length(max=LONGEST)],
        render_kw=NO_MEMORY,
    )
    departure_reason = TextAreaField(
        _l("Si se aparta del orden: quién lo decidió y por qué"),
        description=_l(
            "Es obligatorio cuando otra propuesta con una media más alta queda sin lugar. También es público."
        ),
        validators=[has_spaces, Length(max=LONGEST)],
        render_kw=NO_MEMORY,
    )

    def to_input(self) -> DecisionInput:
        """The decision as the service takes it."""
        return DecisionInput(
            category=Category(self.category.data),
            reason=self.reason.data or "",
            fallback=Category(self.fallback.data) if self.fallback.data else None,
            departure_reason=self.departure_reason.data or "",
            lock_version=number_of(self.lock_version.data) or 0,
        )


class CandidateFilterForm(Filters):
    """Filters of a session."""

    decididas = SelectField(
        _l("Decisión"),
        choices=[
            SelectChoice("", _l("Todas")),
            SelectChoice("no", _l("Sin decidir")),
            SelectChoice("si", _l("Decididas")),
        ],
    )
    categoria = SelectField(
        _l("Categoría"), coerce=enum_or_none(Category), choices=choices(Category, blank=_l("Todas"))
    )


class CancelSessionForm(Form):
    """Closing a session without publishing."""

    reason = TextAreaField(
        _l("Motivo"),
        description=_l("Queda en el rastro, con cada decisión que se quita."),
        validators=[required(_l("Escriba el motivo.")), Length(max=LONGEST)],
    )


class ReserveForm(Form):
    """Calling a reserve to the plan, or letting it go."""

    reason = TextAreaField(
        _l("Razón pública"),
        description=_l("La leerá quien presentó la propuesta."),
        validators=[required(_l("Escriba la razón.")), has_spaces, MaxWords(least=LEAST_WORDS), Length(max=LONGEST)],
    )
