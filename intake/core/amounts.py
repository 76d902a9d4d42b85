"""Amounts of money as people write them in Ecuador and elsewhere."""

from __future__ import annotations

import re
from decimal import Decimal

_IDLE = re.compile(r"[\s\u00a0\u202f$]|USD", re.IGNORECASE)
_GROUPED = r"\d{1,3}(?:%s\d{3})+"
_THOUSANDS = re.compile(rf"{_GROUPED % r'[.]'}|{_GROUPED % ','}")
#: Whole part, plain or grouped by the other sign, then one or two decimals.
_WITH_CENTS = re.compile(
    rf"(?P<whole>\d+|{_GROUPED % r'[.]'}(?=,)|{_GROUPED % ','}(?=[.]))(?:[.,](?P<cents>\d{{1,2}}))?"
)


def parse(text: str) -> Decimal | None:
    """The amount: "1.234,56", "1,234.56", "1234.56", "48.000", "USD 48 000,5"; None if it is none of these.

    One separator before exactly three digits groups thousands ("48.000" is forty-eight thousand); before one or two
    digits it begins the cents.
    """
    plain = _IDLE.sub("", text)
    if _THOUSANDS.fullmatch(plain) and not plain.startswith("0"):
        return Decimal(re.sub("[.,]", "", plain))
    found = _WITH_CENTS.fullmatch(plain)
    if found is None:
        return None
    return Decimal(f"{re.sub('[.,]', '', found['whole'])}.{found['cents'] or 0}")
