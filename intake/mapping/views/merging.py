"""Pages on which the team finds records that are one organisation, joins them, or says that they are two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.merging import DistinctForm, FindForm, MergeForm
from intake.core.errors import Conflict, Gone, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.mapping import apart, duplicates, likely_pairs, merge_refusals, merging, queries
from intake.mapping.queries import ActorFilters
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.web.access import principal, requires
from intake.web.filters import fecha, lista
from intake.web.listing import Listing
from models import Actor
from models.enums import ActorStatus


@dataclass(frozen=True)
class Choice:
    """A field in which two records differ: its radio buttons and what each record says."""

    field: Any
    kept: str
    other: str


@bp.route("/actores/duplicados")
@requires(Permission.ACTOR_CREATE)
def duplicate_actors() -> str:
    """The pairs of records that may be one organisation, the likeliest first."""
    page = likely_pairs.pairs(number=number_from(request.args.get("pagina")))
    return render_template("mapping/actors_alike.html", page=Listing(page))


def live(slug: str) -> Actor:
    """An actor that is not joined to another. Raises `NotFound`, `Gone` (`Conflict` for a press) with where it went."""
    found = queries.actor(slug)
    if found.status is ActorStatus.MERGED:
        _row, stayed = merging.story_of(found)
        words = _l("«%(name)s» ya se unió a «%(kept)s». Trabaje con ese registro.", name=found.name, kept=stayed.name)
        raise (Conflict if request.method == "POST" else Gone)(words)
    return found


@bp.route("/actores/<slug:slug>/unir")
@requires(Permission.ACTOR_VERIFY)
def find_other(slug: str) -> str:
    """Look for the record that is the same organisation."""
    found = live(slug)
    form = FindForm(request.args)
    form.validate()
    emails = [contact.email for contact in queries.numbered_contacts(found).values()]
    results: list[Actor] = []
    if form.q.data and not form.q.errors:
        matches = queries.actors(ActorFilters(q=form.q.data, status=None)).items
        results = [one for one in matches if one.id != found.id and one.status is not ActorStatus.MERGED]
    return render_template(
        "mapping/actor_find.html", actor=found, form=form, similar=duplicates.like(found, emails), results=results
    )


@bp.route("/actores/<slug:slug>/unir/<slug:other>", methods=["GET", "POST"])
@requires(Permission.ACTOR_VERIFY, form=True)
def merge_actors(slug: str, other: str) -> ResponseReturnValue:
    """Compare two records, choose what stays, see what moves, and join the second to the first."""
    kept, gone = live(slug), live(other)
    form = MergeForm()
    choices = _choices(form, kept, gone)
    if request.method == "POST" and form.validate():
        try:
            merging.merge(kept, gone, form.to_input(), by=principal())
        except Invalid as error:
            common.put_on_form(error, form)
            kept, gone = queries.actor(slug), queries.actor(other)
        else:
            flash(str(_l("Listo: los dos registros son ahora uno.")), "success")
            return redirect(url_for("mapping.actor", slug=slug))
    return _compare(form, kept, gone, choices), common.status()


def _compare(form: MergeForm, kept: Actor, gone: Actor, choices: list[Choice]) -> str:
    form.kept_version.data, form.other_version.data = str(kept.lock_version), str(gone.lock_version)
    return render_template(
        "mapping/actor_merge.html",
        form=form,
        kept=kept,
        gone=gone,
        choices=choices,
        moving=merging.preview(gone),
        refusal=_refusal(kept, gone),
        turned=_refusal(gone, kept) is None,
    )


def _refusal(kept: Actor, gone: Actor) -> Any:
    """Why the second cannot be joined to the first, None if it can."""
    try:
        merge_refusals.refuse(kept, gone)
    except (Conflict, Invalid) as error:
        return error.message
    return None


def _choices(form: MergeForm, kept: Actor, gone: Actor) -> list[Choice]:
    """The fields in which the two differ. What only the other one says is taken unless somebody chooses otherwise."""
    mine, theirs = _said(kept), _said(gone)
    found = []
    for field in form.choices_offered():
        ours, others = mine[field.short_name], theirs[field.short_name]
        if ours == others:
            continue
        if request.method == "GET" and field.short_name in merging.FIELDS and not ours:
            field.data = merging.OTHER
        found.append(Choice(field, ours, others))
    return found


def _said(actor: Actor) -> dict[str, str]:
    """What a record says, in words, by the names of `MergeForm`."""
    government = [label(one) for one in (actor.function, actor.level) if one]
    source = [actor.source, fecha(actor.source_on) if actor.source_on else ""]
    return {
        "name": actor.name,
        "acronym": actor.acronym or "",
        "kind": " · ".join([label(actor.kind), *government]),
        "sector": localized(actor.sector, "name") if actor.sector else "",
        "ruc": actor.ruc or "",
        "website": actor.website or "",
        "description": actor.description,
        "source": " · ".join(part for part in source if part),
        "territories": lista(sorted(place.name for place in actor.territories)),
        "themes": lista(sorted(localized(theme, "name") for theme in actor.themes)),
        "peoples": lista(sorted(people.name for people in actor.peoples)),
        "languages": lista(sorted(localized(one, "name") for one in actor.languages)),
    }


@bp.route("/actores/<slug:slug>/distinta/<slug:other>", methods=["GET", "POST"])
@requires(Permission.ACTOR_VERIFY, form=True)
def tell_apart(slug: str, other: str) -> ResponseReturnValue:
    """Say why two alike records are two organisations; they are not suggested again."""
    one, another = live(slug), live(other)
    form = DistinctForm()
    if request.method == "POST" and form.validate():
        apart.mark_distinct(one, another, form.reason.data or "", by=principal())
        flash(str(_l("Anotado: son dos organizaciones distintas.")), "success")
        return redirect(url_for("mapping.duplicate_actors"))
    return render_template("mapping/actor_distinct.html", form=form, one=one, other=another), common.status()
