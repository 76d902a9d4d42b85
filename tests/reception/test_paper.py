"""Packets of sheets: folios, codes, what becomes of each, keying, second keying and the third look."""

from __future__ import annotations

import dataclasses
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from intake.core import clock, files
from intake.core.errors import Conflict, Forbidden, Invalid, StageClosed
from intake.core.files import Upload
from intake.core.identity import GUEST
from intake.extensions import db
from intake.reception import services, sheets
from intake.reception.inputs import ContactInput, ProposalInput, SheetInput
from intake.reception.queries import author_of, desk, quality
from intake.reception.services import keying, paper, scanning, settling
from intake.reception.sheets import SheetState, state_of
from intake.reports import invariants_paper
from models import (
    AuditEntry,
    LooseScan,
    OutboxMessage,
    Packet,
    Plan,
    Proposal,
    ProposalVersion,
    Sheet,
    Stage,
    StoredFile,
)
from models.enums import (
    Channel,
    EventKind,
    EventStatus,
    ProposalStatus,
    PublicName,
    Role,
    ScanMatch,
    SpoiltReason,
    StageKind,
)
from tests import factories

YESTERDAY = -1


@pytest.fixture
def people(as_principal):
    roles = (Role.FACILITATOR, Role.ANALYST, Role.DIRECTORATE, Role.REVIEWER)
    return {role: as_principal(factories.user(role)) for role in roles}


@pytest.fixture
def clerk(people):
    return people[Role.FACILITATOR]


@pytest.fixture
def packet(event, clerk):
    made = paper.create_packet(event, 10, by=clerk)
    return desk.packet(made.reference, with_sheets=True)


def day():
    return clock.local(clock.now() - timedelta(days=1)).date()


def written(title="Agua limpia para Macas", *, contact=None, **values) -> SheetInput:
    texts = {"problem": "El agua llega turbia.", "solution": "Publicar los análisis cada mes.", **values}
    return SheetInput(data=ProposalInput(title=title, **texts), dated_on=day(), contact=contact)


def of(packet, number=0) -> Sheet:
    return desk.sheet(desk.packet(packet.reference, with_sheets=True).sheets[number].folio)


def folios(plan):
    return db.session.scalar(sa.select(Plan.folio_counter).where(Plan.id == plan.id))


def proposal_of(folio) -> Proposal:
    return db.session.scalars(sa.select(Proposal).where(Proposal.folio == folio)).one()


def test_a_packet_takes_its_folios_from_the_counter_of_the_web(plan, packet, people):
    assert [s.folio for s in packet.sheets] == [f"PAGA3-{n:05d}" for n in range(1, 11)]
    data = ProposalInput(title="Otra", problem="Un problema.", solution="Una solución.")
    assert services.submit_directly(plan, data, None, by=GUEST).folio == "PAGA3-00011"
    assert folios(plan) == 11


@pytest.mark.parametrize("count", [0, 201])
def test_a_packet_has_bounds(event, clerk, count):
    with pytest.raises(Invalid) as refusal:
        paper.create_packet(event, count, by=clerk)
    assert refusal.value.field == "count"
    assert db.session.scalar(sa.select(sa.func.count(Packet.id))) == 0


def test_no_sheets_for_what_was_cancelled_nor_after_reception(app, clerk, plan):
    gone = factories.event(plan, status=EventStatus.CANCELLED, slug="cancelada")
    with pytest.raises(Conflict):
        paper.create_packet(gone, 5, by=clerk)
    late = factories.event(factories.plan(StageKind.SELECTION, code="PAGA4"), slug="tarde")
    with pytest.raises(Conflict):
        paper.create_packet(late, 5, by=clerk)


def test_only_the_desk_prints_and_keys(event, packet, people, as_principal):
    citizen = as_principal(factories.user())
    for stranger in (people[Role.REVIEWER], citizen):
        with pytest.raises(Forbidden):
            paper.create_packet(event, 5, by=stranger)
        with pytest.raises(Forbidden):
            keying.key(of(packet), written(), by=stranger)
        with pytest.raises(Forbidden):
            paper.codes_of(desk.packet(packet.reference), by=stranger)
        with pytest.raises(Forbidden):
            paper.spoil(of(packet), SpoiltReason.LOST, by=stranger)


def test_codes_open_what_was_keyed_and_are_told_until_printed(packet, clerk):
    codes = paper.codes_of(packet, by=clerk)
    assert len(set(codes.values())) == 10
    receipt = keying.key(of(packet), written(), by=clerk)
    assert (receipt.folio, receipt.claim_code) == ("PAGA3-00001", None)
    made = proposal_of("PAGA3-00001")
    assert services.claim(made, codes["PAGA3-00001"], address="192.0.2.1")
    assert not services.claim(made, codes["PAGA3-00002"], address="192.0.2.1")
    with pytest.raises(Conflict):
        paper.codes_of(desk.packet(packet.reference, with_sheets=True), by=clerk)


