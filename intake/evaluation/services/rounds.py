"""Rubrics and rounds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import lock, transaction
from intake.evaluation import paga_rubric, queries
from intake.evaluation.inputs import PENDING_STATES
from intake.evaluation.lifecycle import ROUND
from intake.evaluation.services import assigning
from intake.extensions import db
from intake.reception.services import move
from models import Assignment, Criterion, Plan, Proposal, Round, Rubric
from models.enums import ProposalStatus, RoundStatus

if TYPE_CHECKING:
    from datetime import date

    from intake.core.identity import Principal
    from intake.evaluation.inputs import RoundInput

MOST_REVIEWS = 12


def ensure_rubric(*, by: Principal) -> Rubric:
    """The rubric of the First Plan in its latest version, made if it is missing or if the published text has changed.

    A version that exists is never altered: rounds refer to it.
    """
    authorize(by, Permission.ROUND_MANAGE)
    with transaction():
        lock(sa.select(Plan.id).order_by(Plan.id))  # rounds of any plan may ask for the missing version together
        known = db.session.scalars(
            sa.select(Rubric)
            .where(Rubric.code == paga_rubric.CODE)
            .order_by(Rubric.version.desc())
            .limit(1)
            .options(selectinload(Rubric.criteria))
        ).first()
        wanted = paga_criteria()
        if known is not None and [_content(c) for c in known.criteria] == [_content(c) for c in wanted]:
            return known
        rubric = Rubric(
            code=paga_rubric.CODE,
            version=known.version + 1 if known else 1,
            title_es=paga_rubric.TITLE_ES,
            title_en=paga_rubric.TITLE_EN,
            source=paga_rubric.SOURCE,
            published_at=clock.now(),
            criteria=wanted,
        )
        audit.record("rubric.publish", rubric, by=by)
    return rubric


def create_round(plan: Plan, given: RoundInput, *, by: Principal) -> Round:
    """Open the plan's next round with a fixed version of the rubric."""
    authorize(by, Permission.ROUND_MANAGE)
    if not given.name.strip():
        raise Invalid(_l("Escriba un nombre."), field="name")
    if not 1 <= given.reviews_per_proposal <= MOST_REVIEWS:
        raise Invalid(_l("Debe ser un número entre 1 y 12."), field="reviews_per_proposal")
    check_due(given.due_on)
    with transaction():
        rubric = _rubric(given.rubric_version, by=by)
        lock(sa.select(Plan.id).where(Plan.id == plan.id))
        last = db.session.scalar(sa.select(sa.func.max(Round.number)).where(Round.plan_id == plan.id))
        made = Round(
            plan_id=plan.id,
            number=(last or 0) + 1,
            name=given.name.strip(),
            rubric_id=rubric.id,
            due_on=given.due_on,
            reviews_per_proposal=given.reviews_per_proposal,
            created_at=clock.now(),
        )
        audit.record("round.create", made, by=by, reference=f"{plan.code}/{made.number}")
    return made


def change_due(round: Round, due_on: date, *, by: Principal) -> int:  # noqa: A002
    """Give an open round another last day; requests that were due with the round move with it. Returns how many."""
    authorize(by, Permission.ROUND_MANAGE, round)
    check_due(due_on)
    with transaction():
        assigning.hold(round)
        if round.status is not RoundStatus.OPEN:
            raise Conflict(_l("Esta ronda ya está cerrada."))
        former = round.due_on
        query = sa.select(Assignment).where(Assignment.round_id == round.id, Assignment.status.in_(PENDING_STATES))
        follow = [a for a in db.session.scalars(query) if a.due_on == former or (a.due_on or due_on) > due_on]
        round.due_on = due_on
        audit.record("round.change_due", round, by=by, extra={"assignments": len(follow)})
        for assignment in follow:
            assignment.due_on = due_on
    return len(follow)


def check_due(day: date | None) -> None:
    """Raise `Invalid` for a last day that is already over."""
    if day is not None and day < clock.today():
        raise Invalid(_l("La fecha límite ya pasó: escriba hoy o un día posterior."), field="due_on")


def finish_ready(round: Round, *, by: Principal, reason: str = "") -> int:  # noqa: A002 -- the signature agreed with other rooms
    """Declare evaluated every proposal of the round that nobody is still reviewing and that has enough reviews.

    With a ``reason`` one submitted review is enough (exceptional: nobody else could review it). Returns how many moved.
    """
    authorize(by, Permission.ROUND_MANAGE, round)
    least = 1 if reason.strip() else round.reviews_per_proposal
    with transaction():
        query = (
            sa.select(Proposal)
            .where(Proposal.status == ProposalStatus.IN_EVALUATION, Proposal.id.in_(queries.ready_ids(round.id, least)))
            .order_by(Proposal.id)
        )
        ready = db.session.scalars(query).all()
        for proposal in ready:
            move(proposal, "finish_evaluation", by=by, reason=reason)
    return len(ready)


def close_round(round: Round, reason: str, *, by: Principal) -> int:  # noqa: A002
    """Close the round for good; reviews that were not sent are cancelled with the same reason. Returns how many."""
    authorize(by, Permission.ROUND_MANAGE, round)
    if not reason.strip():
        raise Invalid(_l("Escriba el motivo."), field="reason")
    with transaction():
        assigning.hold(round)
        if round.status is not RoundStatus.OPEN:
            raise Conflict(_l("Esta ronda ya está cerrada."))
        query = sa.select(Assignment).where(Assignment.round_id == round.id, Assignment.status.in_(PENDING_STATES))
        open_ones = db.session.scalars(query.order_by(Assignment.id)).all()
        assigning.cancel_all(open_ones, reason, by=by)
        ROUND.fire(round, "close", by=by, reason=reason, cancelled=len(open_ones))
    return len(open_ones)


def _rubric(version: int | None, *, by: Principal) -> Rubric:
    if version is None:
        return ensure_rubric(by=by)
    query = sa.select(Rubric).where(Rubric.code == paga_rubric.CODE, Rubric.version == version)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise Invalid(_l("No existe esa versión de la rúbrica."), field="rubric_version")
    return found


def paga_criteria() -> list[Criterion]:
    pairs = [(block, indicator) for block in paga_rubric.BLOCKS for indicator in block.indicators]
    return [
        Criterion(
            position=position,
            key=indicator.key,
            block=block.key,
            block_es=block.name_es,
            block_en=block.name_en,
            block_weight_pct=block.weight_pct,
            weight=Decimal(1),
            label_es=indicator.label_es,
            label_en=indicator.label_en,
            help_es=indicator.help_es,
            help_en=indicator.help_en,
            minimum=paga_rubric.MINIMUM,
            maximum=paga_rubric.MAXIMUM,
            anchors={str(value): {"es": es, "en": en} for value, (es, en) in indicator.anchors.items()},
        )
        for position, (block, indicator) in enumerate(pairs, start=1)
    ]


def _content(criterion: Criterion) -> tuple[object, ...]:
    """What makes a criterion the same as another."""
    c = criterion
    texts = (c.key, c.block, c.block_es, c.block_en, c.label_es, c.label_en, c.help_es, c.help_en)
    return (*texts, Decimal(c.block_weight_pct), Decimal(c.weight), c.minimum, c.maximum, c.anchors)
