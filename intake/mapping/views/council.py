"""Bodies of the plans, open to everybody; setting them up, their seats and delegates, for the Directorate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.council import BodyForm
from intake.core import clock
from intake.core.errors import Conflict, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import number_from
from intake.core.permissions import Permission, can
from intake.mapping import council, seating
from intake.mapping.inputs_council import KINDS, SLUGS
from intake.mapping.queries import council as queries
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.plans import queries as plans
from intake.web.access import principal, public, requires
from intake.web.listing import Listing
from models import Body, BodyMember, Delegate, Plan
from models.enums import BodyKind, Seat

AT = "/nucleo/<plan:code>/<any('grupo-nucleo', 'grupo-de-trabajo'):kind>"


@dataclass(frozen=True)
class Place:
    """A seat at its address, with its body; ``delegate`` where the address names one by ``number``."""

    body: Body
    member: BodyMember
    delegate: Delegate | None = None
    number: int = 0


@bp.app_template_filter("body_slug")
def body_slug(kind: BodyKind) -> str:
    """For links to a body from any page."""
    return SLUGS[kind]


def load_body(code: str, kind: str) -> Body:
    """The body at an address; its plan is that of the page."""
    body = queries.body(code, kind)
    g.plan = body.plan
    return body


def load_seat(code: str, kind: str, position: int) -> Place:
    """The seat at an address."""
    body = load_body(code, kind)
    member = next((m for m in body.members if m.position == position), None)
    if member is None:
        raise NotFound(_l("Ese grupo no tiene un puesto con ese número."))
    return Place(body, member)


def load_delegate(code: str, kind: str, position: int, number: int) -> Place:
    """The delegate at an address."""
    place = load_seat(code, kind, position)
    delegate = seating.numbered(place.member).get(number)
    if delegate is None:
        raise NotFound(_l("Ese puesto no tiene una delegación con ese número."))
    return Place(place.body, place.member, delegate, number)


def back(body: Body, anchor: str = "") -> ResponseReturnValue:
    """To the body's page."""
    url = url_for("mapping.body", code=body.plan.code, kind=SLUGS[body.kind])
    return redirect(f"{url}#{anchor}" if anchor else url)


@bp.route("/nucleo/")
@public(reusable=True)
def bodies() -> str:
    """Every body with its balance and, for the plans under way, the six-month rule. Five statements."""
    known = queries.bodies()
    today = clock.today()
    rhythms = queries.forums({one.plan_id: one.plan for one in known}.values())
    rows = [(one, seating.seats_on(one.members, today)) for one in known]
    return render_template(
        "mapping/council.html",
        rows=[(one, seats, seating.balance(seats)) for one, seats in rows],
        rhythms=rhythms,
        core=BodyKind.CORE_GROUP,
        missing=_missing(known) if can(principal(), Permission.BODY_EDIT) else [],
    )


def _missing(bodies: Any) -> list[tuple[Plan, str, BodyKind]]:
    """Bodies that the Directorate may set up: of plans that have none of the kind."""
    known = {(one.plan_id, one.kind) for one in bodies}
    found = plans.all_plans()
    return [(p, slug, kind) for p in found for slug, kind in KINDS.items() if (p.id, kind) not in known]


@dataclass(frozen=True)
class SeatRow:
    """A seat as its body's page shows it: who speaks now, who did, and what is missing."""

    member: BodyMember
    speaking: list[Delegate]
    ahead: list[Delegate]
    past: list[Delegate]
    vacant: bool  # nobody ever was principal, or nobody is named any more
    expired: Delegate | None  # the principal whose term is over without a successor
    numbers: dict[int, int]


def seat_row(member: BodyMember) -> SeatRow:
    """The seat as it stands today."""
    today = clock.today()
    now = seating.speaking(member, today)
    by_end = sorted((d for d in member.delegates if d not in now), key=lambda d: d.since, reverse=True)
    past = [d for d in by_end if d.since <= today]
    gone = next((d for d in past if d.seat is Seat.PRINCIPAL), None)
    empty = not any(d.seat is Seat.PRINCIPAL for d in now)
    return SeatRow(
        member=member,
        speaking=now,
        ahead=[d for d in by_end if d.since > today],
        past=past,
        vacant=empty and gone is None,
        expired=gone if empty else None,
        numbers={d.id: number for number, d in seating.numbered(member).items()},
    )


@bp.route(AT)
@public(reusable=True)
def body(code: str, kind: str) -> str:
    """One body: its purpose, seats and delegates with their history, its meetings. Seven statements."""
    found = load_body(code, kind)
    today = clock.today()
    current = seating.seats_on(found.members, today)
    left = [m for m in found.members if m not in current]
    reasons = queries.traced("body_member", [m.id for m in left], ["body_member.leave"]) if left else []
    return render_template(
        "mapping/council_body.html",
        body=found,
        seats=[seat_row(m) for m in current],
        left=[seat_row(m) for m in left],
        reasons={entry.subject_id: entry.reason for entry in reasons},
        balance=seating.balance(current),
        rhythm=queries.forums([found.plan])[found.plan_id] if found.kind is BodyKind.CORE_GROUP else None,
        page=Listing(queries.meetings(found, number=number_from(request.args.get("pagina")))),
        drafts=can(principal(), Permission.BODY_DRAFTS, found),
    )


@bp.route(f"{AT}/crear", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, form=True)
def new_body(code: str, kind: str) -> ResponseReturnValue:
    """Set up a body of a plan that has none; its seats come next."""
    plan = g.plan = plans.by_code(code)
    form = BodyForm()
    if form.validate_on_submit():
        try:
            council.create_body(plan, KINDS[kind], [], **_texts(form), by=principal())
        except Conflict as error:
            form.form_errors = [*form.form_errors, error.message]
            plan = g.plan = plans.by_code(code)
        else:
            flash(str(_l("El grupo está creado. Añada ahora sus puestos.")), "success")
            return redirect(url_for("mapping.body", code=code, kind=kind))
    page = render_template("mapping/council_form.html", form=form, plan=plan, kind=KINDS[kind], known=False)
    return page, common.status()


def _texts(form: BodyForm) -> dict[str, str]:
    return {"note": form.note.data or "", "source": form.source.data or ""}


@bp.route(f"{AT}/editar", methods=["GET", "POST"])
@requires(Permission.BODY_EDIT, load=load_body, form=True)
def edit_body(body: Body) -> ResponseReturnValue:
    """Say what the body is for."""
    form = BodyForm(data={"note": body.note, "source": body.source})
    if form.validate_on_submit():
        answer = back(body)
        council.edit_body(body, **_texts(form), by=principal())
        flash(str(_l("Cambios guardados.")), "success")
        return answer
    page = render_template("mapping/council_form.html", form=form, plan=body.plan, kind=body.kind, known=True)
    return page, common.status()