def test_after_printing_nothing_makes_the_codes_again(packet, clerk):
    paper.finish_printing(packet, by=clerk)
    kept = db.session.scalars(sa.select(Packet)).one()
    assert kept.print_key is None
    assert kept.printed_at is not None
    with pytest.raises(Conflict):
        paper.codes_of(desk.packet(packet.reference), by=clerk)


def looks():
    query = sa.select(AuditEntry).where(AuditEntry.action == "packet.see_codes").order_by(AuditEntry.id)
    return db.session.scalars(query).all()


def test_codes_are_for_who_prepared_the_packet_who_facilitates_and_the_directorate(plan, people, clerk, as_principal):
    host = factories.user(Role.FACILITATOR)
    event = factories.event(plan, slug="mesa-puyo", facilitator_id=host.id)
    reference = paper.create_packet(event, 3, by=clerk).reference
    colleague = as_principal(factories.user(Role.FACILITATOR))
    left_the_desk = dataclasses.replace(as_principal(host), roles=frozenset())
    for other in (colleague, people[Role.ANALYST], people[Role.REVIEWER], left_the_desk):
        with pytest.raises(Forbidden):
            paper.codes_of(desk.packet(reference), by=other)
        with pytest.raises(Forbidden):
            paper.finish_printing(desk.packet(reference), by=other)
    assert looks() == []
    for one in (clerk, as_principal(host), people[Role.DIRECTORATE]):
        assert len(paper.codes_of(desk.packet(reference), by=one)) == 3
    assert [look.user_id for look in looks()] == [clerk.user_id, host.id, people[Role.DIRECTORATE].user_id]
    assert {look.subject_ref for look in looks()} == {reference}
    assert {look.changes["codes"] for look in looks()} == {3}


def test_a_look_stands_in_the_trace_once_a_minute_and_never_with_a_code(packet, clerk, people):
    at = clock.now()
    for seconds, known in ((0, 1), (1, 1), (59, 1), (61, 2), (122, 3)):
        with clock.at(at + timedelta(seconds=seconds)):
            codes = paper.codes_of(desk.packet(packet.reference), by=clerk)
        assert len(looks()) == known, seconds
    paper.codes_of(desk.packet(packet.reference), by=people[Role.DIRECTORATE])
    assert len(looks()) == 4  # another person's look is one of its own
    told = " ".join(str(look.changes) for look in looks())
    assert not any(code in told for code in codes.values())
    paper.finish_printing(desk.packet(packet.reference), by=clerk)
    with pytest.raises(Conflict):
        paper.codes_of(desk.packet(packet.reference), by=clerk)
    assert len(looks()) == 4


def test_the_citizen_is_the_author_and_the_trace_says_who_keyed(event, packet, clerk):
    contact = ContactInput(name="Rosa Ejemplo", email="rosa@demo.example", consent=True)
    keying.key(of(packet, 2), written(contact=contact, public_name=PublicName.NAME), by=clerk)
    made = proposal_of("PAGA3-00003")
    assert (made.author_id, made.channel, made.event_id) == (None, Channel.PAPER, event.id)
    assert made.submitted_at == event.starts_at
    acts = db.session.execute(
        sa.select(AuditEntry.action, AuditEntry.user_id, AuditEntry.role).where(AuditEntry.subject_ref == "PAGA3-00003")
    ).all()
    assert {tuple(row) for row in acts} == {
        ("proposal.submit", clerk.user_id, "facilitator"),
        ("sheet.key", clerk.user_id, "facilitator"),
    }
    told = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.to_address == "rosa@demo.example")).one()
    assert told.kind == "proposal_submit"


def test_no_contact_is_kept_without_consent(packet, clerk):
    keying.key(of(packet), written(contact=ContactInput(name="Rosa", email="rosa@demo.example")), by=clerk)
    assert db.session.scalar(sa.text("SELECT count(*) FROM proposal_contact")) == 0


def test_a_sheet_is_keyed_once(packet, clerk, people):
    keying.key(of(packet), written(), by=clerk)
    with pytest.raises(Conflict):
        keying.key(of(packet), written("Otro título"), by=people[Role.ANALYST])
    assert proposal_of("PAGA3-00001").title == "Agua limpia para Macas"


def test_the_queue_gives_each_person_another_sheet(packet, clerk, people):
    other = people[Role.ANALYST]
    assert keying.claim_next(packet, by=clerk) == "PAGA3-00001"
    assert keying.claim_next(packet, by=clerk) == "PAGA3-00001"  # theirs until done
    assert keying.claim_next(packet, by=other) == "PAGA3-00002"
    with pytest.raises(Conflict):
        keying.key(of(packet), written(), by=other)
    keying.let_go(of(packet), by=clerk)
    assert keying.claim_next(packet, by=clerk, after=1) == "PAGA3-00003"
    keying.key(of(packet), written(), by=other)


