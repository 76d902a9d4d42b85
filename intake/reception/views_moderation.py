"""The published rules with the public count of moderation, and the team's queue."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for

from forms.conversation import HideForm, KeepForm, NoteForm
from intake.core.i18n import gettext as _
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.reception import conversation
from intake.reception.blueprint import bp
from intake.reception.queries import conversation as reading
from intake.reception.services import moderating
from intake.reception.views_comments import load_comment, of_address
from intake.reception.views_track import shown_again
from intake.web.access import principal, public, requires
from intake.web.listing import Listing
from intake.web.templating import may
from models.enums import AppealStatus

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from forms.base import Form
    from models import Comment

QUEUES = (reading.REPORTED, reading.APPEALED, reading.SET_ASIDE)
#: What the buttons send, and the form that each demands.
_FORMS: dict[str, type[Form]] = {
    "ocultar": HideForm,
    "mantener": KeepForm,
    "mostrar": NoteForm,
    "aceptar": NoteForm,
    "negar": NoteForm,
}


@bp.route("/normas")
@public(reusable=True)
def rules() -> ResponseReturnValue:
    """The rules of the conversation, how they are applied, and how often that happened."""
    return render_template(
        "reception/rules.html",
        explained=conversation.EXPLAINED,
        moderated=reading.moderated(),
        minutes=conversation.EDIT_MINUTES,
    )


@bp.route("/moderacion")
@requires(Permission.COMMENT_MODERATE)
def moderation() -> ResponseReturnValue:
    """What waits for the team: reported comments, appeals; and what is hidden."""
    asked = request.args.get("ver", "")
    kind = asked if asked in QUEUES else reading.REPORTED
    page = reading.queue(kind, number=number_from(request.args.get("pagina")))
    return render_template(
        "reception/moderation.html", page=Listing(page), kind=kind, kinds=QUEUES, numbers=reading.queue_numbers()
    )


@bp.route("/propuestas/<folio:folio>/comentarios/<int:number>/moderar", methods=["GET", "POST"])
@requires(Permission.COMMENT_MODERATE, load=load_comment, form=True)
def moderate(found: Comment) -> ResponseReturnValue:
    """Decide on one comment: hide, keep, show again, or answer an appeal."""
    action = request.form.get("action", "")
    form = _FORMS.get(action, HideForm)()
    if action in _FORMS and form.validate_on_submit():
        _do(action, found, form)
        flash(_("Quedó decidido."), "success")
        return redirect(url_for("reception.moderation"), HTTPStatus.SEE_OTHER)
    shown = "aceptar" if action == "negar" else action  # two buttons of one form
    forms = {name: form if name == shown else kind(formdata=None) for name, kind in _FORMS.items()}
    may_decide = may(Permission.APPEAL_DECIDE, found)
    page = render_template(
        "reception/comment_moderate.html",
        form=form,
        forms=forms,
        comment=found,
        proposal=of_address(),
        reports=reading.reports_of(found),
        may_decide=may_decide,
        typed="" if shown == _offered(found, may_decide=may_decide) else _note(form),
    )
    return page, shown_again(form)


def _offered(found: Comment, *, may_decide: bool) -> str:
    """The action in whose form a note is asked now; "" where none is."""
    if found.hidden_at is None:
        return "ocultar"
    if found.appeal_status is AppealStatus.OPEN:
        return "aceptar" if may_decide else ""
    return "mostrar"


def _note(form: Any) -> str:
    """What was written for something that somebody else decided meanwhile."""
    return (form.note.data or "") if "note" in form else ""


def _do(action: str, found: Comment, form: Any) -> None:
    proposal, by = of_address(), principal()
    if action == "mantener":
        moderating.dismiss(proposal, found, by=by)
        return
    note = form.note.data or ""
    if action == "ocultar":
        moderating.hide(proposal, found, reason=form.reason.data, note=note, by=by)
    elif action == "mostrar":
        moderating.restore(proposal, found, note=note, by=by)
    else:
        moderating.decide_appeal(proposal, found, grant=action == "aceptar", answer=note, by=by)
