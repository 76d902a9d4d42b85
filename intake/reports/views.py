"""Home, the Directorate's desk, the trace, open data, health and the pages about this site."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, render_template, request, stream_with_context

from forms.base import with_rows
from forms.reports import OTHER_ROLES, TrailForm
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.mapping.queries import council, outreach
from intake.plans import figures, participation
from intake.plans import queries as plans
from intake.reception.inputs import STATUS_SLUGS
from intake.reports import acts, health, opendata, sentence
from intake.reports import desk as order
from intake.reports import home as front
from intake.reports.queries import commitments as owed_rows
from intake.reports.queries import desk as desk_rows
from intake.reports.queries import gaps, load
from intake.reports.queries import home as home_rows
from intake.reports.queries import trail as trail_rows
from intake.web.access import principal, public, requires
from intake.web.listing import Listing
from models.enums import Role

bp = Blueprint("reports", __name__)


@bp.app_template_filter("role_words")
def role_words(role: str) -> str:
    """The words for a role as the trail keeps it: one of `Role`, guest or system."""
    if role in OTHER_ROLES:
        return str(OTHER_ROLES[role])
    return label(Role(role)) if role in set(Role) else role


@bp.route("/")
@public(reusable=True, alike=True)
def home() -> str:
    """The plan under way: its one call, its numbers, its map. Eight statements."""
    plan = g.plan = plans.current()
    if plan is None:
        return render_template("reports/home_empty.html")
    places = home_rows.provinces(plan.id)
    who_came = participation.of_plan(plan.id)
    return render_template(
        "reports/home.html",
        plan=plan,
        call=front.call_for(plan.stages),
        numbers=home_rows.numbers(plan),
        who_came=who_came,
        who_came_notes=" ".join(filter(None, (figures.definition(who_came), figures.left_out(who_came)))),
        provinces=places,
        values={p.code: p.proposals or None for p in places},
        answers=home_rows.latest_answers(plan.id),
        events=home_rows.next_events(plan.id),
        sentence=sentence.of_latest_counted_plan(),
    )


@bp.route("/direccion/")
@requires(Permission.DESK_READ)
def desk() -> str:
    """What stands where and what waits for whom."""
    plan = g.plan = plans.current()
    if plan is None:
        return render_template("reports/home_empty.html")
    stands = desk_rows.stands(plan.id)
    counts = desk_rows.counts(plan.id)
    waiting = order.waiting(
        stands,
        counts,
        load.reviewers(plan.id),
        owed_rows.unsigned(plan.id),
        owed_rows.late_milestones(plan.id),
        owed_rows.unanswered(plan.id),
        outreach.late_campaigns(plan.id),
    )
    return render_template(
        "reports/desk.html",
        plan=plan,
        steps=order.funnel(stands, counts.in_commitments),
        aside=order.aside(stands),
        counts=counts,
        waiting=waiting,
        provinces=gaps.provinces(plan),
        without_province=gaps.without_province(plan),
        warnings=[*order.calendar_warnings(plan), *order.forum_warnings(council.forums([plan])[plan.id])],
        allowed_days=desk_rows.ALLOWED_DAYS,
        slugs=STATUS_SLUGS,
    )


@bp.route("/direccion/rastro/")
@requires(Permission.AUDIT_READ)
def trail() -> str:
    """The audit trail with its filters."""
    form = TrailForm(request.args)
    with_rows(form.accion, [(a, acts.act(a)) for a in trail_rows.actions()], blank=_l("Todas"))
    form.validate()
    filters = form.to_input()
    found = trail_rows.page(filters, number_from(request.args.get("pagina")), reader=principal())
    page = Listing(found)
    return render_template("reports/trail.html", form=form, filters=filters, page=page, act=acts.act, thing=acts.thing)


@bp.route("/datos/")
@public(reusable=True)
def data() -> str:
    """The published tables and their dictionary."""
    return render_template("reports/data.html", tables=opendata.TABLES.values())


@bp.route("/datos/<slug:name>.<any(csv, json):kind>")
@public()
def download(name: str, kind: str) -> Response:
    """One table, streamed."""
    table = opendata.TABLES.get(name)
    if table is None:
        raise NotFound(_l("No existe una tabla con ese nombre."))
    writer, media = (opendata.as_csv, "text/csv") if kind == "csv" else (opendata.as_json, "application/json")
    answer = Response(stream_with_context(writer(table)), mimetype=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{table.name}.{kind}"'
    return answer


@bp.route("/salud")
@public()
def alive() -> tuple[Response, int]:
    """Whether this process can serve: the database answers and its tables are those of this code."""
    state = health.state()
    return jsonify(state), 200 if state["status"] == "ok" else 503


@bp.route("/privacidad")
@public(reusable=True)
def privacy() -> str:
    """Which personal data are collected, why, and what a person may ask."""
    return render_template("reports/privacy.html")


@bp.route("/accesibilidad")
@public(reusable=True)
def accessibility() -> str:
    """What this site aims at, and what it does not reach yet."""
    return render_template("reports/accessibility.html")


@bp.route("/robots.txt")
@public()
def robots() -> Response:
    """Robots may read what is public and need not look at personal pages."""
    return Response(render_template("reports/robots.txt"), mimetype="text/plain")


@bp.route("/favicon.ico")
@bp.route("/favicon.svg")
@public()
def icon() -> Response:
    """The mark, as browsers ask for it."""
    answer = Response(render_template("reports/favicon.svg"), mimetype="image/svg+xml")
    answer.cache_control.max_age = 86_400
    answer.cache_control.public = True
    return answer