def test_a_sheet_left_on_the_screen_goes_back_after_a_while(packet, clerk, people):
    keying.claim_next(packet, by=clerk)
    with clock.at(clock.now() + timedelta(minutes=sheets.CLAIM_MINUTES, seconds=1)):
        assert keying.claim_next(packet, by=people[Role.ANALYST]) == "PAGA3-00001"


def test_sheets_with_a_picture_come_first(packet, clerk):
    give_scan(packet, "PAGA3-00004", clerk)
    assert keying.claim_next(packet, by=clerk) == "PAGA3-00004"


def test_an_illegible_sheet_waits_for_another_person(packet, clerk, people):
    keying.leave_illegible(of(packet), "La segunda línea", by=clerk)
    assert state_of(of(packet)) is SheetState.ILLEGIBLE
    assert keying.claim_next(packet, by=clerk) == "PAGA3-00002"
    assert [s.folio for s in desk.illegible(packet)] == ["PAGA3-00001"]
    keying.key(of(packet), written(), by=people[Role.ANALYST])
    assert of(packet).illegible_note == ""


def test_spoilt_sheets_are_explained_and_can_turn_up(packet, clerk):
    paper.spoil(of(packet), SpoiltReason.LOST, "Se la llevó el viento", by=clerk)
    with pytest.raises(Conflict):
        keying.key(of(packet), written(), by=clerk)
    paper.recover(of(packet), by=clerk)
    keying.key(of(packet), written(), by=clerk)
    with pytest.raises(Conflict):
        paper.spoil(of(packet), SpoiltReason.LOST, by=clerk)
    with pytest.raises(Conflict):
        paper.recover(of(packet), by=clerk)


def test_what_never_came_back_is_unused(packet, clerk):
    keying.key(of(packet), written(), by=clerk)
    give_scan(packet, "PAGA3-00002", clerk)
    keying.leave_illegible(of(packet, 2), "Todo", by=clerk)
    assert paper.spoil_rest(packet, by=clerk) == 7
    reasons = db.session.scalars(sa.select(Sheet.spoilt_reason).order_by(Sheet.folio_number)).all()
    assert reasons == ["", "", "", *["unused"] * 7]


def test_what_another_has_on_the_screen_is_not_left_over(packet, clerk, people):
    assert keying.claim_next(packet, by=people[Role.ANALYST]) == "PAGA3-00001"
    assert paper.spoil_rest(packet, by=clerk) == 9
    keying.key(of(packet), written(), by=people[Role.ANALYST])


def test_a_sheet_whose_picture_waits_is_not_left_over(packet, clerk):
    code = picture("https://ejemplo.ec/seguimiento/PAGA3-00004")
    scanning.add_scans(packet, [Upload("uno.jpg", code)], plan_code="PAGA3", by=clerk)
    assert paper.spoil_rest(packet, by=clerk) == 9
    (row,) = desk.loose(packet)
    assert scanning.match_scans(packet, {row.id: "PAGA3-00004"}, by=clerk) == 1


def test_the_draw_is_a_tenth_that_nobody_guesses_and_anybody_can_repeat(event, clerk):
    made = desk.packet(paper.create_packet(event, 40, by=clerk).reference, with_sheets=True)
    drawn = [s.folio for s in made.sheets if s.needs_second]
    assert len(drawn) == 4
    order = sorted((s.folio for s in made.sheets), key=lambda folio: sheets.rank(made.seed, folio))
    assert drawn == sorted(order[:4])
    other = desk.packet(paper.create_packet(event, 40, by=clerk).reference, with_sheets=True)
    assert other.seed != made.seed
    told = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "packet.create")).first()
    import hashlib

    assert told.changes["draw"] == hashlib.sha256(made.seed.encode()).hexdigest()
    assert made.seed not in str(told.changes)


def test_others_are_drawn_for_those_that_drop_out(packet, clerk):
    drawn = next(s.folio for s in packet.sheets if s.needs_second)
    paper.spoil(desk.sheet(drawn), SpoiltReason.DAMAGED, by=clerk)
    live = db.session.scalars(sa.select(Sheet).where(Sheet.spoilt_reason == "", Sheet.needs_second)).all()
    assert len(live) == 1
    assert live[0].folio != drawn
    assert invariants_paper.a_tenth_is_drawn() == []


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Agua  limpia\npara todos.", "agua limpia para todos", True),
        ("«Agua» – limpia", '"agua" - limpia', True),
        ("Que publique el análisis", "Que publique el analisis", False),
        ("10 familias", "100 familias", False),
        ("", "algo", False),
    ],
)
def test_what_counts_as_a_difference(first, second, same):
    assert sheets.compare({"problem": first}, {"problem": second}).differing == (() if same else ("problem",))


