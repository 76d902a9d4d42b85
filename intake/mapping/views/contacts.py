"""Contacts of actors: adding, showing, hiding and taking back, by the team or by the person's own link."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import Form
from forms.mapping import ContactForm, ShowContactForm
from intake.core.errors import Invalid, NotFound
from intake.core.i18n import Text
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.mapping import contacts, queries
from intake.mapping.views import common
from intake.mapping.views.actors import readable
from intake.mapping.views.blueprint import bp
from intake.web.access import principal, public, requires
from models import Actor, ActorContact


@bp.route("/actores/<slug:slug>/contacto", methods=["GET", "POST"])
@requires(Permission.ACTOR_EDIT, load=readable, form=True)
def add_contact(found: Actor) -> ResponseReturnValue:
    """Add a contact with its consent."""
    form = ContactForm()
    slug = found.slug
    if request.method == "POST" and form.validate():
        try:
            contacts.add_contact(found, form.to_contact(), by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
            found = queries.actor(slug)
        else:
            flash(str(_l("Contacto guardado.")), "success")
            return redirect(url_for("mapping.actor", slug=slug))
    return render_template("mapping/contact_form.html", form=form, actor=found), common.status()


def _of_contact(slug: str, number: int) -> Actor:  # noqa: ARG001 -- the view looks the contact up
    return readable(slug)


@bp.route("/actores/<slug:slug>/contacto/<int:number>/visibilidad", methods=["GET", "POST"])
@requires(Permission.ACTOR_EDIT, load=_of_contact, form=True)
def show_contact(found: Actor) -> ResponseReturnValue:
    """Show the actor's n-th contact on its public page, saying how its person agreed, or hide it."""
    contact, form = _numbered(found), ShowContactForm()
    if request.method == "POST" and request.form.get("publico") != "si":
        contacts.show_contact(contact, found, public=False, by=principal())
        return _back(found, _l("El contacto ya no se muestra al público."))
    if request.method == "POST" and form.validate():
        contacts.show_contact(contact, found, public=True, by=principal(), how=form.how.data or "")
        return _back(found, _l("El contacto se muestra ahora al público."))
    return render_template("mapping/contact_show.html", form=form, actor=found, contact=contact), common.status()


def _back(actor: Actor, words: Text) -> ResponseReturnValue:
    flash(str(words), "success")
    return redirect(url_for("mapping.actor", slug=actor.slug))


@bp.route("/actores/<slug:slug>/contacto/<int:number>/retirar", methods=["POST"])
@requires(Permission.ACTOR_EDIT, load=_of_contact)
def revoke_contact(found: Actor) -> ResponseReturnValue:
    """Take back the consent of the actor's n-th contact and erase it. Pressed twice, it erases no other."""
    slug = found.slug
    contacts.revoke_contact(_numbered(found), found, by=principal())
    flash(str(_l("Contacto borrado.")), "success")
    return redirect(url_for("mapping.actor", slug=slug))


def _numbered(actor: Actor) -> ActorContact:
    contact = queries.numbered_contacts(actor).get((request.view_args or {})["number"])
    if contact is None:
        raise NotFound(_l("Ese contacto ya no está."))
    return contact


@bp.route("/actores/registro/retirar/<key:token>", methods=["GET", "POST"])
@public(form=True)
def take_contact_back(token: str) -> ResponseReturnValue:
    """Let the person take the consent back with the link of the mail, by pressing a button (scanners open links)."""
    form = Form()
    contact, actor = contacts.look_by_link(token)
    facts = {
        "name": actor.name,
        "more": len(contacts.of_same_person(contact)),
        "remaining": contacts.remaining(contact),
    }
    if form.validate_on_submit():
        contacts.revoke_by_link(token, by=principal())
        return redirect(url_for("mapping.contact_taken_back"), HTTPStatus.SEE_OTHER)
    page = render_template("mapping/contact_back.html", form=form, **facts)
    return page, common.status()


@bp.route("/actores/registro/retirado")
@public()
def contact_taken_back() -> str:
    """That it is done; knows nobody."""
    return render_template("mapping/contact_taken_back.html")
