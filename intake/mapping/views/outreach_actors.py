"""The actors of a campaign: looking for them, adding them, noting what happened, going back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import with_rows
from forms.outreach import CandidateForm, StepForm, TakeBackForm
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized, ngettext
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.core.text import clean
from intake.mapping import campaigns as services
from intake.mapping import outreach_steps as steps
from intake.mapping import queries
from intake.mapping.inputs_outreach import MOST_ADDED, MOST_MARKED, ORDER, RANK, StepInput
from intake.mapping.queries import candidates, letters, standing, targets
from intake.mapping.queries import outreach as rows
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.mapping.views.outreach import show
from intake.web.access import principal, requires
from intake.web.listing import Listing, chips
from models import Campaign, Target
from models.enums import OutreachStep

FILTERS = ("q", "tema", "territorio", "sector", "pueblo", "tipo")


@bp.route("/acercamiento/<slug:slug>/actores", methods=["GET"])
@requires(Permission.OUTREACH_EDIT, load=rows.campaign)
def campaign_actors(found: Campaign) -> str:
    """Actors of the registry that the campaign has not yet, found by the gap's filters."""
    g.plan = found.plan
    form = _filled(found)
    filters = form.to_input()
    page = candidates.candidates(found, filters, number=number_from(request.args.get("pagina")))
    return render_template(
        "mapping/outreach_actors.html",
        campaign=found,
        form=form,
        page=Listing(page),
        active=chips(_active(form)),
        most=MOST_ADDED,
        reach=letters.reach_of([actor.id for actor in page.items]),
        kept={name: form[name].data for name in FILTERS if form[name].data},
    )


def _filled(found: Campaign, values: Any = None) -> CandidateForm:
    """The filters with their lists; the place of the campaign is offered beside country and provinces."""
    form = CandidateForm(request.args if values is None else values)
    places = [(common.COUNTRY, str(_l("Todo el país"))), *((p.code, p.name) for p in queries.provinces())]
    asked = queries.territory_by_code((form.territorio.data or "")[:8])
    for place in (found.territory, asked):
        if place is not None and place.code not in {code for code, _name in places}:
            places.append((place.code, place.name))
    with_rows(form.territorio, places, _l("Cualquiera"))
    with_rows(form.tema, [(t.code, localized(t, "name")) for t in queries.themes()], _l("Todos"))
    with_rows(form.sector, common.sector_rows(), _l("Todos"))
    with_rows(form.pueblo, [(p.name, p.name) for p in candidates.peoples()], _l("Todos"))
    for name in FILTERS[1:]:
        if form[name].data not in {choice.value for choice in form[name].choices}:
            form[name].data = ""
    return form


def _active(form: CandidateForm) -> list[tuple[str, str]]:
    found = [("q", form.q.data or "")]
    for name in FILTERS[1:]:
        words = {choice.value: str(choice.label) for choice in form[name].choices}
        found.append((name, words[form[name].data] if form[name].data else ""))
    return found


@bp.route("/acercamiento/<slug:slug>/actores", methods=["POST"])
@requires(Permission.OUTREACH_EDIT, load=rows.campaign)
def add_targets(found: Campaign) -> ResponseReturnValue:
    """Add the actors that were marked, or with ``todos`` all that the filters find."""
    slug = found.slug
    form = _filled(found, request.form)
    if request.form.get("todos"):
        number = services.add_found(found, form.to_input(), by=principal())
    else:
        number = services.add_targets(found, _actors_named(), by=principal())
    if number:
        words = ngettext("Se añadió %(num)s actor.", "Se añadieron %(num)s actores.", number)
        flash(words, "success")
    else:
        flash(str(_l("No se añadió a nadie: marque al menos un actor que todavía no esté en la campaña.")), "warning")
    kept: dict[str, Any] = {name: form[name].data for name in FILTERS if form[name].data}
    return redirect(url_for("mapping.campaign_actors", slug=slug, **kept))


@bp.route("/acercamiento/<slug:slug>/pasos", methods=["POST"])
@requires(Permission.OUTREACH_EDIT, load=rows.campaign)
def note_steps(found: Campaign) -> ResponseReturnValue:
    """Note what happened with the actors named; with ``actor`` once, as its row says."""
    slug, form, actors = found.slug, StepForm(), _actors_named()
    one = actors[0] if len(actors) == 1 and "fila" in request.form else ""
    failed = SimpleNamespace(slug=one, form=form, error="", asks=False)
    if not actors:
        failed.error = _l("Marque al menos un actor.")
    elif not form.validate():
        failed.error = next(iter(form.step.errors or form.note.errors or form.channel.errors or form.form_errors))
    else:
        failed.error = _noted(found, failed, actors, form.to_input())
    if failed.error:
        return show(rows.campaign(slug), failed=failed, status=common.status())
    kept: dict[str, Any] = {name: value for name in ("paso", "q", "pagina") if (value := request.args.get(name))}
    return redirect(url_for("mapping.campaign", slug=slug, _anchor=f"actor-{one}" if one else "actores", **kept))


