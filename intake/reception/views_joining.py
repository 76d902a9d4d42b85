"""Joining, for the team: choose the proposals, write the lead text, ask the authors."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, redirect, render_template, request, url_for

from forms.joining import LeadForm
from intake.core import clock
from intake.core.i18n import gettext as _
from intake.core.permissions import Permission
from intake.reception import families
from intake.reception.blueprint import bp
from intake.reception.folios import folio_of
from intake.reception.inputs import ProposalInput
from intake.reception.loading import load
from intake.reception.queries import unions
from intake.reception.services import joining
from intake.reception.views_similar import alike_to
from intake.reception.views_track import shown_again
from intake.web.access import principal, requires

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flask.typing import ResponseReturnValue

    from models import Proposal

#: Folios that one request may name.
MOST_NAMED = families.MOST_PARTS + 10


def usual_day() -> date:
    """The last day to answer, unless the analyst says otherwise."""
    return clock.today() + timedelta(days=int(current_app.config["INTAKE"].join_days))


@bp.route("/propuestas/<folio:folio>/unir", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_JOIN, load=load, form=True)
def join(proposal: Proposal) -> ResponseReturnValue:
    """Choose which proposals say the same as this one; then write what they say together."""
    if request.method == "POST":
        return _propose(proposal, _named(proposal, request.form.getlist("con")))
    found, unknown = _asked_for(proposal)
    if unknown or len(found) < families.LEAST_PARTS or "elegir" in request.args:
        return _choosing(proposal, found, unknown)
    form = LeadForm(formdata=None, data=_begin(found))
    return _writing(proposal, found, form)


def _begin(found: Sequence[Proposal]) -> dict[str, Any]:
    lead = families.lead(found)
    texts = {name: getattr(lead, name) for name in ("title", "problem", "solution", "expected_result")}
    return {**texts, "due_on": usual_day()}


def _asked_for(proposal: Proposal) -> tuple[list[Proposal], list[str]]:
    """The proposals that the address names beside this one, and what it names that is none."""
    typed = request.args.get("otras", "").replace(",", " ").split()
    wanted = [*request.args.getlist("con"), *(as_folio(word, proposal) for word in typed)]
    found = _named(proposal, wanted)
    known = {p.folio for p in found}
    return found, [folio for folio in dict.fromkeys(wanted) if folio and folio not in known]


def as_folio(word: str, proposal: Proposal) -> str:
    """What was typed, as a folio of the proposal's plan where it can be read as one."""
    return folio_of(word, proposal.plan.code, least_digits=1) or word.upper()


def _named(proposal: Proposal, folios: Sequence[str]) -> list[Proposal]:
    """The proposal and the named ones, each once, in their order."""
    return unions.chosen([str(proposal.folio), *folios][:MOST_NAMED])


def _choosing(proposal: Proposal, found: Sequence[Proposal], unknown: Sequence[str]) -> ResponseReturnValue:
    alike = alike_to(proposal, only=unions.joinable())
    shown = {one.folio for one in alike}
    page = render_template(
        "reception/join_choose.html",
        proposal=proposal,
        alike=alike,
        checked={p.folio for p in found},
        others=[p for p in found if p.folio not in shown and p.folio != proposal.folio],
        unknown=unknown,
        asked="con" in request.args or "otras" in request.args,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if unknown else HTTPStatus.OK


def _writing(
    proposal: Proposal, found: Sequence[Proposal], form: LeadForm, status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    page = render_template("reception/join_write.html", proposal=proposal, parts=found, form=form)
    return page, status


def _propose(proposal: Proposal, found: list[Proposal]) -> ResponseReturnValue:
    form = LeadForm()
    if form.validate_on_submit() and form.due_on.data is not None:
        reason, lead = form.reason.data or "", _input(form, found)
        made = joining.propose(proposal.plan, found, lead, reason=reason, due_on=form.due_on.data, by=principal())
        flash(_("%(folio)s está publicada y se preguntó a cada autor.", folio=made.folio), "success")
        return redirect(url_for("reception.union", folio=made.folio), HTTPStatus.SEE_OTHER)
    return _writing(proposal, found, form, shown_again(form))


def _input(form: LeadForm, found: Sequence[Proposal]) -> ProposalInput:
    """What was written; theme, place, branch and approaches follow from the parts."""
    lead = families.lead(found)
    return ProposalInput(
        title=form.title.data or "",
        problem=form.problem.data or "",
        solution=form.solution.data or "",
        expected_result=form.expected_result.data or "",
        theme_code=lead.theme_code,
        territory_code=lead.territory_code,
        approaches=lead.approaches,
        branch=lead.branch,
    )