def test_fields_that_nobody_filled_in_are_not_counted():
    found = sheets.compare({"title": "A", "problem": "", "theme": ""}, {"title": "A", "theme": "agua"})
    assert found == sheets.Comparison(("title", "theme"), ("theme",))


def test_what_both_left_as_the_page_began_is_not_counted():
    begun = {"territory": "14", "public_name": "anonymous"}
    first = {"title": "A", "territory": "14", "public_name": "anonymous"}
    found = sheets.compare(first, {**first, "public_name": "name"}, begun)
    assert found == sheets.Comparison(("title", "public_name"), ("public_name",))


def drawn_sheet(packet) -> Sheet:
    folio = next(s.folio for s in desk.packet(packet.reference, with_sheets=True).sheets if s.needs_second)
    return desk.sheet(folio)


def test_the_second_person_is_another_and_differences_are_counted(packet, clerk, people):
    other = people[Role.ANALYST]
    keying.key(drawn_sheet(packet), written(), by=clerk)
    assert keying.claim_next(packet, by=clerk, again=True) is None
    assert keying.claim_next(packet, by=other, again=True) == drawn_sheet(packet).folio
    found = keying.key_again(
        drawn_sheet(packet), written("Agua limpia para Sucúa", problem="El agua llega  turbia"), by=other
    )
    assert found.differing == ("title",)
    sheet = drawn_sheet(packet)
    assert (sheet.field_count, sheet.difference_count, sheet.wrong_count) == (3, 1, None)
    assert sheet.second == {"title": "Agua limpia para Sucúa"}
    figures = quality.of_event(packet.event_id)
    assert (figures.twice, figures.fields, figures.differing, figures.disputed) == (1, 3, 1, 1)
    assert figures.difference_rate == pytest.approx(100 / 3)
    assert figures.error_rate is None
    with pytest.raises(Conflict):
        keying.key_again(drawn_sheet(packet), written(), by=other)


def test_whoever_keyed_it_first_may_not_key_it_again(packet, clerk):
    sheet = drawn_sheet(packet)
    keying.claim_next(packet, by=clerk)
    keying.key(sheet, written(), by=clerk)
    with pytest.raises(Forbidden):
        keying.key_again(drawn_sheet(packet), written(), by=clerk)


def test_only_drawn_sheets_are_keyed_again(packet, clerk, people):
    other = next(s for s in packet.sheets if not s.needs_second)
    keying.key(desk.sheet(other.folio), written(), by=clerk)
    with pytest.raises(Conflict):
        keying.key_again(desk.sheet(other.folio), written(), by=people[Role.ANALYST])


def test_equal_keyings_settle_themselves(packet, clerk, people):
    contact = ContactInput(name="Rosa", phone="+593991234567", consent=True)
    keying.key(drawn_sheet(packet), written(contact=contact), by=clerk)
    keying.key_again(drawn_sheet(packet), written(contact=contact), by=people[Role.ANALYST])
    sheet = drawn_sheet(packet)
    assert (state_of(sheet), sheet.second, sheet.wrong_count) == (SheetState.CHECKED, None, 0)
    assert quality.of_event(packet.event_id).error_rate == 0


def disputed(packet, clerk, people, **second) -> str:
    folio = drawn_sheet(packet).folio
    contact = ContactInput(name="Rosa", email="rosa@demo.example", consent=True)
    keying.key(desk.sheet(folio), written(contact=contact), by=clerk)
    again = {"title": "Agua limpia para Sucúa", **second}
    other = ContactInput(name="Rosa", email="rosas@demo.example", consent=True)
    keying.key_again(desk.sheet(folio), written(contact=other, **again), by=people[Role.ANALYST])
    return folio


def test_a_third_person_says_what_the_sheet_says(packet, clerk, people):
    folio = disputed(packet, clerk, people)
    chosen = {"title": "second", "contact_email": "first"}
    assert settling.settle(desk.sheet(folio), chosen, by=people[Role.DIRECTORATE])
    sheet, made = desk.sheet(folio), proposal_of(folio)
    assert made.title == "Agua limpia para Sucúa"
    assert (sheet.wrong_count, state_of(sheet)) == (1, SheetState.CHECKED)
    assert sheet.second == {"title": "Agua limpia para Sucúa"}  # no address is kept twice
    versions = db.session.scalars(sa.select(ProposalVersion).order_by(ProposalVersion.number)).all()
    assert [(v.number, v.edited_by_author) for v in versions] == [(1, True), (2, False)]
    assert quality.of_event(packet.event_id).error_rate == pytest.approx(100 / 5)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "sheet.settle")).one()
    assert (entry.user_id, entry.changes["wrong"]) == (people[Role.DIRECTORATE].user_id, ["title"])


def versions():
    return db.session.scalars(sa.select(ProposalVersion.number).order_by(ProposalVersion.number)).all()


