"""Pages of accounts: the blueprint and what precedes every request; the views stand in modules by subject."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts import session as sessions
from intake.core.errors import Forbidden
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.web.security import SAFE_METHODS

bp = Blueprint("accounts", __name__)
#: Where staff without the demanded second factor may go: their own account, to enrol it.
_ALWAYS = ("/cuenta/", "/salud", "/static/")


@bp.before_app_request
def end_idle_sessions() -> None:
    """A session left alone too long is over; what the request wanted is then asked as a guest."""
    if not sessions.end_when_idle():
        return
    g.session_ended = True
    if request.method in SAFE_METHODS:
        flash(_("Su sesión terminó por falta de uso. Entre otra vez para continuar."), "warning")


@bp.before_app_request
def demand_second_factor() -> ResponseReturnValue | None:
    """Staff enrol a second factor before anything else, where the installation demands it."""
    if request.path.startswith(_ALWAYS) or not sessions.must_enrol():
        return None
    if request.method not in SAFE_METHODS:
        raise Forbidden(_l("Antes de continuar active el segundo paso en su cuenta. Nada cambió."))
    flash(_("Su función exige un segundo paso para entrar. Actívelo para continuar."), "warning")
    return redirect(url_for("accounts.second_factor_page"))


from intake.accounts import (  # noqa: E402 -- they attach their views to the blueprint above
    views_demo,
    views_mail,
    views_posts,
    views_profile,
    views_register,
    views_second_factor,
    views_signin,
)

__all__ = [
    "bp",
    "views_demo",
    "views_mail",
    "views_posts",
    "views_profile",
    "views_register",
    "views_second_factor",
    "views_signin",
]
