"""Headers on every answer, and the check of every change against forgery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFError

from intake.extensions import csrf
from intake.web.access import access_of, principal

if TYPE_CHECKING:
    from flask import Response

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: What a page that takes files reads before it refuses one, with the text that came beside it.
FILES_BYTES = 48 * 1024 * 1024
#: An address with one of these is the key to what it shows: the page stays in no disk.
SECRETS = ("<key:token>", "<key:code>")
#: No nonce and no inline code at all: every script and style is a file of ours.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_NEVER = "camera=(), microphone=(), payment=()"
#: For the pages where somebody may put the own place on a map, by pressing a button that says so.
WITH_LOCATION = f"geolocation=(self), {_NEVER}"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": f"geolocation=(), {_NEVER}",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install(app: Flask) -> None:
    """Attach both to the application."""
    app.before_request(check_forgery)
    app.after_request(add_headers)


def check_forgery() -> None:
    """Check the token of every unsafe request.

    A view that shows its form again (``form=True``) is let through with a failed check: its form refuses by itself and
    keeps what was typed. Everything else is refused here.
    """
    if request.method in SAFE_METHODS or request.endpoint is None:
        return
    view = access_of(current_app.view_functions.get(request.endpoint))
    if view is not None and view.files and request.mimetype == "multipart/form-data":
        request.max_content_length = FILES_BYTES
    try:
        csrf.protect()
    except CSRFError:
        if view is None or not view.form:
            raise
        g.csrf_failed = True


def add_headers(response: Response) -> Response:
    """Add the headers that a view has not set itself; pages of a session or of a secret link are kept nowhere."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if "Cache-Control" not in response.headers:
        who = principal() if request.endpoint else None
        private = who is None or who.is_signed_in or bool(who.claims) or request.method not in SAFE_METHODS
        private = private or any(part in request.url_rule.rule for part in SECRETS)  # type: ignore[union-attr]
        response.headers["Cache-Control"] = "no-store" if private else "private, no-cache"
    response.vary.add("Cookie")
    return response
