"""What every form shares: trimmed text, our words for common errors, choices from vocabularies."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from flask import g, has_app_context
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, SelectField, SelectFieldBase, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import DataRequired, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label_later
from intake.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wtforms import Field

E_ = TypeVar("E_", bound=StrEnum)
#: The longest words of Spanish and Kichwa have some thirty letters.
_LONGEST_WORD = 50
#: Browsers put back what was chosen before leaving a page; after "back" a radio would show another value than saved.
NO_MEMORY = {"autocomplete": "off"}


#: Where only the forgery check failed, everything typed being kept.
PRESS_AGAIN = _l("La página llevaba mucho tiempo abierta. Lo que escribió sigue aquí: pulse el botón otra vez.")


class Form(FlaskForm):
    """Base of every form: text is cleaned before it is checked; a failed forgery check keeps everything typed.

    ``is_too_old``, once validated: whether the forgery check failed, so that nothing may be done of what was asked.
    """

    is_too_old = False

    class Meta(FlaskForm.Meta):
        locales = ("es",)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent, without zero bytes: nobody types them, and PostgreSQL refuses them even in a question."""
            sent = super().wrap_formdata(form, formdata)
            if not sent or not any(isinstance(v, str) and "\x00" in v for _k, v in sent.items(multi=True)):
                return sent
            kept = ((k, v.replace("\x00", "") if isinstance(v, str) else v) for k, v in sent.items(multi=True))
            return MultiDict(list(kept))

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, (StringField, TextAreaField)):
                filters = unbound_field.kwargs.get("filters", [])
                options = {**options, "filters": [_clean, *filters]}
            return unbound_field.bind(form=form, **options)

    def validate(self, extra_validators: Any = None) -> bool:
        """As ever; and never right where a service has just refused it: what happened meanwhile then stands on top.

        So stands the wish for one more press, in our words, where the forgery check failed.
        """
        right = bool(super().validate(extra_validators))
        self._say_once()
        self._ask_again()
        refusal = g.get("refusal") if has_app_context() else None
        if refusal is None:
            return right
        first, *rest = refusal.lines
        if refusal.field and refusal.field in self:
            self[refusal.field].errors = [*self[refusal.field].errors, first]
        else:
            rest = [first, *rest]
        self.form_errors.extend(rest)
        refusal.shown = True
        return False

    def _say_once(self) -> None:
        """What is no number is said once, in the field's own words where it has some."""
        for field in self:
            own = [error for error in field.errors if error not in field.process_errors]
            if isinstance(field, IntegerField) and own:
                field.errors = own

    def _ask_again(self) -> None:
        if "csrf_token" not in self or not self.csrf_token.errors:
            return
        self.csrf_token.errors = []
        if not self.is_too_old:
            self.form_errors.append(PRESS_AGAIN)
        self.is_too_old = True


class Filters(Form):
    """A form that lives in the address: nothing to forge."""

    class Meta(Form.Meta):
        csrf = False


def _clean(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def required(message: Any = None) -> DataRequired:
    """Demand a value, in our words."""
    return DataRequired(message or _l("Este dato es necesario."))


def chosen(message: Any = None) -> InputRequired:
    """Demand a choice, in our words."""
    return InputRequired(message or _l("Elija una opción."))


def choices(kind: type[StrEnum], *, only: Iterable[StrEnum] | None = None, blank: Any = None) -> list[SelectChoice]:
    """Choices of a vocabulary with their words, optionally beginning with an empty one that says ``blank``."""
    members = list(only) if only is not None else list(kind)
    found = [SelectChoice(member.value, label_later(member)) for member in members]
    return found if blank is None else [SelectChoice("", blank), *found]


def enum_or_none(kind: type[E_]) -> Callable[[Any], E_ | None]:
    """Coerce a posted value to a member, empty to None."""

    def coerce(value: Any) -> E_ | None:
        if value in {None, "", "None"}:
            return None
        return kind(value)

    return coerce


class Checkboxes(SelectMultipleField):
    """Several choices, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def checkboxes(words: Any, **options: Any) -> Checkboxes:
    """Boxes whose rows come from the database; the service refuses an unknown code."""
    return Checkboxes(words, choices=[], validate_choice=False, **options)


def free_select(words: Any) -> SelectField:
    """A select whose rows come from the database after the form is made.

    An odd value in the address is simply no filter; elsewhere the service that looks a code up refuses an unknown one.
    """
    return SelectField(words, choices=[], validate_choice=False, default="")


def with_rows(field: SelectFieldBase, rows: Iterable[tuple[str, Any]], blank: Any = None) -> None:
    """Give a select the rows that the view read from the database: pairs of value and words."""
    found = [SelectChoice(value, words) for value, words in rows]
    field.choices = found if blank is None else [SelectChoice("", blank), *found]  # type: ignore[attr-defined]


def optional_text(value: str | None) -> str | None:
    """A text, or None where nothing was typed."""
    return value or None


def has_spaces(_form: Any, field: Field) -> None:
    """Letters without a space are a key that stuck, unless they are an address."""
    longest = max((w for w in (field.data or "").split() if "/" not in w), key=len, default="")
    if len(longest) > _LONGEST_WORD:
        raise ValidationError(_l("Hay una palabra de %(n)d letras seguidas. ¿Le faltan espacios?", n=len(longest)))


class MaxWords:
    """At most ``most`` and at least ``least`` words, with the count in the message; the page counts up to ``most``."""

    def __init__(self, *, least: int = 0, most: int | None = None) -> None:
        self.least = least
        self.most = most
        self.field_flags = {} if most is None else {"max_words": most}

    def __call__(self, _form: Any, field: Field) -> None:
        words = len((field.data or "").split())
        if words < self.least:
            raise ValidationError(
                _l("Escriba al menos %(least)d palabras; lleva %(words)d.", least=self.least, words=words)
            )
        if self.most is not None and words > self.most:
            raise ValidationError(
                _l("Escriba como máximo %(most)d palabras; lleva %(words)d.", most=self.most, words=words)
            )
