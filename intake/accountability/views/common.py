"""What the room's views share: the blueprint, loaders, and errors of services put on the fields of forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, redirect, request, url_for

from intake.accountability import queries
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, can
from intake.plans import queries as plans
from intake.web.access import principal

if TYPE_CHECKING:
    from werkzeug.wrappers import Response
    from wtforms import Field
    from wtforms.form import BaseForm

    from intake.core.errors import IntakeError, Invalid
    from models import Commitment

bp = Blueprint("accountability", __name__)
UNPROCESSABLE, CONFLICT = 422, 409


def readable(reference: str, **_rest: Any) -> Commitment:
    """The commitment with everything its page shows; a draft does not exist for those who may not read it."""
    commitment = queries.by_reference(reference)
    if not can(principal(), Permission.COMMITMENT_READ, commitment):
        raise NotFound(
            _l("Este compromiso todavía está en redacción y no es público. Si participa en él, entre con su cuenta.")
        )
    g.plan = commitment.plan
    return commitment


def changeable(reference: str, **_rest: Any) -> Commitment:
    """The commitment as services need it."""
    return queries.named(reference)


def argument(name: str) -> Any:
    """An argument of the address beside the reference."""
    return (request.view_args or {})[name]


def show_bar(commitment: Commitment) -> Commitment:
    """Name the commitment's plan, with its stages, in the header of the page."""
    g.plan = plans.by_code(commitment.plan.code)
    return commitment


def to_page(commitment: Commitment, anchor: str = "") -> Response:
    """Back to the commitment's page, after a change."""
    return redirect(url_for("accountability.show", reference=commitment.reference, _anchor=anchor or None))


def attach(form: BaseForm, error: Invalid, rows: list[int] | None = None) -> None:
    """Put a service's refusal on the field it names, else on the form.

    ``evidence-<i>-<part>`` names the i-th piece given; ``rows`` says in which row of the form each stands.
    """
    field = _named(form, error.field or "", rows or [])
    if field is None:
        form.form_errors = [*form.form_errors, str(error.message)]
        return
    field.errors = [*field.errors, str(error.message)]


def _named(form: BaseForm, name: str, rows: list[int]) -> Field | None:
    head, _, rest = name.partition("-")
    if not rest:
        return form._fields.get(head)
    index, _, part = rest.partition("-")
    place = rows[int(index)] if int(index) < len(rows) else int(index)
    outer: Any = form._fields[head]
    outer.errors = [*outer.errors, {}]  # so that the summary looks into its rows
    return outer.entries[place].form._fields[part]  # type: ignore[no-any-return]


def refuse(form: BaseForm, error: IntakeError) -> None:
    """Put a refusal that names no field on the form, with its reasons."""
    lines = [str(line) for line in error.details.get("lines", ())]  # type: ignore[attr-defined]  # a sequence of texts
    form.form_errors = [*form.form_errors, str(error.message), *lines]
