"""Showing where a search found its words: ``<mark>`` around them as they were written, accents and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from intake.core.search import passages

if TYPE_CHECKING:
    from intake.core.search import Term

#: Characters of the passage of a long text that a list shows, and how many of them stand before what was found.
LENGTH, BEFORE = 220, 60


def marked(text: str, wanted: list[Term]) -> str:
    """The text with what was found marked, for a template."""
    found, done = Markup(), 0
    for begin, end in passages(text, wanted):
        found += Markup("{}<mark>{}</mark>").format(text[done:begin], text[begin:end])
        done = end
    return found + text[done:]


def excerpt(texts: list[str], wanted: list[Term]) -> str:
    """About 220 characters around what was found first in the first text that has any; "" if none has."""
    for text in texts:
        if spans := passages(text, wanted):
            start = _word_at(text, spans[0][0] - BEFORE)
            end = _word_at(text, start + LENGTH) if len(text) > start + LENGTH else len(text)
            body = marked(text[start:end].strip(), wanted)
            return Markup("{}{}{}").format("… " if start else "", body, " …" if end < len(text) else "")
    return ""


def _word_at(text: str, position: int) -> int:
    """Where the word begins that stands at a position, unless it is as long as a line."""
    if position <= 0:
        return 0
    space = text.rfind(" ", max(0, position - 40), position + 1)
    return position if space < 0 else space + 1
