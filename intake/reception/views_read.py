"""Reading one proposal, its versions, its open data."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from flask import jsonify, redirect, render_template, request, url_for

from intake.core.errors import NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.reception import answers, conversation, differences, queries, serializers, storyline, storysteps
from intake.reception.blueprint import bp
from intake.reception.inputs import public_status
from intake.reception.queries.conversation import newest
from intake.reception.related import related
from intake.reception.views_author import load, owner_links
from intake.reception.writing import TEXTS
from intake.web.access import public
from intake.web.templating import may

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


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
        is_late=answers.is_late,
        links=owner_links(proposal) if mine else None,
        contact=proposal.contact if may(Permission.PROPOSAL_CONTACT, proposal) else None,
        newest=newest(proposal),
        is_talked_about=conversation.is_open(proposal, proposal.plan.stages),
        supports_told=conversation.totals_told(proposal.plan),
        related=related(proposal),
    )


@bp.route("/propuestas/<folio:folio>.json")
@public(reusable=True)
def show_json(folio: str) -> ResponseReturnValue:
    """A proposal as open data."""
    proposal = load(folio)
    if not proposal.is_public:  # its author and the team read it on its page; open data it is not
        raise NotFound(_l("Esta propuesta no está publicada."))
    story = queries.story(proposal)
    return jsonify(serializers.public(proposal, story.decision, [c.reference for c in story.commitments]))


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
    }
    return [text for name, text in words.items() if old.get(name) != new.get(name)]
