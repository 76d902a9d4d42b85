"""One mapping from what went wrong to a status and a page; for ``.json`` and ``/api/`` a problem (RFC 9457)."""

from __future__ import annotations

import contextlib
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, current_app, g, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError
from werkzeug.routing import RoutingException

from intake.core import errors, space
from intake.core.context import request_id
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.extensions import db
from intake.web.filters import fecha
from intake.web.typed import SECRET_FIELDS, of_ours, texts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

log = structlog.get_logger()

STATUS: dict[type[errors.IntakeError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Gone: HTTPStatus.GONE,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.SignInNeeded: HTTPStatus.UNAUTHORIZED,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.StageClosed: HTTPStatus.CONFLICT,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
}
TITLES: dict[int, Any] = {
    400: _l("No entendimos lo que se envió"),
    401: _l("Necesita entrar con su cuenta"),
    403: _l("Su cuenta no tiene permiso para esto"),
    404: _l("No encontramos esta página"),
    405: _l("Esta dirección no admite esa acción"),
    409: _l("Esto ya cambió"),
    410: _l("Esto fue retirado"),
    413: _l("Lo que se envió pesa demasiado"),
    422: _l("Hay algo que corregir"),
    429: _l("Demasiados intentos seguidos"),
    500: _l("Algo falló de nuestro lado"),
    503: _l("El servicio no está disponible"),
    507: _l("Ahora no podemos guardar"),
}
MESSAGES: dict[int, Any] = {
    400: _l("Vuelva atrás e inténtelo de nuevo. Nada se guardó."),
    404: _l("Revise la dirección, o búsquela desde la página de inicio."),
    405: _l("Vuelva a la página anterior y use sus botones."),
    413: _l("El límite es de 10 MB por archivo y 12 MB en total. Vuelva atrás: lo que escribió sigue en su navegador."),
    500: _l("Ya quedó registrado. Si nos escribe, díganos el número de referencia."),
    507: _l(
        "El disco del servidor está lleno o no responde. No se guardó nada, tampoco a medias. Inténtelo más tarde."
    ),
}
#: Seconds after which it is worth trying again where there was no room.
ROOM_AGAIN = 120
#: A piece of an address that opens something: the key of a draft, the token of a mailed link.
_SECRET_PIECE = re.compile(r"(?<=/)[A-Za-z0-9_-]{32,}(?=[/.]|$)")


def install(app: Flask) -> None:
    """Attach the handlers."""
    app.register_error_handler(errors.IntakeError, on_refusal)
    app.register_error_handler(CSRFError, on_forgery)
    app.register_error_handler(RequestEntityTooLarge, on_http)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_failure)


def wants_json() -> bool:
    """Whether a machine is asking."""
    return request.path.endswith(".json") or request.path.startswith("/api/")


def on_refusal(error: errors.IntakeError) -> ResponseReturnValue:
    """An expected refusal of our own."""
    db.session.rollback()
    if isinstance(error, errors.SignInNeeded) and not wants_json():
        return _ask_to_sign_in(error)
    return page(status_of(error), error.message, code=error.code, **error.details)


def status_of(error: errors.IntakeError) -> HTTPStatus:
    """The status that a refusal answers with."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.BAD_REQUEST)


def _ask_to_sign_in(error: errors.SignInNeeded) -> ResponseReturnValue:
    """Send a reader to sign in; keep in the page what a writer had typed when the session ended."""
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("accounts.sign_in", siguiente=request.full_path.rstrip("?")))
    body = render_template(
        "errors/session_expired.html",
        message=error.message,
        typed=_typed(),
        path=request.full_path.rstrip("?"),
        ended=g.get("session_ended", False),
    )
    return body, HTTPStatus.UNAUTHORIZED


def _typed() -> list[tuple[str, str]]:
    """What the person had typed into a form of ours, to go on with it."""
    return [(k, v) for k, v in request.form.items(multi=True) if k not in SECRET_FIELDS] if of_ours() else []


def on_forgery(_error: CSRFError) -> ResponseReturnValue:
    """A button was pressed with an old or foreign token."""
    db.session.rollback()
    return page(
        HTTPStatus.BAD_REQUEST,
        _l("La página llevaba mucho tiempo abierta. Vuelva atrás, recárguela y pulse el botón otra vez. Nada cambió."),
        code="forgery",
    )


def on_http(error: HTTPException) -> ResponseReturnValue:
    """Werkzeug's own refusals."""
    db.session.rollback()
    if error is request.routing_exception and (address := without_slash()):
        return redirect(address, HTTPStatus.MOVED_PERMANENTLY)
    if error.response is not None or error.code is None or isinstance(error, SecurityError):
        return error  # a foreign host gets no page of ours: its links would lead there
    answer = page(HTTPStatus(error.code), MESSAGES.get(error.code, _l("La petición no se pudo atender.")), code="http")
    kept = [(k, v) for k, v in error.get_headers() if k.lower() in {"allow", "retry-after", "location"}]
    return (*answer, kept)


