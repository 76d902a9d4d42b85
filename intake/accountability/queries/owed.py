"""What waits for the organisations that a person speaks for: reports, answers to disputes and reports, signatures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.accountability.queries.signing import must_sign
from intake.core import clock
from intake.core.pagination import Page, paginate
from models import (
    Agreement,
    Commitment,
    CommitmentParty,
    CounterpartResponse,
    Milestone,
    Plan,
    ProgressReport,
)
from models.enums import (
    AgreementStatus,
    CommitmentStatus,
    MilestoneStatus,
    PartyRole,
    PlanStatus,
    Role,
    Verdict,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from intake.core.identity import Principal

#: After how many days an answer or a signature is called late. Our own working rule, not law; the pages say so.
ANSWER_DAYS = 15
SIGN_DAYS = 15
#: A milestone wants a report when nothing was said of it for so many days. Own rule, after the quarterly reports of the
#: first plan (docs/domain.md, [REP]).
SILENCE_DAYS = 90
#: … or when its last day is this near.
NEAR_DAYS = 30

_LATEST = aliased(ProgressReport)
_ANSWER = aliased(CounterpartResponse)


class Owed(NamedTuple):
    """One thing that waits. ``what``: report, dispute (a report after a dispute), answer or sign.

    ``since`` is when it began to wait, ``due`` the milestone's last day. ``ordinal`` is the public number of the report
    that wants an answer, ``said`` what the counterpart wrote in its dispute.
    """

    what: str
    reference: str
    title_es: str | None
    title_en: str | None
    number: int | None
    milestone: str | None
    since: datetime
    due: date | None
    ordinal: int | None
    late: int


def owed(by: Principal, *, number: int = 1) -> Page[Owed]:
    """A page of what waits for the person's organisations, the late first, then the oldest. Two statements."""
    office, citizens = _mine(by, Role.INSTITUTION), _mine(by, Role.COUNTERPART)
    every = sa.union_all(_reports(office), _answers(citizens), _signatures(office, citizens)).subquery()
    order = (every.c.late.desc(), every.c.since, every.c.reference, every.c.number, every.c.what)
    return paginate(sa.select(every).order_by(*order), number=number, row=lambda row: Owed(*row))


def _mine(by: Principal, role: Role) -> frozenset[int]:
    return by.actor_ids if by.holds(role) else frozenset()


def _bound(actors: frozenset[int], role: PartyRole) -> sa.ColumnElement[bool]:
    """Whether one of the organisations is bound to the enclosing query's commitment with that role."""
    return sa.exists().where(
        CommitmentParty.commitment_id == Commitment.id,
        CommitmentParty.role == role,
        CommitmentParty.until.is_(None),
        CommitmentParty.actor_id.in_(actors),
    )


def _days_ago(days: int) -> datetime:
    return clock.start_of(clock.today() - timedelta(days=days))


def _flag(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)


def _nothing(kind: type[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.null(), kind)  # PostgreSQL wants to know of what there is nothing


def _reports(office: frozenset[int]) -> sa.Select[Any]:
    """Milestones that want a report: disputed in their latest one, late, near their end, or long without news."""
    latest = sa.select(sa.func.max(ProgressReport.id)).where(ProgressReport.milestone_id == Milestone.id)
    disputed = sa.func.coalesce(_ANSWER.verdict, Verdict.CONFIRMED) == Verdict.DISPUTED
    late = sa.func.coalesce(Milestone.ends_on, clock.today()) < clock.today()
    told = sa.func.coalesce(_LATEST.reported_at, Commitment.formalized_at, Commitment.created_at)
    begun = sa.or_(Milestone.starts_on.is_(None), Milestone.starts_on <= clock.today())
    near = Milestone.ends_on <= clock.today() + timedelta(days=NEAR_DAYS)
    return (
        sa.select(
            sa.case((disputed, "dispute"), else_="report").label("what"),
            Commitment.reference,
            Commitment.title_es,
            Commitment.title_en,
            Milestone.number,
            Milestone.title_es.label("milestone"),
            sa.case((disputed, _ANSWER.answered_at), else_=told).label("since"),
            Milestone.ends_on.label("due"),
            _nothing(sa.Integer).label("ordinal"),
            _flag(sa.or_(late, sa.and_(disputed, _ANSWER.answered_at < _days_ago(ANSWER_DAYS)))).label("late"),
        )
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .join(Plan, Plan.id == Commitment.plan_id)
        .outerjoin(_LATEST, _LATEST.id == latest.correlate(Milestone).scalar_subquery())
        .outerjoin(_ANSWER, _ANSWER.report_id == _LATEST.id)
        .where(
            _bound(office, PartyRole.RESPONSIBLE),
            Commitment.status == CommitmentStatus.FORMALIZED,
            Plan.status != PlanStatus.CLOSED,
            sa.or_(
                disputed,
                sa.and_(
                    Milestone.status != MilestoneStatus.COMPLETED,
                    sa.or_(late, sa.and_(begun, sa.or_(near, told < _days_ago(SILENCE_DAYS)))),
                ),
            ),
        )
    )


def _answers(citizens: frozenset[int]) -> sa.Select[Any]:
    """Reports on which the counterpart has not spoken, with their public number (as `records.in_order` counts)."""
    place = sa.func.row_number().over(partition_by=Milestone.commitment_id, order_by=ProgressReport.id)
    numbered = (
        sa.select(ProgressReport.id, ProgressReport.milestone_id, ProgressReport.reported_at, place.label("ordinal"))
        .join(Milestone, Milestone.id == ProgressReport.milestone_id)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .where(_bound(citizens, PartyRole.COUNTERPART))
        .subquery()
    )
    return (
        sa.select(
            sa.literal("answer"),
            Commitment.reference,
            Commitment.title_es,
            Commitment.title_en,
            Milestone.number,
            Milestone.title_es,
            numbered.c.reported_at,
            _nothing(sa.Date),
            numbered.c.ordinal,
            _flag(numbered.c.reported_at < _days_ago(ANSWER_DAYS)),
        )
        .join(numbered, numbered.c.milestone_id == Milestone.id)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .where(~sa.exists().where(CounterpartResponse.report_id == numbered.c.id))
    )


def _signatures(office: frozenset[int], citizens: frozenset[int]) -> sa.Select[Any]:
    """Agreements that lack the signature of one of the organisations."""
    unsigned = sa.exists().where(
        CommitmentParty.commitment_id == Commitment.id,
        must_sign(),
        sa.or_(
            sa.and_(CommitmentParty.role == PartyRole.RESPONSIBLE, CommitmentParty.actor_id.in_(office)),
            sa.and_(CommitmentParty.role == PartyRole.COUNTERPART, CommitmentParty.actor_id.in_(citizens)),
        ),
    )
    return (
        sa.select(
            sa.literal("sign"),
            Commitment.reference,
            Commitment.title_es,
            Commitment.title_en,
            _nothing(sa.Integer),
            _nothing(sa.Text),
            Agreement.created_at,
            _nothing(sa.Date),
            _nothing(sa.Integer),
            _flag(Agreement.created_at < _days_ago(SIGN_DAYS)),
        )
        .join(Agreement, Agreement.commitment_id == Commitment.id)
        .where(
            unsigned.correlate(Commitment, Agreement),
            Agreement.status.in_((AgreementStatus.DRAFT, AgreementStatus.PARTLY_SIGNED)),
            Commitment.status.in_((CommitmentStatus.DRAFT, CommitmentStatus.CONSULTATION)),
        )
    )
