"""From a queued message to what a person reads: one text template a kind, in the language of the reader.

A template begins with ``Asunto: …``, then an empty line, then the body in plain words. The HTML part is made of the
same text, so that both say the same. Dates arrive as ISO 8601 text (the outbox keeps JSON); the filters here write
them out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from intake.core import formats
from intake.core.i18n import CATALOGUES, HTML_LANG, force_locale, gettext, plural_form
from intake.core.labels import label
from models import enums

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
#: Names under which a message's context carries what opens something; masked wherever somebody else may read.
SECRETS = frozenset(
    {"link", "token", "code", "claim_code", "claim", "draft_link", "draft_key", "recovery_code", "unsubscribe"}
)
MASK = "••••••••"
_SUBJECT = re.compile(r"\s*(?:asunto|subject)\s*:\s*", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_SECRET_PIECE = re.compile(r"(?<=[/=])[A-Za-z0-9_-]{20,}")
_base_url = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Mail:
    """A message ready to be sent: one line of subject, the text, and the same as HTML."""

    subject: str
    text: str
    html: str


def configure(base_url: str) -> None:
    """Say under which address people find the site; links in messages begin with it."""
    global _base_url  # noqa: PLW0603 -- one site per process, chosen at start
    _base_url = base_url.rstrip("/")


def url_of(path: str) -> str:
    """The full address of a path, wherever it leaves the page: in messages, codes to scan, feeds, copied links."""
    return f"{_base_url}{path}"


def exists(kind: str) -> bool:
    """Whether a kind of message has its template."""
    return (TEMPLATES / "mail" / f"{kind}.txt").is_file()


def render(kind: str, locale: str, context: Mapping[str, Any]) -> Mail:
    """Write a message of ``kind`` in the reader's language (es, en or qu; Spanish for anything else).

    Needs an application context for the catalogues. Raises `jinja2.TemplateError` on a missing template or value and
    `ValueError` where the first line is no subject.
    """
    known = locale if locale in CATALOGUES else "es"
    with force_locale(CATALOGUES[known]):
        values = {**context, "base_url": _base_url, "locale": known, "html_lang": HTML_LANG[known]}
        written = environment().get_template(f"mail/{kind}.txt").render(values)
        subject, text = _parts(kind, written)
        text = environment().get_template("mail/layout.txt").render(body=text, base_url=_base_url).strip() + "\n"
        page = environment().get_template("mail/layout.html")
        html = page.render(subject=subject, paragraphs=_paragraphs(text), html_lang=HTML_LANG[known])
    return Mail(subject, text, html)


def _parts(kind: str, written: str) -> tuple[str, str]:
    first, _newline, rest = written.strip().partition("\n")
    subject, count = _SUBJECT.subn("", first, count=1)
    if not count or not subject.strip():
        raise ValueError(f"templates/mail/{kind}.txt must begin with a line 'Asunto: …'")
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", rest.strip())


def masked(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context without what opens something, for people other than the reader."""
    return {name: MASK if name in SECRETS else _without_secrets(value) for name, value in context.items()}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRET_PIECE.sub(MASK, value) if "://" in value or value.startswith("/") else value
    if isinstance(value, list):
        return [_without_secrets(v) for v in value]
    return masked(value) if isinstance(value, dict) else value


def _paragraphs(text: str) -> list[Markup]:
    """The text's paragraphs, escaped, with our own addresses as links."""
    blocks = [block for block in text.split("\n\n") if block.strip()]
    return [Markup("<br>\n").join(linked(line) for line in block.strip().split("\n")) for block in blocks]


def linked(line: str) -> Markup:
    """A line, escaped, in which addresses of this site are links.

    Titles, names and reasons are written by anybody: an address among them stays text, so that nobody borrows our
    letterhead to send people elsewhere.
    """
    found, at = Markup(""), 0
    for match in _LINK.finditer(line):
        if not is_ours(match.group()):
            continue
        found += escape(line[at : match.start()])
        found += Markup('<a href="{0}">{0}</a>').format(match.group())
        at = match.end()
    return found + escape(line[at:])


def is_ours(address: str) -> bool:
    """Whether an address lies on this site: the base address itself, or below it."""
    rest = address.removeprefix(_base_url)
    return rest != address and (not rest or rest[0] in "/?#")


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Jinja for messages, apart from the pages': texts are not escaped, a missing value is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=lambda name: bool(name) and str(name).endswith(".html"),  # noqa: S701 -- texts are no HTML
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    extended: Any = made  # the extension gives it methods that its type does not know
    extended.install_gettext_callables(gettext, plural_form, newstyle=True)
    made.filters.update(
        fecha=fecha,
        fecha_hora=fecha_hora,
        fecha_hora_galapagos=fecha_hora_galapagos,
        numero=formats.number,
        label=label_of,
    )
    return made


def fecha(value: date | datetime | str | None) -> str:
    """A day in words, of Ecuador; takes what the outbox keeps (ISO 8601), as the others do."""
    if isinstance(value, str):
        value = _moment(value) if "T" in value or not value else date.fromisoformat(value)
    return formats.day(value)


def fecha_hora(value: datetime | str | None) -> str:
    """A day and time of Ecuador."""
    return formats.day_and_time(_moment(value))


def fecha_hora_galapagos(value: datetime | str) -> str:
    """A day and time of Galápagos."""
    return formats.day_and_time_in_galapagos(datetime.fromisoformat(value) if isinstance(value, str) else value)


def _moment(value: datetime | str | None) -> datetime | None:
    if isinstance(value, str):
        return datetime.fromisoformat(value) if value else None
    return value


def label_of(value: str | None, kind: str) -> str:
    """The words for a member of a vocabulary, by the vocabulary's name: ``{{ category|label("Category") }}``."""
    return "—" if not value else label(getattr(enums, kind)(value))