def without_slash() -> str | None:
    """The address of a page asked for with a slash too many, None if there is no such page.

    The other way round, Werkzeug adds the slash that is missing.
    """
    path = request.path.rstrip("/")
    if request.method not in {"GET", "HEAD"} or path in {"", request.path}:
        return None
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RoutingException):
        return None
    query = request.query_string.decode("ascii", "replace")
    return f"{request.script_root}{path}{'?' if query else ''}{query}"


def on_failure(error: Exception) -> ResponseReturnValue:
    """Our fault: the person gets a reference, the log gets the trace under the same reference."""
    db.session.rollback()
    with contextlib.suppress(OSError):  # where the disk is full the log may be, too
        log.error("request failed", path=_SECRET_PIECE.sub("…", request.path), method=request.method, exc_info=error)
    if space.is_lacking(error):
        return _without_room()
    try:
        return page(HTTPStatus.INTERNAL_SERVER_ERROR, MESSAGES[500], code="failure")
    except Exception:  # noqa: BLE001 -- the page itself may be what fails: the database may be gone
        body = render_template(
            "errors/plain.html", title=TITLES[500], message=MESSAGES[500], reference=request_id.get()
        )
        return body, HTTPStatus.INTERNAL_SERVER_ERROR


def _without_room() -> ResponseReturnValue:
    """Nothing can be written. What was typed travels with the page, so that one press tries again."""
    status, message = HTTPStatus.INSUFFICIENT_STORAGE, MESSAGES[507]
    later = {"Retry-After": str(ROOM_AGAIN)}
    if wants_json() or request.method != "POST":
        return (*page(status, message, code="no_room"), later)
    body = render_template(
        "errors/no_room.html",
        heading=TITLES[507],
        message=message,
        typed=_typed(),
        texts=texts() if of_ours() else [],
        path=request.full_path.rstrip("?"),
        reference=request_id.get(),
    )
    return body, status, later


def page(status: HTTPStatus, message: Any, *, code: str, **details: Any) -> tuple[Any, HTTPStatus]:
    """The error as a page or as a problem document."""
    title = TITLES.get(status, _l("No se pudo completar"))
    if wants_json():
        problem = jsonify(
            type="about:blank",
            title=str(title),
            status=int(status),
            detail=str(message),
            code=code,
            reference=request_id.get(),
        )
        problem.mimetype = "application/problem+json"
        return problem, status
    body = render_template(
        "errors/error.html",
        code=int(status),
        heading=title,
        message=message,
        details=lines_about(details),
        reference=request_id.get(),
        back_url=_back(),
        typed=texts() if of_ours() else [],
    )
    return body, status


def _back() -> str:
    """The page of ours where a refused form was, or nothing."""
    origin, referrer = request.host_url, request.referrer or ""
    return referrer if request.method == "POST" and referrer.startswith(origin) else ""


def lines_about(details: dict[str, Any]) -> list[str]:
    """What a person should know beyond the message: when the stage was open and what comes next, who changed what."""
    lines: list[str] = [str(line) for line in details.get("lines", ())]
    if (stage := details.get("stage")) is not None:
        dates = {"opens": fecha(stage.opens_on), "closes": fecha(stage.closes_on), "name": label(stage.kind)}
        lines.append(str(_("%(name)s: del %(opens)s al %(closes)s.", **dates)))
    if (following := details.get("following")) is not None:
        words = {"name": label(following.kind), "opens": fecha(following.opens_on)}
        lines.append(
            str(
                _("Ahora está en curso: %(name)s.", **words)
                if following.is_open
                else _("Lo que sigue: %(name)s, desde el %(opens)s.", **words)
            )
        )
    return lines
