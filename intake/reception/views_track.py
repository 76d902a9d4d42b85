"""Where is my proposal: no account needed. The claim code opens it to its author."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from forms.reception import ClaimForm, FolioForm
from intake.core.errors import NotFound, TooMany
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import ngettext
from intake.core.permissions import Permission
from intake.plans import queries as plans
from intake.reception import answers, promises, queries, services, storyline, storysteps
from intake.reception.blueprint import bp
from intake.reception.folios import folio_of
from intake.reception.inputs import public_status
from intake.reception.loading import load, raise_if_printed
from intake.reception.owed import owed
from intake.reception.queries import desk
from intake.reception.services import paper
from intake.reception.views_author import owner_links
from intake.web.access import public, remember_claim
from intake.web.templating import may

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from forms.base import Form
    from models import Proposal


def shown_again(form: Form) -> HTTPStatus:
    """The status of a page with a form that was not sent, or that is shown again with what is wrong.

    What a service refuses is put on the form by `intake.web.again`, with the status of the refusal.
    """
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@bp.route("/seguimiento", methods=["GET", "POST"])
@public(form=True)
def track() -> ResponseReturnValue:
    """Ask for the folio, and for the code only from who wants to change something."""
    form = FolioForm()
    if form.validate_on_submit():
        folio = typed_folio(form.folio.data or "")
        try:
            proposal = _received(folio, form)
        except NotFound as error:
            form.folio.errors = [str(error.message)]
        else:
            if not form.claim_code.data or _open(proposal, form):
                return redirect(url_for("reception.follow", folio=proposal.folio), 303)
    return render_template("reception/track.html", form=form), _status(form)


def typed_folio(text: str) -> str:
    """What was typed, as a folio where it can be read as one; a number alone is of the plan under way."""
    plan = plans.current()
    return folio_of(text, plan.code if plan else "", least_digits=1) or text.replace(" ", "")


def _received(folio: str, form: FolioForm | ClaimForm) -> Proposal:
    """The proposal of the folio. Raises `NotKeyed` where it is still on paper."""
    try:
        return queries.by_folio(folio)
    except NotFound:
        said = ClaimForm()
        raise_if_printed(folio, said, mine=_is_on_paper(folio, form.claim_code.data or "", said))
        raise


def _is_on_paper(folio: str, typed: str, said: ClaimForm) -> bool:
    """Whether the code that was typed stands on the sheet of the folio; what is wrong with it comes on ``said``."""
    sheet = desk.sheet_by_folio(folio) if typed else None
    if sheet is None:
        return False
    try:
        if paper.is_code_of(sheet, typed, address=request.remote_addr or ""):
            return True
        said.claim_code.errors = [_l("Ese código no es el de esta hoja. Revíselo en su comprobante.")]
    except TooMany as error:
        said.too_many, said.claim_code.errors = True, [wait_words(error)]
    return False


def _open(proposal: Proposal, form: FolioForm | ClaimForm) -> bool:
    """Whether the code is right; this browser then goes on as the author's."""
    try:
        right = services.claim(proposal, form.claim_code.data or "", address=request.remote_addr or "")
    except TooMany as error:
        form.too_many, form.claim_code.errors = True, [wait_words(error)]
        return False
    if right:
        remember_claim(proposal)
        return True
    form.claim_code.errors = [_l("Ese código no es el de esta propuesta. Revíselo en su comprobante.")]
    return False


def wait_words(error: TooMany) -> str:
    """How long to wait before another code is taken."""
    seconds = error.details["retry_after_seconds"]
    words = ngettext(
        "Demasiados códigos equivocados. Espere %(num)s minuto y vuelva a intentarlo.",
        "Demasiados códigos equivocados. Espere %(num)s minutos y vuelva a intentarlo.",
        -(-int(str(seconds)) // 60),
    )
    return str(words)


def _status(form: FolioForm | ClaimForm) -> int:
    if request.method != "POST":
        return 200
    return 429 if form.too_many else 422


@bp.route("/seguimiento/<folio:folio>", methods=["GET", "POST"])
@public(form=True)
def follow(folio: str) -> ResponseReturnValue:
    """The story in plain words with its dates, and what comes next."""
    form = ClaimForm()
    if form.validate_on_submit() and _open(_received(folio, form), form):
        return redirect(url_for("reception.follow", folio=folio), 303)
    proposal = load(folio, form)
    story = queries.story(proposal)
    mine = may(Permission.PROPOSAL_EDIT, proposal)
    page = render_template(
        "reception/follow.html",
        proposal=proposal,
        story=story,
        steps=storyline.steps(proposal, story, proposal.plan.stages),
        decision=storyline.callout(proposal, story),
        status=public_status(proposal.status),
        next_words=storyline.what_next(proposal, proposal.plan.stages, story),
        reply_until=storysteps.until(proposal, story),
        owed=owed(proposal),
        promises=promises,
        is_late=answers.is_late,
        links=owner_links(proposal) | _awaited(proposal, story) if mine else None,
        form=form,
    )
    return page, _status(form)


def _awaited(proposal: Proposal, story: queries.Story) -> dict[str, bool]:
    """Whether a question waits for the author's answer, late or not; and whether one about joining does."""
    return {"answer": storysteps.awaiting(proposal, story) is not None, "union": story.family.open_question is not None}
