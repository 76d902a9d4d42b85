"""Commenting on a proposal, replying, and changing one's words while the window is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock, limits, outbox, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from intake.reception import conversation
from intake.reception.queries import conversation as reading
from intake.reception.queries import joining
from intake.reception.services.moves import stages_of
from models import Comment, Proposal, User

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.reception.inputs import CommentInput
    from models.enums import Stance

BY_ACCOUNT = limits.Limit("comment_account", times=10, minutes=10)
_PROPOSAL = Proposal.metadata.tables["proposal"]


def write(proposal: Proposal, data: CommentInput, *, by: Principal) -> Comment:
    """Add a comment or a reply. The same form sent twice (``data.key``) gives the same comment.

    A reply to a reply joins the thread of the comment above. Raises `Invalid`, `NotFound`, `Conflict`, `StageClosed`
    and `TooMany`; an official answer may come at any time.
    """
    authorize(by, Permission.COMMENT_WRITE, proposal)
    if data.official:
        authorize(by, Permission.COMMENT_OFFICIAL, proposal)
    text = _text(data.text)
    once = tokens.token_hash(f"comment:{by.user_id}:{data.key}") if data.key else None
    if (known := _known(once)) is not None:
        return known
    limits.hit(BY_ACCOUNT, str(by.user_id))
    with transaction():
        db.session.refresh(proposal, ["status", "folio", "comment_count", "lock_version"], with_for_update=True)
        if not data.official:
            conversation.require_open(proposal, stages_of(proposal.plan_id))
        parent = _parent(proposal, data.replies_to)
        made = Comment(
            proposal_id=proposal.id,
            number=_next_number(proposal),
            parent_id=parent and (parent.parent_id or parent.id),
            author_id=by.user_id,
            stance=data.stance,
            text=text,
            is_official=data.official,
            idempotency_key=once,
            created_at=clock.now(),
        )
        if in_savepoint(lambda: db.session.add(made)) is not None:
            return _again(once)
        count(proposal, 1)
        audit.record("comment.write", made, by=by, reference=reference(proposal, made))
        if data.official:
            _tell_of_answer(proposal, parent, made)
    return made


def _text(typed: str) -> str:
    text = clean(typed)
    if not text:
        raise Invalid(_l("Escriba su comentario."), field="text")
    if len(text.split()) > conversation.COMMENT_WORDS or len(text) > conversation.COMMENT_WORDS * 20:
        words = _l("Escriba como máximo %(most)d palabras.", most=conversation.COMMENT_WORDS)
        raise Invalid(words, field="text")
    return text


def _known(once: str | None) -> Comment | None:
    return db.session.scalar(sa.select(Comment).where(Comment.idempotency_key == once)) if once else None


def _again(once: str | None) -> Comment:
    known = _known(once)
    if known is None:  # the refusal was another one: let it speak
        raise Conflict(_l("No se pudo guardar. Vuelva a intentarlo."))
    return known


def _parent(proposal: Proposal, number: int | None) -> Comment | None:
    if number is None:
        return None
    found = reading.comment(proposal, number)
    if found.hidden_at is not None:
        raise Conflict(_l("Ese comentario se ocultó; no se puede responder."))
    return found


def _next_number(proposal: Proposal) -> int:
    """Taken under the lock of the proposal: no number is given twice."""
    last = db.session.scalar(sa.select(sa.func.max(Comment.number)).where(Comment.proposal_id == proposal.id))
    return (last or 0) + 1


def count(proposal: Proposal, number: int) -> None:
    """Change how many comments are shown, under the lock and past the version of the row."""
    values = {"comment_count": _PROPOSAL.c.comment_count + number}
    db.session.execute(sa.update(_PROPOSAL).where(_PROPOSAL.c.id == proposal.id).values(**values))
    db.session.expire(proposal, ["comment_count"])


def reference(proposal: Proposal, comment: Comment) -> str:
    """How the trace names a comment: ``PAGA3-00042/7``."""
    return f"{proposal.folio}/{comment.number}"


def page_of(proposal: Proposal, comment: Comment) -> str:
    """The address at which a comment is read."""
    return f"/propuestas/{proposal.folio}/comentarios/{comment.number}"


def _tell_of_answer(proposal: Proposal, parent: Comment | None, answer: Comment) -> None:
    """Write to the proposal's author, of a collective one to those of its parts, and to whoever is answered, once."""
    told = [one.reader for one in joining.told_of(proposal)]
    readers = {reader.email: reader.locale for reader in told if reader.email}
    if parent is not None:
        asked = db.session.get_one(User, parent.author_id)
        readers.setdefault(asked.email, asked.locale)
    for address, locale in readers.items():
        outbox.enqueue(
            "comment_answer",
            to=address,
            locale=locale,
            folio=proposal.folio,
            title=proposal.title,
            text=answer.text,
            page=page_of(proposal, answer),
        )


def edit(proposal: Proposal, comment: Comment, *, text: str, stance: Stance, lock_version: int, by: Principal) -> None:
    """Change one's own words within `conversation.EDIT_MINUTES`; the page says when, the trace what they were.

    Raises `Invalid`, and `Conflict` once the window is over, or where the comment was hidden or changed meanwhile.
    """
    authorize(by, Permission.COMMENT_OWN, comment)
    words = _text(text)
    with transaction():
        if comment.lock_version != lock_version:
            raise Conflict(_l("Este comentario cambió mientras usted lo tenía abierto."))
        if not conversation.may_still_edit(comment):
            raise Conflict(
                _l("Un comentario se corrige durante %(minutes)d minutos.", minutes=conversation.EDIT_MINUTES)
            )
        if (comment.text, comment.stance) == (words, stance):
            return
        name = reference(proposal, comment)  # before the change: reading may flush, and the trace reads what is pending
        comment.text, comment.stance, comment.edited_at = words, stance, clock.now()
        audit.record("comment.edit", comment, by=by, reference=name)
