"""A collective proposal, for the team: what its authors answered, asking again, undoing; and the list of all."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from forms.joining import AddForm, DueForm, KeepTextForm, UndoForm
from intake.core.errors import NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.reception import families
from intake.reception.blueprint import bp
from intake.reception.loading import load, proposal_folio
from intake.reception.queries import joining as reading
from intake.reception.queries import unions as listing
from intake.reception.services import join_answers, joining, lead_text
from intake.reception.underway import plan_under_way
from intake.reception.views_joining import as_folio, usual_day
from intake.reception.views_track import shown_again
from intake.web.access import principal, requires
from intake.web.listing import Listing
from models.enums import ProposalKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from models import JoinRequest, Proposal


@bp.route("/propuestas/uniones")
@requires(Permission.PROPOSAL_JOIN)
def unions() -> ResponseReturnValue:
    """The collective proposals of the plan under way, with what is still awaited."""
    plan = plan_under_way()
    page = Listing(listing.collectives(plan, number=number_from(request.args.get("pagina"))))
    left = listing.left([row.id for row in page.items if row.status in families.UNDOABLE])
    return render_template("reception/join_list.html", page=page, left=left, least=families.LEAST_PARTS)


def load_collective(folio: str) -> Proposal:
    """A collective proposal. Raises `NotFound` for any other."""
    found = load(folio)
    if found.kind is not ProposalKind.COLLECTIVE:
        raise NotFound(_l("Esta propuesta no reúne otras."))
    return found


def _to_union() -> ResponseReturnValue:
    return redirect(url_for("reception.union", folio=proposal_folio()), HTTPStatus.SEE_OTHER)


@bp.route("/propuestas/<folio:folio>/union", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_JOIN, load=load_collective, form=True)
def union(proposal: Proposal) -> ResponseReturnValue:
    """What each author answered; one more proposal can be asked for."""
    form = AddForm(due_on=usual_day())
    if form.validate_on_submit() and form.due_on.data is not None:
        found = listing.chosen([as_folio(form.folio.data or "", proposal)])
        if found:
            joining.add(proposal, proposal.plan, found[0], due_on=form.due_on.data, by=principal())
            flash(_("Se preguntó a quien presentó %(folio)s.", folio=found[0].folio), "success")
            return _to_union()
        form.folio.errors = [str(_l("No existe una propuesta con ese folio."))]
    return _union(proposal, form), shown_again(form)


def _union(proposal: Proposal, form: AddForm) -> str:
    parts = reading.parts(proposal)
    found = reading.gathering(parts)
    is_forming = proposal.status in families.FORMING
    return render_template(
        "reception/join_union.html",
        proposal=proposal,
        form=form,
        family=found,
        parts=parts,
        standing=families.standing,
        settled_at=families.settled_at,
        is_forming=is_forming,
        left=_left(proposal),
        unreachable=listing.unreachable(proposal),
        leads=principal().user_id in listing.led_by([proposal.id])[proposal.id],
        is_undoable=proposal.status in families.UNDOABLE,
        too_few=is_forming and len(found.joined) + len(found.awaited) < families.LEAST_PARTS,
    )


def _left(proposal: Proposal) -> Sequence[JoinRequest]:
    """Who left since the lead text was last looked at, while anything can be done about it."""
    return listing.left([proposal.id])[proposal.id] if proposal.status in families.UNDOABLE else []


@bp.route("/propuestas/<folio:folio>/union/texto", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_JOIN, load=load_collective, form=True)
def keep_text(proposal: Proposal) -> ResponseReturnValue:
    """The lead text beside what those wrote who left since: it may stay, with a reason, or the whole is undone."""
    form = KeepTextForm()
    if form.validate_on_submit():
        lead_text.keep(proposal, request.form.getlist("parte"), reason=form.reason.data or "", by=principal())
        flash(_("Quedó anotado que el texto común se revisó y sigue igual."), "success")
        return _to_union()
    status = shown_again(form)
    return render_template("reception/join_text.html", proposal=proposal, left=_left(proposal), form=form), status


@bp.route("/propuestas/<folio:folio>/union/preguntar", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_JOIN, load=load_collective, form=True)
def ask_again(proposal: Proposal) -> ResponseReturnValue:
    """Ask one author once more: ``?parte=`` is the folio."""
    asked = reading.request_between(proposal, request.args.get("parte", ""))
    form = DueForm(due_on=usual_day())
    if form.validate_on_submit() and form.due_on.data is not None:
        joining.ask_again(asked, due_on=form.due_on.data, by=principal())
        flash(_("Se preguntó otra vez a quien presentó %(folio)s.", folio=asked.proposal.folio), "success")
        return _to_union()
    status = shown_again(form)
    reached = asked.proposal_id not in listing.unreachable(proposal)
    member = asked.proposal
    page = render_template("reception/join_again.html", proposal=proposal, member=member, reached=reached, form=form)
    return page, status


@bp.route("/propuestas/<folio:folio>/union/deshacer", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_JOIN, load=load_collective, form=True)
def undo(proposal: Proposal) -> ResponseReturnValue:
    """Undo the joining of ``?parte=``, or without it the whole."""
    folio = request.args.get("parte", "")
    asked = reading.request_between(proposal, folio) if folio else None
    form = UndoForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        if asked is not None:
            join_answers.separate(asked, reason=reason, by=principal())
        else:
            join_answers.dissolve(proposal, reason=reason, by=principal())
        flash(_("La unión se deshizo y se avisó a quien corresponde."), "success")
        return _to_union()
    status = shown_again(form)
    member = asked.proposal if asked is not None else None
    return render_template("reception/join_undo.html", proposal=proposal, member=member, form=form), status