def test_an_address_put_right_is_no_other_text(packet, clerk, people):
    folio = disputed(packet, clerk, people)
    before = proposal_of(folio).updated_at
    chosen = {"title": "first", "contact_email": "second"}
    assert settling.settle(desk.sheet(folio), chosen, by=people[Role.DIRECTORATE]) is False
    assert db.session.scalar(sa.text("SELECT email FROM proposal_contact")) == "rosas@demo.example"
    assert (versions(), proposal_of(folio).updated_at) == ([1], before)


def test_a_day_put_right_is_the_day_on_which_it_was_handed_in(packet, clerk, people):
    sheet, earlier = drawn_sheet(packet), day() - timedelta(days=2)
    keying.key(sheet, written(), by=clerk)
    again = dataclasses.replace(written(), dated_on=earlier)
    keying.key_again(desk.sheet(sheet.folio), again, by=people[Role.ANALYST])
    before = proposal_of(sheet.folio).submitted_at
    assert settling.settle(desk.sheet(sheet.folio), {"dated_on": "second"}, by=people[Role.DIRECTORATE]) is False
    made = proposal_of(sheet.folio)
    assert desk.sheet(sheet.folio).dated_on == clock.local(made.submitted_at).date() == earlier
    assert (made.submitted_at < before, versions()) == (True, [1])


@pytest.mark.parametrize("days", [1, -400])
def test_the_second_person_keys_no_day_of_no_reception(packet, clerk, people, days):
    sheet = drawn_sheet(packet)
    keying.key(sheet, written(), by=clerk)
    wrong = dataclasses.replace(written(), dated_on=clock.today() + timedelta(days=days))
    with pytest.raises(Invalid) as refusal:
        keying.key_again(desk.sheet(sheet.folio), wrong, by=people[Role.ANALYST])
    assert (refusal.value.field, drawn_sheet(packet).second_at) == ("dated_on", None)


def test_the_second_person_keys_the_day_of_the_first_though_reception_moved_since(plan, packet, clerk, people):
    sheet = drawn_sheet(packet)
    keying.key(sheet, written(), by=clerk)
    reception = sa.update(Stage).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION)
    db.session.execute(reception.values(opens_on=clock.today()))  # after the day on the sheet
    db.session.commit()
    other = dataclasses.replace(written(), dated_on=day() - timedelta(days=1))
    with pytest.raises(Invalid):
        keying.key_again(desk.sheet(sheet.folio), other, by=people[Role.ANALYST])
    assert keying.key_again(desk.sheet(sheet.folio), written(), by=people[Role.ANALYST]).differing == ()
    assert state_of(drawn_sheet(packet)) == SheetState.CHECKED


def test_a_third_person_settles_no_day_of_no_reception(plan, packet, clerk, people):
    sheet, earlier = drawn_sheet(packet), day() - timedelta(days=2)
    keying.key(sheet, written(), by=clerk)
    keying.key_again(desk.sheet(sheet.folio), dataclasses.replace(written(), dated_on=earlier), by=people[Role.ANALYST])
    stage = db.session.scalars(
        sa.select(Stage).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION)
    ).one()
    stage.opens_on = day()  # the dates of reception were moved since
    db.session.commit()
    with pytest.raises(Invalid) as refusal:
        settling.settle(desk.sheet(sheet.folio), {"dated_on": "second"}, by=people[Role.DIRECTORATE])
    assert refusal.value.field == "dated_on"
    assert settling.settle(desk.sheet(sheet.folio), {"dated_on": "first"}, by=people[Role.DIRECTORATE]) is False


def test_a_third_person_may_read_what_neither_did(packet, clerk, people):
    folio = disputed(packet, clerk, people)
    chosen = {"title": "=Agua limpia para Logroño", "contact_email": "=rosa.l@demo.example"}
    settling.settle(desk.sheet(folio), chosen, by=people[Role.DIRECTORATE])
    assert proposal_of(folio).title == "Agua limpia para Logroño"
    assert db.session.scalar(sa.text("SELECT email FROM proposal_contact")) == "rosa.l@demo.example"


def receipts():
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == "proposal_submit").order_by(OutboxMessage.id)
    return [message.to_address for message in db.session.scalars(query)]


def resent():
    return db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "proposal.send_receipt")).all()


@pytest.mark.parametrize(
    ("chosen", "right"),
    [("second", "rosas@demo.example"), ("=rosa.l@demo.example", "rosa.l@demo.example")],
)
def test_the_receipt_goes_to_the_address_that_stands_on_the_sheet(packet, clerk, people, chosen, right):
    folio = disputed(packet, clerk, people)
    assert receipts() == ["rosa@demo.example"]
    settling.settle(desk.sheet(folio), {"title": "first", "contact_email": chosen}, by=people[Role.DIRECTORATE])
    assert receipts() == ["rosa@demo.example", right]
    (entry,) = resent()
    assert (entry.user_id, entry.subject_ref) == (people[Role.DIRECTORATE].user_id, folio)
    assert "@" not in str(entry.changes)


