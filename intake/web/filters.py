"""The filters of templates: how values look (`intake.core.formats`), what people wrote, and in which language it is."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from intake.core import formats
from intake.core.i18n import language, localized
from intake.core.labels import label, tone
from intake.web.spoken import language_of

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


#: Templates are written in Spanish: `intake.core.formats` under the names that they use.
fecha = formats.day
fecha_hora = formats.day_and_time
fecha_hora_galapagos = formats.day_and_time_in_galapagos
hora = formats.time
hora_galapagos = formats.time_in_galapagos
numero = formats.number
porcentaje = formats.percentage
dolares = formats.dollars
lista = formats.listing


def fecha_corta(value: date | datetime | None) -> str:
    """A day, short: "12 dic. 2026"."""
    return fecha(value, "medium")


def iso(value: date | datetime | None) -> str:
    """For the ``datetime`` attribute of ``<time>``."""
    return "" if value is None else value.isoformat()


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
