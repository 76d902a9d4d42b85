"""Campaigns: the list, one campaign with its actors, writing it, moving it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import with_rows
from forms.outreach import RESULT_WORDS, CampaignFilterForm, CampaignForm, StepForm, TargetFilterForm
from intake.core import clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.core.tabular.writing import as_csv
from intake.core.text import clean, number_of
from intake.mapping import campaigns as services
from intake.mapping import mailings, queries
from intake.mapping.letter_facts import answer_by
from intake.mapping.lifecycle_outreach import CAMPAIGN
from intake.mapping.outreach_rows import COLUMNS, rows_of
from intake.mapping.queries import letters, standing, targets
from intake.mapping.queries import outreach as rows
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.plans import queries as plans
from intake.web.access import principal, requires
from intake.web.filters import fecha
from intake.web.listing import Listing, chips
from models import Campaign, Event
from models.enums import CampaignStatus, OutreachStep

#: Days until a new campaign is due, unless the team says otherwise.
USUAL_DAYS = 30
LATE = "atrasadas"
CONFIRMED = OutreachStep.CONFIRMED


@bp.route("/acercamiento/")
@requires(Permission.OUTREACH_READ)
def campaigns() -> str:
    """The campaigns with their numbers, the open ones first."""
    form = CampaignFilterForm(request.args)
    with_rows(form.plan, [(plan.code, localized(plan, "title")) for plan in plans.all_plans()], _l("Todos"))
    with_rows(form.responsable, [(member.email, member.name) for member in rows.team()], _l("Todas las personas"))
    filters = _filters(form)
    page = rows.campaigns(filters, number=number_from(request.args.get("pagina")))
    shown = {name: form[name].data for name in ("estado", "plan", "responsable")}
    return render_template(
        "mapping/outreach.html",
        form=form,
        page=Listing(page),
        results=targets.results([campaign.id for campaign in page.items]),
        days_late=rows.days_late,
        words=RESULT_WORDS,
        active=chips([(name, _words(form[name]) if value else "") for name, value in shown.items()]),
    )


def _filters(form: CampaignFilterForm) -> rows.CampaignFilters:
    for name in ("estado", "plan", "responsable"):
        if form[name].data not in {choice.value for choice in form[name].choices}:
            form[name].data = ""
    state = form.estado.data
    return rows.CampaignFilters(
        plan=form.plan.data,
        status=CampaignStatus(state) if state and state != LATE else None,
        late=state == LATE,
        owner=form.responsable.data,
    )


def _words(field: Any) -> str:
    return next((str(choice.label) for choice in field.choices if choice.value == field.data), "")


@bp.route("/acercamiento/<slug:slug>")
@requires(Permission.OUTREACH_READ, load=rows.campaign)
def campaign(found: Campaign) -> ResponseReturnValue:
    """A campaign: its numbers, its actors, what was noted of each, its letters."""
    return show(found)


def show(
    found: Campaign, *, failed: SimpleNamespace | None = None, move: Any = None, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    """The campaign's page; ``failed`` is what was noted of an actor and refused, ``move`` a refused move."""
    g.plan = found.plan
    form = TargetFilterForm(request.args)
    result = form.paso.data if form.paso.data in RESULT_WORDS else ""
    filters = targets.TargetFilters(result=result, q=(form.q.data or "")[:120])
    page = targets.targets(found, filters, number=number_from(request.args.get("pagina")))
    latest = {t.id: max(t.log, key=lambda entry: (entry.at, entry.id)) for t in page.items if t.log}
    page_html = render_template(
        "mapping/outreach_campaign.html",
        campaign=found,
        late=rows.days_late(found),
        form=form,
        page=Listing(page),
        active=chips([("paso", _words(form.paso) if result else ""), ("q", filters.q)]),
        result=result,
        numbers=targets.results([found.id])[found.id],
        words=RESULT_WORDS,
        latest=latest,
        names=rows.names_of(entry.noted_by_id for entry in latest.values()),
        reach=letters.reach_of([target.actor_id for target in page.items]),
        waiting=standing.waiting_actors(found.event, [t.actor_id for t in page.items if t.step is CONFIRMED]),
        mailings=letters.mailings(found),
        step_form=StepForm(formdata=None),
        failed=failed,
        move=move,
        moves=[t for t in CAMPAIGN.open_to(principal(), found) if t.button],
    )
    return page_html, status


