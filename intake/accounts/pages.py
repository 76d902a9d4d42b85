"""What the pages of this room share: errors at their fields, what is carried along, and the way in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for

from forms.base import Form
from intake.accounts import queries, signing_in
from intake.accounts import session as sessions
from intake.accounts.replay import Carried, fields_of, local_path
from intake.core.errors import Conflict, Forbidden, IntakeError, Invalid, TooMany
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.web.typed import of_ours
from models import User
from models.enums import Role

#: What a form shows again with its text kept; everything else has a page of its own.
SHOWN = (Invalid, Conflict, TooMany)


def put_error(form: Form, error: IntakeError) -> HTTPStatus:
    """Put a refusal at its field (or on top) and return the status of the page that shows it."""
    field = getattr(form, error.field, None) if isinstance(error, Invalid) and error.field else None
    if field is None:
        form.form_errors.append(str(error.message))
    else:
        field.errors = [*field.errors, str(error.message)]
    return HTTPStatus.TOO_MANY_REQUESTS if isinstance(error, TooMany) else HTTPStatus.UNPROCESSABLE_ENTITY


def shown(template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """A page that no cache keeps: it may carry tokens, codes or what somebody typed."""
    answer = make_response(render_template(f"accounts/{template}.html", **values), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def carried() -> Carried:
    """What this request carries along.

    Fields only from a page of ours, so that nobody else chooses what a person sends.
    """
    path = local_path(request.values.get("siguiente"))
    if request.method != "POST" or not path or not of_ours() or g.get("csrf_failed"):
        return Carried(path)
    return Carried(path, fields_of(request.form.get("replay")))


def address() -> str:
    """Where the request comes from, for limits."""
    return request.remote_addr or "unknown"


def first_factor_given(person: User, how: str) -> Response:
    """Go on after the first factor: to the second one where it is enrolled, else in."""
    taken = carried()
    if person.totp_enabled_at is None:
        return come_in(person, how, taken)
    sessions.begin_second_factor(person, how)
    if taken.fields:
        from forms.accounts import SecondFactorForm  # noqa: PLC0415 -- only this branch shows a form

        return shown("second_step", form=SecondFactorForm(formdata=None), carried=taken)
    return make_response(redirect(url_for("accounts.second_step", siguiente=taken.path or None), HTTPStatus.SEE_OTHER))


def come_in(person: User, how: str, taken: Carried) -> Response:
    """Begin the session; then to where the person was going, or to the page that sends what was typed.

    The demonstration's people stay out of an installation that is none: their password is public.
    """
    if person.is_demo and not current_app.config["INTAKE"].demo:
        raise Forbidden(_l("Esta cuenta es de la demostración y aquí no se usa."))
    signing_in.note_sign_in(person, how)
    sessions.enter(person, how)
    if taken.fields:
        return shown("continue", carried=taken, title=_("Ya entró: revise y envíe lo que había escrito"))
    return make_response(redirect(taken.path or url_for(_desk_of(person)), HTTPStatus.SEE_OTHER))


#: Where each role's work lies, first come first served; everybody else lands on their own account.
DESKS: tuple[tuple[Role, str], ...] = (
    (Role.DIRECTORATE, "reports.desk"),
    (Role.CORE_GROUP, "selection.index"),
    (Role.ANALYST, "evaluation.index"),
    (Role.REVIEWER, "evaluation.index"),
    (Role.FACILITATOR, "mapping.events"),
    (Role.INSTITUTION, "accountability.owed"),
    (Role.COUNTERPART, "accountability.owed"),
)


def _desk_of(person: User) -> str:
    """The endpoint of the page where this person's work waits."""
    found = queries.principal_of(person.id)
    if found is None:
        return "accounts.own"
    return next((endpoint for role, endpoint in DESKS if found[0].holds(role)), "accounts.own")
