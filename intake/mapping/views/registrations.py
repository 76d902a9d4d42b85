"""Asking for a place at an event, seeing it, giving it back, telling how one describes oneself: without an account."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.attendance import NO_ACTOR, ProfileForm, RegistrationForm
from forms.base import with_rows
from intake.core import tokens
from intake.core.errors import Conflict, Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import plain
from intake.mapping import duplicates, profiles, queries, registering, seats
from intake.mapping.doors import doors
from intake.mapping.duplicates import Probe
from intake.mapping.retention import DAYS
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.mapping.views.event_common import visible
from intake.web.access import principal, public
from models import Event, Registration
from models.enums import RegistrationStatus


@bp.route("/mesas/<slug:slug>/registro", methods=["GET", "POST"])
@public(form=True)
def register_for_event(slug: str) -> ResponseReturnValue:
    """The form; closed, it says since when and what next, and keeps what was typed."""
    found = visible(slug)
    g.plan = found.plan
    form = RegistrationForm()
    if not registering.CODE.fullmatch(form.code.data or ""):
        form.code.data = tokens.new_token()
    if request.method == "POST" and form.validate():
        if form.is_trapped:
            return redirect(url_for("mapping.registration_received", slug=slug))
        registering.count(form.to_input(), address=request.remote_addr or "")
        if _knows_organisation(form) and (answer := _registered(found, form)) is not None:
            return answer
        found = visible(slug)
    state = doors(found)
    return (
        render_template(
            "mapping/event_registration.html",
            event=found,
            form=form,
            doors=state,
            room=seats.room(found) if state.is_open else None,
            days=DAYS,
        ),
        common.status(),
    )


def _knows_organisation(form: RegistrationForm) -> bool:
    """Find the organisation typed among the verified ones; ask which, where several are like it."""
    typed = form.organisation.data or ""
    if not typed:
        return True
    similar = [one.actor for one in duplicates.suggestions(Probe(name=typed), public=True)]
    exact = next((a for a in similar if plain(typed) in {plain(a.name), plain(a.acronym or "")}), None)
    if exact is not None:
        form.actor.data = exact.slug
        return True
    with_rows(form.actor, [*((a.slug, a.name) for a in similar), (NO_ACTOR, _l("Ninguna: no está en la lista"))])
    if form.actor.data in {*(a.slug for a in similar), NO_ACTOR}:
        return True
    form.actor.data = None
    form.actor.errors = [
        _l("Elija cuál es, o «Ninguna».")
        if similar
        else _l("No la encontramos en el registro público. Marque «Ninguna» para seguir.")
    ]
    return False


def _registered(found: Event, form: RegistrationForm) -> ResponseReturnValue | None:
    """With a mailbox the answer is the same for everybody, and what there is to know lies there."""
    slug, given = found.slug, form.to_input()
    code = registering.code_of_form(form.code.data or "", given)
    try:
        registering.register(found, given, code=code, by=principal())
    except Conflict as error:
        form.form_errors = [*form.form_errors, error.message]
        return None
    except Invalid as error:
        common.put_on_form(error, form)
        return None
    if given.email:
        return redirect(url_for("mapping.registration_received", slug=slug))
    return redirect(url_for("mapping.registration", slug=slug, code=code))


@bp.route("/mesas/<slug:slug>/registro/recibido")
@public()
def registration_received(slug: str) -> str:
    """The same words for whoever registers, had a place already, or is a machine: the rest goes to the mailbox."""
    found = visible(slug)
    g.plan = found.plan
    return render_template("mapping/event_registration_received.html", event=found)


def _own(slug: str, code: str) -> tuple[Event, Registration]:
    found = visible(slug)
    mine = registering.by_code(found, code)
    if mine is None:
        raise NotFound(_l("Ese enlace no abre ninguna inscripción. Puede que haya uno más nuevo en su correo."))
    g.plan = found.plan
    return found, mine


@bp.route("/mesas/<slug:slug>/registro/<key:code>")
@public()
def registration(slug: str, code: str) -> str:
    """One's own place: whether there is one, how to get there, how to give it back."""
    found, mine = _own(slug, code)
    standing = mine.status is not RegistrationStatus.CANCELLED
    return render_template(
        "mapping/event_place.html",
        event=found,
        mine=mine,
        code=code,
        waiting=seats.place_in_queue(mine, found) if standing else 0,
        doors=doors(found),
        path=queries.territories_path(found.territory) if found.territory else [],
    )


@bp.route("/mesas/<slug:slug>/registro/<key:code>/cancelar", methods=["POST"])
@public()
def cancel_registration(slug: str, code: str) -> ResponseReturnValue:
    """Give the place back."""
    found, mine = _own(slug, code)
    registering.cancel(mine, found, by=principal())
    flash(str(_l("Su lugar quedó libre para otra persona. Gracias por avisar.")), "success")
    return redirect(url_for("mapping.registration", slug=slug, code=code))


@bp.route("/mesas/<slug:slug>/registro/<key:code>/sobre-mi", methods=["GET", "POST"])
@public(form=True)
def describe_oneself(slug: str, code: str) -> ResponseReturnValue:
    """How the person describes themselves: never shown again, kept apart from the name."""
    found, mine = _own(slug, code)
    form = ProfileForm()
    if request.method == "POST" and form.validate():
        try:
            profiles.describe(mine, found, form.to_input())
        except (Conflict, Invalid) as error:
            form.form_errors = [*form.form_errors, error.message]
            found, mine = _own(slug, code)
        else:
            flash(str(_l("Gracias. Sus respuestas se guardaron sin su nombre.")), "success")
            return redirect(url_for("mapping.registration", slug=slug, code=code))
    back = url_for("mapping.registration", slug=slug, code=code)
    page = render_template("mapping/event_profile.html", event=found, form=form, back=back, name="")
    return page, common.status()