def test_a_settled_title_sends_no_receipt_again(packet, clerk, people):
    folio = disputed(packet, clerk, people)
    settling.settle(desk.sheet(folio), {"title": "second", "contact_email": "first"}, by=people[Role.DIRECTORATE])
    assert (receipts(), resent()) == (["rosa@demo.example"], [])


def test_an_address_that_the_sheet_does_not_have_gets_nothing_more(packet, clerk, people):
    folio = drawn_sheet(packet).folio
    first = ContactInput(name="Rosa", email="rosa@demo.example", consent=True)
    keying.key(desk.sheet(folio), written(contact=first), by=clerk)
    keying.key_again(desk.sheet(folio), written(contact=dataclasses.replace(first, email="")), by=people[Role.ANALYST])
    settling.settle(desk.sheet(folio), {"contact_email": "second"}, by=people[Role.DIRECTORATE])
    assert db.session.scalar(sa.text("SELECT email FROM proposal_contact")) is None
    assert (receipts(), resent()) == (["rosa@demo.example"], [])


def test_an_address_that_only_the_second_person_read_gets_its_receipt(packet, clerk, people):
    folio = drawn_sheet(packet).folio
    told = ContactInput(name="Rosa", email="rosa@demo.example", consent=True)
    keying.key(desk.sheet(folio), written(), by=clerk)
    keying.key_again(desk.sheet(folio), written(contact=told), by=people[Role.ANALYST])
    chosen = dict.fromkeys(desk.sheet(folio).differences, "second")
    settling.settle(desk.sheet(folio), chosen, by=people[Role.DIRECTORATE])
    assert receipts() == ["rosa@demo.example"]
    assert len(resent()) == 1


def test_the_account_that_took_the_proposal_over_has_had_its_receipt(packet, clerk, people):
    """Mail goes to the account; what stands on the sheet is not written to."""
    folio = disputed(packet, clerk, people)
    proposal_of(folio).author_id = factories.user().id
    db.session.commit()
    settling.settle(desk.sheet(folio), {"title": "first", "contact_email": "second"}, by=people[Role.DIRECTORATE])
    assert (receipts(), resent()) == (["rosa@demo.example"], [])


@pytest.mark.parametrize(
    ("second", "name", "words"),
    [("rosa@otra.example", "contact_email", "rosa arroba algo"), ("", "contact_phone", "doce")],
)
def test_a_third_person_writes_no_address_that_is_none(packet, clerk, people, second, name, words):
    folio = drawn_sheet(packet).folio
    first = ContactInput(name="Rosa", email="rosa@demo.example", phone="+593991234567", consent=True)
    keying.key(desk.sheet(folio), written(contact=first), by=clerk)
    other = ContactInput(name="Rosa", email=second or first.email, phone=first.phone if second else "", consent=True)
    keying.key_again(desk.sheet(folio), written(contact=other), by=people[Role.ANALYST])
    with pytest.raises(Invalid) as refusal:
        settling.settle(desk.sheet(folio), {name: f"={words}"}, by=people[Role.DIRECTORATE])
    assert refusal.value.field == name
    assert db.session.scalar(sa.text("SELECT phone FROM proposal_contact")) == "+593991234567"


def test_neither_of_the_two_settles_and_everything_is_decided(packet, clerk, people, as_principal):
    folio = disputed(packet, clerk, people)
    chosen = {"title": "first", "contact_email": "first"}
    for nobody in (clerk, people[Role.ANALYST], as_principal(factories.user(Role.FACILITATOR))):
        with pytest.raises(Forbidden):
            settling.settle(desk.sheet(folio), chosen, by=nobody)
    with pytest.raises(Invalid) as refusal:
        settling.settle(desk.sheet(folio), {"title": "first"}, by=people[Role.DIRECTORATE])
    assert refusal.value.field == "contact_email"
    settling.settle(desk.sheet(folio), chosen, by=people[Role.DIRECTORATE])
    with pytest.raises(Conflict):
        settling.settle(desk.sheet(folio), chosen, by=people[Role.DIRECTORATE])


def test_what_its_author_corrected_stays(packet, clerk, people):
    folio = disputed(packet, clerk, people)
    made = proposal_of(folio)
    words = ProposalInput(title="Lo que yo quise decir", problem="El agua.", solution="Análisis.")
    services.revise(made, words, by=services.holding(GUEST, made), lock_version=made.lock_version)
    chosen = {"title": "second", "contact_email": "first"}
    assert not settling.settle(desk.sheet(folio), chosen, by=people[Role.DIRECTORATE])
    assert proposal_of(folio).title == "Lo que yo quise decir"
    assert desk.sheet(folio).wrong_count == 1


