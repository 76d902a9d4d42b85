"""A person's own account."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.accounts import EmailChangeForm, OwnForm, PasswordForm, PressForm
from intake.accounts import links, own, passwords, queries, second_factor, taking_away
from intake.accounts import session as sessions
from intake.accounts.pages import SHOWN, put_error, shown
from intake.accounts.views import bp
from intake.core.i18n import gettext as _
from intake.core.permissions import Permission
from intake.web.access import principal, requires
from models.enums import TokenPurpose


def _back(**query: str) -> ResponseReturnValue:
    return redirect(url_for("accounts.own", **query), HTTPStatus.SEE_OTHER)  # type: ignore[arg-type]


@bp.route("/cuenta/", endpoint="own")
@requires(Permission.ACCOUNT_OWN)
def own_page() -> ResponseReturnValue:
    """Own data, posts, protection."""
    person = queries.user(principal().user_id or 0)
    return shown(
        "own",
        person=person,
        holdings=queries.holdings_of(person.id),
        is_current=queries.is_current,
        codes_left=second_factor.codes_left(person.id) if person.totp_enabled_at else None,
    )


@bp.route("/cuenta/datos", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN, form=True)
def edit() -> ResponseReturnValue:
    """Name and language."""
    who = principal()
    form = OwnForm(name=who.name, locale=who.locale)
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("edit", status, form=form)
    try:
        own.edit(name=form.name.data or "", locale=form.locale.data, by=who)
    except SHOWN as error:
        return shown("edit", put_error(form, error), form=form)
    flash(_("Sus datos quedaron guardados."), "success")
    return _back(lang=form.locale.data)


@bp.route("/cuenta/correo", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN, form=True)
def ask_email_change() -> ResponseReturnValue:
    """Ask for another address; a link goes to it."""
    form = EmailChangeForm()
    proved = sessions.entered_by_link_within(own.LINK_PROVES_MINUTES)
    page = {"form": form, "ask_current": _ask_current(proved=proved)}
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("email", status, **page)
    try:
        own.request_email_change(
            form.email.data or "", current=form.current_password.data or "", proved=proved, by=principal()
        )
    except SHOWN as error:
        return shown("email", put_error(form, error), **page)
    minutes = links.MINUTES
    flash(_("Le enviamos un enlace al correo nuevo. Ábralo en los próximos %(n)s minutos.", n=minutes), "success")
    return _back()


def _ask_current(*, proved: bool) -> bool:
    return not proved and queries.user(principal().user_id or 0).password_hash is not None


@bp.route("/cuenta/correo/<key:token>", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN, form=True)
def change_email(token: str) -> ResponseReturnValue:
    """Take the new address."""
    form = PressForm()
    if not form.validate_on_submit():
        row = links.look(TokenPurpose.CHANGE_EMAIL, token)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("email_confirm", status, form=form, email=row.email)
    own.change_email(token, by=principal())
    flash(_("Su correo cambió."), "success")
    return _back()


@bp.route("/cuenta/contrasena", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN, form=True)
def password() -> ResponseReturnValue:
    """Change the password; every other session ends."""
    form = PasswordForm()
    proved = sessions.entered_by_link_within(own.LINK_PROVES_MINUTES)
    page = {"form": form, "ask_current": _ask_current(proved=proved), "least": passwords.MIN_CHARACTERS}
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("password", status, **page)
    try:
        person = own.change_password(
            current=form.current_password.data or "", new=form.new_password.data or "", proved=proved, by=principal()
        )
    except SHOWN as error:
        return shown("password", put_error(form, error), **page)
    sessions.enter(person, "password")
    flash(_("Su contraseña cambió y las demás sesiones se cerraron."), "success")
    return _back()


@bp.route("/cuenta/salir-en-todas-partes", methods=["POST"])
@requires(Permission.ACCOUNT_OWN)
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of the account."""
    own.sign_out_everywhere(by=principal())
    sessions.forget()
    flash(_("Se cerraron todas sus sesiones, en todos los dispositivos."), "success")
    return redirect(url_for("accounts.sign_in"), HTTPStatus.SEE_OTHER)


@bp.route("/cuenta/mis-datos.json")
@requires(Permission.ACCOUNT_OWN)
def copy() -> Response:
    """What is kept about the person, to take away."""
    body = json.dumps(taking_away.copy(by=principal()), ensure_ascii=False, indent=2)
    answer = Response(body, mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="mis-datos.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/cuenta/eliminar", methods=["POST"])
@requires(Permission.ACCOUNT_OWN)
def ask_erasure() -> ResponseReturnValue:
    """Ask for the account to be erased."""
    own.ask_erasure(by=principal())
    flash(_("Recibimos su pedido. Le escribimos a su correo con lo que sigue y los plazos."), "success")
    return _back()
