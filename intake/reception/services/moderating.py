"""Reporting a comment, hiding it by a published rule, bringing it back, and the author's appeal. People decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import audit, clock, limits, outbox
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception.services import commenting
from models import CommentReport, User
from models.enums import AppealStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from models import Comment, Proposal
    from models.enums import ModerationReason

#: The reason in the trace where the written one may quote what is hidden: the row keeps that, the trace never lets go.
QUOTING = audit.WORDS_MARK
BY_ACCOUNT = limits.Limit("report_account", times=20, minutes=60)


def report(proposal: Proposal, comment: Comment, *, reason: ModerationReason, note: str, by: Principal) -> None:
    """Tell the team that a comment breaks a rule; again, it changes what was told. Nothing is hidden by it.

    What was settled is read again where it tells something new. Raises `Conflict` for an own or a hidden comment, and
    where the team has read the same already; `TooMany`.
    """
    authorize(by, Permission.COMMENT_REPORT, comment)
    limits.hit(BY_ACCOUNT, str(by.user_id))
    with transaction():
        _lock(proposal, comment)
        if comment.author_id == by.user_id:
            raise Conflict(_l("Es su propio comentario."))
        if comment.hidden_at is not None:
            raise Conflict(_l("Ese comentario ya está oculto."))
        mine = (CommentReport.comment_id == comment.id) & (CommentReport.user_id == by.user_id)
        known = db.session.scalar(sa.select(CommentReport).where(mine).with_for_update())
        if known is None:
            known = CommentReport(comment_id=comment.id, user_id=by.user_id, reported_at=clock.now())
            db.session.add(known)
        elif known.settled_at is None:
            known.reason, known.note = reason, clean(note)
            return
        else:
            _refuse_the_same(known, comment, reason, clean(note))
        known.reason, known.note, known.reported_at, known.settled_at = reason, clean(note), clock.now(), None
        extra = {"comment": commenting.reference(proposal, comment), "reason": reason}
        audit.note("comment.report", "comment", by=by, extra=extra)


def _refuse_the_same(known: CommentReport, comment: Comment, reason: ModerationReason, note: str) -> None:
    """Say that the team has read this: the same rule, nothing new to it, the same words of the comment."""
    assert known.settled_at is not None  # asked for
    changed = comment.edited_at is not None and comment.edited_at > known.settled_at
    if known.reason is reason and note in {"", known.note} and not changed:
        raise Conflict(
            _l(
                "El equipo ya revisó su denuncia y mantuvo el comentario. "
                "Si hay algo más, elija otra norma o cuéntelo con sus palabras, y se volverá a revisar."
            )
        )


def hide(proposal: Proposal, comment: Comment, *, reason: ModerationReason, note: str, by: Principal) -> None:
    """Hide a comment by a rule. It stays in its place with rule and day; the author is told why and may appeal.

    Raises `Conflict` where it is hidden already, or somebody else decided meanwhile.
    """
    authorize(by, Permission.COMMENT_MODERATE, comment)
    note = _demanded(note, "note")
    with transaction():
        _lock(proposal, comment)
        if comment.hidden_at is not None:
            raise Conflict(_l("Ese comentario ya está oculto."))
        comment.hidden_at, comment.hidden_reason, comment.hidden_note = clock.now(), reason, note
        comment.hidden_by_id, comment.hidden_by_machine = by.user_id, by.is_system
        comment.appeal, comment.appealed_at, comment.appeal_status = "", None, None
        comment.appeal_answer, comment.appeal_by_id = "", None
        audit.record("comment.hide", comment, by=by, reason=QUOTING, reference=commenting.reference(proposal, comment))
        commenting.count(proposal, -1)
        _settle(comment)
        _tell("comment_hidden", proposal, comment, rule=reason, note=note)


def _demanded(text: str, field: str) -> str:
    text = clean(text)
    if not text:
        raise Invalid(_l("Escriba el motivo, aunque sea breve."), field=field)
    return text


def _lock(proposal: Proposal, comment: Comment) -> None:
    """First the proposal, whose count changes and whose folio the trace names, then the comment as it is now."""
    db.session.refresh(proposal, ["folio", "comment_count", "lock_version"], with_for_update=True)
    names = [c.key for c in sa.inspect(type(comment)).column_attrs]
    db.session.refresh(comment, names, with_for_update=True)


def _settle(comment: Comment) -> None:
    waiting = (CommentReport.comment_id == comment.id) & CommentReport.settled_at.is_(None)
    db.session.execute(sa.update(CommentReport).where(waiting).values(settled_at=clock.now()))


def _tell(kind: str, proposal: Proposal, comment: Comment, **context: Any) -> None:
    author = db.session.get_one(User, comment.author_id)
    outbox.enqueue(
        kind,
        to=author.email,
        locale=author.locale,
        folio=proposal.folio,
        title=proposal.title,
        text=comment.text,
        page=commenting.page_of(proposal, comment),
        **context,
    )


def dismiss(proposal: Proposal, comment: Comment, *, by: Principal) -> None:
    """Say that the comment breaks no rule: what was reported is settled, and it stays.

    Raises `Conflict` where nothing waits.
    """
    authorize(by, Permission.COMMENT_MODERATE, comment)
    with transaction():
        _lock(proposal, comment)
        if comment.hidden_at is not None or not _is_reported(comment):
            raise Conflict(_l("Ya no hay denuncias por revisar en este comentario."))
        _settle(comment)
        audit.record("comment.keep", comment, by=by, reference=commenting.reference(proposal, comment))


def _is_reported(comment: Comment) -> bool:
    waiting = sa.select(CommentReport.id).where(
        CommentReport.comment_id == comment.id, CommentReport.settled_at.is_(None)
    )
    return db.session.scalar(waiting.limit(1)) is not None


def restore(proposal: Proposal, comment: Comment, *, note: str, by: Principal) -> None:
    """Show a hidden comment again, with the reason; the author is told.

    Raises `Conflict` where it is not hidden, or an appeal waits: another official decides that.
    """
    authorize(by, Permission.COMMENT_MODERATE, comment)
    note = _demanded(note, "note")
    with transaction():
        _lock(proposal, comment)
        if comment.hidden_at is None:
            raise Conflict(_l("Ese comentario ya está a la vista."))
        if comment.appeal_status is AppealStatus.OPEN:
            raise Conflict(_l("Hay una apelación abierta: la decide otra persona del equipo."))
        _show(comment)
        audit.record("comment.restore", comment, by=by, reason=note, reference=commenting.reference(proposal, comment))
        commenting.count(proposal, 1)
        _tell("comment_restored", proposal, comment, note=note)


def _show(comment: Comment) -> None:
    """To be written to the trace and counted by the caller, in that order: the trace reads what is pending."""
    comment.hidden_at = comment.hidden_reason = None
    comment.hidden_note = ""


def appeal(proposal: Proposal, comment: Comment, *, text: str, by: Principal) -> None:
    """The author's one appeal against the hiding. Raises `Invalid`, and `Conflict` where there is nothing to appeal."""
    authorize(by, Permission.COMMENT_OWN, comment)
    text = _demanded(text, "text")
    with transaction():
        _lock(proposal, comment)
        if comment.hidden_at is None:
            raise Conflict(_l("Su comentario está a la vista: no hay nada que apelar."))
        if comment.appeal_status is not None:
            raise Conflict(_l("Ya apeló una vez. La respuesta está en la página de su comentario."))
        comment.appeal, comment.appealed_at, comment.appeal_status = text, clock.now(), AppealStatus.OPEN
        audit.record("comment.appeal", comment, by=by, reference=commenting.reference(proposal, comment))


def decide_appeal(proposal: Proposal, comment: Comment, *, grant: bool, answer: str, by: Principal) -> None:
    """Answer an appeal: granted, the comment is shown again. Never by who hid it, nor by its author.

    Raises `Invalid`, and `Conflict` where no appeal waits.
    """
    authorize(by, Permission.APPEAL_DECIDE, comment)
    answer = _demanded(answer, "note")
    with transaction():
        _lock(proposal, comment)
        if comment.appeal_status is not AppealStatus.OPEN:
            raise Conflict(_l("Ya no hay una apelación por decidir en este comentario."))
        authorize(by, Permission.APPEAL_DECIDE, comment)  # of the hiding as it stands now
        comment.appeal_answer, comment.appeal_by_id = answer, by.user_id
        comment.appeal_status = AppealStatus.GRANTED if grant else AppealStatus.REFUSED
        if grant:
            _show(comment)
        action = "comment.grant_appeal" if grant else "comment.refuse_appeal"
        audit.record(action, comment, by=by, reason=QUOTING, reference=commenting.reference(proposal, comment))
        commenting.count(proposal, 1 if grant else 0)
        _tell("comment_appeal", proposal, comment, granted=grant, answer=answer)
