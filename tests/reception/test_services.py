"""Drafts, folios, revisions, moves and their mail."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock, tokens
from intake.core.errors import Conflict, Forbidden, Invalid, SignInNeeded, StageClosed, TooMany
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.reception import queries, services
from intake.reception.inputs import ContactInput, ProposalInput
from models import AuditEntry, Consent, OutboxMessage, Plan, Proposal, ProposalContact, ProposalVersion, Stage
from models.enums import Approach, Branch, Channel, ProposalStatus, PublicName, Role, StageKind
from tests import factories

CONTACT = ContactInput(name="Rosa Ejemplo", email="Rosa@Demo.Example", phone="+593991234567", consent=True)


def data(**changes) -> ProposalInput:
    given = {
        "title": "Agua limpia para las comunidades de Macas",
        "problem": "El agua llega turbia y nadie publica los análisis.",
        "solution": "Publicar los análisis cada mes en la junta parroquial.",
        "expected_result": "Saber si el agua se puede beber.",
        "approaches": (Approach.HUMAN_RIGHTS, Approach.ENVIRONMENT),
        "branch": Branch.SUBNATIONAL,
    }
    return ProposalInput(**{**given, **changes})


def drafted(plan, by=GUEST, contact=None, **changes):
    _made, key = services.create_draft(plan, data(**changes), contact, by=by)
    return queries.by_draft_key(key), key


def test_draft_is_kept_whole_and_its_words_stay_out_of_the_trace(plan):
    theme, place = factories.theme("agua"), factories.territory("14")
    proposal, _key = drafted(plan, contact=CONTACT, theme_code="agua", territory_code="14")
    assert (proposal.title, proposal.status, proposal.folio) == (data().title, ProposalStatus.DRAFT, None)
    assert (proposal.theme_id, proposal.territory_id) == (theme.id, place.id)
    assert [a.approach for a in proposal.approaches] == [Approach.HUMAN_RIGHTS, Approach.ENVIRONMENT]
    assert (proposal.contact.email, proposal.contact.name) == ("rosa@demo.example", "Rosa Ejemplo")
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.changes, entry.role) == ("proposal.draft", {}, "guest")


def test_same_form_twice_keeps_one_draft(plan):
    key = tokens.new_token()
    first, address = services.create_draft(plan, data(), None, by=GUEST, key=key)
    second, again = services.create_draft(plan, data(title="Otro título, más claro"), None, by=GUEST, key=key)
    assert (second.id, again, address) == (first.id, key, key)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 1
    assert second.title == "Otro título, más claro"


def test_without_consent_no_contact_is_kept_and_taking_it_back_deletes_it(plan):
    proposal, _ = drafted(plan, contact=dataclasses.replace(CONTACT, consent=False))
    assert proposal.contact is None
    author = services.holding(GUEST, proposal)
    services.save_draft(proposal, data(), CONTACT, by=author)
    assert db.session.scalar(sa.select(ProposalContact.email)) == "rosa@demo.example"
    services.save_draft(proposal, data(), None, by=author)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProposalContact)) == 0
    assert db.session.scalars(sa.select(Consent)).one().revoked_at is not None


def test_unknown_theme_or_place_is_refused_at_its_field(plan):
    for values, field in (({"theme_code": "nada"}, "theme"), ({"territory_code": "99"}, "provincia")):
        with pytest.raises(Invalid) as caught:
            services.create_draft(plan, data(**values), None, by=GUEST)
        assert caught.value.field == field


def test_foreign_draft_cannot_be_saved_nor_sent(plan, as_principal):
    proposal, _ = drafted(plan)
    other = as_principal(factories.user())
    for by, refusal in ((GUEST, SignInNeeded), (other, Forbidden)):
        with pytest.raises(refusal):
            services.save_draft(proposal, data(title="Ajeno"), by=by)
        with pytest.raises(refusal):
            services.submit(proposal, by=by)


def test_folios_follow_one_another_and_repeating_gives_the_same(plan):
    one, key = drafted(plan)
    two, _ = drafted(plan)
    by = services.holding(services.holding(GUEST, one), two)
    first = services.submit(one, by=by, key=key)
    second = services.submit(two, by=by)
    assert (first.folio, second.folio) == ("PAGA3-00001", "PAGA3-00002")
    assert services.submit(one, by=by, key=key) == first
    assert services.submit(two, by=by).claim_code is None
    assert db.session.scalar(sa.select(Plan.folio_counter).where(Plan.id == plan.id)) == 2
    kept = db.session.scalars(sa.select(ProposalVersion).where(ProposalVersion.proposal_id == one.id)).one()
    assert (kept.number, kept.content["problem"]) == (1, data().problem)


def test_claim_code_is_kept_only_as_a_hash(plan):
    proposal, _ = drafted(plan)
    receipt = services.submit(proposal, by=services.holding(GUEST, proposal))
    assert len(receipt.claim_code) == tokens.CLAIM_CODE_CHARACTERS
    assert tokens.matches(tokens.readable(receipt.claim_code).lower(), receipt.folio, proposal.claim_code_hash)
    trace = " ".join(str(e.changes) for e in db.session.scalars(sa.select(AuditEntry)))
    assert receipt.claim_code not in trace
    assert proposal.claim_code_hash not in trace


def test_submission_is_traced_and_answered_by_mail(plan):
    proposal, _ = drafted(plan, contact=CONTACT)
    receipt = services.submit(proposal, by=services.holding(GUEST, proposal))
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "proposal.submit")).one()
    assert (entry.subject_ref, entry.changes["status"]) == (receipt.folio, ["draft", "submitted"])
    message = db.session.scalars(sa.select(OutboxMessage)).one()
    assert (message.kind, message.to_address, message.locale) == ("proposal_submit", "rosa@demo.example", "es")
    assert receipt.claim_code not in str(message.context)
    assert message.context["follow"] == f"/seguimiento/{receipt.folio}"


def test_incomplete_or_nameless_is_not_sent(plan):
    for changes, field in (
        ({"problem": ""}, "problem"),
        ({"public_name": PublicName.ORGANISATION}, "organisation_name"),
        ({"public_name": PublicName.NAME}, "contact_name"),
    ):
        proposal, _ = drafted(plan, **changes)
        with pytest.raises(Invalid) as caught:
            services.submit(proposal, by=services.holding(GUEST, proposal))
        assert (caught.value.field, proposal.status) == (field, ProposalStatus.DRAFT)


def test_stage_is_open_to_the_last_minute_of_its_last_day(app):
    plan = factories.plan(code="PAGA3")
    stage = next(s for s in db.session.scalars(sa.select(Stage)) if s.kind is StageKind.RECEPTION)
    last = clock.end_of(stage.closes_on)
    proposal, _ = drafted(plan)
    by = services.holding(GUEST, proposal)
    with time_machine.travel(last, tick=False), pytest.raises(StageClosed) as caught:
        services.submit(proposal, by=by)
    assert caught.value.details["stage"].closes_on == stage.closes_on
    assert caught.value.details["following"].kind is StageKind.EVALUATION
    with time_machine.travel(last - timedelta(seconds=1), tick=False):
        assert services.submit(proposal, by=by).folio == "PAGA3-00001"


def test_team_records_what_came_on_paper_with_its_date_and_the_clerk_is_not_the_author(plan, as_principal):
    clerk = as_principal(factories.user(Role.FACILITATOR))
    when = clock.now() - timedelta(days=3)
    receipt = services.submit_directly(plan, data(), CONTACT, by=clerk, channel=Channel.PAPER, at=when)
    proposal = queries.by_folio(receipt.folio)
    assert (proposal.author_id, proposal.channel, proposal.submitted_at) == (None, Channel.PAPER, when)
    with pytest.raises(StageClosed):
        services.submit_directly(plan, data(), None, by=clerk, at=clock.now() - timedelta(days=9))
    with pytest.raises(Forbidden):
        services.submit_directly(plan, data(), None, by=GUEST, channel=Channel.PAPER)
    own = as_principal(factories.user())
    mine = queries.by_folio(services.submit_directly(plan, data(), None, by=own).folio)
    assert mine.author_id == own.user_id


def test_revision_keeps_versions_and_stale_edits_say_who(plan, as_principal):
    author = as_principal(factories.user())
    folio = services.submit_directly(plan, data(), None, by=author).folio
    proposal = queries.by_folio(folio)
    began = proposal.lock_version
    services.revise(proposal, data(problem="El agua llega turbia desde enero."), by=author, lock_version=began)
    with pytest.raises(Conflict) as caught:
        services.revise(proposal, data(problem="Otra cosa"), by=author, lock_version=began)
    assert caught.value.details["lines"] == [
        f"Último cambio: {clock.local(clock.now()).strftime('%d/%m/%Y, %H:%M')}, Ciudadanía."
    ]
    versions = db.session.scalars(sa.select(ProposalVersion).order_by(ProposalVersion.number)).all()
    assert [(v.number, v.content["problem"]) for v in versions] == [
        (1, data().problem),
        (2, "El agua llega turbia desde enero."),
    ]
    services.revise(
        proposal, data(problem=versions[1].content["problem"]), by=author, lock_version=proposal.lock_version
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProposalVersion)) == 2


def test_nothing_is_revised_once_admitted(plan, as_principal):
    author = factories.user()
    proposal = factories.proposal(plan, ProposalStatus.ADMITTED, author_id=author.id)
    with pytest.raises(Conflict):
        services.revise(queries.by_folio(proposal.folio), data(), by=as_principal(author), lock_version=1)


def test_withdrawing_needs_a_reason_and_the_author(plan, as_principal):
    author = factories.user(email="autora@demo.example")
    proposal = factories.proposal(plan, author_id=author.id)
    own, other = as_principal(author), as_principal(factories.user())
    db.session.commit()
    with pytest.raises(Forbidden):
        services.withdraw(proposal, by=other, reason="no")
    with pytest.raises(Invalid):
        services.withdraw(proposal, by=own, reason="  ")
    services.withdraw(proposal, by=own, reason="La junta ya lo hizo.")
    assert proposal.status is ProposalStatus.WITHDRAWN
    assert queries.story(proposal).withdrawal.reason == "La junta ya lo hizo."
    message = db.session.scalars(sa.select(OutboxMessage)).one()
    assert (message.kind, message.to_address) == ("proposal_withdraw", "autora@demo.example")


def test_moves_of_other_rooms_notify_with_the_full_reason(plan, as_principal):
    analyst = as_principal(factories.user(Role.ANALYST))
    author = factories.user(email="autora@demo.example", locale="en")
    proposal = factories.proposal(plan, author_id=author.id)
    services.move(proposal, "admit", by=analyst, reason="Cumple los cuatro criterios.", results={"clear": True})
    message = db.session.scalars(sa.select(OutboxMessage)).one()
    assert (message.kind, message.locale, message.context["reason"]) == (
        "proposal_admit",
        "en",
        "Cumple los cuatro criterios.",
    )
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "proposal.admit")).one()
    assert entry.changes["results"] == {"clear": True}


@pytest.mark.usefixtures("inside_window")
def test_guessing_a_code_is_limited_and_a_hit_forgets_the_attempts(plan):
    proposal, _ = drafted(plan)
    receipt = services.submit(proposal, by=services.holding(GUEST, proposal))
    for _ in range(services.BY_ADDRESS.times - 1):
        assert services.claim(proposal, "00000000", address="192.0.2.1") is False
    assert services.claim(proposal, receipt.claim_code, address="192.0.2.1") is True
    for _ in range(services.BY_ADDRESS.times):
        assert services.claim(proposal, "00000000", address="192.0.2.1") is False
    with pytest.raises(TooMany):
        services.claim(proposal, receipt.claim_code, address="192.0.2.1")
    assert services.claim(proposal, receipt.claim_code, address="192.0.2.2") is True


def test_history_is_recorded_by_the_system_alone_and_moves_the_counter(app, as_principal):
    plan = factories.plan(None, code="PAGA1")
    past = {"title": "Política de datos abiertos", "status": ProposalStatus.SELECTED, "source": "PAGA I, p. 32"}
    made = services.record_historical(plan, folio_number=7, submitted_at=clock.now(), by=SYSTEM, **past)
    assert (made.folio, made.historical_number, made.status) == ("PAGA1-00007", 7, ProposalStatus.SELECTED)
    assert db.session.scalar(sa.select(Plan.folio_counter).where(Plan.id == plan.id)) == 7
    with pytest.raises(Invalid):
        services.record_historical(plan, folio_number=7, submitted_at=clock.now(), by=SYSTEM, **past)
    with pytest.raises(Forbidden):
        services.record_historical(
            plan, folio_number=8, submitted_at=clock.now(), by=as_principal(factories.user(Role.ADMIN)), **past
        )
