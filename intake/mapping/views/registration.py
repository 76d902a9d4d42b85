"""An organisation registers itself."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.mapping import SelfRegistrationForm
from intake.core import limits
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.limits import Limit
from intake.mapping import duplicates, services
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.web.access import principal, public

REGISTRATIONS = Limit("actor_registration", times=10, minutes=60)
LOOKUPS = Limit("actor_lookup", times=30, minutes=60)


@bp.route("/actores/registro", methods=["GET", "POST"])
@public(form=True)
def register_actor() -> ResponseReturnValue:
    """The form; a record like a known one is asked about before it is kept."""
    form = SelfRegistrationForm()
    common.fill_actor_lists(form)
    similar: list[duplicates.Suggestion] = []
    if request.method == "POST" and not common.is_refresh() and form.validate():
        if form.is_trapped:
            return redirect(url_for("mapping.registered"))
        similar = [] if form.is_new.data else _alike(form)
        if not similar and _registered(form):
            return redirect(url_for("mapping.registered"))
        if similar:
            words = _l("Puede que su organización ya esté registrada. Revise si es una de estas.")
            form.is_new.errors = [words]
    return render_template("mapping/register.html", form=form, similar=similar), common.status()


def _alike(form: SelfRegistrationForm) -> list[duplicates.Suggestion]:
    """Public actors like the one written. Counted, so that nobody tries tax numbers one after the other."""
    limits.hit(LOOKUPS, request.remote_addr or "")
    return duplicates.suggestions(common.probe_of(form, email=form.contact_email.data or ""), public=True)


def _registered(form: SelfRegistrationForm) -> bool:
    limits.hit(REGISTRATIONS, request.remote_addr or "")
    try:
        services.self_register(form.to_input(), form.to_contact(), by=principal())
    except Invalid as error:
        common.put_on_form(error, form)
        return False
    return True


@bp.route("/actores/registro/gracias")
@public()
def registered() -> str:
    """What happens next."""
    return render_template("mapping/registered.html")
