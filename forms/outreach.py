"""Forms of outreach: campaigns, whom to reach, steps, letters, and the answer from the mail."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from forms.base import Checkboxes, Filters, Form, choices, chosen, free_select, optional_text, required
from forms.mapping import member_of
from forms.territory import TerritoryFields
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import number_of
from intake.mapping.inputs_outreach import (
    INVITATION,
    NOTABLE,
    REMINDER,
    USUAL_STEPS,
    WRITABLE,
    AnswerInput,
    CampaignInput,
    CandidateFilters,
    LetterInput,
    StepInput,
)
from models.enums import ActorKind, ContactChannel, OutreachStep

MOST_PEOPLE = 50
LETTER_WORDS = {INVITATION: _l("Invitación"), REMINDER: _l("Recordatorio")}
RESULT_WORDS = {
    "identificados": _l("Identificados"),
    "por-contactar": _l("Por contactar"),
    "contactados": _l("Contactados"),
    "confirmaron": _l("Confirmaron"),
    "participaron": _l("Participaron"),
    "propusieron": _l("Propusieron"),
    "recibieron-respuesta": _l("Recibieron respuesta"),
    "no-pueden": _l("No pueden o no quieren"),
    "en-silencio": _l("Contactados y en silencio"),
}


class CampaignForm(TerritoryFields, Form):
    """A campaign, new or edited. The plan is the one under way, or the campaign's own."""

    title = StringField(_l("Nombre de la campaña"), [required(), Length(max=200)])
    purpose = TextAreaField(_l("Para qué"), [Length(max=2000)])
    theme = free_select(_l("Tema"))
    event = free_select(_l("Encuentro al que se invita"))
    owner = SelectField(
        _l("Responsable"), [chosen(_l("Elija a una persona del equipo."))], choices=[], validate_choice=False
    )
    due_on = DateField(_l("Fecha límite"), [required(_l("Escriba la fecha límite."))])
    version = HiddenField()

    def to_input(self, plan_code: str) -> CampaignInput:
        """What the service takes, once the form is valid."""
        assert self.due_on.data is not None  # demanded by its validator; for the type checker
        return CampaignInput(
            title=self.title.data or "",
            purpose=self.purpose.data or "",
            due_on=self.due_on.data,
            plan_code=plan_code,
            owner=self.owner.data or "",
            theme=optional_text(self.theme.data),
            territory=self.territory_code(),
            event=optional_text(self.event.data),
        )

    def show(self, campaign: Any) -> None:
        """Begin with what the campaign says."""
        for name in ("title", "purpose", "due_on"):
            self[name].data = getattr(campaign, name)
        self.theme.data = campaign.theme.code if campaign.theme else ""
        self.event.data = campaign.event.slug if campaign.event else ""
        self.owner.data = campaign.owner.email if campaign.owner else ""
        self.place_at(campaign.territory.code if campaign.territory else None)
        self.version.data = str(campaign.lock_version)


