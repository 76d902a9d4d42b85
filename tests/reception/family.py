"""What the tests of joining share: proposals of guests who left an address, a collective one, answers."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import GUEST
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import services, writing
from intake.reception.inputs import ProposalInput
from intake.reception.queries import joining as reading
from intake.reception.services import join_answers, joining
from models import JoinRequest, Proposal, ProposalContact, ProposalVersion
from models.enums import JoinStatus, ProposalStatus, StageKind
from tests import factories

LEAD = ProposalInput(
    title="Agua limpia y vigilada en las comunidades",
    problem="El agua llega turbia a varias comunidades y nadie publica los análisis que se hacen cada mes.",
    solution="Que las juntas publiquen cada mes los análisis y los expliquen en una asamblea cada año.",
    expected_result="Saber si el agua se puede beber.",
)
WHY = "Las dos piden que se publiquen los análisis del agua."
YES, NUANCED, NO = JoinStatus.ACCEPTED, JoinStatus.NUANCED, JoinStatus.DECLINED


def in_days(days: int) -> date:
    """A day from today on."""
    return clock.today() + timedelta(days=days)


def proposals(number: int, status=ProposalStatus.SUBMITTED, stage=StageKind.RECEPTION, **values) -> list[Proposal]:
    """Committed proposals of one plan, of guests with an address each and one version."""
    with transaction():
        plan = factories.plan(stage)
        return [more(plan, n, status, **values) for n in range(1, number + 1)]


def more(plan, n: int, status=ProposalStatus.SUBMITTED, *, email: str | None = "", **values) -> Proposal:
    """One more of the same plan; ``email`` None: nobody can be written to."""
    made = factories.proposal(plan, status, **{"title": f"Agua limpia en el barrio {n}", **values})
    if email is not None:
        factories.save(ProposalContact(proposal_id=made.id, email=email or f"autora{n}@demo.example"))
    db.session.refresh(made, ["approaches"])
    made.search_stems = writing.search_words(made, [])
    content = writing.content(made)
    factories.save(ProposalVersion(proposal_id=made.id, number=1, content=content, edited_at=clock.now()))
    return made


def collective_of(chosen, by, *, due: int = 10, **values) -> Proposal:
    """A collective proposal that asks for these."""
    return joining.propose(
        values.pop("plan", None) or plan_of(chosen[0]),
        chosen,
        values.pop("data", LEAD),
        reason=WHY,
        due_on=in_days(due),
        by=by,
    )


def plan_of(proposal: Proposal):
    """Its plan."""
    from models import Plan

    return db.session.get_one(Plan, proposal.plan_id)


def request_of(collective: Proposal, proposal: Proposal) -> JoinRequest:
    """The question to the author of one about the other, as the pages load it."""
    query = sa.select(JoinRequest.id).where(
        JoinRequest.collective_id == collective.id, JoinRequest.proposal_id == proposal.id
    )
    return reading.request_of(db.session.scalars(query).one())


def say(collective: Proposal, proposal: Proposal, said: JoinStatus, nuance: str = "") -> None:
    """The author's answer."""
    join_answers.answer(request_of(collective, proposal), said, nuance, by=author_of(proposal))


def author_of(proposal: Proposal):
    """Whoever holds its code."""
    return services.holding(GUEST, proposal)


def states(*found: Proposal) -> list[str]:
    """The states as they are stored."""
    ids = [p.id for p in found]
    rows = dict(db.session.execute(sa.select(Proposal.id, Proposal.status).where(Proposal.id.in_(ids))).all())
    return [rows[key].value for key in ids]
