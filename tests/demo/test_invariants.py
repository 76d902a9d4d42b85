"""Every invariant holds on the demonstration, and each is seen when its rule is broken."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from intake.reception import serializers
from intake.reports import invariants
from models import (
    Admission,
    Agreement,
    Assignment,
    Commitment,
    Decision,
    Hold,
    Milestone,
    OutboxMessage,
    Participation,
    ParticipationCount,
    Plan,
    ProgressReport,
    Proposal,
    ProposalVersion,
    Score,
    SelectionSession,
    Signature,
    StoredFile,
)
from models.enums import ProposalStatus as S
from tests.demo import (
    breaks_answers,
    breaks_attached,
    breaks_conversation,
    breaks_council,
    breaks_events,
    breaks_joining,
    breaks_outreach,
    breaks_paper,
    breaks_promises,
    breaks_registry,
)


def one(query):
    return db.session.execute(query.limit(1)).one()


def write(statement) -> None:
    """Past the lifecycle and the services, as only an error of ours or a hand on the database could."""
    db.session.execute(statement)


def proposal(state: S):
    return one(
        sa.select(Proposal.id, Proposal.folio)
        .where(Proposal.status == state, Proposal.source.is_(None))
        .order_by(Proposal.id)
    )


def set_proposal(key: int, **values) -> None:
    write(sa.update(Proposal.__table__).where(Proposal.id == key).values(**values))


def break_folios_match() -> str:
    row = proposal(S.ADMITTED)
    set_proposal(row.id, folio="PAGA3-99999")
    return "PAGA3-99999"


def break_folios_contiguous() -> str:
    write(sa.update(Plan.__table__).where(Plan.code == "PAGA3").values(folio_counter=Plan.folio_counter + 1))
    return "PAGA3"


def break_one_current_plan() -> str:
    write(sa.update(Plan.__table__).where(Plan.code == "PAGA2").values(is_current=True))
    return "PAGA2"


def break_admissions() -> str:
    row = proposal(S.ADMITTED)
    write(sa.update(Admission.__table__).where(Admission.proposal_id == row.id).values(is_clear=False))
    return row.folio


def break_evaluated_have_reviews() -> str:
    row = proposal(S.EVALUATED)
    mine = sa.select(Assignment.id).where(Assignment.proposal_id == row.id)
    write(sa.delete(Score.__table__).where(Score.assignment_id.in_(mine)))
    write(sa.delete(Assignment.__table__).where(Assignment.proposal_id == row.id))
    return row.folio


def break_review_totals() -> str:
    row = one(sa.select(Assignment.id).where(Assignment.total_pct.is_not(None)).order_by(Assignment.id))
    write(sa.update(Assignment.__table__).where(Assignment.id == row.id).values(total_pct=Assignment.total_pct / 2))
    return f"assignment {row.id}"


def break_own_reviews() -> str:
    row = one(
        sa.select(Proposal.id, Proposal.folio, Assignment.reviewer_id)
        .join(Assignment, Assignment.proposal_id == Proposal.id)
        .where(Assignment.status == "submitted")
        .order_by(Assignment.id)
    )
    set_proposal(row.id, author_id=row.reviewer_id)
    return row.folio


def break_participation_adds_up() -> str:
    row = one(sa.select(ParticipationCount.id, ParticipationCount.participation_id).order_by(ParticipationCount.id))
    write(sa.update(ParticipationCount.__table__).where(ParticipationCount.id == row.id).values(people=100_000))
    return f"participation {row.participation_id}"


def break_published_together() -> str:
    row = one(
        sa.select(Proposal.folio, Decision.id)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(Proposal.source.is_(None))
        .order_by(Proposal.id)
    )
    write(sa.update(Decision.__table__).where(Decision.id == row.id).values(status="pending", published_at=None))
    return row.folio


def break_decisions_agree() -> str:
    row = proposal(S.SELECTED)
    set_proposal(row.id, status="outside_plan")
    return row.folio


def break_progress_is_reported() -> str:
    row = one(
        sa.select(Milestone.id, Milestone.number, Commitment.reference)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .join(ProgressReport, ProgressReport.milestone_id == Milestone.id)
        .order_by(Milestone.id)
    )
    write(sa.update(Milestone.__table__).where(Milestone.id == row.id).values(progress_pct=1))
    return f"{row.reference}/{row.number}"


def break_agreements_signed() -> str:
    row = one(
        sa.select(Signature.id, Commitment.reference)
        .join(Agreement, Agreement.id == Signature.agreement_id)
        .join(Commitment, Commitment.id == Agreement.commitment_id)
        .where(Agreement.status == "signed")
        .order_by(Signature.id)
    )
    write(sa.delete(Signature.__table__).where(Signature.id == row.id))
    return row.reference


def break_formalized_are_signed() -> str:
    mine = sa.select(Commitment.id).where(Commitment.reference == "PAGA3-1").scalar_subquery()
    write(sa.update(Agreement.__table__).where(Agreement.commitment_id == mine).values(status="draft"))
    return "PAGA3-1"


def break_commitments_from_selected() -> str:
    row = one(
        sa.select(Proposal.id).join(Commitment.proposals).where(Commitment.reference == "PAGA3-1").order_by(Proposal.id)
    )
    set_proposal(row.id, status="reserve")
    return "PAGA3-1"


def break_states_are_traced() -> str:
    row = proposal(S.ADMITTED)
    set_proposal(row.id, status="evaluated")
    return f"proposal {row.id}"


def break_authors_are_told() -> str:
    row = one(
        sa.select(OutboxMessage.id, OutboxMessage.dedupe_key, OutboxMessage.context)
        .where(OutboxMessage.kind == "proposal_admit")
        .order_by(OutboxMessage.id)
    )
    write(sa.delete(OutboxMessage.__table__).where(OutboxMessage.id == row.id))
    return f"{row.context['folio']} admit"


def break_versions_are_kept() -> str:
    row = proposal(S.SUBMITTED)
    write(
        sa.update(ProposalVersion.__table__)
        .where(ProposalVersion.proposal_id == row.id)
        .values(content={"title": "otra cosa"})
    )
    return row.folio


def break_search_in_step() -> str:
    row = proposal(S.SUBMITTED)
    set_proposal(row.id, search_stems="nada")
    return f"proposal {row.id}"


def break_open_reviews_can_be_sent() -> str:
    row = one(
        sa.select(Assignment.id, Assignment.proposal_id, Proposal.folio)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(Assignment.status == "pending")
        .order_by(Assignment.id)
    )
    set_proposal(row.proposal_id, status="withdrawn", withdrawn_at=sa.func.current_timestamp())
    return f"{row.folio} assignment {row.id}"


def break_held_for_a_reason() -> str:
    row = proposal(S.SUBMITTED)
    kept = {"reason": "links", "findings": {}, "by_machine": True, "held_at": clock.now()}
    write(sa.insert(Hold.__table__).values(proposal_id=row.id, **kept))
    return row.folio


def break_files_are_intact() -> str:
    row = one(sa.select(StoredFile.id).order_by(StoredFile.id))
    write(sa.update(StoredFile.__table__).where(StoredFile.id == row.id).values(sha256="0" * 64))
    return f"file {row.id}: changed"


def break_departures_are_explained() -> str:
    row = one(
        sa.select(Decision.id, Proposal.folio)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(Decision.departs_from_order)
    )
    write(sa.update(Decision.__table__).where(Decision.id == row.id).values(departure_reason=" "))
    return row.folio


def break_formalized_plans_answered() -> str:
    row = proposal(S.ADMITTED)
    write(sa.update(Plan.__table__).where(Plan.code == "PAGA3").values(status="implementation"))
    return row.folio


def break_trace_is_guarded() -> str:
    if db.session.get_bind().dialect.name == "sqlite":
        write(sa.text("DROP TRIGGER audit_entry_no_delete"))
        return "audit_entry_no_delete"
    write(sa.text("DROP TRIGGER audit_entry_no_truncate ON audit_entry"))
    return "audit_entry_no_truncate"


BREAKS: dict[str, Callable[[], str]] = {
    name.removeprefix("break_"): call
    for module in (
        globals(),
        vars(breaks_answers),
        vars(breaks_attached),
        vars(breaks_conversation),
        vars(breaks_council),
        vars(breaks_events),
        vars(breaks_joining),
        vars(breaks_promises),
        vars(breaks_outreach),
        vars(breaks_paper),
        vars(breaks_registry),
    )
    for name, call in list(module.items())
    if name.startswith("break_")
}
#: What no row can break: tested on the code and on the tables themselves.
UNBREAKABLE = {"nothing_personal_is_public", "profiles_lead_to_nobody", "family_supports_once", "promises_counted_once"}
#: Broken in the object store, in tests/reception/test_attachments.py: no row does it.
IN_THE_STORE = {"bytes_have_their_row"}
#: Broken on rows of their own in tests/reports/test_figures_kept.py, where the sums are small enough to follow.
ELSEWHERE = {"people_once", "parts_make_the_figure", "people_have_one_plan", "nobody_worked_out"}


def test_all_hold_on_the_demonstration(app):
    assert {name: found for name, found in invariants.broken().items() if found} == {}


def test_each_invariant_has_a_way_to_break_it():
    assert set(BREAKS) | UNBREAKABLE | IN_THE_STORE | ELSEWHERE == {one.name for one in invariants.INVARIANTS}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_rule_is_seen(app, name):
    offending = BREAKS[name]()
    db.session.expire_all()
    find = next(one.find for one in invariants.INVARIANTS if one.name == name)
    assert offending in [str(found) for found in find()]


def test_a_personal_field_is_seen(app, monkeypatch):
    monkeypatch.setattr(serializers, "PUBLIC_FIELDS", (*serializers.PUBLIC_FIELDS, "email"))
    assert invariants.broken()["nothing_personal_is_public"] == ["proposal.email"]


def test_a_personal_column_of_open_data_is_seen(app, monkeypatch):
    from intake.reports import publictables
    from models import ProposalContact

    query = sa.select(Proposal.folio, ProposalContact.phone).join(ProposalContact)
    monkeypatch.setitem(publictables.QUERIES, "propuestas", lambda: query)
    assert invariants.broken()["nothing_personal_is_public"] == ["propuestas: proposal_contact.phone"]


def test_the_command_names_what_is_broken_and_fails(app):
    reference = break_one_current_plan()
    answer = app.test_cli_runner().invoke(args=["check", "--json"])
    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == {"ok": False, "broken": {"one_current_plan": [reference, "PAGA3"]}}
    assert answer.stderr.strip() == "Broken: one_current_plan"


def test_the_command_says_ok(app):
    answer = app.test_cli_runner().invoke(args=["check", "--json"])
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, {"ok": True, "broken": {}})


def test_sessions_and_people_are_there_to_be_checked(app):
    for model in (SelectionSession, Participation, ProgressReport):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model))
