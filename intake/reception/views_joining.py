"""Joining, for the team: choose the proposals, write the lead text, see what authors answer, undo."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, g, redirect, render_template, request, url_for

from forms.joining import AddForm, DueForm, LeadForm, UndoForm
from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid, NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.plans import queries as plans
from intake.reception import families
from intake.reception.blueprint import bp
from intake.reception.folios import folio_of
from intake.reception.inputs import ProposalInput
from intake.reception.queries import joining as reading
from intake.reception.services import join_answers, joining
from intake.reception.views_asking import put
from intake.reception.views_author import load, proposal_folio
from intake.reception.views_similar import alike_to
from intake.reception.views_track import say_again
from intake.web.access import principal, requires
from intake.web.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from forms.base import Form
    from models import Proposal

#: Folios that one request may name.
MOST_NAMED = families.MOST_PARTS + 10


def usual_day() -> Any:
    """The last day to answer, unless the analyst says otherwise."""
    return clock.today() + timedelta(days=current_app.config["INTAKE"].join_days)


def load_joinable(folio: str) -> Proposal:
    """A proposal for the page on which joining begins; a collective one has a page of its own."""
    return load(folio)


@bp.route("/propuestas/<folio:folio>/unir", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_JOIN, load=load_joinable, form=True)
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
    wanted = [*request.args.getlist("con"), *(_as_folio(word, proposal) for word in typed)]
    found = _named(proposal, wanted)
    known = {p.folio for p in found}
    return found, [folio for folio in dict.fromkeys(wanted) if folio and folio not in known]


def _as_folio(word: str, proposal: Proposal) -> str:
    return folio_of(word, proposal.plan.code, least_digits=1) or word.upper()


def _named(proposal: Proposal, folios: Sequence[str]) -> list[Proposal]:
    """The proposal and the named ones, each once, in their order."""
    return reading.chosen([str(proposal.folio), *folios][:MOST_NAMED])


def _choosing(proposal: Proposal, found: Sequence[Proposal], unknown: Sequence[str]) -> ResponseReturnValue:
    alike = [one for one in alike_to(proposal) if one.can_join]
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
    form, status = LeadForm(), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.validate_on_submit() and form.due_on.data is not None:
        try:
            made = joining.propose(
                proposal.plan,
                found,
                _input(form, found),
                reason=form.reason.data or "",
                due_on=form.due_on.data,
                by=principal(),
            )
        except (Invalid, Conflict, Forbidden) as error:
            status = put(form, error)
            proposal = load(proposal_folio())
            found = _named(proposal, request.form.getlist("con"))
        else:
            flash(_("%(folio)s está publicada y se preguntó a cada autor.", folio=made.folio), "success")
            return redirect(url_for("reception.union", folio=made.folio), HTTPStatus.SEE_OTHER)
    say_again(form)
    return _writing(proposal, found, form, status)


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


@bp.route("/propuestas/uniones")
@requires(Permission.PROPOSAL_JOIN)
def unions() -> ResponseReturnValue:
    """The collective proposals of the plan under way, with what is still awaited."""
    plan = g.plan = plans.current()
    if plan is None:
        raise NotFound(_l("Todavía no hay un plan en marcha."))
    page = Listing(reading.collectives(plan, number=number_from(request.args.get("pagina"))))
    return render_template("reception/join_list.html", page=page, least=families.LEAST_PARTS)


def load_collective(folio: str) -> Proposal:
    """A collective proposal. Raises `NotFound` for any other."""
    found = load(folio)
    if found.kind.value != "collective":
        raise NotFound(_l("Esta propuesta no reúne otras."))
    return found


@bp.route("/propuestas/<folio:folio>/union", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_JOIN, load=load_collective, form=True)
def union(proposal: Proposal) -> ResponseReturnValue:
    """What each author answered; one more proposal can be asked for."""
    form, status = AddForm(due_on=usual_day()), HTTPStatus.OK
    if form.validate_on_submit() and form.due_on.data is not None:
        try:
            other = load(_as_folio(form.folio.data or "", proposal))
            joining.add(proposal, proposal.plan, other, due_on=form.due_on.data, by=principal())
        except NotFound as error:
            form.folio.errors = [str(error.message)]
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        except (Invalid, Conflict, Forbidden) as error:
            status = put(form, error)
            proposal = load(proposal_folio())
        else:
            flash(_("Se preguntó a quien presentó %(folio)s.", folio=other.folio), "success")
            return redirect(url_for("reception.union", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    elif form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    say_again(form)
    return _union(proposal, form), status


def _union(proposal: Proposal, form: AddForm) -> str:
    found = reading.family(proposal)
    can_join = len(found.joined) + len(found.awaited)
    return render_template(
        "reception/join_union.html",
        proposal=proposal,
        form=form,
        family=found,
        standing=families.standing,
        is_forming=proposal.status in families.FORMING,
        is_undoable=proposal.status in families.UNDOABLE,
        too_few=can_join < families.LEAST_PARTS and proposal.status in families.FORMING,
    )


@bp.route("/propuestas/<folio:folio>/union/preguntar", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_JOIN, load=load_collective, form=True)
def ask_again(proposal: Proposal) -> ResponseReturnValue:
    """Ask one author once more: ``?parte=`` is the folio."""
    asked = reading.request_between(proposal, request.args.get("parte", ""))
    form = DueForm(due_on=usual_day())
    done = _act(form, lambda: joining.ask_again(asked, due_on=form.due_on.data or clock.today(), by=principal()))
    if done is None:
        flash(_("Se preguntó otra vez a quien presentó %(folio)s.", folio=asked.proposal.folio), "success")
        return redirect(url_for("reception.union", folio=proposal_folio()), HTTPStatus.SEE_OTHER)
    proposal = load(proposal_folio())
    asked = reading.request_between(proposal, request.args.get("parte", ""))
    return render_template("reception/join_again.html", proposal=proposal, member=asked.proposal, form=form), done


@bp.route("/propuestas/<folio:folio>/union/deshacer", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_JOIN, load=load_collective, form=True)
def undo(proposal: Proposal) -> ResponseReturnValue:
    """Undo the joining of ``?parte=``, or without it the whole."""
    folio = request.args.get("parte", "")
    asked = reading.request_between(proposal, folio) if folio else None
    form = UndoForm()

    def act() -> None:
        reason = form.reason.data or ""
        if asked is not None:
            join_answers.separate(asked, reason=reason, by=principal())
        else:
            join_answers.dissolve(proposal, reason=reason, by=principal())

    done = _act(form, act)
    if done is None:
        flash(_("La unión se deshizo y se avisó a quien corresponde."), "success")
        return redirect(url_for("reception.union", folio=proposal_folio()), HTTPStatus.SEE_OTHER)
    proposal = load(proposal_folio())
    member = reading.request_between(proposal, folio).proposal if folio else None
    return render_template("reception/join_undo.html", proposal=proposal, member=member, form=form), done


def _act(form: Form, act: Any) -> HTTPStatus | None:
    """Do what a valid form asks for. None where it was done, else the status of the page that shows the form again."""
    if not form.validate_on_submit():
        say_again(form)
        return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    try:
        act()
    except (Invalid, Conflict, Forbidden) as error:
        return put(form, error)
    return None