class CampaignFilterForm(Filters):
    """Filters of the list of campaigns."""

    estado = free_select(_l("Estado"))
    plan = free_select(_l("Plan"))
    responsable = free_select(_l("Responsable"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.estado.choices = [
            SelectChoice("", _l("Todas")),
            SelectChoice("open", _l("En marcha")),
            SelectChoice("atrasadas", _l("Atrasadas")),
            SelectChoice("closed", _l("Cerradas")),
            SelectChoice("cancelled", _l("Canceladas")),
        ]


class TargetFilterForm(Filters):
    """Filters of the actors of a campaign."""

    paso = free_select(_l("Hasta dónde llegaron"))
    q = StringField(_l("Nombre"), [Length(max=120)])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        shown = {"": _l("Todos"), **{k: v for k, v in RESULT_WORDS.items() if k != "identificados"}}
        self.paso.choices = [SelectChoice(value, words) for value, words in shown.items()]


class CandidateForm(Filters):
    """Which actors of the registry to look for."""

    q = StringField(_l("Nombre"), [Length(max=120)])
    tema = free_select(_l("Tema"))
    territorio = free_select(_l("Territorio"))
    sector = free_select(_l("Sector"))
    pueblo = free_select(_l("Pueblo o nacionalidad"))
    tipo = free_select(_l("Tipo"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tipo.choices = choices(ActorKind, blank=_l("Todos"))

    def to_input(self) -> CandidateFilters:
        """What the query takes; an odd value in the address filters nothing."""
        values = {name: self._known(name) for name in ("tema", "territorio", "sector", "pueblo")}
        return CandidateFilters(
            q=(self.q.data or "")[:120],
            theme=values["tema"],
            territory=values["territorio"],
            sector=values["sector"],
            people=values["pueblo"],
            kind=member_of(ActorKind, self.tipo.data),
        )

    def _known(self, name: str) -> str:
        offered = {choice.value for choice in self[name].choices}
        return self[name].data if self[name].data in offered else ""


class StepForm(Form):
    """What happened with one actor or several."""

    step = SelectField(_l("Qué pasó"), [chosen(_l("Elija qué pasó."))], choices=[])
    channel = SelectField(_l("Por qué medio"), choices=[], default="")
    note = StringField(_l("Nota"), [Length(max=300)])
    came_anyway = BooleanField(_l("Sí, participó aunque había dicho que no"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.step.choices = choices(OutreachStep, only=NOTABLE, blank=_l("Elija"))
        self.channel.choices = choices(ContactChannel, blank=_l("Sin indicar"))

    def to_input(self) -> StepInput:
        """What the service takes."""
        channel = ContactChannel(self.channel.data) if self.channel.data else None
        confirmed = bool(self.came_anyway.data)
        return StepInput(
            step=OutreachStep(self.step.data), channel=channel, note=self.note.data or "", confirmed=confirmed
        )


class TakeBackForm(Form):
    """Going back to an earlier step, with a reason."""

    step = SelectField(_l("Volver al paso"), [chosen(_l("Elija un paso."))], choices=[], validate_choice=False)
    reason = TextAreaField(_l("Motivo"), [required(_l("Escriba el motivo.")), Length(max=1000)])


class LetterForm(Form):
    """A bulk invitation. ``number`` and ``count`` say what the person saw before sending."""

    template = SelectField(_l("Carta"), [chosen()], choices=[])
    steps = Checkboxes(_l("A quiénes"), choices=[])
    words = TextAreaField(_l("Sus palabras"), [Length(max=1500)])
    number = HiddenField()
    count = HiddenField()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.template.choices = [SelectChoice(value, words) for value, words in LETTER_WORDS.items()]
        self.steps.choices = choices(OutreachStep, only=WRITABLE)
        if not self.is_submitted():
            self.steps.data = [step.value for step in USUAL_STEPS.get(self.template.data or INVITATION, ())]

    def validate_steps(self, field: Any) -> None:
        """Somebody must be written to."""
        if not field.data:
            raise ValidationError(_l("Elija a quiénes se escribe."))

    def to_input(self) -> LetterInput:
        """What the service takes."""
        steps = tuple(step for step in WRITABLE if step.value in (self.steps.data or ()))
        return LetterInput(template=self.template.data, words=self.words.data or "", steps=steps)

    @property
    def seen(self) -> tuple[int, int]:
        """The mailing's number and the count of letters that the person saw; 0 for anything odd."""
        return number_of(self.number.data) or 0, number_of(self.count.data) or 0


class AnswerForm(Form):
    """Who will come, from the mail."""

    people = IntegerField(
        _l("Cuántas personas irán"),
        [
            InputRequired(_l("Escriba cuántas personas irán.")),
            NumberRange(min=1, max=MOST_PEOPLE, message=_l("Escriba un número de 1 a 50.")),
        ],
        default=1,
    )
    needs = TextAreaField(_l("Qué necesitan para participar"), [Optional(), Length(max=500)])

    def to_input(self) -> AnswerInput:
        """What the service takes."""
        return AnswerInput(people=self.people.data or 1, needs=self.needs.data or "")
