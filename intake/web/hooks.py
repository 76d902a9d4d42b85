"""What happens around every request: its reference number, its language, its right to write."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

import structlog
from flask import Flask, abort, current_app, g, has_request_context, request

from intake.core.context import request_id
from intake.core.i18n import CATALOGUES, LANGUAGES
from intake.engine import writing
from intake.web.security import SAFE_METHODS
from intake.web.spoken import language_of

if TYPE_CHECKING:
    from flask import Response

LANGUAGE_COOKIE = "lang"
YEAR_SECONDS = 365 * 24 * 3600
_REFERENCE = re.compile(r"[A-Za-z0-9-]{6,40}")


def install(app: Flask) -> None:
    """Attach the hooks; must come before every other ``before_request``."""
    app.before_request(begin)
    app.before_request(refuse_endless_text)
    app.after_request(remember_language)


def begin() -> None:
    """Give the request its reference, and say whether it may write."""
    behind_proxy = current_app.config["INTAKE"].trusted_proxies > 0  # nobody else may choose what stands in the trace
    given = request.headers.get("X-Request-ID", "") if behind_proxy else ""
    reference = given if _REFERENCE.fullmatch(given) else secrets.token_hex(6).upper()
    request_id.set(reference)
    writing.set(request.method not in SAFE_METHODS)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=reference)
    if "\x00" in request.path or any("\x00" in v for values in request.args.listvalues() for v in values):
        abort(400)  # no text holds it, PostgreSQL refuses it, and nobody types it


def refuse_endless_text() -> None:
    """Forms without files are text: Werkzeug bounds the memory of a multipart form, and this bounds the others'."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def chosen_language() -> str:
    """``?lang=``, else the cookie, else the account's language, else Spanish."""
    if not has_request_context():  # commands and mail: whoever renders a message forces its reader's language
        return "es"
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    kept = request.cookies.get(LANGUAGE_COOKIE, "")
    if kept in LANGUAGES:
        return kept
    own = g.principal.locale if "principal" in g else ""
    return own if own in LANGUAGES else "es"


def select_locale() -> str:
    """Babel's name of the chosen language."""
    return CATALOGUES[chosen_language()]


def remember_language(response: Response) -> Response:
    """Keep the choice made with ``?lang=`` for a year."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure
        )
    response.headers["X-Request-ID"] = request_id.get() or ""
    response.headers["Content-Language"] = language_of(chosen_language())
    return response
