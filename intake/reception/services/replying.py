"""The right of reply: an author answers a decision once, in public, and a second official answers the author."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Forbidden
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import answers, mail
from intake.reception.queries import answering
from intake.reception.services.asking import words_of
from models import AuthorReply, Proposal

if TYPE_CHECKING:
    from datetime import date

    from intake.core.identity import Principal

_NOW = ["status", "folio", "author_id", "joined_to_id", "lock_version"]


def reply(proposal: Proposal, text: str, *, by: Principal) -> AuthorReply:
    """Reply to the decision, once, within `answers.REPLY_DAYS` days of it.

    Raises `Invalid`, and `Conflict` where there is nothing to reply to, the term is over or a reply was made.
    """
    authorize(by, Permission.PROPOSAL_EDIT, proposal)
    said = words_of(text, answers.ANSWER_WORDS, empty=_l("Escriba su réplica."))
    with transaction():
        db.session.refresh(proposal, _NOW, with_for_update=True)
        if answering.reply_of(proposal) is not None:
            raise Conflict(_l("Usted ya presentó su réplica. Se presenta una sola vez."))
        last = _reply_until(proposal)
        if last is None:
            raise Conflict(_l("Esta propuesta no tiene una decisión a la que se pueda replicar."))
        if clock.today() > last:
            raise Conflict(_l("El plazo para replicar ya terminó."))
        made = AuthorReply(proposal_id=proposal.id, text=said, replied_at=clock.now())
        audit.record("author_reply.write", made, by=by, reference=proposal.folio)
    return made


def _reply_until(proposal: Proposal) -> date | None:
    """Until when its author may reply: of a part, to the decision on the collective proposal. One or two statements."""
    decided = proposal
    if proposal.joined_to_id is not None:
        decided = db.session.get_one(Proposal, proposal.joined_to_id)
    moment = db.session.scalar(sa.select(answering.decided_at(decided.id)))
    return answers.reply_until(decided.status, moment)


def answer_reply(proposal: Proposal, text: str, *, by: Principal) -> None:
    """A second official's answer, public and mailed to the author in full.

    Raises `Invalid`, `Forbidden` for whoever examined the proposal, signed, decided or made it, `Conflict` where
    there is no reply or it has its answer.
    """
    authorize(by, Permission.REPLY_ANSWER, proposal)
    said = words_of(text, answers.ANSWER_WORDS, empty=_l("Escriba la respuesta."))
    with transaction():
        db.session.refresh(proposal, _NOW, with_for_update=True)
        made = answering.reply_of(proposal)
        if made is None:
            raise Conflict(_l("Esta propuesta no tiene réplica."))
        db.session.refresh(made, ["answered_at", "answer"])
        if made.answered_at is not None:
            raise Conflict(_l("Esta réplica ya tiene su respuesta."))
        if not may_answer(proposal, by):
            raise Forbidden(_l("Usted intervino en esta propuesta: la réplica la responde otra persona."))
        made.answer, made.answered_at, made.answered_by_id = said, clock.now(), by.user_id
        audit.record("author_reply.answer", made, by=by, reference=proposal.folio)
        mail.write_to_author(
            proposal, "proposal_reply_answered", dedupe_key=f"reply:{made.id}", reply=made.text, answer=said
        )


def may_answer(proposal: Proposal, by: Principal) -> bool:
    """Whether this person had no hand in the proposal nor in what was decided of it. One or two statements."""
    mine = by.user_id is not None and by.user_id == proposal.author_id
    ids = [proposal.id] if proposal.joined_to_id is None else [proposal.id, proposal.joined_to_id]
    return not mine and not any(answering.judged(key, by.user_id) for key in ids)
