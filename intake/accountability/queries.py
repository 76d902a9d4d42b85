"""Reading commitments. Each function says what it loads; relationships never load by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from intake.accountability.progress import Figure, is_late, of_milestones
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.core.text import plain
from intake.extensions import db
from models import (
    Actor,
    Agreement,
    Commitment,
    CommitmentParty,
    CounterpartResponse,
    Evidence,
    IrmRating,
    IrmScaleValue,
    Milestone,
    Plan,
    PolicyArea,
    ProgressReport,
    Proposal,
    ReportedFigure,
    Sdg,
    StoredFile,
    Theme,
    commitment_proposal,
)
from models.enums import ActorStatus, CommitmentStatus, PartyRole, ProposalStatus, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from intake.core.identity import Principal
    from models.enums import IrmDimension

C = CommitmentStatus
#: Commitments that bind: their milestones make the plan's progress.
BINDING = (C.FORMALIZED, C.CONCLUDED)
#: The figure that a source published for a plan's progress (`ReportedFigure.key`).
PLAN_PROGRESS_KEY = "progress.plan"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of commitments is narrowed by; empty means all."""

    plan: str = ""
    theme: str = ""
    status: CommitmentStatus | None = None
    institution: str = ""
    q: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanProgress:
    """A plan's progress as computed from its rows, beside the published figure."""

    plan: Plan
    commitments: int
    figure: Figure


def visible_to(principal: Principal) -> sa.ColumnElement[bool]:
    """The condition of `Permission.COMMITMENT_READ` for lists."""
    if principal.is_system or principal.holds(Role.DIRECTORATE, Role.CORE_GROUP, Role.OBSERVER):
        return sa.true()
    public = Commitment.status != C.DRAFT
    if not principal.actor_ids:
        return public
    mine = sa.select(CommitmentParty.commitment_id).where(
        CommitmentParty.actor_id.in_(principal.actor_ids),
        CommitmentParty.until.is_(None),
        CommitmentParty.role.in_([PartyRole.RESPONSIBLE, PartyRole.COUNTERPART]),
    )
    return sa.or_(public, Commitment.id.in_(mine))


def commitments(principal: Principal, filters: Filters, *, number: int = 1) -> Page[Commitment]:
    """A page of commitments with plan, theme, milestones, parties and ratings: five statements (six with a search)."""
    query = (
        sa.select(Commitment)
        .join(Commitment.plan)
        .where(visible_to(principal), *_conditions(principal, filters))
        .options(
            joinedload(Commitment.plan),
            joinedload(Commitment.theme),
            selectinload(Commitment.milestones),
            selectinload(Commitment.parties).joinedload(CommitmentParty.actor),
            selectinload(Commitment.ratings).joinedload(IrmRating.value),
        )
        .order_by(Plan.number.desc(), Commitment.number)
    )
    return paginate(query, number=number)


