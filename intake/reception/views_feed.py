"""The news of a list of proposals as an Atom feed (RFC 4287): of a plan, a theme, a territory, or any other filters."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Response, render_template, request, url_for

from intake.core import mail
from intake.core.i18n import gettext as _
from intake.core.i18n import language
from intake.core.labels import label
from intake.reception import filterpanel, queries
from intake.reception.blueprint import bp
from intake.reception.inputs import Filters, public_status
from intake.reception.queries.news import Act
from intake.web.access import principal, public
from intake.web.reuse import ENDLESS, remembered

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from markupsafe import Markup

#: When nothing has happened yet: a feed must say some moment, and one that does not change.
BEGINNING = datetime(2019, 1, 1, tzinfo=UTC)
#: What XML 1.0 cannot say, however it is escaped.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Entry(NamedTuple):
    """A proposal in a feed. Its address is also its name for ever."""

    url: str
    title: str
    language: str
    published: datetime
    updated: datetime
    summary: str
    categories: list[str]


@bp.route("/propuestas/novedades.atom")
@public()
def feed() -> ResponseReturnValue:
    """What last happened in the list that the filters show, for readers of news; asked again, only if it changed."""
    filters = Filters.parse(request.args)
    address = filterpanel.feed_url()
    body, updated = remembered(f"feed {address}", lambda: _drawn(filters, address), shelf=ENDLESS)
    answer = Response(body, content_type="application/atom+xml; charset=utf-8")
    answer.last_modified = updated
    answer.add_etag()
    if not principal().is_signed_in:  # what somebody with an account asks for is kept nowhere
        answer.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    return answer.make_conditional(request)


def _drawn(filters: Filters, address: str) -> tuple[str, datetime]:
    entries = [_entry(found) for found in queries.news(filters)]
    updated = max((entry.updated for entry in entries), default=BEGINNING)
    body = render_template(
        "reception/news.xml",
        title=_title(),
        subtitle=_("Propuestas que llegaron, se unieron a otras, se retiraron o tienen respuesta."),
        here=mail.url_of(address),
        page=mail.url_of(filterpanel.list_url()),
        updated=updated,
        entries=entries,
    )
    return _UNSAYABLE.sub("", body), updated


def _title() -> str:
    """The list in words, with its filters."""
    options = filterpanel.selects(remembered("proposal choices", queries.choices), defaultdict(dict))
    words = [_plain(chip.label) for chip in filterpanel.chips(options)]
    return " · ".join([_("Propuestas ciudadanas"), *words])


def _plain(words: str | Markup) -> str:
    return words.striptags() if hasattr(words, "striptags") else words


def _joining(found: queries.News) -> str:
    """What joining last did to it, in words; "" where something else happened last."""
    words = {
        Act.ASKED_TO_JOIN: _("Se preguntó a quien la presentó si la une a %(folio)s", folio=found.other),
        Act.JOINED: _("Unida a la propuesta colectiva %(folio)s", folio=found.other),
        Act.SEPARATED: _("Salió de la propuesta colectiva %(folio)s", folio=found.other),
        Act.GAINED: _("Se le unió %(folio)s", folio=found.other),
        Act.LOST: _("%(folio)s salió de ella", folio=found.other),
    }
    return str(words.get(found.act, ""))


def _entry(found: queries.News) -> Entry:
    row: Any = found.row
    theme = row.theme_en if language() == "en" else row.theme_es
    state = str(label(public_status(row.status)))
    return Entry(
        url=mail.url_of(url_for("reception.show", folio=row.folio)),
        title=row.title,
        language=row.language,
        published=row.submitted_at,
        updated=found.happened_at,
        summary=" · ".join(part for part in (row.folio, _joining(found), state, row.place, row.excerpt) if part),
        categories=[name for name in (state, theme, row.place) if name],
    )
