"""The registry of actors: list, one actor, and what the team does to a record."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import with_rows
from forms.mapping import ActorFilterForm, ActorForm, ContactForm, member_of
from intake.core.errors import Conflict, Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission, can
from intake.mapping import queries, services
from intake.mapping.lifecycle import ACTOR
from intake.mapping.queries import ActorFilters
from intake.mapping.queries.actors import NONE, SORTS
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.web.access import principal, public, requires
from intake.web.listing import Listing, chips, sort_of
from models import Actor
from models.enums import ActorKind, ActorStatus


@bp.route("/actores/")
@public(reusable=True)
def actors() -> str:
    """The list with its filters; those not verified are for the team alone."""
    form = _filter_form()
    filters = _filters(form)
    page = queries.actors(filters, number=number_from(request.args.get("pagina")))
    active = chips(_active(form, filters))
    sorts = {column: sort_of(column, filters.sort) for column in ("nombre", "fecha")}
    return render_template("mapping/actors.html", form=form, page=Listing(page), active=active, sorts=sorts)


def _filter_form() -> ActorFilterForm:
    form = ActorFilterForm(request.args)
    form.validate()
    provinces = [(p.code, p.name) for p in queries.provinces()]
    places = [*provinces, (common.COUNTRY, _l("Todo el país")), (NONE, _l("Sin territorio"))]
    with_rows(form.provincia, places, _l("Todas"))
    with_rows(form.tema, [(t.code, localized(t, "name")) for t in queries.themes()], _l("Todos"))
    with_rows(form.sector, common.sector_rows(), _l("Todos"))
    if not can(principal(), Permission.ACTOR_CREATE):
        del form.estado
    return form


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
        status=status,
        sort=form.orden.data if form.orden.data in SORTS else "nombre",
    )


def _known(field: Any) -> str:
    """The value, if the list offers it; an odd one in the address filters nothing."""
    return str(field.data) if any(field.data == choice.value for choice in field.choices) else ""


def _active(form: ActorFilterForm, filters: ActorFilters) -> list[tuple[str, str]]:
    found = [("q", filters.q), ("tipo", label(filters.kind) if filters.kind else "")]
    fields: list[Any] = [form.sector, form.provincia, form.tema]
    for field in fields:
        words = {choice.value: str(choice.label) for choice in field.choices}
        found.append((field.short_name, words[_known(field)].lstrip("— ") if _known(field) else ""))
    if "estado" in form and filters.status:
        found.append(("estado", label(filters.status)))
    return found


def readable(slug: str) -> Actor:
    """The actor, if the reader may see it; a record not verified does not exist for the public."""
    actor = queries.actor(slug)
    if not can(principal(), Permission.ACTOR_READ, actor):
        raise NotFound(_l("No existe un actor con esa dirección."))
    return actor


@bp.route("/actores/<slug:slug>")
@public(reusable=True)
def actor(slug: str) -> str:
    """One actor: what it does and where, what binds it, and the contact that agreed to be shown."""
    return _page(readable(slug))


def _page(found: Actor, failed: dict[str, Any] | None = None) -> str:
    everything = can(principal(), Permission.ACTOR_CONTACTS, found)
    return render_template(
        "mapping/actor.html",
        actor=found,
        contacts=queries.contacts_of(found, public_only=not everything),
        contact_numbers=queries.contact_numbers(found) if everything else {},
        commitments=queries.commitments_of(found),
        bodies=queries.bodies_of(found),
        moves=ACTOR.open_to(principal(), found),
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
        return _page(queries.actor(slug), failed), 422
    flash(str(_l("Listo: el registro está %(state)s.", state=label(found.status).lower())), "success")
    return redirect(url_for("mapping.actor", slug=slug))


@bp.route("/actores/nuevo", methods=["GET", "POST"])
@requires(Permission.ACTOR_CREATE, form=True)
def new_actor() -> ResponseReturnValue:
    """Register an organisation for the team."""
    form = ActorForm()
    common.fill_actor_lists(form)
    if request.method == "POST" and not common.is_refresh() and form.validate():
        try:
            made = services.create_actor(form.to_input(), by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
        else:
            flash(str(_l("Registro creado. Falta verificarlo.")), "success")
            return redirect(url_for("mapping.actor", slug=made.slug))
    return render_template("mapping/actor_form.html", form=form, actor=None), common.status()


@bp.route("/actores/<slug:slug>/editar", methods=["GET", "POST"])
@requires(Permission.ACTOR_EDIT, load=readable, form=True)
def edit_actor(found: Actor) -> ResponseReturnValue:
    """Change a record; what somebody else changed meanwhile is said, and nothing typed is lost."""
    form = ActorForm()
    if request.method == "GET":
        form.show(found)
    common.fill_actor_lists(form, kept=found.territories)
    if request.method == "POST" and not common.is_refresh() and form.validate():
        slug, current = found.slug, found.lock_version
        try:
            services.edit_actor(found, form.to_input(), by=principal(), version=common.version_in(form))
        except Conflict as error:
            common.put_conflict(error, form, current)
            return render_template("mapping/actor_form.html", form=form, actor=queries.actor(slug)), 409
        except Invalid as error:
            common.put_on_form(error, form)
            found = queries.actor(slug)
        else:
            flash(str(_l("Cambios guardados.")), "success")
            return redirect(url_for("mapping.actor", slug=slug))
    return render_template("mapping/actor_form.html", form=form, actor=found), common.status()


@bp.route("/actores/<slug:slug>/contacto", methods=["GET", "POST"])
@requires(Permission.ACTOR_EDIT, load=readable, form=True)
def add_contact(found: Actor) -> ResponseReturnValue:
    """Add a contact with its consent."""
    form = ContactForm()
    slug = found.slug
    if request.method == "POST" and form.validate():
        try:
            services.add_contact(found, form.to_contact(), by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
            found = queries.actor(slug)
        else:
            flash(str(_l("Contacto guardado.")), "success")
            return redirect(url_for("mapping.actor", slug=slug))
    return render_template("mapping/contact_form.html", form=form, actor=found), common.status()


@bp.route("/actores/<slug:slug>/contacto/<int:number>/retirar", methods=["POST"])
@requires(Permission.ACTOR_CONTACTS)
def revoke_contact(slug: str, number: int) -> ResponseReturnValue:
    """Take back the consent of the actor's n-th contact and erase it. Pressed twice, it erases no other."""
    found = queries.actor(slug)
    numbers = queries.contact_numbers(found)
    contact = next((c for c in queries.contacts_of(found, public_only=False) if numbers[c.id] == number), None)
    if contact is None:
        raise NotFound(_l("Ese contacto ya no está."))
    services.revoke_contact(contact, found, by=principal())
    flash(str(_l("Contacto borrado.")), "success")
    return redirect(url_for("mapping.actor", slug=slug))
