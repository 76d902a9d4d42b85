"""Seats of a body and who speaks for them: for the Directorate."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from forms.council import DelegateForm, EndSeatForm, SeatForm, TermForm
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.mapping import council
from intake.mapping.inputs_council import SLUGS
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.mapping.views.council import AT, Place, back, load_body, load_delegate, load_seat
from intake.web.access import principal, requires
from models import Body


@bp.route(f"{AT}/puestos/nuevo", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_body, form=True)
def new_seat(body: Body) -> ResponseReturnValue:
    """Give an organisation a seat."""
    form = SeatForm()
    code, kind = body.plan.code, SLUGS[body.kind]
    if form.validate_on_submit():
        answer = back(body, "puestos")
        try:
            council.add_seat(body, form.to_input(), by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
            body = load_body(code, kind)
        else:
            flash(str(_l("Puesto añadido. Falta decir quién lo ocupa.")), "success")
            return answer
    return render_template("mapping/council_seat.html", form=form, body=body), common.status()


@bp.route(f"{AT}/puestos/<int:position>/salida", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_seat, form=True)
def end_seat(place: Place) -> ResponseReturnValue:
    """End a seat; it stays in the history with the reason."""
    form = EndSeatForm()
    body, position = place.body, place.member.position
    code, kind = body.plan.code, SLUGS[body.kind]
    if place.member.left_on is not None:
        raise Conflict(_l("Este puesto ya terminó."))
    if form.validate_on_submit():
        answer, left_on = back(body, "historia"), form.left_on.data
        assert left_on is not None  # the form demands it
        try:
            council.end_seat(body, position, left_on, reason=form.reason.data or "", by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
            place = load_seat(code, kind, position)
        else:
            flash(str(_l("El puesto terminó. Queda en la historia del grupo.")), "success")
            return answer
    return render_template("mapping/council_seat_end.html", form=form, place=place), common.status()


@bp.route(f"{AT}/puestos/<int:position>/delegaciones/nueva", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_seat, form=True)
def new_delegate(place: Place) -> ResponseReturnValue:
    """Name who speaks for a seat."""
    form = DelegateForm()
    body, position = place.body, place.member.position
    code, kind = body.plan.code, SLUGS[body.kind]
    if place.member.left_on is not None:
        raise Conflict(_l("Este puesto ya terminó."))
    if form.validate_on_submit():
        answer = back(body, f"puesto-{position}")
        try:
            council.name_delegate(body, position, form.to_input(), by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
            place = load_seat(code, kind, position)
        else:
            flash(str(_l("Delegación guardada.")), "success")
            return answer
    return render_template("mapping/council_delegate.html", form=form, place=place), common.status()


@bp.route(f"{AT}/puestos/<int:position>/delegaciones/<int:number>", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_delegate, form=True)
def edit_delegate(place: Place) -> ResponseReturnValue:
    """End a term, or let a name be public or not."""
    delegate = place.delegate
    assert delegate is not None  # the loader found it
    form = TermForm(data={"until": delegate.until, "is_public": delegate.is_public})
    body, position, number = place.body, place.member.position, place.number
    code, kind = body.plan.code, SLUGS[body.kind]
    if form.validate_on_submit():
        answer = back(body, f"puesto-{position}")
        until, is_public = form.until.data, bool(form.is_public.data)
        try:
            council.edit_delegate(body, position, number, until=until, is_public=is_public, by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
            place = load_delegate(code, kind, position, number)
        else:
            flash(str(_l("Delegación guardada.")), "success")
            return answer
    return render_template("mapping/council_term.html", form=form, place=place), common.status()
