"""Reading one proposal, its versions, its open data."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from flask import jsonify, redirect, render_template, request, url_for

from intake.core.errors import NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.reception import (
    answers,
    conversation,
    differences,
    families,
    familyjson,
    familysteps,
    points,
    promises,
    queries,
    serializers,
    storyline,
    storysteps,
)
from intake.reception.blueprint import bp
from intake.reception.inputs import public_status
from intake.reception.loading import load
from intake.reception.owed import owed
from intake.reception.queries import attached
from intake.reception.queries.conversation import family_supports, newest
from intake.reception.related import related
from intake.reception.views_author import owner_links
from intake.reception.writing import TEXTS
from intake.web.access import public
from intake.web.templating import may
from models.enums import ProposalKind

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Proposal


@bp.route("/propuestas/<folio:folio>")
@public(reusable=True)
def show(folio: str) -> ResponseReturnValue:
    """A proposal with its whole story."""
    given = str(request.path.rpartition("/")[2])
    if given != folio:
        return redirect(url_for("reception.show", folio=folio), 301)
    proposal = load(folio)
    story = queries.story(proposal)
    mine = may(Permission.PROPOSAL_EDIT, proposal)
    return render_template(
        "reception/show.html",
        proposal=proposal,
        story=story,
        steps=storyline.steps(proposal, story, proposal.plan.stages),
        decision=storyline.callout(proposal, story),
        status=public_status(proposal.status),
        author=serializers.public_author(proposal),
        places=list(serializers.place_names(proposal.territory).values()),
        next_words=storyline.what_next(proposal, proposal.plan.stages, story),
        reply_until=storysteps.until(proposal, story),
        owed=owed(proposal),
        promises=promises,
        is_late=answers.is_late,
        links=owner_links(proposal) if mine else None,
        contact=proposal.contact if may(Permission.PROPOSAL_CONTACT, proposal) else None,
        newest=newest(proposal),
        is_talked_about=conversation.is_open(proposal, proposal.plan.stages),
        supports_told=conversation.totals_told(proposal.plan),
        related=related(proposal),
        files=attached.files_of(proposal),
        with_author=attached.with_author(proposal),
        point=points.of(proposal),
        is_coarse=points.is_coarse(proposal),
        square=points.COARSE,
        standing=families.standing,
        family_supports=_family_supports(proposal),
        family_byline=familysteps.byline(story),
    )


def _family_supports(proposal: Proposal) -> int | None:
    """Distinct people who support a collective proposal or a part; None for others, and while totals are hidden."""
    if proposal.kind is not ProposalKind.COLLECTIVE or not conversation.totals_told(proposal.plan):
        return None
    return family_supports(proposal)


@bp.route("/propuestas/<folio:folio>.json")
@public(reusable=True)
def show_json(folio: str) -> ResponseReturnValue:
    """A proposal as open data."""
    proposal = load(folio)
    if not proposal.is_public:  # its author and the team read it on its page; open data it is not
        raise NotFound(_l("Esta propuesta no está publicada."))
    story = queries.story(proposal)
    told = serializers.public(proposal, story.decision, [c.reference for c in story.commitments])
    beside = serializers.beside(proposal, attached.files_of(proposal), attached.with_author(proposal))
    belonging = familyjson.belonging(
        proposal,
        story,
        supports=proposal.support_count if conversation.totals_told(proposal.plan) else None,
        family_supports=_family_supports(proposal),
    )
    return jsonify({**told, **beside, **belonging})


@bp.route("/propuestas/<folio:folio>/versiones")
@public(reusable=True)
def versions(folio: str) -> ResponseReturnValue:
    """What changed from each version to the next, word by word, newest first."""
    proposal = load(folio)
    kept = queries.versions(proposal)
    pairs = [
        (new, differences.changed(old.content, new.content, TEXTS), _other_changes(old.content, new.content))
        for old, new in pairwise(kept)
    ]
    words = {"title": _("Título"), "problem": _("Problema"), "solution": _("Solución")}
    words["expected_result"] = _("Resultado esperado")
    return render_template(
        "reception/versions.html", proposal=proposal, pairs=pairs[::-1], first=kept[0] if kept else None, words=words
    )


def _other_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    words = {
        "theme": _("el tema"),
        "territory": _("el lugar"),
        "approaches": _("los enfoques"),
        "branch": _("a quién se dirige"),
        "public_name": _("el nombre que se muestra"),
        "organisation_name": _("la organización"),
        "files": _("los archivos"),
        "point": _("el punto en el mapa"),
    }
    return [text for name, text in words.items() if old.get(name) != new.get(name)]