def _actors_named() -> list[str]:
    """The actors that were ticked, by address; whatever else was sent is no address."""
    return [clean(slug) for slug in request.form.getlist("actor")[:MOST_MARKED]]


def _noted(found: Campaign, failed: SimpleNamespace, actors: list[str], given: StepInput) -> Any:
    """Note it; what to say if it was refused, else nothing."""
    one = failed.slug
    try:
        if one:
            target = targets.target(found, one)
            name = target.actor.name
            steps.note_step(found, target, given, by=principal())
            flash(str(_l("Anotado: %(name)s, %(step)s.", name=name, step=label(given.step).lower())), "success")
            return ""
        marked = steps.note_steps(found, actors, given, by=principal())
    except Invalid as error:
        failed.asks = error.field == steps.CONFIRMATION
        return error.message
    flash(ngettext("Anotado en %(num)s actor.", "Anotado en %(num)s actores.", marked.noted), "success")
    if marked.left:
        names = ", ".join(marked.left[:5])
        words = ngettext(
            "%(num)s quedó como estaba, porque ese paso no le sigue: %(names)s.",
            "%(num)s quedaron como estaban, porque ese paso no les sigue: %(names)s.",
            len(marked.left),
            names=names,
        )
        flash(words, "warning")
    return ""


@bp.route("/acercamiento/<slug:slug>/actores/<slug:actor_slug>")
@requires(Permission.OUTREACH_READ, load=targets.target_of)
def campaign_target(found: Target) -> ResponseReturnValue:
    """The story of one actor in a campaign."""
    return _story(found, TakeBackForm(formdata=None))


def _story(found: Target, form: TakeBackForm) -> str:
    g.plan = found.campaign.plan
    had = {entry.step for entry in found.log}
    earlier = [step for step in ORDER if step in had and RANK[step] < RANK[found.step]]
    with_rows(form.step, [(step.value, label(step)) for step in earlier], _l("Elija un paso"))
    return render_template(
        "mapping/outreach_target.html",
        target=found,
        campaign=found.campaign,
        waiting=standing.waiting_number(found),
        log=sorted(found.log, key=lambda entry: (entry.at, entry.id)),
        names=rows.names_of(entry.noted_by_id for entry in found.log),
        reach=letters.reach_of([found.actor_id])[found.actor_id],
        form=form,
        earlier=earlier,
        first=OutreachStep.IDENTIFIED,
    )


@bp.route("/acercamiento/<slug:slug>/actores/<slug:actor_slug>/volver", methods=["POST"])
@requires(Permission.OUTREACH_EDIT, load=targets.target_of)
def take_back(found: Target) -> ResponseReturnValue:
    """Go back to an earlier step, with a reason."""
    campaign, actor = found.campaign, found.actor
    slug, actor_slug = campaign.slug, actor.slug
    form = TakeBackForm()
    step = next((s for s in OutreachStep if s.value == form.step.data), None)
    if not form.validate() or step is None:
        if step is None and not form.step.errors:
            form.step.errors = [_l("Elija un paso.")]
        return _story(found, form), common.status()
    try:
        steps.take_back(campaign, found, step, by=principal(), reason=form.reason.data or "")
    except Invalid as error:
        common.put_on_form(error, form)
        return _story(targets.target_of(slug, actor_slug), form), common.status()
    flash(str(_l("Se volvió al paso elegido. Lo que se quitó queda en el rastro.")), "success")
    return redirect(url_for("mapping.campaign_target", slug=slug, actor_slug=actor_slug))


@bp.route("/acercamiento/<slug:slug>/actores/<slug:actor_slug>/quitar", methods=["POST"])
@requires(Permission.OUTREACH_EDIT, load=targets.target_of)
def remove_target(found: Target) -> ResponseReturnValue:
    """Take an actor out of the campaign while nothing has happened with it."""
    slug, actor_slug, name = found.campaign.slug, found.actor.slug, found.actor.name
    try:
        services.remove_target(found.campaign, found, by=principal())
    except Conflict as error:
        flash(str(error.message), "warning")
        return redirect(url_for("mapping.campaign_target", slug=slug, actor_slug=actor_slug))
    flash(str(_l("%(name)s ya no está en la campaña.", name=name)), "success")
    return redirect(url_for("mapping.campaign", slug=slug, _anchor="actores"))