@pytest.mark.parametrize("status", [ProposalStatus.ADMITTED, ProposalStatus.EVALUATED])
def test_an_address_is_put_right_also_once_it_is_examined(packet, clerk, people, status):
    """All later mail would go to a stranger. The text stays, and the receipt, which promises a reading, is not sent."""
    folio = disputed(packet, clerk, people)
    db.session.execute(sa.update(Proposal.metadata.tables["proposal"]).values(status=status))
    db.session.commit()
    chosen = {"title": "second", "contact_email": "second"}
    assert not settling.settle(desk.sheet(folio), chosen, by=people[Role.DIRECTORATE])
    assert author_of(proposal_of(folio)).email == "rosas@demo.example"
    assert proposal_of(folio).title == "Agua limpia para Macas"
    assert db.session.scalar(sa.select(sa.func.count(ProposalVersion.id))) == 1
    assert receipts() == ["rosa@demo.example"]
    query = sa.select(AuditEntry).where(AuditEntry.action == "proposal.correct_keying")
    assert db.session.scalars(query).one().changes["fields"] == ["contact_email"]


def test_an_address_is_put_right_below_what_its_author_corrected(packet, clerk, people):
    folio = disputed(packet, clerk, people)
    made = proposal_of(folio)
    words = ProposalInput(title="Lo que yo quise decir", problem="El agua.", solution="Análisis.")
    services.revise(made, words, by=services.holding(GUEST, made), lock_version=made.lock_version)
    chosen = {"title": "second", "contact_email": "second"}
    assert not settling.settle(desk.sheet(folio), chosen, by=people[Role.DIRECTORATE])
    assert proposal_of(folio).title == "Lo que yo quise decir"
    assert receipts() == ["rosa@demo.example", "rosas@demo.example"]


# -- the days of paper ----------------------------------------------------------------------------------------------


def close_reception(plan, days_ago: int) -> None:
    stage = db.session.scalars(
        sa.select(Stage).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION)
    ).one()
    stage.opens_on = clock.today() - timedelta(days=60)
    stage.closes_on = clock.today() - timedelta(days=days_ago)
    db.session.flush()


def test_a_sheet_of_reception_is_keyed_some_days_after_it_closed(plan, packet, clerk):
    close_reception(plan, 1)
    keying.key(of(packet), written(), by=clerk)
    made = proposal_of("PAGA3-00001")
    assert clock.local(made.submitted_at).date() == day()


def test_not_when_it_is_dated_after_closing(plan, packet, clerk):
    close_reception(plan, 2)
    with pytest.raises(Invalid) as refusal:
        keying.key(of(packet), written(), by=clerk)
    assert refusal.value.field == "dated_on"


def test_not_when_it_closed_too_long_ago(plan, packet, clerk):
    close_reception(plan, sheets.KEYING_DAYS + 1)
    with pytest.raises(StageClosed):
        keying.key(of(packet), written(), by=clerk)


def test_not_with_a_day_to_come(packet, clerk):
    tomorrow = SheetInput(data=written().data, dated_on=clock.today() + timedelta(days=1))
    with pytest.raises(Invalid) as refusal:
        keying.key(of(packet), tomorrow, by=clerk)
    assert refusal.value.field == "dated_on"
    assert db.session.scalar(sa.select(sa.func.count(Proposal.id))) == 0


# -- at a window ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "on_paper", "channel"),
    [
        (EventKind.TERRITORIAL_TABLE, False, Channel.TABLE),
        (EventKind.COURSE, False, Channel.COURSE),
        (EventKind.TERRITORIAL_TABLE, True, Channel.PAPER),
        (None, False, Channel.PAPER),
    ],
)
def test_what_is_said_or_brought(plan, clerk, kind, on_paper, channel):
    event = factories.event(plan, kind=kind, slug="otra") if kind else None
    receipt = keying.receive(
        plan, written().data, None, by=clerk, dated_on=clock.today(), event=event, on_paper=on_paper
    )
    made = proposal_of(receipt.folio)
    assert (made.channel, made.author_id, made.event_id) == (channel, None, event.id if event else None)
    assert services.claim(made, receipt.claim_code, address="192.0.2.1")


# -- pictures ---------------------------------------------------------------------------------------------------------


def picture(text="", size=(600, 800)) -> bytes:
    import segno

    page = Image.new("RGB", size, "white")
    if text:
        code = io.BytesIO()
        segno.make(text, error="m").save(code, kind="png", scale=5)
        page.paste(Image.open(code).convert("RGB").rotate(2, expand=True, fillcolor="white"), (250, 40))
    out = io.BytesIO()
    page.save(out, "JPEG")
    return out.getvalue()


def give_scan(packet, folio, clerk):
    scanning.add_scans(packet, [Upload(f"{folio}.jpg", picture())], plan_code="PAGA3", by=clerk)
    (row,) = desk.loose(packet)
    scanning.match_scans(packet, {row.id: folio}, by=clerk)


