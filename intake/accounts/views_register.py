"""Opening an account: by oneself, or invited."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash
from flask.typing import ResponseReturnValue

from forms.accounts import InvitationForm, PressForm, RegisterForm
from intake.accounts import links, passwords, signing_in
from intake.accounts.pages import SHOWN, address, carried, first_factor_given, put_error, shown
from intake.accounts.views import bp
from intake.core.i18n import gettext as _
from intake.web.access import public
from intake.web.hooks import chosen_language
from models.enums import TokenPurpose


@bp.route("/cuenta/registro", methods=["GET", "POST"])
@public(form=True)
def register() -> ResponseReturnValue:
    """Ask for an account; the answer is the same whether the address has one or not."""
    form = RegisterForm()
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("register", status, form=form, carried=carried(), least=passwords.MIN_CHARACTERS)
    try:
        signing_in.register(form.to_input(chosen_language()), address=address(), path=carried().path)
    except SHOWN as error:
        return shown("register", put_error(form, error), form=form, carried=carried(), least=passwords.MIN_CHARACTERS)
    return shown("registered", email=form.email.data, minutes=links.MINUTES)


@bp.route("/cuenta/confirmar/<key:token>", methods=["GET", "POST"])
@public(form=True)
def confirm(token: str) -> ResponseReturnValue:
    """Confirm the address and come in: whoever has the mail has the account."""
    form = PressForm()
    if not form.validate_on_submit():
        links.look(TokenPurpose.CONFIRM_EMAIL, token)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("confirm", status, form=form, minutes=links.MINUTES)
    person = signing_in.confirm(token)
    answer = first_factor_given(person, "link")
    flash(_("Su correo quedó confirmado. Ya puede usar su cuenta."), "success")
    return answer


@bp.route("/cuenta/invitacion/<key:token>", methods=["GET", "POST"])
@public(form=True)
def invitation(token: str) -> ResponseReturnValue:
    """Take up an invitation. A person who has an account only presses the button."""
    row, post, known = signing_in.invitation(token)
    is_new = known is None or post is None or known.email_confirmed_at is None
    form = InvitationForm(name=known.name if known else "") if is_new else PressForm()
    page = {"form": form, "post": post, "is_new": is_new, "email": row.email, "least": passwords.MIN_CHARACTERS}
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("invitation", status, **page)
    name, password = (form.name.data, form.password.data) if isinstance(form, InvitationForm) else ("", None)
    try:
        person = signing_in.accept(token, name=name or "", password=password or None, locale=chosen_language())
    except SHOWN as error:
        return shown("invitation", put_error(form, error), **page)
    answer = first_factor_given(person, "link")
    flash(_("Le damos la bienvenida. La invitación quedó aceptada."), "success")
    return answer
