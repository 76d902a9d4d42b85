"""How days, times, numbers and lists look in the language in force, on pages and in messages alike.

Times are those of Ecuador's mainland unless a name says otherwise. None is a dash.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

from intake.core import clock
from intake.core.i18n import language

UNKNOWN = "—"


def _locale() -> str:
    """Whose separators and names of months: Kichwa's are those of Ecuador's Spanish."""
    return "en_GB" if language() == "en" else "es_EC"


def day(value: date | datetime | None, style: Literal["long", "medium"] = "long") -> str:
    """A day in words: "12 de diciembre de 2026", or "12 dic. 2026"."""
    if value is None:
        return UNKNOWN
    return _day(clock.local(value).date() if isinstance(value, datetime) else value, style, _locale())


@lru_cache(maxsize=5_000)
def _day(value: date, style: Literal["long", "medium"], locale: str) -> str:
    """Pages name the same few days again and again; formatting one costs more than drawing the row it stands in."""
    return format_date(value, style, locale=locale)


def day_and_time(value: datetime | None) -> str:
    """A day and a time of Ecuador: "30 de noviembre de 2026, 09:00"."""
    return UNKNOWN if value is None else _day_and_time(clock.local(value))


def day_and_time_in_galapagos(value: datetime) -> str:
    """The same instant as clocks of Galápagos show it."""
    return _day_and_time(clock.in_galapagos(value))


def _day_and_time(wall: datetime) -> str:
    return _written(wall, "d MMMM y, HH:mm" if language() == "en" else "d 'de' MMMM 'de' y, HH:mm")


def time(value: datetime | None) -> str:
    """A time of Ecuador: "13:00"."""
    return UNKNOWN if value is None else _written(clock.local(value), "HH:mm")


def time_in_galapagos(value: datetime) -> str:
    """The same instant as clocks of Galápagos show it."""
    return _written(clock.in_galapagos(value), "HH:mm")


def _written(wall: datetime, pattern: str) -> str:
    return format_datetime(wall.replace(tzinfo=None), pattern, locale=_locale())


def number(value: float | Decimal | None, digits: int = 0) -> str:
    """A number with the language's separators and at most ``digits`` decimals."""
    return UNKNOWN if value is None else _number(value, "#,##0" + ("." + "#" * digits if digits else ""), _locale())


@lru_cache(maxsize=5_000)
def _number(value: float | Decimal, pattern: str, locale: str) -> str:
    """Small whole numbers come again and again, and reading a pattern takes longer than looking one up."""
    return format_decimal(value, pattern, locale=locale)


def percentage(value: float | Decimal | None, digits: int = 1) -> str:
    """A percentage from 0 to 100: "38,5 %"."""
    return UNKNOWN if value is None else f"{number(value, digits)}\N{NO-BREAK SPACE}%"


def dollars(value: float | Decimal | None) -> str:
    """An amount in United States dollars, Ecuador's currency: cents are two digits, or left out when there are none."""
    if value is None:
        return UNKNOWN
    pattern = "#,##0" if value == int(value) else "#,##0.00"
    return f"USD\N{NO-BREAK SPACE}{_number(value, pattern, _locale())}"


def listing(values: Iterable[Any]) -> str:
    """A list in a sentence: "a, b y c"."""
    return format_list([str(one) for one in values], locale=_locale())
