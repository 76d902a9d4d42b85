"""Sessions, decisions, publication, reserve: what they do and refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.identity import SYSTEM
from intake.evaluation.inputs import RoundInput
from intake.evaluation.services import create_round
from intake.extensions import db
from intake.selection import queries, services
from intake.selection.inputs import DecisionInput, HistoricalDecision
from models import AuditEntry, Decision, OutboxMessage
from models.enums import Category, DecisionStatus, ProposalStatus, Role, SessionStatus
from tests import factories
from tests.evaluation.conftest import House, principal
from tests.selection.conftest import GIVEN, WHY, decide

if TYPE_CHECKING:
    from models import SelectionSession, User

C = Category


def mails() -> list[tuple[str, str]]:
    rows = db.session.execute(sa.select(OutboxMessage.kind, OutboxMessage.to_address).order_by(OutboxMessage.id))
    return [(kind, to) for kind, to in rows if kind.startswith("proposal_") and kind != "proposal_withdraw"]


@pytest.mark.parametrize(
    ("given", "field"), [(replace(GIVEN, title=" "), "title"), (replace(GIVEN, decided_by=""), "decided_by")]
)
def test_a_session_names_who_decides(house: House, given: object, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.open_session(house.plan, given, by=house.by(house.director))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_one_open_session_at_a_time(house: House, session: SelectionSession) -> None:
    with pytest.raises(Conflict, match="sigue abierta"):
        services.open_session(house.plan, GIVEN, by=house.by(house.director))


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.ANALYST, Role.REVIEWER, Role.OBSERVER])
def test_who_may_not(house: House, session: SelectionSession, role: Role) -> None:
    person = principal(factories.user(role))
    proposal = house.evaluated(2)
    with pytest.raises(Forbidden):
        services.decide(session, proposal, DecisionInput(category=C.IN_PLAN, reason=WHY), by=person)
    with pytest.raises(Forbidden):
        services.publish(session, by=person)


def test_core_group_decides_but_does_not_publish(house: House, session: SelectionSession, core: User) -> None:
    decide(session, house.evaluated(2), C.IN_PLAN, by=core)
    with pytest.raises(Forbidden):
        services.publish(session, by=principal(core))


def test_decision_keeps_place_and_mean(house: House, session: SelectionSession, core: User) -> None:
    best, second = house.evaluated(3, 3), house.evaluated(1, 2)
    decision = decide(session, second, C.NEXT_PLAN, by=core)
    assert (decision.rank, decision.mean_pct, decision.status) == (2, Decimal("50.000"), DecisionStatus.PENDING)
    assert decide(session, best, C.IN_PLAN, by=core).rank == 1
    assert second.status is ProposalStatus.EVALUATED


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (DecisionInput(category=C.IN_PLAN, reason="  "), "reason"),
        (DecisionInput(category=C.RESERVE, reason=WHY), "fallback"),
        (DecisionInput(category=C.RESERVE, reason=WHY, fallback=C.IN_PLAN), "fallback"),
    ],
)
def test_incomplete_decisions(
    house: House, session: SelectionSession, core: User, given: DecisionInput, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.decide(session, house.evaluated(2), given, by=principal(core))
    assert refused.value.field == field


def test_departure_must_say_why(house: House, session: SelectionSession, core: User) -> None:
    best, worst = house.evaluated(3), house.evaluated(0)
    decide(session, best, C.OUTSIDE_PLAN, by=core)
    with pytest.raises(Invalid) as refused:
        decide(session, worst, C.IN_PLAN, by=core)
    assert refused.value.field == "departure_reason"
    decision = decide(session, worst, C.IN_PLAN, by=core, why="El Grupo Núcleo, porque nadie más atiende la Amazonía.")
    assert decision.departs_from_order


def test_deciding_again_replaces_and_is_traced(house: House, session: SelectionSession, core: User) -> None:
    proposal = house.evaluated(2)
    decide(session, proposal, C.RESERVE, by=core)
    seen = queries.decision_of(proposal.id)
    assert seen is not None
    version = seen.lock_version
    decide(session, proposal, C.IN_PLAN, by=core)
    stale = DecisionInput(category=C.NEXT_PLAN, reason=WHY, lock_version=version)
    with pytest.raises(Conflict, match="Otra persona"):
        services.decide(session, proposal, stale, by=principal(core))
    found = db.session.scalars(sa.select(Decision)).one()
    assert (found.category, found.fallback) == (C.IN_PLAN, None)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "decision.change")).one()
    assert entry.changes["category"] == ["reserve", "in_plan"]


@pytest.mark.parametrize("status", [ProposalStatus.ADMITTED, ProposalStatus.IN_EVALUATION])
def test_publishing_waits_for_every_admitted_proposal(
    house: House, session: SelectionSession, core: User, status: ProposalStatus
) -> None:
    decide(session, house.evaluated(2), C.IN_PLAN, by=core)
    waiting = factories.proposal(house.plan, status, title="La que falta")
    with pytest.raises(Conflict) as refused:
        services.publish(session, by=house.by(house.director))
    assert refused.value.details["lines"] == [f"{waiting.folio} · La que falta"]
    assert session.status is SessionStatus.OPEN


def test_publishing_does_not_wait_for_what_was_not_admitted(
    house: House, session: SelectionSession, core: User
) -> None:
    decide(session, house.evaluated(2), C.IN_PLAN, by=core)
    for status in (ProposalStatus.SUBMITTED, ProposalStatus.NOT_ADMITTED, ProposalStatus.DRAFT):
        factories.proposal(house.plan, status)
    factories.proposal(factories.plan(is_current=False), ProposalStatus.ADMITTED)
    assert services.publish(session, by=house.by(house.director)) == 1


def test_publishing_moves_all_and_tells_each_author_the_reason(
    house: House, session: SelectionSession, core: User
) -> None:
    author = factories.user()
    chosen = {
        C.IN_PLAN: (house.evaluated(3, author_id=author.id), ProposalStatus.SELECTED),
        C.RESERVE: (house.evaluated(2), ProposalStatus.RESERVE),
        C.NEXT_PLAN: (house.evaluated(1), ProposalStatus.NEXT_PLAN),
        C.OUTSIDE_PLAN: (house.evaluated(0), ProposalStatus.OUTSIDE_PLAN),
    }
    for category, (proposal, _status) in chosen.items():
        decide(session, proposal, category, by=core, reason=f"Razón de {category.value}.")
    assert mails() == []
    assert services.publish(session, by=house.by(house.director)) == 4
    assert [p.status for p, _s in chosen.values()] == [s for _p, s in chosen.values()]
    assert mails() == [("proposal_select", author.email)]
    told = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "proposal_select")).one()
    assert told.context["reason"] == "Razón de in_plan."
    assert {d.status for d in queries.decisions(session).items} == {DecisionStatus.PUBLISHED}
    with pytest.raises(Conflict):
        services.publish(session, by=house.by(house.director))
    with pytest.raises(Conflict):
        decide(session, chosen[C.RESERVE][0], C.IN_PLAN, by=core)


def test_an_empty_session_publishes_nothing(house: House, session: SelectionSession) -> None:
    with pytest.raises(Conflict, match="ninguna decisión"):
        services.publish(session, by=house.by(house.director))


def test_a_withdrawn_proposal_gets_no_answer(house: House, session: SelectionSession, core: User) -> None:
    from intake.reception.services import move

    kept, gone = house.evaluated(3), house.evaluated(2)
    decide(session, kept, C.IN_PLAN, by=core)
    decide(session, gone, C.NEXT_PLAN, by=core)
    move(gone, "withdraw", by=SYSTEM, reason="Ya no hace falta.")
    assert services.publish(session, by=house.by(house.director)) == 1
    assert (gone.status, queries.decision_of(gone.id)) == (ProposalStatus.WITHDRAWN, None)


@pytest.mark.parametrize(
    ("service", "expected"),
    [(services.call_up, ProposalStatus.SELECTED), (services.release, ProposalStatus.NEXT_PLAN)],
)
def test_reserve(house: House, session: SelectionSession, core: User, service: type, expected: ProposalStatus) -> None:
    proposal = house.evaluated(2)
    decide(session, proposal, C.RESERVE, by=core)
    services.publish(session, by=house.by(house.director))
    with pytest.raises(Invalid):
        service(proposal, " ", by=house.by(house.director))
    service(proposal, "Se liberó un lugar.", by=house.by(house.director))
    assert proposal.status is expected
    with pytest.raises(Conflict):
        service(proposal, "Otra vez.", by=house.by(house.director))


def test_history_is_published_at_once_and_tells_nobody(house: House) -> None:
    past = factories.plan(None, is_current=False)
    proposals = [factories.proposal(past, ProposalStatus.SELECTED), factories.proposal(past, ProposalStatus.RESERVE)]
    session = services.record_historical_session(
        past,
        replace(GIVEN, held_on=date(2019, 10, 1), source_url="https://example.org/plan.pdf"),
        [
            HistoricalDecision(proposal=proposals[0], category=C.IN_PLAN),
            HistoricalDecision(
                proposal=proposals[1],
                category=C.RESERVE,
                reason="Sin contraparte.",
                fallback=C.NEXT_PLAN,
                promoter="Red",
            ),
        ],
        by=SYSTEM,
    )
    assert session.status is SessionStatus.PUBLISHED
    assert [d.reason for d in queries.decisions(session).items] == ["", "Sin contraparte."]
    assert mails() == []


def test_taking_a_decision_back(house: House, session: SelectionSession, core: User) -> None:
    proposal = house.evaluated(2)
    decide(session, proposal, C.IN_PLAN, by=core)
    services.undecide(session, proposal, by=principal(core))
    assert queries.decision_of(proposal.id) is None
    with pytest.raises(Conflict):
        services.undecide(session, proposal, by=principal(core))


def test_a_session_of_a_round_answers_that_round_alone(house: House, core: User) -> None:
    """Another round goes on while the first is decided; a session on the whole plan would have to wait."""
    mine = house.evaluated(2)
    other = factories.proposal(house.plan, ProposalStatus.EVALUATED, title="De otra ronda")
    given = replace(GIVEN, round_number=house.round.number)
    session = services.open_session(house.plan, given, by=house.by(house.director))
    assert list(queries.means(session)) == [mine.id]
    with pytest.raises(Conflict, match="no es de la ronda"):
        decide(session, other, C.IN_PLAN, by=core)
    with pytest.raises(Conflict, match="sigue abierta"):
        services.open_session(house.plan, GIVEN, by=house.by(house.director))
    decide(session, mine, C.IN_PLAN, by=core)
    assert services.publish(session, by=house.by(house.director)) == 1
    assert other.status is ProposalStatus.EVALUATED


def test_a_session_of_a_round_still_waits_for_all_of_that_round(house: House, core: User) -> None:
    decide_on, waiting = house.evaluated(2), house.evaluated(1)
    given = replace(GIVEN, round_number=house.round.number)
    session = services.open_session(house.plan, given, by=house.by(house.director))
    decide(session, decide_on, C.IN_PLAN, by=core)
    with pytest.raises(Conflict) as refused:
        services.publish(session, by=house.by(house.director))
    assert refused.value.details["lines"] == [f"{waiting.folio} · {waiting.title}"]


def test_a_session_of_an_unknown_round_is_refused(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        services.open_session(house.plan, replace(GIVEN, round_number=99), by=house.by(house.director))
    assert refused.value.field == "ronda"


@pytest.mark.parametrize("days", [61, -365 * 9])
def test_a_session_is_held_on_a_day_that_can_be(house: House, days: int) -> None:
    given = replace(GIVEN, held_on=clock.today() + timedelta(days=days))
    with pytest.raises(Invalid) as refused:
        services.open_session(house.plan, given, by=house.by(house.director))
    assert refused.value.field == "held_on"


def test_a_session_may_be_called_sixty_days_before(house: House) -> None:
    given = replace(GIVEN, held_on=clock.today() + timedelta(days=60))
    assert services.open_session(house.plan, given, by=house.by(house.director)).held_on == given.held_on


def test_an_open_session_is_corrected_and_traced(house: House, session: SelectionSession, core: User) -> None:
    given = replace(GIVEN, title="Otra", decided_by="El Grupo", round_number=house.round.number)
    services.edit_session(session, given, by=principal(core))
    assert (session.title, session.decided_by, session.round_id) == ("Otra", "El Grupo", house.round.id)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "session.edit")).one()
    assert entry.changes["title"] == ["Primera sesión", "Otra"]


def test_correcting_leaves_no_decision_outside(house: House, session: SelectionSession, core: User) -> None:
    stranger = factories.proposal(house.plan, ProposalStatus.EVALUATED)
    decide(session, stranger, C.IN_PLAN, by=core)
    with pytest.raises(Invalid, match=str(stranger.folio)) as refused:
        services.edit_session(session, replace(GIVEN, round_number=house.round.number), by=principal(core))
    assert refused.value.field == "ronda"


def test_a_corrected_session_overlaps_with_no_other(house: House, core: User) -> None:
    of_round = replace(GIVEN, round_number=house.round.number)
    services.open_session(house.plan, of_round, by=principal(core))
    other = create_round(house.plan, RoundInput(name="Otra"), by=house.by(house.director))
    second = services.open_session(house.plan, replace(GIVEN, round_number=other.number), by=principal(core))
    with pytest.raises(Conflict, match="sigue abierta"):
        services.edit_session(second, of_round, by=principal(core))


def test_a_published_session_is_neither_corrected_nor_cancelled(
    house: House, session: SelectionSession, core: User
) -> None:
    decide(session, house.evaluated(2), C.IN_PLAN, by=core)
    services.publish(session, by=house.by(house.director))
    with pytest.raises(Conflict, match="ya se publicaron"):
        services.edit_session(session, GIVEN, by=principal(core))
    with pytest.raises(Conflict, match="ya se publicaron"):
        services.cancel_session(session, "Por error.", by=principal(core))


def test_cancelling_takes_the_decisions_back_and_frees_the_proposals(
    house: House, session: SelectionSession, core: User
) -> None:
    proposal = house.evaluated(2)
    decide(session, proposal, C.IN_PLAN, by=core)
    with pytest.raises(Invalid):
        services.cancel_session(session, " ", by=principal(core))
    assert services.cancel_session(session, "Se abrió por error.", by=principal(core)) == 1
    assert session.status is SessionStatus.CANCELLED
    assert (proposal.status, queries.decision_of(proposal.id)) == (ProposalStatus.EVALUATED, None)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "decision.take_back")).one()
    assert (entry.reason, entry.changes["text"]) == ("Se abrió por error.", WHY)
    with pytest.raises(Conflict, match="se canceló"):
        decide(session, proposal, C.IN_PLAN, by=core)
    with pytest.raises(Forbidden):
        services.cancel_session(session, "x", by=principal(factories.user(Role.OBSERVER)))
    assert services.open_session(house.plan, GIVEN, by=principal(core)).number == 2
