"""Questions to an author with their answers, and the author's reply to a decision with its answer."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from forms.answers import AnswerForm, AskForm, ReplyAnswerForm, ReplyForm
from intake.core import clock
from intake.core.i18n import gettext as _
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.reception import answers, queries, storyline, storysteps
from intake.reception.blueprint import bp
from intake.reception.loading import load, load_own
from intake.reception.queries import answering, joining
from intake.reception.services import asking, replying
from intake.reception.underway import plan_under_way
from intake.reception.views_track import shown_again
from intake.web.access import principal, requires
from intake.web.listing import Listing

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from models import Proposal


def load_answering(folio: str) -> Proposal:
    """The proposal for its author; everybody else is led to where its code can be typed, and told so."""
    return load_own(folio, _("Aquí responde quien presentó la propuesta. Si es suya, ábrala con su código."))


@bp.route("/propuestas/<folio:folio>/preguntas", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_ADMIT, load=load, form=True)
def ask_author(proposal: Proposal) -> ResponseReturnValue:
    """What was asked of the author, and another question if none is open."""
    form = AskForm(due_on=clock.today() + timedelta(days=answers.USUAL_DAYS))
    if form.validate_on_submit() and form.due_on.data is not None:
        asking.ask(proposal, form.question.data or "", due_on=form.due_on.data, by=principal())
        reached = any(told.reader.email for told in joining.told_of(proposal))
        flash(
            _("Enviamos la pregunta por correo y está publicada.")
            if reached
            else _("La pregunta está publicada. Quien propuso no dejó correo: la verá al seguir su propuesta."),
            "success",
        )
        return redirect(url_for("reception.ask_author", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    status = shown_again(form)
    asked, unready = answering.questions(proposal), joining.why_not_ready(proposal)
    page = render_template(
        "reception/ask.html",
        proposal=proposal,
        form=form,
        questions=asked,
        is_askable=proposal.status in answers.ASKABLE and all(q.answered_at for q in asked) and unready is None,
        unready=unready,
        is_late=answers.is_late,
        is_overdue=answers.is_overdue,
    )
    return page, status


@bp.route("/seguimiento/<folio:folio>/responder", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_EDIT, load=load_answering, form=True)
def answer_question(proposal: Proposal) -> ResponseReturnValue:
    """The author's answer to the open question; no account is needed, the code is enough."""
    asked = answering.open_question(proposal)
    form = AnswerForm(question=str(asked.id) if asked else "")
    overtaken = request.method == "POST" and asked is not None and form.question.data != str(asked.id)
    if form.validate_on_submit() and asked is not None and not overtaken:
        asking.answer(proposal, asked, form.text.data or "", by=principal())
        flash(_("Publicamos su respuesta y avisamos a quien preguntó. ¡Gracias!"), "success")
        return redirect(url_for("reception.follow", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    status = shown_again(form)
    if overtaken and asked is not None:
        form.form_errors.append(
            _("La pregunta que usted respondía ya no espera respuesta. Esta es otra: revise su texto.")
        )
        form.question.data, status = str(asked.id), HTTPStatus.CONFLICT
    if asked is None:
        why = _why_no_answer(proposal)
        return nothing_to_answer(proposal, _("Nada que responder"), why, form.text.data)
    page = render_template(
        "reception/answer.html", proposal=proposal, form=form, question=asked, is_overdue=answers.is_overdue
    )
    return page, status


def _why_no_answer(proposal: Proposal) -> str:
    """To who sends an answer: that the question was answered meanwhile, in another window or by another author."""
    asked = answering.questions_to(proposal) if request.method == "POST" else []
    if asked and asked[-1].answered_at is not None:
        return str(_("Esta pregunta se respondió mientras usted escribía. Puede leer la respuesta en el seguimiento."))
    return str(_("No hay ninguna pregunta que espere su respuesta."))


def nothing_to_answer(proposal: Proposal, heading: str, message: str, typed: str | None = None) -> ResponseReturnValue:
    """Why there is nothing to write here; what was typed meanwhile is given back."""
    page = render_template(
        "reception/nothing_to_answer.html", proposal=proposal, heading=heading, message=message, typed=typed or ""
    )
    return page, HTTPStatus.CONFLICT


@bp.route("/seguimiento/<folio:folio>/replica", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_EDIT, load=load_answering, form=True)
def reply(proposal: Proposal) -> ResponseReturnValue:
    """The author's one reply to the decision, while its term lasts."""
    form = ReplyForm()
    if form.validate_on_submit():
        replying.reply(proposal, form.text.data or "", by=principal())
        flash(_("Publicamos su réplica. La responderá una persona que no intervino en la decisión."), "success")
        return redirect(url_for("reception.follow", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    status = shown_again(form)
    story = queries.story(proposal)
    last = storysteps.until(proposal, story)
    if last is None:
        return nothing_to_answer(proposal, _("No se puede replicar"), _why_no_reply(proposal, story), form.text.data)
    page = render_template(
        "reception/reply.html",
        proposal=proposal,
        form=form,
        last=last,
        decision=storyline.callout(proposal, story),
        admission=(story.fate.story if story.fate else story).admission,
    )
    return page, status


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
    plan = plan_under_way()
    page = Listing(answering.waiting_replies(plan, number=number_from(request.args.get("pagina"))))
    return render_template("reception/replies.html", page=page)


@bp.route("/propuestas/<folio:folio>/replica", methods=["GET", "POST"])
@requires(Permission.REPLY_ANSWER, load=load, form=True)
def answer_reply(proposal: Proposal) -> ResponseReturnValue:
    """The reply with the decision, and its answer by somebody who had no hand in it."""
    form = ReplyAnswerForm()
    if form.validate_on_submit():
        replying.answer_reply(proposal, form.text.data or "", by=principal())
        flash(_("La respuesta está publicada y se avisó a quien presentó la propuesta."), "success")
        return redirect(url_for("reception.show", folio=proposal.folio), HTTPStatus.SEE_OTHER)
    status = shown_again(form)
    story = queries.story(proposal)
    page = render_template(
        "reception/reply_answer.html",
        proposal=proposal,
        form=form,
        story=story,
        decision=storyline.callout(proposal, story),
        is_free=replying.may_answer(proposal, principal()),
    )
    return page, status
