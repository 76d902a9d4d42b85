"""What in a public text looks like somebody's telephone, mail or identity card. Only a hint: it refuses nothing."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAIL = re.compile(r"[^\s@<>()\"',;]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
#: Seven to thirteen digits, written together or in groups.
_NUMBER = re.compile(r"(?<![\w.,])\+?\(?\d(?:[ .()-]{0,2}\d){6,12}(?!\w)")
#: National numbers of Ecuador: mobiles 09…, landlines with the code of their province (02 to 07).
_TELEPHONE = re.compile(r"(?:00593|593|0)(?:9\d{8}|[2-7]\d{7})")
_CARD_DIGITS = 10
_PROVINCES = {*range(1, 25), 30}  # 30: registered abroad
_MOST_CAPITALS = 0.8
_SHOUTED_LETTERS = 60


class Kind(StrEnum):
    """What was seen."""

    PHONE = "phone"
    MAIL = "mail"
    CARD = "card"


def is_card(digits: str) -> bool:
    """Whether ten digits are a valid "cédula": a province, a third digit below six, and the check digit (modulo 10)."""
    if len(digits) != _CARD_DIGITS or int(digits[:2]) not in _PROVINCES or int(digits[2]) > 5:
        return False
    doubled = [int(d) * (2 if n % 2 == 0 else 1) for n, d in enumerate(digits[:9])]
    return (10 - sum(d - 9 if d > 9 else d for d in doubled) % 10) % 10 == int(digits[9])


def seen_in(text: str) -> list[Kind]:
    """The kinds of personal data that a text seems to hold, each once."""
    found = [Kind.MAIL] if _MAIL.search(text) else []
    for match in _NUMBER.findall(text):
        digits = re.sub(r"\D", "", match)
        if is_card(digits[:_CARD_DIGITS]) and len(digits) in {_CARD_DIGITS, 13}:  # alone, or as a taxpayer's number
            found.append(Kind.CARD)
        elif _TELEPHONE.fullmatch(digits):
            found.append(Kind.PHONE)
    return [kind for kind in Kind if kind in found]


def seen(texts: Mapping[str, str]) -> dict[str, list[Kind]]:
    """What each named text seems to hold, without those that hold nothing."""
    return {name: kinds for name, text in texts.items() if (kinds := seen_in(text))}


def shouted(texts: Mapping[str, str]) -> list[str]:
    """The names of long texts that are almost all in capitals."""
    return [name for name, text in texts.items() if _is_shouted([c for c in text if c.isalpha()])]


def _is_shouted(letters: list[str]) -> bool:
    return len(letters) > _SHOUTED_LETTERS and sum(c.isupper() for c in letters) > _MOST_CAPITALS * len(letters)
