"""The parts of a page that are its reader's own: account, navigation, notices.

All else on an *alike* page (`intake.web.access.public`) is the same for everybody. Such a page is drawn once, as for a
guest and with gaps where the parts stand, kept by `intake.web.reuse`, and filled for each reader. While it is drawn
there is no reader: the principal is a guest, and a page that so much as looked at the session is not kept.
"""

from __future__ import annotations

import dataclasses
import re
import secrets
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g, request, session
from markupsafe import Markup

from intake.core.identity import GUEST
from intake.web.access import principal

if TYPE_CHECKING:
    from flask import Response

#: Nobody outside this process knows it, so no text of a person can be taken for a gap.
_SECRET = secrets.token_hex(16)
_GAP = re.compile(rf"<!--{_SECRET}:([a-z_]+)-->".encode())
#: What a request may have asked for under another principal.
_OF_READER = ("principal", "navigation")


def install(app: Flask) -> None:
    """Let templates place parts: ``part("account")`` is ``templates/frame/account.html``."""
    app.jinja_env.globals["part"] = part


def part(name: str) -> Markup:
    """A part of the frame for this reader, or the gap it will fill."""
    if "reader" in g:
        return Markup(f"<!--{_SECRET}:{name}-->")  # noqa: S704 -- our own constant and a name of ours
    return _draw(name)


def _draw(name: str) -> Markup:
    template: Any = current_app.jinja_env.get_template(f"frame/{name}.html")
    return Markup(template.render(principal=principal(), request=request))  # noqa: S704 -- drawn by a template of ours


def leave_gaps() -> None:
    """From now on the request is answered as to a guest who reads the same language."""
    g.reader = principal()
    g.reader_session = session._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- the proxy's way
    g.reader_session.accessed = False
    g.principal = dataclasses.replace(GUEST, locale=g.reader.locale)


def close() -> bool:
    """Go back to the reader. Whether everything since then was drawn without a look at the session."""
    reader = g.pop("reader")
    blind = not g.reader_session.accessed
    for name in _OF_READER:
        g.pop(name, None)
    g.principal = reader
    return blind


def pieces_of(response: Response) -> tuple[bytes, ...]:
    """The body cut at its gaps: text and names of parts in turn."""
    return tuple(_GAP.split(response.get_data()))


def fill(pieces: tuple[bytes, ...]) -> bytes:
    """A body with this reader's parts."""
    drawn: dict[bytes, bytes] = {}
    for name in pieces[1::2]:
        if name not in drawn:
            drawn[name] = _draw(name.decode()).encode()
    return b"".join(drawn[piece] if n % 2 else piece for n, piece in enumerate(pieces))
