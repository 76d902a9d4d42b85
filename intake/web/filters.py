"""How values look: dates, numbers and percentages of the reader's language, times in Ecuador."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import format_datetime, get_locale
from markupsafe import Markup, escape

from intake.core import clock
from intake.core.i18n import language, localized
from intake.core.labels import label, tone
from intake.web.spoken import language_of

if TYPE_CHECKING:
    from collections.abc import Iterable

UNKNOWN = "—"
_ADDRESS = re.compile(r"(https?://[^\s<>\"']+[^\s<>\"'.,;:!?()\[\]{}»])")


def install(app: Flask) -> None:
    """Attach the filters to templates, and the two functions that say in which language a text is."""
    app.jinja_env.filters.update(
        fecha=fecha,
        fecha_corta=fecha_corta,
        fecha_hora=fecha_hora,
        hora=hora,
        fecha_hora_galapagos=fecha_hora_galapagos,
        hora_galapagos=hora_galapagos,
        numero=numero,
        porcentaje=porcentaje,
        lista=lista,
        label=label,
        tone=tone,
        parrafos=parrafos,
        con_enlaces=con_enlaces,
        iso=iso,
        dolares=dolares,
        lang=lang,
    )
    app.jinja_env.globals.update(lang_attr=lang_attr, said=said)


def fecha(value: date | datetime | None, style: str = "long") -> str:
    """A day in words: "12 de diciembre de 2026"; a dash for none."""
    if value is None:
        return UNKNOWN
    return _day(clock.local(value).date() if isinstance(value, datetime) else value, style, get_locale() or "es")


@lru_cache(maxsize=5_000)
def _day(day: date, style: Any, locale: Any) -> str:
    """Pages name the same few days again and again; formatting one costs more than drawing the row it stands in."""
    return format_date(day, style, locale=locale)


def fecha_corta(value: date | datetime | None) -> str:
    """A day, short: "12 dic. 2026"."""
    return fecha(value, "medium")


def fecha_hora(value: datetime | None) -> str:
    """A day and time of Ecuador: "30 de noviembre de 2026, 09:00"."""
    if value is None:
        return UNKNOWN
    return _day_and_time(clock.local(value))


def fecha_hora_galapagos(value: datetime) -> str:
    """A day and time of Galápagos."""
    return _day_and_time(clock.in_galapagos(value))


def hora_galapagos(value: datetime) -> str:
    """A time of Galápagos."""
    return str(format_datetime(clock.in_galapagos(value), "HH:mm", rebase=False))


def _day_and_time(wall: datetime) -> str:
    pattern = "d MMMM y, HH:mm" if language() == "en" else "d 'de' MMMM 'de' y, HH:mm"
    return str(format_datetime(wall, pattern, rebase=False))


def hora(value: datetime | None) -> str:
    """A time of Ecuador: "13:00"."""
    return UNKNOWN if value is None else str(format_datetime(clock.local(value), "HH:mm", rebase=False))


def iso(value: date | datetime | None) -> str:
    """For the ``datetime`` attribute of ``<time>``."""
    return "" if value is None else value.isoformat()


def numero(value: float | Decimal | None, digits: int = 0) -> str:
    """A number with the language's separators and at most ``digits`` decimals."""
    if value is None:
        return UNKNOWN
    return _number(value, digits, get_locale() or "es")


@lru_cache(maxsize=5_000)
def _number(value: float | Decimal, digits: int, locale: Any) -> str:
    """Small whole numbers come again and again, and reading a pattern takes longer than looking one up."""
    return format_decimal(value, "#,##0" + ("." + "#" * digits if digits else ""), locale=locale)


def porcentaje(value: float | Decimal | None, digits: int = 1) -> str:
    """A percentage from 0 to 100: "38,5 %"."""
    return UNKNOWN if value is None else f"{numero(value, digits)}\N{NO-BREAK SPACE}%"


def dolares(value: float | Decimal | None) -> str:
    """An amount in United States dollars, Ecuador's currency: cents are two digits, or left out when there are none."""
    if value is None:
        return UNKNOWN
    pattern = "#,##0" if value == int(value) else "#,##0.00"
    return f"USD\N{NO-BREAK SPACE}{format_decimal(value, pattern, locale=get_locale() or 'es')}"


def lista(values: Iterable[Any]) -> str:
    """A list in a sentence: "a, b y c"."""
    return format_list([str(v) for v in values], locale=get_locale() or "es")


def parrafos(text: str | None) -> Markup:
    """What a person wrote, escaped, in paragraphs (blank lines) and lines."""
    blocks = [b for b in (text or "").split("\n\n") if b.strip()]
    return Markup("").join(  # every block is escaped below
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in b.strip().split("\n"))) for b in blocks
    )


def con_enlaces(text: str | None) -> Markup:
    """As `parrafos`, with addresses of the web as links that search engines do not follow and that learn nothing."""
    return Markup("").join(  # every piece is escaped below
        Markup("<p>{}</p>").format(Markup("<br>").join(_linked(line) for line in block.strip().split("\n")))
        for block in (text or "").split("\n\n")
        if block.strip()
    )


def _linked(line: str) -> Markup:
    """Text and addresses in turn; a stop or bracket that ends a sentence is no part of the address."""
    link = Markup('<a href="{0}" rel="nofollow ugc noopener noreferrer">{0}</a>')
    pieces = _ADDRESS.split(line)
    return Markup("").join(link.format(piece) if n % 2 else escape(piece) for n, piece in enumerate(pieces))


def lang(text: str | None, code: str = "es") -> str:
    """A text of the database in a ``<span>`` that says its language, where the page is in another one.

    ``code`` is "es" or "qu": what citizens and institutions write has no English.
    """
    if not text or code == language_of(language()):
        return text or ""
    return Markup('<span lang="{}">{}</span>').format(code, text)


def lang_attr(code: str = "es") -> str:
    """The same as an attribute, for an element that holds nothing else: `` lang="es"``, or nothing."""
    return "" if code == language_of(language()) else Markup(' lang="{}"').format(code)


def said(thing: Any, name: str) -> str:
    """`localized`, its language said where the text does not exist in that of the page."""
    text = localized(thing, name)
    return lang(text) if text and text == getattr(thing, f"{name}_es", None) else text
