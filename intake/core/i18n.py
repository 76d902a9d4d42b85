"""Languages: Spanish is the source, English complete, Kichwa prepared. Flask-Babel stands behind this one door.

Kichwa's catalogue is ``es_EC@qu``: CLDR's ``qu`` is southern Quechua with English number formats, so numbers and dates
keep Ecuador's Spanish formats, and untranslated strings fall back to the Spanish source (docs/decisions/0010).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

from flask_babel import (
    force_locale,
    format_decimal,
    get_locale,
    get_translations,
    gettext,
    lazy_gettext,
    lazy_ngettext,
    ngettext,
)
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

__all__ = [
    "CATALOGUES",
    "HTML_LANG",
    "LANGUAGES",
    "Text",
    "force_locale",
    "gettext",
    "language",
    "lazy_gettext",
    "lazy_ngettext",
    "lazy_number",
    "localized",
    "ngettext",
    "plural_form",
]

#: What a person may choose → name in its own language.
LANGUAGES = {"es": "Español", "en": "English", "qu": "Kichwa"}
#: What a person may choose → Babel locale (folder of translations/).
CATALOGUES = {"es": "es_EC", "en": "en_GB", "qu": "es_EC@qu"}
HTML_LANG = {"es": "es-EC", "en": "en", "qu": "qu-EC"}


def _escaped(sentence: LazyString) -> Markup:
    return escape(str(sentence))


# Flask-Babel hands lazy sentences to templates as finished HTML. Ours quote what people typed ("No se reconoce «…»").
LazyString.__html__ = _escaped


class Text(Protocol):
    """Anything that becomes a sentence in the reader's language when it is shown."""

    def __str__(self) -> str: ...


def language() -> str:
    """The chosen language's code: es, en or qu."""
    locale = get_locale()
    if locale is None:
        return "es"
    if locale.modifier == "qu":
        return "qu"
    return "en" if locale.language == "en" else "es"


def plural_form(singular: str, plural: str, number: int) -> str:
    """The form for the number in the reader's language, its ``%(…)s`` not filled in: Jinja does that itself."""
    return str(get_translations().ungettext(singular, plural, number))


def lazy_number(value: Decimal | float) -> Text:
    """A number for a message: with the reader's signs, and at most two decimals, when it is shown."""
    shown: Text = LazyString(format_decimal, value, "#,##0.##")
    return shown


def localized(thing: Any, name: str) -> str:
    """``name_en`` for English readers where there is one, else ``name_es``; empty if both are missing."""
    if language() == "en" and (text := getattr(thing, f"{name}_en", None)):
        return str(text)
    return str(getattr(thing, f"{name}_es", None) or getattr(thing, f"{name}_en", None) or "")
