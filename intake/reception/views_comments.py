"""The conversation about a proposal: reading, writing, replying, correcting, reporting, appealing."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from forms.conversation import AppealForm, CommentForm, ReportForm
from intake.core import tokens
from intake.core.i18n import gettext as _
from intake.core.pagination import number_from
from intake.core.permissions import Permission, authorize
from intake.core.text import number_of
from intake.reception import conversation
from intake.reception.blueprint import bp
from intake.reception.loading import load
from intake.reception.queries import conversation as reading
from intake.reception.services import commenting, moderating
from intake.reception.views_track import shown_again
from intake.web.access import principal, public, requires
from intake.web.listing import Listing, url_with
from intake.web.templating import may

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from forms.base import Form
    from models import Comment, Proposal

OLDEST = "antiguos"


def load_comment(folio: str, number: int) -> Comment:
    """The comment of the address; its proposal waits in `of_address`."""
    return reading.comment(load(folio), number)


def of_address() -> Proposal:
    """The proposal of the address (the row itself may have been rolled back)."""
    return load(str((request.view_args or {})["folio"]))


def _said(proposal: Proposal) -> dict[str, Any]:
    """What every page with comments needs."""
    return {
        "proposal": proposal,
        "is_open": conversation.is_open(proposal, proposal.plan.stages),
        "may_still_edit": conversation.may_still_edit,
    }


@bp.route("/propuestas/<folio:folio>/comentarios")
@public(reusable=True)
def comments(folio: str) -> ResponseReturnValue:
    """Every comment, 20 a page, the newest first unless asked otherwise, each with its first replies."""
    proposal = load(folio)
    oldest = request.args.get("orden") == OLDEST
    page = reading.threads(proposal, number=number_from(request.args.get("pagina")), newest_first=not oldest)
    return render_template(
        "reception/comments.html",
        page=Listing(page),
        oldest=oldest,
        orders=(url_with(orden=""), url_with(orden=OLDEST)),
        why_closed=conversation.WHY_CLOSED,
        **_said(proposal),
    )


@bp.route("/propuestas/<folio:folio>/comentarios/<int:number>")
@public(reusable=True)
def comment(folio: str, number: int) -> ResponseReturnValue:
    """One comment with all its replies; the address of a reply leads to its place there."""
    proposal = load(folio)
    found = reading.comment(proposal, number)
    if found.parent_id is not None:
        place = number_from(request.args.get("pagina"))
        root = reading.root_number(found)
        page = reading.page_of_reply(found) if place == 1 else place
        at = url_for(
            "reception.comment",
            folio=proposal.folio,
            number=root,
            pagina=page if page > 1 else None,
            _anchor=f"c{number}",
        )
        return redirect(at)
    replies = reading.replies(found, number=number_from(request.args.get("pagina")))
    return render_template("reception/comment.html", comment=found, page=Listing(replies), **_said(proposal))


@bp.route("/propuestas/<folio:folio>/comentarios/nuevo", methods=["GET", "POST"])
@public(form=True)
def new_comment(folio: str) -> ResponseReturnValue:
    """Write a comment, or a reply with ``?responde=<number>``. A guest is led to sign in with what was typed."""
    proposal = load(folio)
    parent = _parent(proposal)
    form = CommentForm(key=tokens.new_token())
    if request.method == "POST":
        authorize(principal(), Permission.COMMENT_WRITE, proposal)
    if form.validate_on_submit():
        may_answer = may(Permission.COMMENT_OFFICIAL, proposal)
        data = form.to_input(parent.number if parent else None, may_answer=may_answer)
        made = commenting.write(proposal, data, by=principal())
        flash(_("Publicamos su comentario. Puede corregirlo durante 15 minutos."), "success")
        return redirect(_place(proposal, made), HTTPStatus.SEE_OTHER)
    official = may(Permission.COMMENT_OFFICIAL, proposal)
    why = conversation.WHY_CLOSED
    page = render_template(
        "reception/comment_form.html", form=form, parent=parent, official=official, why_closed=why, **_said(proposal)
    )
    return page, shown_again(form)


def _parent(proposal: Proposal) -> Comment | None:
    asked = number_of(request.args.get("responde"))
    return None if asked is None else reading.comment(proposal, asked)


def _place(proposal: Proposal, of: Comment) -> str:
    """Where a comment is read, with its thread."""
    return url_for("reception.comment", folio=proposal.folio, number=of.number, _anchor=f"c{of.number}")


@bp.route("/propuestas/<folio:folio>/comentarios/<int:number>/editar", methods=["GET", "POST"])
@requires(Permission.COMMENT_OWN, load=load_comment, form=True)
def edit_comment(found: Comment) -> ResponseReturnValue:
    """Correct one's own words while the window is open."""
    form = CommentForm(data={"text": found.text, "stance": found.stance, "lock_version": found.lock_version})

    def save() -> None:
        commenting.edit(
            of_address(),
            found,
            text=form.text.data or "",
            stance=form.stance.data,
            lock_version=form.lock_version.data or 0,
            by=principal(),
        )

    return _act(form, found, save, _("Guardamos su corrección."), "comment_edit")


def _act(form: Form, found: Comment, act: Callable[[], None], done: str, template: str) -> ResponseReturnValue:
    """Check the form, act, and go back to the comment; or show the form again with what is wrong."""
    if form.validate_on_submit():
        act()
        flash(done, "success")
        return redirect(_place(of_address(), found), HTTPStatus.SEE_OTHER)
    page = render_template(f"reception/{template}.html", form=form, comment=found, **_said(of_address()))
    return page, shown_again(form)


@bp.route("/propuestas/<folio:folio>/comentarios/<int:number>/denunciar", methods=["GET", "POST"])
@public(form=True)
def report_comment(folio: str, number: int) -> ResponseReturnValue:
    """Tell the team which rule a comment breaks. A guest is led to sign in with what was typed."""
    found = load_comment(folio, number)
    form = ReportForm()
    if request.method == "POST":
        authorize(principal(), Permission.COMMENT_REPORT, found)

    def save() -> None:
        moderating.report(of_address(), found, reason=form.reason.data, note=form.note.data or "", by=principal())

    done = _("Gracias. Una persona del equipo lo revisará; mientras tanto el comentario sigue a la vista.")
    return _act(form, found, save, done, "comment_report")


@bp.route("/propuestas/<folio:folio>/comentarios/<int:number>/apelar", methods=["GET", "POST"])
@requires(Permission.COMMENT_OWN, load=load_comment, form=True)
def appeal_comment(found: Comment) -> ResponseReturnValue:
    """The author's one appeal against the hiding."""
    form = AppealForm()

    def save() -> None:
        moderating.appeal(of_address(), found, text=form.text.data or "", by=principal())

    return _act(form, found, save, _("Recibimos su apelación. La decidirá otra persona del equipo."), "comment_appeal")