@bp.route("/acercamiento/<slug:slug>/resultados.csv")
@requires(Permission.OUTREACH_READ, load=rows.campaign)
def campaign_csv(found: Campaign) -> Response:
    """Every actor of the campaign with the day of each step."""
    answer = Response(as_csv(COLUMNS, rows_of(targets.all_targets(found))), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="acercamiento-{found.slug}.csv"'
    return answer


@bp.route("/acercamiento/nueva", methods=["GET", "POST"])
@requires(Permission.OUTREACH_EDIT, form=True)
def new_campaign() -> ResponseReturnValue:
    """Plan an effort to reach actors; ``?tema=`` and ``?territorio=`` say which gap."""
    form = CampaignForm()
    plan = plans.current()
    if plan is None:
        raise Conflict(_l("No hay ningún plan en marcha al que invitar."))
    g.plan = plan
    if request.method == "GET":
        _suggest(form)
    _fill(form, rows.events_to_invite_to(plan))
    if request.method == "POST" and not common.is_refresh() and form.validate():
        try:
            made = services.create_campaign(form.to_input(plan.code), by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
        else:
            flash(str(_l("Campaña guardada. Elija ahora a quiénes llegar.")), "success")
            _say_answer_by(made)
            return redirect(url_for("mapping.campaign_actors", **{"slug": made.slug, **_gap(form)}))
    return render_template("mapping/outreach_form.html", form=form, campaign=None), common.status()


def _suggest(form: CampaignForm) -> None:
    """Begin with the gap that the address names; an odd value names none."""
    theme = next((t for t in queries.themes() if t.code == request.args.get("tema")), None)
    place = queries.territory_by_code(clean(request.args.get("territorio", ""))[:8])
    form.due_on.data = clock.today() + timedelta(days=USUAL_DAYS)
    form.owner.data = principal().email
    form.theme.data = theme.code if theme else ""
    form.place_at(place.code if place and place.code.isdecimal() else None)
    if theme and place:
        form.title.data = str(
            _l("Llegar a quienes trabajan en %(theme)s: %(place)s", theme=localized(theme, "name"), place=place.name)
        )
    elif theme or place:
        of = localized(theme, "name") if theme else place.name if place else ""
        form.title.data = str(_l("Llegar a quienes faltan: %(what)s", what=of))


def _gap(form: CampaignForm) -> dict[str, Any]:
    values = {"tema": form.theme.data or "", "territorio": form.territory_code() or ""}
    return {name: value for name, value in values.items() if value}


def _fill(form: CampaignForm, events: Sequence[Event]) -> None:
    common.fill_territory(form)
    with_rows(form.theme, [(t.code, localized(t, "name")) for t in queries.themes()], _l("Cualquier tema"))
    with_rows(form.event, [(e.slug, e.title) for e in events], _l("Ninguno todavía"))
    with_rows(form.owner, [(m.email, m.name) for m in rows.team()], _l("Elija a una persona"))


@bp.route("/acercamiento/<slug:slug>/editar", methods=["GET", "POST"])
@requires(Permission.OUTREACH_EDIT, load=rows.campaign, form=True)
def edit_campaign(found: Campaign) -> ResponseReturnValue:
    """Change an open campaign."""
    form = CampaignForm()
    if request.method == "GET":
        form.show(found)
    slug, current, plan = found.slug, found.lock_version, found.plan
    g.plan = plan
    _fill(form, rows.events_to_invite_to(plan, kept=found.event_id))
    if request.method == "POST" and not common.is_refresh() and form.validate():
        try:
            services.edit_campaign(found, form.to_input(plan.code), by=principal(), version=common.version_in(form))
        except Conflict as error:
            common.put_conflict(error, form, current)
            return _again(form, slug), HTTPStatus.CONFLICT
        except Invalid as error:
            common.put_on_form(error, form)
            return _again(form, slug), HTTPStatus.UNPROCESSABLE_ENTITY
        flash(str(_l("Cambios guardados.")), "success")
        _say_answer_by(found)
        return redirect(url_for("mapping.campaign", slug=slug))
    return render_template("mapping/outreach_form.html", form=form, campaign=found), common.status()


def _say_answer_by(found: Campaign) -> None:
    """Warn that letters ask for an answer earlier than the campaign ends."""
    until = answer_by(mailings.for_letters(found.id))
    if until < found.due_on:
        words = _l("Las cartas pedirán responder hasta el %(day)s, antes del encuentro.", day=fecha(until))
        flash(str(words), "warning")


def _again(form: CampaignForm, slug: str) -> str:
    found = rows.campaign(slug)
    g.plan = found.plan
    return render_template("mapping/outreach_form.html", form=form, campaign=found)


@bp.route("/acercamiento/<slug:slug>/estado", methods=["POST"])
@requires(Permission.OUTREACH_EDIT, load=rows.campaign)
def move_campaign(found: Campaign) -> ResponseReturnValue:
    """Close with the outcome, cancel or open again with a reason."""
    action, reason, slug = request.form.get("action", ""), request.form.get("reason", ""), found.slug
    seen = number_of(request.form.get("version"))
    try:
        services.move_campaign(found, action, by=principal(), reason=reason, version=seen)
    except Invalid as error:
        refused = SimpleNamespace(action=action, reason=reason, error=error.message)
        return show(rows.campaign(slug), move=refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(str(_l("Listo: la campaña cambió de estado.")), "success")
    return redirect(url_for("mapping.campaign", slug=slug))
