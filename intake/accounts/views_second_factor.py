"""Switching the second factor on and off."""

from __future__ import annotations

import io
from http import HTTPStatus

import segno
from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from forms.accounts import PressForm, SecondFactorForm
from intake.accounts import queries, second_factor
from intake.accounts.pages import SHOWN, put_error, shown
from intake.accounts.views import bp
from intake.core.i18n import gettext as _
from intake.core.permissions import Permission
from intake.web.access import principal, requires


@bp.route("/cuenta/segundo-paso")
@requires(Permission.ACCOUNT_OWN)
def second_factor_page() -> ResponseReturnValue:
    """Where it stands, and the next step."""
    return _page(SecondFactorForm(formdata=None))


def _page(form: SecondFactorForm, status: int = HTTPStatus.OK) -> Response:
    person = queries.user(principal().user_id or 0)
    begun = person.totp_secret is not None and person.totp_enabled_at is None
    return shown(
        "second_factor",
        status,
        person=person,
        form=form,
        begun=begun,
        qr=_qr(second_factor.uri(person)) if begun else "",
        secret=" ".join(_fours(person.totp_secret or "")) if begun else "",
        codes_left=second_factor.codes_left(person.id) if person.totp_enabled_at else None,
        press=PressForm(formdata=None),
    )


def _fours(text: str) -> list[str]:
    return [text[i : i + 4] for i in range(0, len(text), 4)]


def _qr(uri: str) -> Markup:
    """The code as an SVG element without style, which the security policy forbids."""
    out = io.BytesIO()
    segno.make(uri, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        scale=5,
        border=3,
        svgclass="qr",
        lineclass=None,
        light="#fff",
        title=_("Código QR para su aplicación"),
    )
    return Markup(out.getvalue().decode())  # noqa: S704 -- made by segno from our own text


@bp.route("/cuenta/segundo-paso/empezar", methods=["POST"])
@requires(Permission.ACCOUNT_OWN)
def begin_second_factor() -> ResponseReturnValue:
    """Make a secret; the page then shows it."""
    second_factor.begin(principal().user_id or 0, by=principal())
    return redirect(url_for("accounts.second_factor_page"), HTTPStatus.SEE_OTHER)


@bp.route("/cuenta/segundo-paso/activar", methods=["POST"])
@requires(Permission.ACCOUNT_OWN, form=True)
def enrol_second_factor() -> ResponseReturnValue:
    """Switch it on with a first code, and show the recovery codes this once."""
    form = SecondFactorForm()
    if not form.validate():
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        codes = second_factor.enrol(principal().user_id or 0, form.code.data or "", by=principal())
    except SHOWN as error:
        return _page(form, put_error(form, error))
    return shown("recovery_codes", codes=codes)


@bp.route("/cuenta/segundo-paso/codigos", methods=["POST"])
@requires(Permission.ACCOUNT_OWN, form=True)
def renew_recovery_codes() -> ResponseReturnValue:
    """Ten new recovery codes for a fresh code."""
    form = SecondFactorForm()
    if not form.validate():
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        codes = second_factor.renew_recovery_codes(principal().user_id or 0, form.code.data or "", by=principal())
    except SHOWN as error:
        return _page(form, put_error(form, error))
    return shown("recovery_codes", codes=codes)


@bp.route("/cuenta/segundo-paso/desactivar", methods=["POST"])
@requires(Permission.ACCOUNT_OWN, form=True)
def disable_second_factor() -> ResponseReturnValue:
    """Switch it off, for a fresh code or a recovery code."""
    form = SecondFactorForm()
    if not form.validate():
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        second_factor.disable(
            principal().user_id or 0,
            code=form.code.data or "",
            recovery_code=form.recovery_code.data or "",
            by=principal(),
        )
    except SHOWN as error:
        return _page(form, put_error(form, error))
    flash(_("El segundo paso quedó desactivado."), "success")
    return redirect(url_for("accounts.own"), HTTPStatus.SEE_OTHER)
