"""Asking an author for information, and the author's answer: both public, with a day until which it is awaited."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from intake.core import audit, clock
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import answers, mail
from intake.reception.queries import answering, joining
from models import InformationRequest, Proposal, User
from models.enums import ProposalKind

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal

#: Read again under a lock: two people may have the same page open.
_NOW = ["status", "folio", "author_id", "lock_version"]


def words_of(typed: str, most: int, *, empty: Text, field: str = "text") -> str:
    """What was written, clean. Raises `Invalid` on ``field`` where it is empty or endless."""
    text = clean(typed)
    if not text:
        raise Invalid(empty, field=field)
    if len(text.split()) > most or len(text) > most * 20:
        raise Invalid(_l("Escriba como máximo %(most)d palabras.", most=most), field=field)
    return text


def ask(proposal: Proposal, question: str, *, due_on: date, by: Principal) -> InformationRequest:
    """Ask the author something, to be answered until ``due_on``; whoever left an address gets it by mail in full.

    Of a collective proposal every author of a part is asked, once they have all said whether they join. Raises
    `Invalid`, `Forbidden` for its own author, `Conflict` while another question is open or once examined.
    """
    authorize(by, Permission.PROPOSAL_ADMIT, proposal)
    text = words_of(question, answers.QUESTION_WORDS, empty=_l("Escriba la pregunta."), field="question")
    check_day(due_on, answers.LEAST_DAYS, answers.MOST_DAYS)
    with transaction():
        db.session.refresh(proposal, _NOW, with_for_update=True)
        if proposal.status not in answers.ASKABLE:
            raise Conflict(_l("Esta propuesta ya se examinó y no se le puede hacer preguntas."))
        joining.require_ready(proposal)
        if by.user_id is not None and by.user_id == proposal.author_id:
            raise Forbidden(_l("Esta propuesta es suya: la pregunta debe hacerla otra persona."))
        if answering.open_question(proposal) is not None:
            raise Conflict(_l("Ya hay una pregunta sin responder. Espere la respuesta antes de hacer otra."))
        made = InformationRequest(
            proposal_id=proposal.id, question=text, asked_at=clock.now(), asked_by_id=by.user_id, due_on=due_on
        )
        audit.record("information_request.ask", made, by=by, reference=proposal.folio)
        mail.write_to_author(
            proposal,
            "proposal_question",
            dedupe_key=f"question:{made.id}",
            question=text,
            due_on=due_on,
        )
    return made


def check_day(due_on: date, least: int, most: int) -> None:
    """Raise `Invalid` (``due_on``) where the day to answer by is too near or too far."""
    if (why := answers.why_not_by(due_on, least, most)) is not None:
        raise Invalid(why, field="due_on")


def answer(proposal: Proposal, question: InformationRequest, text: str, *, by: Principal) -> None:
    """The author's answer, once. It is taken after its day too, and then shown as late; who asked is told by mail.

    A question to a collective proposal is answered by whichever author of its parts is first, each with the own part.
    Raises `Invalid`, and `Conflict` once it is answered or the proposal was withdrawn.
    """
    authorize(by, Permission.PROPOSAL_EDIT, proposal)
    said = words_of(text, answers.ANSWER_WORDS, empty=_l("Escriba su respuesta."))
    with transaction():
        asked = _asked(proposal, question)
        db.session.refresh(question, ["proposal_id", "answered_at", "answer"])
        if question.proposal_id != asked.id or asked.status not in answers.ANSWERABLE:
            raise Conflict(_l("Esta pregunta ya no espera respuesta."))
        if question.answered_at is not None:
            raise Conflict(_l("Esta pregunta ya tiene su respuesta."))
        question.answer, question.answered_at = said, clock.now()
        through = {} if asked is proposal else {"part": proposal.folio}
        audit.record("information_request.answer", question, by=by, reference=asked.folio, extra=through)
        _tell_who_asked(asked, question)


def _asked(proposal: Proposal, question: InformationRequest) -> Proposal:
    """The proposal of the question as it stands, held: its author's own, or the one that theirs is part of now.

    The collective one is held before its part is read, so that nobody leaves meanwhile.
    """
    whole = question.proposal_id if question.proposal_id == proposal.joined_to_id else None
    asked = proposal if whole is None else db.session.get_one(Proposal, whole)
    db.session.refresh(asked, _NOW, with_for_update=True)
    if asked is not proposal:
        db.session.refresh(proposal, [*_NOW, "joined_to_id"])
        if proposal.joined_to_id != asked.id:
            raise Conflict(_l("Esta pregunta ya no espera respuesta."))
    return asked


def _tell_who_asked(proposal: Proposal, question: InformationRequest) -> None:
    asked_by = db.session.get(User, question.asked_by_id) if question.asked_by_id else None
    if asked_by is None:
        return
    mail.write(
        proposal,
        "proposal_question_answered",
        to=asked_by.email,
        locale=asked_by.locale,
        dedupe_key=f"question:{question.id}:answered",
        question=question.question,
        answer=question.answer,
        of_several=proposal.kind is ProposalKind.COLLECTIVE,
        late=answers.is_late(question),
        examine=f"/evaluacion/{proposal.folio}",
    )
