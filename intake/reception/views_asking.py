"""Questions to an author with their answers, and the author's reply to a decision with its answer."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import abort, flash, g, redirect, render_template, request, url_for

from forms.answers import AnswerForm, AskForm, ReplyAnswerForm, ReplyForm
from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid, NotFound
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.plans import queries as plans
from intake.reception import answers, queries, storyline, storysteps
from intake.reception.blueprint import bp
from intake.reception.queries import answering
from intake.reception.services import asking, replying
from intake.reception.views_author import load, proposal_folio
from intake.reception.views_track import say_again
from intake.web.access import principal, requires
from intake.web.listing import Listing
from intake.web.templating import may

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from forms.base import Form
    from models import Proposal


def load_own(folio: str) -> Proposal:
    """The proposal for its author; everybody else is led to where its code can be typed, and told so."""
    proposal = load(folio)
    if not may(Permission.PROPOSAL_EDIT, proposal):
        flash(_("Aquí responde quien presentó la propuesta. Si es suya, ábrala con su código."), "warning")
        abort(redirect(url_for("reception.follow", folio=folio)))
    return proposal


def put(form: Form, error: Invalid | Conflict | Forbidden) -> HTTPStatus:
    """Show a refusal where it belongs, with everything typed; the status that says it."""
    if isinstance(error, Invalid):
        field = form[error.field] if error.field and error.field in form else None
        if field is not None:
            field.errors = [error.message]
            return HTTPStatus.UNPROCESSABLE_ENTITY
    form.form_errors.append(error.message)
    return {Conflict: HTTPStatus.CONFLICT, Forbidden: HTTPStatus.FORBIDDEN}.get(
        type(error), HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _status(form: Form, refused: HTTPStatus | None) -> HTTPStatus:
    if refused is not None:
        return refused
    return HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" and form.errors else HTTPStatus.OK


@bp.route("/propuestas/<folio:folio>/preguntas", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_ADMIT, load=load, form=True)
def ask_author(proposal: Proposal) -> ResponseReturnValue:
    """What was asked of the author, and another question if none is open."""
    form = AskForm(due_on=clock.today() + timedelta(days=answers.USUAL_DAYS))
    refused = None
    if form.validate_on_submit() and form.due_on.data is not None:
        try:
            asking.ask(proposal, form.question.data or "", due_on=form.due_on.data, by=principal())
        except (Invalid, Conflict, Forbidden) as error:
            refused = put(form, error)
            proposal = load(proposal_folio())
        else:
            reached = queries.author_of(proposal).email is not None
            flash(
                _("Enviamos la pregunta por correo y está publicada.")
                if reached
                else _("La pregunta está publicada. Quien propuso no dejó correo: la verá al seguir su propuesta."),
                "success",
            )
            return redirect(url_for("reception.ask_author", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    say_again(form)
    asked = answering.questions(proposal)
    page = render_template(
        "reception/ask.html",
        proposal=proposal,
        form=form,
        questions=asked,
        is_askable=proposal.status in answers.ASKABLE and all(q.answered_at for q in asked),
        is_late=answers.is_late,
        is_overdue=answers.is_overdue,
    )
    return page, _status(form, refused)


@bp.route("/seguimiento/<folio:folio>/responder", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_EDIT, load=load_own, form=True)
def answer_question(proposal: Proposal) -> ResponseReturnValue:
    """The author's answer to the open question; no account is needed, the code is enough."""
    asked = answering.open_question(proposal)
    form = AnswerForm(question=str(asked.id) if asked else "")
    refused = None
    overtaken = request.method == "POST" and asked is not None and form.question.data != str(asked.id)
    if form.validate_on_submit() and asked is not None and not overtaken:
        try:
            asking.answer(proposal, asked, form.text.data or "", by=principal())
        except (Invalid, Conflict) as error:
            refused = put(form, error)
            proposal = load(proposal_folio())
            asked = answering.open_question(proposal)
        else:
            flash(_("Publicamos su respuesta y avisamos a quien preguntó. ¡Gracias!"), "success")
            return redirect(url_for("reception.follow", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    say_again(form)
    if overtaken and asked is not None:
        form.form_errors.append(
            _("La pregunta que usted respondía ya no espera respuesta. Esta es otra: revise su texto.")
        )
        form.question.data, refused = str(asked.id), HTTPStatus.CONFLICT
    if asked is None or proposal.status not in answers.ANSWERABLE:
        why = _why_no_answer(proposal)
        return _stopped(proposal, _("Nada que responder"), why, form.text.data)
    page = render_template(
        "reception/answer.html", proposal=proposal, form=form, question=asked, is_overdue=answers.is_overdue
    )
    return page, _status(form, refused)


def _why_no_answer(proposal: Proposal) -> str:
    """To who sends an answer: that the question was answered meanwhile, in another window or by another author."""
    asked = answering.questions(proposal) if request.method == "POST" else []
    if asked and proposal.status in answers.ANSWERABLE:
        return str(_("Esta pregunta se respondió mientras usted escribía. Puede leer la respuesta en el seguimiento."))
    return str(_("No hay ninguna pregunta que espere su respuesta."))


def _stopped(proposal: Proposal, heading: str, message: str, typed: str | None = None) -> ResponseReturnValue:
    """Why there is nothing to write here; what was typed meanwhile is given back."""
    page = render_template(
        "reception/nothing_to_answer.html", proposal=proposal, heading=heading, message=message, typed=typed or ""
    )
    return page, HTTPStatus.CONFLICT


@bp.route("/seguimiento/<folio:folio>/replica", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_EDIT, load=load_own, form=True)
def reply(proposal: Proposal) -> ResponseReturnValue:
    """The author's one reply to the decision, while its term lasts."""
    form = ReplyForm()
    refused = None
    if form.validate_on_submit():
        try:
            replying.reply(proposal, form.text.data or "", by=principal())
        except (Invalid, Conflict) as error:
            refused = put(form, error)
            proposal = load(proposal_folio())
        else:
            flash(_("Publicamos su réplica. La responderá una persona que no intervino en la decisión."), "success")
            return redirect(url_for("reception.follow", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    say_again(form)
    story = queries.story(proposal)
    last = storysteps.until(proposal, story)
    if last is None:
        return _stopped(proposal, _("No se puede replicar"), _why_no_reply(proposal, story), form.text.data)
    page = render_template(
        "reception/reply.html",
        proposal=proposal,
        form=form,
        last=last,
        decision=storyline.callout(proposal, story),
        admission=(story.fate.story if story.fate else story).admission,
    )
    return page, _status(form, refused)


def _why_no_reply(proposal: Proposal, story: queries.Story) -> str:
    if story.reply is not None:
        return str(_("Usted ya presentó su réplica. Se presenta una sola vez."))
    decided, told = story.fate or (proposal, story)
    if answers.reply_until(decided.status, told.decided_at) is None:
        return str(_("Esta propuesta no tiene una decisión a la que se pueda replicar."))
    return str(_("El plazo para replicar ya terminó."))


@bp.route("/propuestas/replicas")
@requires(Permission.REPLY_ANSWER)
def waiting_replies() -> ResponseReturnValue:
    """Replies of the plan under way that wait for their answer, the longest waiting first."""
    plan = g.plan = plans.current()
    if plan is None:
        raise NotFound(_l("Todavía no hay un plan en marcha."))
    page = Listing(answering.waiting_replies(plan, number=number_from(request.args.get("pagina"))))
    return render_template("reception/replies.html", page=page)


@bp.route("/propuestas/<folio:folio>/replica", methods=["GET", "POST"])
@requires(Permission.REPLY_ANSWER, load=load, form=True)
def answer_reply(proposal: Proposal) -> ResponseReturnValue:
    """The reply with the decision, and its answer by somebody who had no hand in it."""
    form = ReplyAnswerForm()
    refused = None
    if form.validate_on_submit():
        try:
            replying.answer_reply(proposal, form.text.data or "", by=principal())
        except (Invalid, Conflict, Forbidden) as error:
            refused = put(form, error)
            proposal = load(proposal_folio())
        else:
            flash(_("La respuesta está publicada y se avisó a quien presentó la propuesta."), "success")
            return redirect(url_for("reception.show", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    say_again(form)
    story = queries.story(proposal)
    page = render_template(
        "reception/reply_answer.html",
        proposal=proposal,
        form=form,
        story=story,
        decision=storyline.callout(proposal, story),
        is_free=replying.may_answer(proposal, principal()),
    )
    return page, _status(form, refused)
