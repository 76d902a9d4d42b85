"""The registry of actors: list, one actor, and what the team does to a record."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import with_rows
from forms.mapping import ActorFilterForm, ActorForm, member_of
from intake.core.errors import Conflict, Gone, Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission, can
from intake.core.text import plain
from intake.mapping import duplicates, exporting, merging, queries, services
from intake.mapping.contacts import shown_since
from intake.mapping.lifecycle import ACTOR
from intake.mapping.queries import ActorFilters
from intake.mapping.queries.actors import NONE, SORTS
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.web.access import principal, public, requires
from intake.web.listing import Listing, chips, filters_query, sort_of
from models import Actor
from models.enums import ActorKind, ActorStatus, GovernmentFunction, GovernmentLevel


@bp.route("/actores/")
@public(reusable=True)
def actors() -> str:
    """The list with its filters; those not verified are for the team alone."""
    form = _filter_form()
    filters = _filters(form)
    page = queries.actors(filters, number=number_from(request.args.get("pagina")))
    active = chips(_active(form, filters))
    sorts = {column: sort_of(column, filters.sort) for column in ("nombre", "fecha")}
    return render_template(
        "mapping/actors.html",
        form=form,
        page=Listing(page),
        active=active,
        sorts=sorts,
        filters_query=filters_query(),
        most_exported=exporting.MOST_ROWS,
    )


def _filter_form() -> ActorFilterForm:
    form = ActorFilterForm(request.args)
    form.validate()
    provinces = [(p.code, p.name) for p in queries.provinces()]
    places = [*provinces, (common.COUNTRY, _l("Todo el país")), (NONE, _l("Sin territorio"))]
    with_rows(form.provincia, [*places, *common.cantons_asked(form.provincia.data or "")], _l("Todas"))
    with_rows(form.tema, [(t.code, localized(t, "name")) for t in queries.themes()], _l("Todos"))
    with_rows(form.sector, common.sector_rows(), _l("Todos"))
    with_rows(form.pueblo, [(people.name, people.name) for people in queries.peoples()], _l("Todos"))
    with_rows(form.idioma, [(one.code, localized(one, "name")) for one in queries.languages()], _l("Todos"))
    if not can(principal(), Permission.ACTOR_CREATE):
        del form.estado
        del form.contacto
    return form


def filters_asked() -> ActorFilters:
    """What the address asks for, of the list or of a download of it."""
    return _filters(_filter_form())


def _filters(form: ActorFilterForm) -> ActorFilters:
    status: ActorStatus | None = ActorStatus.VERIFIED
    if "estado" in form:
        status = member_of(ActorStatus, form.estado.data)
    return ActorFilters(
        q="" if form.q.errors else form.q.data or "",
        kind=member_of(ActorKind, form.tipo.data),
        sector=_known(form.sector),
        province=_known(form.provincia),
        theme=_known(form.tema),
        function=member_of(GovernmentFunction, form.funcion.data),
        level=member_of(GovernmentLevel, form.nivel.data),
        people=_known(form.pueblo),
        language=_known(form.idioma),
        contact=_known(form.contacto) if "contacto" in form else "",
        status=status,
        sort=form.orden.data if form.orden.data in SORTS else "nombre",
    )


def _known(field: Any) -> str:
    """The value, if the list offers it; an odd one in the address filters nothing."""
    return str(field.data) if any(field.data == choice.value for choice in field.choices) else ""


def _active(form: ActorFilterForm, filters: ActorFilters) -> list[tuple[str, str]]:
    found = [("q", filters.q)]
    fields: list[Any] = [field for field in form if field.short_name not in {"q", "orden"}]
    for field in fields:
        words = {choice.value: str(choice.label) for choice in field.choices}
        found.append((field.short_name, words[_known(field)].lstrip("— ") if _known(field) else ""))
    return found


def readable(slug: str) -> Actor:
    """The actor, if the reader may see it; a record not verified does not exist for the public."""
    return _shown(queries.actor(slug))


def _shown(actor: Actor) -> Actor:
    if not can(principal(), Permission.ACTOR_READ, actor):
        raise NotFound(_l("No existe un actor con esa dirección."))
    if actor.status is ActorStatus.MERGED:
        _row, live = merging.story_of(actor)
        raise Gone(_l("Este registro se unió a «%(name)s». Trabaje con ese.", name=live.name))
    return actor


@bp.route("/actores/<slug:slug>")
@public(reusable=True)
def actor(slug: str) -> ResponseReturnValue:
    """One actor: what it does and where, what binds it, and the contact that agreed to be shown."""
    found = queries.actor(slug)
    return _joined(found) if found.status is ActorStatus.MERGED else page_of(_shown(found))


def _joined(found: Actor) -> ResponseReturnValue:
    """Where a record that was joined to another lives on: never a dead end."""
    row, live = merging.story_of(found)
    if not can(principal(), Permission.ACTOR_READ, live):
        raise NotFound(_l("No existe un actor con esa dirección."))
    names_it = found.name_plain in plain(row.reason)
    return render_template("mapping/actor_joined.html", actor=found, merge=row, live=live, names_it=names_it), 410


def page_of(found: Actor, failed: dict[str, Any] | None = None) -> str:
    """The page of an actor, with what the reader may see of it."""
    team = can(principal(), Permission.ACTOR_CREATE)
    everything = can(principal(), Permission.ACTOR_CONTACTS, found)
    if everything:
        contacts = queries.numbered_contacts(found)
    else:
        contacts = dict(enumerate(queries.contacts_of(found, public_only=True), start=1))
    known = found.status is ActorStatus.VERIFIED
    emails = [contact.email for contact in contacts.values()]
    return render_template(
        "mapping/actor.html",
        actor=found,
        contacts=contacts,
        everything=everything,
        shown_since=shown_since,
        commitments=queries.commitments_of(found) if known else [],
        bodies=queries.bodies_of(found) if known else [],
        verifier=queries.verified_by(found) if team and known else "",
        joined=merging.joined_to(found) if team and known else [],
        similar=duplicates.like(found, emails) if team and not known else [],
        moves=[move for move in ACTOR.open_to(principal(), found) if move.button],
        failed=failed,
    )


@bp.route("/actores/<slug:slug>/movimientos/<slug:action>", methods=["POST"])
@requires(Permission.ACTOR_VERIFY)
def move_actor(slug: str, action: str) -> ResponseReturnValue:
    """Verify or reject; a missing reason shows the page again with the question open."""
    found = queries.actor(slug)
    reason = request.form.get("reason", "")
    try:
        services.move_actor(found, action, by=principal(), reason=reason)
    except Invalid as error:
        failed = {"action": action, "reason": reason, "error": error.message}
        return page_of(queries.actor(slug), failed), 422
    flash(str(_l("Listo: el registro está %(state)s.", state=label(found.status).lower())), "success")
    return redirect(url_for("mapping.actor", slug=slug))


@bp.route("/actores/pendientes")
@requires(Permission.ACTOR_CREATE)
def waiting_actors() -> str:
    """The records that wait to be verified, the longest waiting first."""
    page = queries.waiting(number=number_from(request.args.get("pagina")))
    return render_template("mapping/actors_waiting.html", page=Listing(page))


@bp.route("/actores/nuevo", methods=["GET", "POST"])
@requires(Permission.ACTOR_CREATE, form=True)
def new_actor() -> ResponseReturnValue:
    """Register an organisation for the team; alike records are shown once before it is kept."""
    form = ActorForm()
    common.fill_actor_lists(form)
    similar: list[duplicates.Suggestion] = []
    if request.method == "POST" and not common.is_refresh() and form.validate():
        similar = common.ask_about_alike(form)
        made = None if similar else _created(form)
        if made is not None:
            flash(str(_l("Registro creado. Falta verificarlo.")), "success")
            return redirect(url_for("mapping.actor", slug=made.slug))
    return render_template("mapping/actor_form.html", form=form, actor=None, similar=similar), common.status()


def _created(form: ActorForm) -> Actor | None:
    try:
        return services.create_actor(form.to_input(), by=principal())
    except Invalid as error:
        common.put_on_form(error, form)
        return None


@bp.route("/actores/<slug:slug>/editar", methods=["GET", "POST"])
@requires(Permission.ACTOR_EDIT, load=readable, form=True)
def edit_actor(found: Actor) -> ResponseReturnValue:
    """Change a record; what somebody else changed meanwhile is said, and nothing typed is lost."""
    form = ActorForm()
    if request.method == "GET":
        form.show(found)
    common.fill_actor_lists(form, kept=found.territories)
    slug, current, status = found.slug, found.lock_version, common.status()
    similar: list[duplicates.Suggestion] = []
    if request.method == "POST" and not common.is_refresh() and form.validate():
        similar = common.ask_about_alike(form, found) if can(principal(), Permission.ACTOR_CREATE) else []
        try:
            if not similar:
                services.edit_actor(found, form.to_input(), by=principal(), version=common.version_in(form))
                flash(str(_l("Cambios guardados.")), "success")
                return redirect(url_for("mapping.actor", slug=slug))
        except Conflict as error:
            common.put_conflict(error, form, current)
            status = common.CONFLICT
        except Invalid as error:
            common.put_on_form(error, form)
        found = queries.actor(slug)
    return render_template("mapping/actor_form.html", form=form, actor=found, similar=similar), status
