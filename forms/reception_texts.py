"""What a proposal says, as a form: the part that writing and changing share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length, ValidationError

from forms.base import Form, MaxWords, checkboxes, choices, enum_or_none, has_spaces, required
from forms.reception_common import ProposalFields
from forms.reception_pieces import FileFields, PointFields
from intake.core.i18n import language
from intake.core.i18n import lazy_gettext as _l
from intake.reception.inputs import RESULT_WORDS, TEXT_WORDS, TITLE_CHARACTERS, ProposalInput
from models.enums import Approach, Branch, ProposerKind, PublicName

if TYPE_CHECKING:
    from collections.abc import Callable

#: Longer titles than this with nothing but capitals are shouting, not an acronym.
_SHOUTING_LETTERS = 12
_LEAST_LETTERS = 3


def one_line(value: Any) -> Any:
    """What stands in the greeting and the subject of our mails is no place for lines of somebody's own."""
    return " ".join(value.split()) if isinstance(value, str) else value


class OnReview:
    """Checks that apply when the person asks to review and send, not when a draft is kept."""

    def __init__(self, *checks: Callable[[Any, Any], None], required: bool = False, **flags: Any) -> None:
        self.checks = checks
        self.field_flags = {"required": True, **flags} if required else flags

    def __call__(self, form: Any, field: Any) -> None:
        if form.reviewing:
            for check in self.checks:
                check(form, field)


def _not_shouting(_form: Any, field: Any) -> None:
    letters = [c for c in field.data or "" if c.isalpha()]
    if len(letters) > _SHOUTING_LETTERS and all(c.isupper() for c in letters):
        raise ValidationError(_l("No escriba todo en mayúsculas: se lee con más dificultad."))


def _has_words(_form: Any, field: Any) -> None:
    if sum(c.isalpha() for c in field.data or "") < _LEAST_LETTERS:
        raise ValidationError(_l("Escriba el título con palabras."))


def _words(words: Any, least: int, most: int, **texts: Any) -> TextAreaField:
    first = [required(texts["missing"])] if least else []
    return TextAreaField(
        words,
        description=texts["hint"],
        validators=[
            Length(max=20_000, message=_l("El texto es demasiado largo.")),
            OnReview(*first, has_spaces, MaxWords(least=least, most=most), required=bool(least), max_words=most),
        ],
        render_kw={"rows": texts.get("rows", 6)},
    )


class Texts(ProposalFields, PointFields, FileFields, Form):
    """What a proposal says. ``reviewing`` switches the checks of completeness on."""

    reviewing = False
    has_pieces = False  # a file or a person came with it: enough to keep a draft for

    @staticmethod
    def demanding(check: Any) -> OnReview:
        """A check that applies when the person asks to review and send."""
        return OnReview(check, required=True)

    title = StringField(
        _l("Título de su propuesta"),
        description=_l(
            "Diga en una línea qué propone. Entre %(least)d y %(most)d caracteres.",
            least=TITLE_CHARACTERS[0],
            most=TITLE_CHARACTERS[1],
        ),
        validators=[
            Length(max=TITLE_CHARACTERS[1], message=_l("El título pasa de %(max)d caracteres.")),
            OnReview(
                required(_l("Escriba un título.")),
                _has_words,
                has_spaces,
                Length(min=TITLE_CHARACTERS[0], message=_l("El título es muy corto: use al menos %(min)d caracteres.")),
                _not_shouting,
                required=True,
            ),
        ],
        filters=[one_line],
    )
    problem = _words(
        _l("¿Qué problema quiere resolver?"),
        *TEXT_WORDS,
        hint=_l("Qué pasa, dónde y a quién afecta. Entre 10 y 600 palabras."),
        missing=_l("Cuente el problema."),
    )
    solution = _words(
        _l("¿Qué propone hacer?"),
        *TEXT_WORDS,
        hint=_l("Quién tendría que hacer qué. Entre 10 y 600 palabras."),
        missing=_l("Cuente su propuesta de solución."),
    )
    expected_result = _words(
        _l("¿Qué cambiaría si se hace?"),
        *RESULT_WORDS,
        hint=_l("Cómo sabríamos, dentro de dos años, que funcionó. Hasta 300 palabras."),
        missing="",
        rows=4,
    )
    theme = SelectField(
        _l("Tema"),
        choices=[],
        validate_choice=False,
        default="",
        validators=[OnReview(required(_l("Elija el tema más cercano.")), required=True)],
    )
    approaches = checkboxes(
        _l("Enfoques"),
        description=_l("Marque los que su propuesta cuida de manera especial."),
        coerce=enum_or_none(Approach),
    )
    branch = RadioField(
        _l("¿A quién se dirige?"),
        description=_l("Si no lo sabe, déjelo así: lo verá el equipo."),
        coerce=enum_or_none(Branch),
        validate_choice=False,
        default="",
    )
    proposer_kind = RadioField(
        _l("¿Quién propone?"),
        coerce=enum_or_none(ProposerKind),
        validate_choice=False,
        default=ProposerKind.PERSON,
    )
    organisation_name = StringField(
        _l("Nombre de la organización"),
        description=_l("Solo si propone en nombre de una organización, comunidad o colectivo."),
        validators=[Length(max=200)],
        render_kw={"autocomplete": "organization"},
    )
    public_name = RadioField(
        _l("¿Qué nombre verá el público junto a su propuesta?"),
        coerce=enum_or_none(PublicName),
        validate_choice=False,
        default=PublicName.ANONYMOUS,
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.approaches.choices = choices(Approach)
        self.offer_vocabularies(after=[SelectChoice("", _l("No lo sé"))])

    def validate_organisation_name(self, field: Any) -> None:
        """Demand a name where an organisation proposes or is to be shown."""
        wanted = (
            self.proposer_kind.data is ProposerKind.ORGANISATION or self.public_name.data is PublicName.ORGANISATION
        )
        if self.reviewing and wanted and not field.data:
            raise ValidationError(_l("Escriba el nombre de la organización."))

    def check(self, *, reviewing: bool) -> bool:
        """Validate, with the checks of completeness only when the person means to send."""
        self.reviewing = reviewing
        valid = bool(self.validate())
        if (
            not reviewing
            and valid
            and not self.has_pieces
            and not any((self.title.data, self.problem.data, self.solution.data))
        ):
            self.title.errors = [_l("Escriba al menos un título o unas líneas para guardar.")]
            valid = False
        return valid

    def to_input(self) -> ProposalInput:
        """What was written."""
        return self.to_proposal(
            approaches=tuple(a for a in self.approaches.data or () if a), language=language(), point=self.point()
        )

    def kept_input(self) -> ProposalInput:
        """What of it can be kept as a draft while the page says what is wrong with the rest."""
        texts = ("title", "problem", "solution", "expected_result", "organisation_name")
        wrong: dict[str, Any] = {name: "" for name in texts if self[name].errors}
        return replace(self.to_input(), **wrong)
