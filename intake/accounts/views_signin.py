"""The ways in and out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.accounts import LinkForm, MailCodeForm, PressForm, SecondFactorForm, SignInForm
from intake.accounts import demo, links, second_factor, signing_in
from intake.accounts import session as sessions
from intake.accounts.pages import SHOWN, address, carried, come_in, first_factor_given, put_error, shown
from intake.accounts.views import bp
from intake.web.access import principal, public
from intake.web.hooks import chosen_language
from models.enums import TokenPurpose


@bp.route("/cuenta/entrar", methods=["GET", "POST"])
@public(form=True)
def sign_in() -> ResponseReturnValue:
    """Sign in by password. A POST without address comes from the page of an ended session and only opens the form."""
    form = SignInForm()
    if request.method == "GET" and principal().is_signed_in:
        return redirect(carried().path or url_for("accounts.own"))
    if request.method == "GET" or "email" not in request.form:
        return _sign_in_page(SignInForm(formdata=None))
    if not form.validate():
        return _sign_in_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        person = signing_in.by_password(form.email.data or "", form.password.data or "", address=address())
    except SHOWN as error:
        return _sign_in_page(form, put_error(form, error))
    return first_factor_given(person, "password")


def _sign_in_page(form: SignInForm, status: int = HTTPStatus.OK) -> Response:
    config = current_app.config["INTAKE"]
    shared: dict[str, Any] = {"accounts": (), "demo_password": ""}
    if config.demo:
        shared = {"accounts": demo.ACCOUNTS, "demo_password": demo.shared_password(config.instance_path)}
    return shown("sign_in", status, form=form, carried=carried(), **shared)


@bp.route("/cuenta/entrar/enlace", methods=["GET", "POST"])
@public(form=True)
def ask_link() -> ResponseReturnValue:
    """Mail a link and a code; the answer is the same for every address."""
    form = LinkForm()
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() and "email" in request.form else HTTPStatus.OK
        return shown("ask_link", status, form=form, carried=carried())
    try:
        email = signing_in.request_link(
            form.email.data or "", address=address(), locale=chosen_language(), path=carried().path
        )
    except SHOWN as error:
        return shown("ask_link", put_error(form, error), form=form, carried=carried())
    return _code_page(MailCodeForm(formdata=None, email=email))


def _code_page(form: MailCodeForm, status: int = HTTPStatus.OK) -> Response:
    return shown("link_sent", status, form=form, carried=carried(), minutes=links.MINUTES)


@bp.route("/cuenta/entrar/codigo", methods=["POST"])
@public(form=True)
def use_mail_code() -> ResponseReturnValue:
    """Sign in with the code typed from the mail."""
    form = MailCodeForm()
    if not form.validate():
        return _code_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        person = signing_in.by_code(form.email.data or "", form.code.data or "", address=address())
    except SHOWN as error:
        return _code_page(form, put_error(form, error))
    return first_factor_given(person, "code")


@bp.route("/cuenta/enlace/<key:token>", methods=["GET", "POST"])
@public(form=True)
def use_link(token: str) -> ResponseReturnValue:
    """GET shows a button, because programs that scan mail follow links; POST uses the link up."""
    form = PressForm()
    if not form.validate_on_submit():
        links.look(TokenPurpose.SIGN_IN, token)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("use_link", status, form=form, carried=carried())
    return first_factor_given(signing_in.by_link(token), "link")


@bp.route("/cuenta/codigo", methods=["GET", "POST"])
@public(form=True)
def second_step() -> ResponseReturnValue:
    """The second factor: a code of the application, or a recovery code."""
    waiting = sessions.pending()
    if waiting is None:
        return redirect(url_for("accounts.sign_in", siguiente=carried().path or None), HTTPStatus.SEE_OTHER)
    form = SecondFactorForm()
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
        return shown("second_step", status, form=form, carried=carried())
    try:
        person = second_factor.check(waiting[0], code=form.code.data or "", recovery_code=form.recovery_code.data or "")
    except SHOWN as error:
        return shown("second_step", put_error(form, error), form=form, carried=carried())
    return come_in(person, waiting[1], carried())


@bp.route("/cuenta/salir", methods=["POST"])
@public()
def sign_out() -> ResponseReturnValue:
    """End the session, the proposals opened by code included: the computer may be shared."""
    sessions.forget()
    return redirect(url_for("reports.home"), HTTPStatus.SEE_OTHER)