def _conditions(principal: Principal, filters: Filters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.plan:
        found.append(Plan.code == filters.plan)
    if filters.theme:
        found.append(Commitment.theme_id.in_(sa.select(Theme.id).where(Theme.code == filters.theme)))
    if filters.status is not None:
        found.append(Commitment.status == filters.status)
    if filters.institution:
        bound = (
            sa.select(CommitmentParty.commitment_id)
            .join(CommitmentParty.actor)
            .where(Actor.slug == filters.institution, CommitmentParty.role == PartyRole.RESPONSIBLE)
        )
        found.append(Commitment.id.in_(bound))
    if words := plain(filters.q).split():
        found.append(Commitment.id.in_(_matching(principal, words)))
    return found


def _matching(principal: Principal, words: list[str]) -> list[int]:
    """Commitments with every word, accents aside. Folded here: plans hold dozens of commitments, not thousands."""
    texts = (
        Commitment.title_es,
        Commitment.title_en,
        Commitment.summary_es,
        Commitment.problem,
        Commitment.description,
    )
    rows = db.session.execute(sa.select(Commitment.id, Commitment.reference, *texts).where(visible_to(principal)))
    folded = ((row[0], plain(" ".join(t for t in row[1:] if t))) for row in rows)
    return [key for key, text in folded if all(word in text for word in words)]


def institutions() -> Sequence[tuple[str, str]]:
    """Slug and name of every organisation responsible for a commitment. One statement."""
    query = (
        sa.select(Actor.slug, Actor.name)
        .join(CommitmentParty, CommitmentParty.actor_id == Actor.id)
        .where(CommitmentParty.role == PartyRole.RESPONSIBLE)
        .distinct()
        .order_by(Actor.name)
    )
    return [(slug, name) for slug, name in db.session.execute(query)]


def plan_progress(plans: Iterable[Plan]) -> list[PlanProgress]:
    """The computed and the published progress of each plan, in the order given. Two statements for any number."""
    plans = list(plans)
    keys = [p.id for p in plans]
    rows = db.session.execute(
        sa.select(
            Commitment.plan_id,
            Commitment.id.label("commitment_id"),
            Milestone.progress_pct,
            Milestone.progress_as_of,
            Milestone.ends_on,
        )
        .join(Milestone, isouter=True)
        .where(Commitment.plan_id.in_(keys), Commitment.status.in_(BINDING))
        .add_columns(Milestone.id.label("milestone_id"))
    ).all()
    published = {
        f.plan_id: f
        for f in db.session.scalars(
            sa.select(ReportedFigure).where(ReportedFigure.plan_id.in_(keys), ReportedFigure.key == PLAN_PROGRESS_KEY)
        )
    }
    return [_progress_of(p, [r for r in rows if r.plan_id == p.id], published.get(p.id)) for p in plans]


def _progress_of(plan: Plan, rows: list[Any], published: ReportedFigure | None) -> PlanProgress:
    milestones = [r for r in rows if r.milestone_id is not None]
    figure = Figure(
        computed=of_milestones(milestones),
        milestones=len(milestones),
        late=sum(is_late(r) for r in milestones),
        published=published.value if published else None,
        published_on=published.as_of if published else None,
        published_source=published.source if published else "",
    )
    return PlanProgress(plan=plan, commitments=len({r.commitment_id for r in rows}), figure=figure)


def by_reference(reference: str) -> Commitment:
    """A commitment with everything its page shows. Raises `NotFound`. Eleven statements, whatever it holds."""
    query = (
        sa.select(Commitment)
        .where(Commitment.reference == reference)
        .options(
            joinedload(Commitment.plan).selectinload(Plan.stages),
            joinedload(Commitment.theme),
            joinedload(Commitment.agreement).options(joinedload(Agreement.file), joinedload(Agreement.signatures)),
            joinedload(Commitment.approaches),
            selectinload(Commitment.parties).joinedload(CommitmentParty.actor),
            selectinload(Commitment.milestones).selectinload(Milestone.reports).options(*_reports()),
            selectinload(Commitment.ratings).joinedload(IrmRating.value),
            selectinload(Commitment.sdgs),
            selectinload(Commitment.policy_areas),
            selectinload(Commitment.proposals),
        )
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound(_l("No existe un compromiso con esa referencia."))
    _attach_evidence([r for m in found.milestones for r in m.reports])
    return found


def _reports() -> tuple[Any, ...]:
    return (
        joinedload(ProgressReport.actor),
        joinedload(ProgressReport.response).joinedload(CounterpartResponse.actor),
    )


def _attach_evidence(reports: Sequence[ProgressReport]) -> None:
    """Give reports and answers their evidence with one statement for both."""
    answers = [r.response for r in reports if r.response is not None]
    query = (
        sa.select(Evidence)
        .where(
            sa.or_(Evidence.report_id.in_([r.id for r in reports]), Evidence.response_id.in_([a.id for a in answers]))
        )
        .options(joinedload(Evidence.file))
        .order_by(Evidence.id)
    )
    rows = db.session.scalars(query).all()
    for report in reports:
        set_committed_value(report, "evidence", [e for e in rows if e.report_id == report.id])
    for answer in answers:
        set_committed_value(answer, "evidence", [e for e in rows if e.response_id == answer.id])


def for_change(commitment_id: int) -> Commitment:
    """A commitment as services need it, read afresh: plan, parties, milestones, agreement, vocabularies, proposals."""
    query = (
        sa.select(Commitment)
        .where(Commitment.id == commitment_id)
        .options(
            joinedload(Commitment.plan),
            joinedload(Commitment.theme),
            joinedload(Commitment.agreement).options(joinedload(Agreement.file), joinedload(Agreement.signatures)),
            selectinload(Commitment.parties).joinedload(CommitmentParty.actor),
            selectinload(Commitment.milestones),
            selectinload(Commitment.approaches),
            selectinload(Commitment.sdgs),
            selectinload(Commitment.policy_areas),
            selectinload(Commitment.proposals),
        )
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).unique().one()


def named(reference: str) -> Commitment:
    """`for_change` by public reference. Raises `NotFound`."""
    key = db.session.scalar(sa.select(Commitment.id).where(Commitment.reference == reference))
    if key is None:
        raise NotFound(_l("No existe un compromiso con esa referencia."))
    return for_change(key)


def milestone_of(commitment: Commitment, number: int) -> Milestone:
    """A milestone by its number. Raises `NotFound`."""
    for milestone in commitment.milestones:
        if milestone.number == number:
            return milestone
    raise NotFound(_l("Este compromiso no tiene un hito con ese número."))


def report_of(commitment: Commitment, ordinal: int) -> ProgressReport:
    """The n-th report (from 1, oldest first) of a commitment read with `by_reference`. Raises `NotFound`."""
    reports = in_order(commitment)
    if not 1 <= ordinal <= len(reports):
        raise NotFound(_l("Este compromiso no tiene un reporte con ese número."))
    return reports[ordinal - 1]


def in_order(commitment: Commitment) -> list[ProgressReport]:
    """All reports of a commitment, oldest first: a report's place in this list is its public number."""
    return sorted((r for m in commitment.milestones for r in m.reports), key=lambda r: r.id)


def scale_of(plan: Plan) -> dict[IrmDimension, list[IrmScaleValue]]:
    """The plan's own IRM scales, each in its order. One statement."""
    query = sa.select(IrmScaleValue).where(IrmScaleValue.plan_id == plan.id).order_by(IrmScaleValue.position)
    found: dict[IrmDimension, list[IrmScaleValue]] = {}
    for value in db.session.scalars(query):
        found.setdefault(value.dimension, []).append(value)
    return found


def selectable_proposals(plan: Plan) -> Sequence[Proposal]:
    """The plan's selected proposals, by folio. One statement."""
    query = (
        sa.select(Proposal)
        .where(Proposal.plan_id == plan.id, Proposal.status == ProposalStatus.SELECTED)
        .order_by(Proposal.folio_number)
    )
    return db.session.scalars(query).all()


def uncovered_proposals(plan: Plan) -> Sequence[Proposal]:
    """Selected proposals of the plan that no living commitment carries. One statement."""
    carried = (
        sa.select(commitment_proposal.c.proposal_id)
        .join(Commitment, Commitment.id == commitment_proposal.c.commitment_id)
        .where(Commitment.status != C.DROPPED)
    )
    query = (
        sa.select(Proposal)
        .where(Proposal.plan_id == plan.id, Proposal.status == ProposalStatus.SELECTED, Proposal.id.not_in(carried))
        .order_by(Proposal.folio_number)
    )
    return db.session.scalars(query).all()


def of_plan(plan: Plan) -> Sequence[Commitment]:
    """Every commitment of a plan with milestones, parties and the agreement's signatures. Three statements."""
    query = (
        sa.select(Commitment)
        .where(Commitment.plan_id == plan.id)
        .options(
            joinedload(Commitment.plan),
            joinedload(Commitment.agreement).options(joinedload(Agreement.file), joinedload(Agreement.signatures)),
            selectinload(Commitment.milestones),
            selectinload(Commitment.parties).joinedload(CommitmentParty.actor),
        )
        .order_by(Commitment.number)
    )
    return db.session.scalars(query).unique().all()


def carried_by(proposal_ids: Iterable[int]) -> dict[int, list[Commitment]]:
    """The commitments that came out of each proposal, drafts included (the caller asks who may read). One statement."""
    link = commitment_proposal
    rows = db.session.execute(
        sa.select(link.c.proposal_id, Commitment)
        .join(Commitment, Commitment.id == link.c.commitment_id)
        .where(link.c.proposal_id.in_(list(proposal_ids)))
        .order_by(Commitment.number)
    )
    found: dict[int, list[Commitment]] = {}
    for proposal_id, commitment in rows:
        found.setdefault(proposal_id, []).append(commitment)
    return found


def verified_actors() -> Sequence[Actor]:
    """Organisations that may be bound to a commitment. One statement."""
    return db.session.scalars(sa.select(Actor).where(Actor.status == ActorStatus.VERIFIED).order_by(Actor.name)).all()


def actor_named(slug: str) -> Actor:
    """An organisation. Raises `NotFound`."""
    found = db.session.scalars(sa.select(Actor).where(Actor.slug == slug)).one_or_none()
    if found is None:
        raise NotFound(_l("No existe esa organización."))
    return found


def vocabularies() -> tuple[Sequence[Theme], Sequence[Sdg], Sequence[PolicyArea]]:
    """Themes, goals and policy areas, in their order. Three statements."""
    return (
        db.session.scalars(sa.select(Theme).order_by(Theme.position)).all(),
        db.session.scalars(sa.select(Sdg).order_by(Sdg.number)).all(),
        db.session.scalars(sa.select(PolicyArea).order_by(PolicyArea.name_es)).all(),
    )


def file_by_key(key: str) -> tuple[StoredFile, Commitment | None]:
    """A stored file, and the commitment whose agreement it is. Raises `NotFound`."""
    row = db.session.scalars(sa.select(StoredFile).where(StoredFile.key == key)).one_or_none()
    if row is None:
        raise NotFound(_l("No existe un archivo con esa dirección."))
    owner = db.session.scalar(sa.select(Agreement.commitment_id).where(Agreement.file_id == row.id))
    return row, for_change(owner) if owner is not None else None
