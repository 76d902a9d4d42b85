"""Which language a page is truly in: a prepared catalogue that nobody has translated yet shows the Spanish source."""

from __future__ import annotations

from functools import lru_cache

from babel.support import Translations
from flask import current_app

from intake.core.i18n import CATALOGUES, HTML_LANG

#: From this share of the messages on, a page is said to be in the language.
ENOUGH = 0.5


def language_of(chosen: str) -> str:
    """The language that a page shows to a reader who chose ``chosen``: "es" while Kichwa has too few translations."""
    return "es" if chosen == "qu" and is_pending() else chosen


def html_lang(chosen: str) -> str:
    """For the ``lang`` of the page."""
    return HTML_LANG[language_of(chosen)]


def is_pending() -> bool:
    """Whether Kichwa is still mostly untranslated."""
    return _coverage(str(current_app.config["BABEL_TRANSLATION_DIRECTORIES"])) < ENOUGH


@lru_cache(maxsize=4)
def _coverage(folder: str) -> float:
    """Messages translated to Kichwa for each one translated to English, whose catalogue is complete; read once."""
    return _size(folder, "qu") / max(1, _size(folder, "en"))


def _size(folder: str, code: str) -> int:
    found = Translations.load(folder, [CATALOGUES[code]])
    return sum(1 for key in getattr(found, "_catalog", {}) if key)  # the empty key is the catalogue's own head
