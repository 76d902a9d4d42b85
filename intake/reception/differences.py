"""Word-level differences between two versions of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SAME, ADDED, REMOVED = "same", "added", "removed"
_PIECES = re.compile(r"\w+|\s+|[^\w\s]")
#: Beyond this many words and signs a text is compared by lines: the comparison takes time with the square of them.
MAX_PIECES = 6_000


@dataclass(frozen=True)
class Piece:
    """A run of text and what became of it: same, added or removed."""

    kind: str
    text: str


def compare(old: str, new: str) -> list[Piece]:
    """The new text with what was added and, in its place, what was removed."""
    before, after = _split(old), _split(new)
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece(SAME, "".join(before[a:b])))
            continue
        if b > a:
            found.append(Piece(REMOVED, "".join(before[a:b])))
        if d > c:
            found.append(Piece(ADDED, "".join(after[c:d])))
    return found


def _split(text: str) -> list[str]:
    pieces = _PIECES.findall(text)
    return pieces if len(pieces) <= MAX_PIECES else text.splitlines(keepends=True)


def changed(old: Mapping[str, Any], new: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, list[Piece]]:
    """The texts that differ, by name."""
    return {n: compare(str(old.get(n) or ""), str(new.get(n) or "")) for n in names if old.get(n) != new.get(n)}
