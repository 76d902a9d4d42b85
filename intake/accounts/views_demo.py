"""What only the demonstration has: entering with one click, and reading the mail that it would send."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue

from intake.accounts import demo, mailbox, queries
from intake.accounts.pages import carried, come_in, shown
from intake.accounts.views import bp
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import number_from
from intake.web.access import public
from intake.web.listing import Listing


def _only_demo() -> None:
    if not current_app.config["INTAKE"].demo:
        raise NotFound(_l("Esta página solo existe en la demostración."))


@bp.route("/cuenta/demo/<slug:account>", methods=["POST"])
@public()
def enter_demo(account: str) -> ResponseReturnValue:
    """Enter as one of the demonstration's people, without password."""
    _only_demo()
    known: Any = demo.BY_SLUG.get(account)
    person = queries.user_by_email(known.email) if known else None
    if person is None or not person.is_demo or person.disabled_at is not None:
        raise NotFound(_l("Esa cuenta de demostración no existe."))
    return come_in(person, "demo", carried())


@bp.route("/correo-demo/")
@public()
def demo_mail() -> ResponseReturnValue:
    """The messages of the demonstration, newest first, with their links."""
    _only_demo()
    page = mailbox.messages(number=number_from(request.args.get("pagina")), masked=False)
    return shown("demo_mail", page=Listing(page))
