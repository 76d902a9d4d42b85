"""Small operations on what people write."""

from __future__ import annotations

import re
import unicodedata

SLUG_LENGTH = 80
# Invisible characters that reorder or hide text; they never belong in a title and let one text pose as another.
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_MOST_DIGITS = 9
_SPACES = re.compile(r"[ \t\u00a0]+")


def clean(text: str | None) -> str:
    """Normalise what was typed: NFC, no control or direction marks, single spaces, lines kept, ends trimmed."""
    if not text:
        return ""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # most cells of a file: nothing to mend
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def plain(text: str) -> str:
    """Lower case without accents, for comparing and searching: "Cotacachí" → "cotacachi"."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def slugify(text: str) -> str:
    """A piece of an address made of the text's words, at most 80 characters."""
    words = re.findall(r"[a-z0-9]+", plain(text))
    slug = ""
    for word in words:
        if len(slug) + len(word) + 1 > SLUG_LENGTH:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug or "x"


def number_of(text: str | None) -> int | None:
    """The number that a hidden field or an address carries; None for anything else, such as hundreds of digits."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def word_count(text: str) -> int:
    """How many words the text has."""
    return len(re.findall(r"\w+", text))