def test_pictures_are_recognised_by_code_name_and_order(packet, clerk):
    given = [
        Upload("uno.jpg", picture("https://ejemplo.ec/seguimiento/PAGA3-00007")),
        Upload("scan PAGA3-00003.jpg", picture()),
        Upload("IMG_2.jpg", picture()),
        Upload("otro.jpg", picture("https://ejemplo.ec/seguimiento/PAGA3-00099")),
    ]
    assert scanning.add_scans(packet, given, plan_code="PAGA3", by=clerk) == (4, [])
    found = [(row.folio, row.matched) for row in desk.loose(packet)]
    assert found == [
        ("PAGA3-00007", ScanMatch.QR),
        ("PAGA3-00003", ScanMatch.NAME),
        ("PAGA3-00001", ScanMatch.ORDER),
        ("", ScanMatch.NONE),
    ]
    keys = {row.folio: row.id for row in desk.loose(packet)}
    assert scanning.match_scans(packet, {key: folio for folio, key in keys.items()}, by=clerk) == 3
    assert db.session.scalar(sa.select(sa.func.count(LooseScan.id))) == 0
    kept = db.session.scalars(sa.select(StoredFile)).all()
    assert (len(kept), {row.is_public for row in kept}) == (3, {False})
    assert [s.folio for s in desk.packet(packet.reference, with_sheets=True).sheets if s.scan_id] == [
        "PAGA3-00001",
        "PAGA3-00003",
        "PAGA3-00007",
    ]


def test_the_pages_of_a_pdf_are_pictures(packet, clerk):
    pages = [Image.open(io.BytesIO(picture(f"https://ejemplo.ec/seguimiento/PAGA3-0000{n}"))) for n in (5, 6)]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    scanning.add_scans(packet, [Upload("pila.pdf", out.getvalue())], plan_code="PAGA3", by=clerk)
    assert [(row.folio, row.matched) for row in desk.loose(packet)] == [
        ("PAGA3-00005", ScanMatch.QR),
        ("PAGA3-00006", ScanMatch.QR),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("hoja.jpg", b"<script>"),
        ("hoja.pdf", b"%PDF-1.7 nada"),
        ("hoja.jpg", b"\xff\xd8\xff\xe0 rota"),
        ("hoja.jpg", b""),
    ],
)
def test_what_is_no_picture_is_refused_by_name_and_stops_no_other(packet, clerk, name, content):
    given = [Upload(name, content), Upload("buena.jpg", picture()), Upload(f"otra {name}", content)]
    added = scanning.add_scans(packet, given, plan_code="PAGA3", by=clerk)
    assert added.kept == 1 and [row.name for row in desk.loose(packet)] == ["buena.jpg"]
    first, second = map(str, added.refused)
    assert f"«{name}»" in first and f"«otra {name}»" in second
    assert scanning.add_scans(packet, given[:1], plan_code="PAGA3", by=clerk).kept == 0
    assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 1
    with pytest.raises(Invalid):
        scanning.add_scans(packet, [], plan_code="PAGA3", by=clerk)


@pytest.mark.parametrize("folio", ["PAGA3-00099", "algo", "PAGA3-00002"])
def test_a_picture_goes_to_a_sheet_of_the_packet_that_waits(packet, clerk, folio):
    keying.key(of(packet, 1), written(), by=clerk)
    scanning.add_scans(packet, [Upload("a.jpg", picture())], plan_code="PAGA3", by=clerk)
    (row,) = desk.loose(packet)
    with pytest.raises(Invalid) as refusal:
        scanning.match_scans(packet, {row.id: folio}, by=clerk)
    assert refusal.value.field == f"scan-{row.id}"


def test_a_better_picture_replaces_and_an_unwanted_one_goes(packet, clerk):
    give_scan(packet, "PAGA3-00004", clerk)
    before = db.session.scalars(sa.select(StoredFile)).one()
    key = before.key
    give_scan(packet, "PAGA3-00004", clerk)
    after = db.session.scalars(sa.select(StoredFile)).one()
    assert after.key != key
    scanning.add_scans(packet, [Upload("b.jpg", picture())], plan_code="PAGA3", by=clerk)
    (row,) = desk.loose(packet)
    assert scanning.match_scans(packet, {row.id: ""}, by=clerk) == 0
    assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 1
    assert files.read(after)


def test_pictures_are_forgotten(packet, clerk):
    give_scan(packet, "PAGA3-00001", clerk)
    give_scan(packet, "PAGA3-00002", clerk)
    keying.key(of(packet), written(), by=clerk)
    assert scanning.forget_scans() == 0
    with clock.at(clock.now() + timedelta(days=sheets.SCAN_DAYS, minutes=1)):
        assert scanning.forget_scans() == 1
    assert [s.scan_id is None for s in desk.packet(packet.reference, with_sheets=True).sheets[:2]] == [True, False]
    assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 1
