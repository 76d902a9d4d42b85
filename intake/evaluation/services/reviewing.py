"""What a reviewer does with a review asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from intake.core import audit, outbox
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import word_count
from intake.core.transaction import flush, transaction
from intake.evaluation import conflicts, queries, scoring
from intake.evaluation.inputs import LEAST_COMMENT_WORDS, NA, PENDING_STATES
from intake.evaluation.lifecycle import ASSIGNMENT
from intake.evaluation.services.assigning import require_reason
from intake.extensions import db
from models import Assignment, Proposal, Score, User
from models.enums import AssignmentStatus, RoundStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.identity import Principal
    from intake.evaluation.inputs import ReviewInput
    from models import Criterion


def save_review(assignment: Assignment, given: ReviewInput, *, by: Principal) -> Assignment:
    """Keep a draft, complete or not. Raises `Conflict` on a stale edit or once sent, `Invalid` on a foreign value."""
    with transaction():
        criteria = _begin(assignment, given, by=by)
        answered = _write(assignment, criteria, given)
        if assignment.status is AssignmentStatus.PENDING:
            ASSIGNMENT.fire(assignment, "start", by=by, answered=answered)
        else:
            audit.record("assignment.save", assignment, by=by, extra={"answered": answered})
    return assignment


def submit_review(assignment: Assignment, given: ReviewInput, *, by: Principal) -> Assignment:
    """Send the review for good: every criterion answered or not applicable, one with a value, and a comment."""
    with transaction():
        criteria = _begin(assignment, given, by=by)
        check_complete(criteria, given)
        _write(assignment, criteria, given)
        assignment.total_pct = scoring.review_total(criterion_scores(criteria, given))
        ASSIGNMENT.fire(assignment, "submit", by=by)
    return assignment


def declare_conflict(assignment: Assignment, reason: str, *, by: Principal) -> None:
    """Step aside for a conflict of interest; who assigned it is told."""
    _step_aside(assignment, "declare_conflict", reason, by=by)


def decline(assignment: Assignment, reason: str, *, by: Principal) -> None:
    """Say that the matter is outside one's competence; who assigned it is told."""
    _step_aside(assignment, "decline", reason, by=by)


def check_complete(criteria: Sequence[Criterion], given: ReviewInput) -> None:
    """Raise `Invalid` at the first thing that is missing before a review can be sent."""
    for criterion in criteria:
        if given.values.get(criterion.key) is None:
            raise Invalid(_l("Elija un valor o «No aplica»."), field=f"score_{criterion.key}")
    if all(given.values[c.key] is NA for c in criteria):
        raise Invalid(_l("Si nada de esto aplica, use «No es de mi competencia»."), field=f"score_{criteria[0].key}")
    if word_count(given.comment) < LEAST_COMMENT_WORDS:
        raise Invalid(_l("Escriba al menos 3 palabras: diga en una frase qué pesó más."), field="comment")


def criterion_scores(criteria: Sequence[Criterion], given: ReviewInput) -> list[scoring.CriterionScore]:
    """The answers as the formula takes them: not applicable and unanswered are both no value."""
    answers = {key: value if isinstance(value, int) else None for key, value in given.values.items()}
    return [queries.criterion_score(c, answers.get(c.key)) for c in criteria]


def _begin(assignment: Assignment, given: ReviewInput, *, by: Principal) -> Sequence[Criterion]:
    """Check that this person may write this review now; return the criteria of its round."""
    authorize(by, Permission.REVIEW_WRITE, assignment)
    if assignment.status not in PENDING_STATES:
        raise Conflict(_l("Esta evaluación ya se cerró y no se puede cambiar."))
    if given.lock_version is not None and given.lock_version != assignment.lock_version:
        raise Conflict(_l("Usted guardó esta evaluación en otra ventana mientras tenía esta abierta."))
    if not by.is_system and (why := conflicts.between(assignment.proposal_id, by)) is not None:
        raise Forbidden(_l("Usted no puede evaluar esta propuesta: %(why)s.", why=why))
    found = queries.round_with_criteria(assignment.round_id)
    if found.status is not RoundStatus.OPEN:
        raise Conflict(_l("Esta ronda ya está cerrada."))
    return found.rubric.criteria


def _write(assignment: Assignment, criteria: Sequence[Criterion], given: ReviewInput) -> int:
    """Bring the stored answers in line with the given ones; return how many criteria have an answer."""
    for criterion in criteria:
        value = given.values.get(criterion.key)
        if isinstance(value, int) and not criterion.minimum <= value <= criterion.maximum:
            raise Invalid(_l("Ese valor no está en la escala."), field=f"score_{criterion.key}")
    query = sa.select(Assignment).where(Assignment.id == assignment.id).options(selectinload(Assignment.scores))
    kept = {s.criterion_id: s for s in db.session.scalars(query).one().scores}
    answered = 0
    for criterion in criteria:
        value, comment = given.values.get(criterion.key), given.comments.get(criterion.key, "").strip()
        answered += value is not None
        score = kept.get(criterion.id)
        if score is None:
            if value is None and not comment:
                continue
            score = Score(criterion_id=criterion.id)
            assignment.scores.append(score)
        score.value = value if isinstance(value, int) else None
        score.not_applicable = value is NA
        score.comment = comment
    assignment.comment = given.comment.strip()
    flag_modified(assignment, "comment")  # the version must rise even when only a score has changed
    return answered


def _step_aside(assignment: Assignment, action: str, reason: str, *, by: Principal) -> None:
    reason = require_reason(reason)
    with transaction():
        assignment.declined_reason = reason
        ASSIGNMENT.fire(assignment, action, by=by, reason=reason)
        flush()
        query = (
            sa.select(User.email, User.locale, Proposal.folio)
            .select_from(Assignment)
            .join(User, User.id == Assignment.assigned_by_id)
            .join(Proposal, Proposal.id == Assignment.proposal_id)
            .where(Assignment.id == assignment.id)
        )
        for email, locale, folio in db.session.execute(query):
            outbox.enqueue("assignment_declined", to=email, locale=locale, folio=folio, reason=reason)
