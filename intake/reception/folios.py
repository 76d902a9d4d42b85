"""A folio as people write it."""

from __future__ import annotations

import re
import unicodedata

DIGITS = 5
#: Letters that stand for digits in what is copied by hand.
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1"})
_IN_ADDRESS = re.compile(r"/(?:PROPUESTAS|SEGUIMIENTO)/([^/?#\s]+)")
_WHOLE = re.compile(r"([A-Z]{2,8}[0-9]{0,4})[\s\-.·_/]+([0-9OIL]{1,6})")
_NUMBER = re.compile(r"[0-9OIL]{1,6}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def folio_name(plan_code: str, number: int) -> str:
    """A folio as it is stored and printed: ``PAGA3-00119``."""
    return f"{plan_code}-{number:0{DIGITS}d}"


def folio_of(text: str, current_plan_code: str, *, least_digits: int = DIGITS) -> str | None:
    """The folio that a text means, as it is stored (``PAGA3-00119``); None where it is something else.

    Capitals, separators, missing zeros and look-alike letters make no difference; an address of ours is read too. A
    number alone, of at least ``least_digits``, is one of the plan under way.
    """
    given = unicodedata.normalize("NFKC", text).translate(_DASHES).upper().strip().strip("#«»\"'.,;:")
    if found := _IN_ADDRESS.search(given):
        given = found[1]
    code = current_plan_code.upper()
    if whole := _WHOLE.fullmatch(given):
        return _made(whole[1], whole[2])
    if code and given.startswith(code) and _NUMBER.fullmatch(given[len(code) :]):
        return _made(code, given[len(code) :])
    if code and len(given) >= least_digits and _NUMBER.fullmatch(given):
        return _made(code, given)
    return None


def _made(code: str, number: str) -> str | None:
    """None where no real digit stands in the number: those are words."""
    if not any(c.isdigit() for c in number):
        return None
    return folio_name(code, int(number.translate(_CONFUSED)))
