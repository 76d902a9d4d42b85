"""Joining by consent: who asks, what is asked, what each answer does, what silence does, what can be undone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from intake.core.identity import GUEST
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import families, services
from intake.reception.inputs import ProposalInput
from intake.reception.queries import joining as reading
from intake.reception.queries import unions
from intake.reception.services import join_answers, joining
from intake.reports import invariants_joining
from intake.web.filters import fecha
from models import AuditEntry, CoAuthor, JoinRequest, OutboxMessage, Proposal
from models.enums import JoinStatus, ProposalKind, ProposalStatus, PublicName, Role
from tests import factories
from tests.reception.family import (
    LEAD,
    NO,
    NUANCED,
    WHY,
    YES,
    author_of,
    collective_of,
    in_days,
    more,
    plan_of,
    proposals,
    request_of,
    say,
    states,
)
from tests.reception.talk import person, queued, written


def acts(action: str) -> list[AuditEntry]:
    query = sa.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def authors(of: Proposal) -> list[tuple[str, int | None]]:
    return [(row.name, row.from_proposal_id) for row in reading.co_authors(of)]


def test_a_collective_proposal_has_its_folio_and_names_its_parts(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    assert (made.kind, made.status, made.author_id) == (ProposalKind.COLLECTIVE, ProposalStatus.SUBMITTED, None)
    assert made.folio.endswith("-00003") and made.title == LEAD.title
    found = reading.family(made)
    assert [(p.proposal.folio, p.request.position, p.request.status) for p in found.parts] == [
        (one.folio, 1, JoinStatus.ASKED),
        (two.folio, 2, JoinStatus.ASKED),
    ]
    assert states(one, two) == ["submitted", "submitted"]
    (entry,) = [e for e in acts("proposal.submit") if e.subject_id == made.id]
    assert entry.changes["parts"] == [one.folio, two.folio]
    assert [e.subject_ref for e in acts("join_request.ask")] == [one.folio, two.folio]


def test_the_letter_says_everything_and_its_link_opens_the_question(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    letters = queued("join_ask")
    assert [m.to_address for m in letters] == ["autora1@demo.example", "autora2@demo.example"]
    text = written(letters[0]).text
    for words in (LEAD.title, LEAD.problem, LEAD.solution, LEAD.expected_result, WHY, made.folio, one.title):
        assert words in text
    assert "Si no responde" in text and "por separado" in text
    token = re.search(r"/uniones/([\w-]+)", text)[1]
    assert reading.folio_by_token(token)[1] == one.folio
    stored = db.session.scalars(sa.select(JoinRequest.token_hash)).all()
    assert token not in str(stored)


def test_nobody_without_an_address_is_written_to_and_all_are_asked(app, analyst):
    one = proposals(1, email=None)[0]
    with transaction():
        two = more(plan_of(one), 2, email=None)
    made = collective_of([one, two], analyst)
    assert queued("join_ask") == []
    assert reading.family(one).open_question.collective_id == made.id


@pytest.mark.parametrize(
    ("reason", "days", "field"),
    [("", 10, "reason"), ("x " * 301, 10, "reason"), (WHY, 2, "due_on"), (WHY, 61, "due_on")],
)
def test_what_cannot_be_asked_is_refused_at_its_field(app, analyst, reason, days, field):
    chosen = proposals(2)
    with pytest.raises(Invalid) as refused:
        joining.propose(plan_of(chosen[0]), chosen, LEAD, reason=reason, due_on=in_days(days), by=analyst)
    assert refused.value.field == field
    assert db.session.scalar(sa.select(sa.func.count()).select_from(JoinRequest)) == 0


def test_a_lead_text_must_be_whole(app, analyst):
    chosen = proposals(2)
    with pytest.raises(Invalid) as refused:
        collective_of(chosen, analyst, data=ProposalInput(title="Solo un título sin más texto"))
    assert refused.value.field == "problem"


def test_two_at_least_each_once_of_one_plan_and_before_the_evaluation(app, analyst):
    one, two = proposals(2)
    for chosen in ([one], [one, one], []):
        with pytest.raises(Invalid):
            collective_of(chosen, analyst, plan=plan_of(one))
    with pytest.raises(Invalid):
        collective_of([one, proposals(1)[0]], analyst)
    for status in ("in_evaluation", "withdrawn", "not_admitted", "refusal_proposed", "selected"):
        with transaction():
            late = more(plan_of(one), 9, ProposalStatus(status), email=None)
        with pytest.raises(Invalid):
            collective_of([one, late], analyst)
    assert collective_of([one, two], analyst).folio


def test_only_analysts_ask_and_not_about_their_own(app, analyst, as_principal):
    one, two = proposals(2)
    with pytest.raises(SignInNeeded):
        collective_of([one, two], GUEST)
    for role in (Role.FACILITATOR, Role.REVIEWER):
        with pytest.raises(Forbidden):
            collective_of([one, two], as_principal(person(role)))
    with transaction():
        own = more(plan_of(one), 3, author_id=analyst.user_id)
    with pytest.raises(Forbidden):
        collective_of([one, own], analyst)


def test_a_proposal_is_asked_for_by_one_collective_at_a_time(app, analyst):
    one, two, three = proposals(3)
    first = collective_of([one, two], analyst)
    with pytest.raises(Conflict) as refused:
        collective_of([two, three], analyst)
    assert first.folio in str(refused.value.message)
    say(first, one, YES)
    say(first, two, YES)
    with pytest.raises(Invalid):
        collective_of([two, three], analyst)


def test_who_accepts_is_joined_and_who_declines_goes_on(app, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    say(made, one, YES)
    say(made, two, NUANCED, "  También en las escuelas. ")
    say(made, three, NO)
    assert states(one, two, three, made) == ["joined", "joined", "submitted", "submitted"]
    db.session.expire_all()
    assert (one.joined_to_id, two.joined_to_id, three.joined_to_id) == (made.id, made.id, None)
    assert request_of(made, two).nuance == "También en las escuelas."
    assert [e.subject_ref for e in acts("proposal.join")] == [one.folio, two.folio]
    assert [m.to_address for m in queued("join_done")] == ["autora1@demo.example", "autora2@demo.example"]
    assert "También en las escuelas." in written(queued("join_done")[1]).text


def test_an_answer_is_given_once_by_its_author(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    with pytest.raises(Forbidden):
        join_answers.answer(request_of(made, one), YES, by=analyst)
    with pytest.raises(SignInNeeded):
        join_answers.answer(request_of(made, one), YES, by=author_of(two))
    with pytest.raises(Invalid) as refused:
        say(made, one, NUANCED, " ")
    assert refused.value.field == "nuance"
    with pytest.raises(Invalid):
        say(made, one, JoinStatus.SILENT)
    say(made, one, YES)
    with pytest.raises(Conflict):
        say(made, one, NO)
    assert states(one) == ["joined"]


def test_silence_links_without_joining(app, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst, due=10)
    say(made, one, YES)
    say(made, two, YES)
    with time_machine.travel(clock.now() + timedelta(days=10), tick=False):
        assert families.is_awaited(request_of(made, three))  # the last day counts
    with time_machine.travel(clock.now() + timedelta(days=11), tick=False):
        request = request_of(made, three)
        assert families.standing(request) is JoinStatus.SILENT
        assert [p.proposal.folio for p in reading.family(made).apart] == [three.folio]
        assert [r.collective.folio for r in reading.family(three).is_linked_to] == [made.folio]
        with pytest.raises(Conflict):
            say(made, three, YES)
    assert states(three) == ["submitted"]


def test_who_has_not_answered_is_reminded_once_and_who_has_is_not(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst, due=10)
    reminders = queued("join_reminder")
    assert [m.to_address for m in reminders] == ["autora1@demo.example", "autora2@demo.example"]
    assert clock.local(reminders[0].not_before).date() == in_days(7)
    assert "/uniones/" in written(reminders[0]).text
    assert f"El {fecha(clock.today())} le preguntamos" in written(reminders[0]).text
    say(made, one, YES)
    assert [m.to_address for m in queued("join_reminder")] == ["autora2@demo.example"]
    collective_of(proposals(2), analyst, due=3)
    assert len(queued("join_reminder")) == 1


@pytest.mark.parametrize(("days", "reminded"), [(3, 0), (4, 2)])
def test_nobody_is_reminded_on_the_day_of_the_question(app, analyst, days, reminded):
    early = clock.start_of(clock.today()) + timedelta(hours=1)  # before the hour of reminders
    with time_machine.travel(early, tick=False):
        collective_of(proposals(2), analyst, due=days)
        assert len(queued("join_reminder")) == reminded
        assert all(clock.local(m.not_before).date() == in_days(1) for m in queued("join_reminder"))


def test_all_answered_and_too_few_said_yes(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    say(made, one, YES)
    assert states(one, made) == ["joined", "submitted"]
    say(made, two, NO)
    assert states(one, two, made) == ["submitted", "submitted", "withdrawn"]
    assert [m.to_address for m in queued("join_undone")] == ["autora1@demo.example"]
    (entry,) = [e for e in acts("proposal.withdraw") if e.subject_id == made.id]
    assert entry.reason == join_answers.TOO_FEW and entry.role == "system"
    assert collective_of([one, two], analyst).folio  # nothing holds them


def test_days_that_pass_with_too_few_are_closed_by_command(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst, due=5)
    say(made, one, YES)
    assert join_answers.close_lapsed() == 0
    with time_machine.travel(clock.now() + timedelta(days=6), tick=False):
        assert [p.id for p in unions.lapsed()] == [made.id]
        assert join_answers.close_lapsed() == 1
        assert join_answers.close_lapsed() == 0
    assert states(one, two, made) == ["submitted", "submitted", "withdrawn"]
    assert request_of(made, two).status is JoinStatus.SILENT


@pytest.mark.parametrize("came_from", [ProposalStatus.SUBMITTED, ProposalStatus.ADMITTED])
def test_undoing_one_part_takes_it_back_to_where_it_was(app, analyst, came_from):
    one, two, three = proposals(3, came_from)
    made = collective_of([one, two, three], analyst)
    for p in (one, two, three):
        say(made, p, YES)
    join_answers.separate(request_of(made, two), reason="Habla de otra cosa.", by=analyst)
    assert states(one, two, three, made) == ["joined", came_from.value, "joined", "submitted"]
    (letter,) = queued("join_undone")
    assert letter.to_address == "autora2@demo.example" and "Habla de otra cosa." in written(letter).text
    (entry,) = acts("join_request.undo")
    assert (entry.reason, entry.subject_ref, entry.changes["joined_from"]) == (
        "Habla de otra cosa.",
        two.folio,
        [came_from.value, None],
    )
    assert [key for _name, key in authors(made)] == [one.id, three.id]
    with pytest.raises(Conflict):
        join_answers.separate(request_of(made, two), reason="Otra vez.", by=analyst)
    join_answers.separate(request_of(made, one), reason="También.", by=analyst)
    assert states(one, two, three, made) == [came_from.value] * 3 + ["withdrawn"]


def test_the_whole_is_undone_with_a_reason(app, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    say(made, one, YES)
    say(made, two, NO)
    with pytest.raises(Invalid):
        join_answers.dissolve(made, reason=" ", by=analyst)
    join_answers.dissolve(made, reason="Fue un error.", by=analyst)
    assert states(one, two, three, made) == ["submitted"] * 3 + ["withdrawn"]
    assert sorted(m.to_address for m in queued("join_undone")) == ["autora1@demo.example", "autora3@demo.example"]
    assert [request_of(made, p).status.value for p in (one, two, three)] == ["undone", "declined", "undone"]
    assert queued("join_reminder") == []
    assert authors(made) == []


def test_an_author_may_leave(app, analyst):
    one, two, three = proposals(3, ProposalStatus.ADMITTED)
    made = collective_of([one, two, three], analyst)
    for p in (one, two, three):
        say(made, p, YES)
    with pytest.raises(SignInNeeded):
        join_answers.leave(request_of(made, one), reason="No.", by=author_of(two))
    join_answers.leave(request_of(made, one), reason="Prefiero ir por separado.", by=author_of(one))
    assert states(one, made) == ["admitted", "submitted"]
    assert [e.reason for e in acts("proposal.leave_admitted")] == ["Prefiero ir por separado."]


def test_undone_also_after_the_collective_was_admitted_but_not_after_its_answer(app, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    for p in (one, two, three):
        say(made, p, YES)
    services.move(made, "admit", by=analyst, reason="Cumple.")
    join_answers.separate(request_of(made, two), reason="Se pidió.", by=analyst)
    assert states(two, made) == ["submitted", "admitted"]
    with transaction():
        db.session.execute(sa.update(Proposal.__table__).where(Proposal.id == made.id).values(status="selected"))
    db.session.expire_all()
    with pytest.raises(Conflict):
        join_answers.separate(request_of(made, one), reason="Tarde.", by=analyst)
    with pytest.raises(Conflict):
        join_answers.dissolve(made, reason="Tarde.", by=analyst)


def test_all_authors_are_appended_in_order_once_and_named_if_they_want(app, analyst):
    ana = person(name="Ana Pérez", email="ana@demo.example")
    one, two, three, four = proposals(4)
    with transaction():
        one.author_id = three.author_id = ana.id
        one.public_name = three.public_name = PublicName.NAME
        two.public_name, two.organisation_name = PublicName.ORGANISATION, "Comuna Río"
        factories.save(
            CoAuthor(
                proposal_id=two.id,
                position=1,
                name="Luis Tapia",
                email="luis@demo.example",
                status="accepted",
                is_named=True,
                invited_at=clock.now(),
            )
        )
    made = collective_of([one, two, three, four], analyst)
    for p in (four, two, one, three):
        say(made, p, YES)
    assert authors(made) == [("Ana Pérez", one.id), ("Comuna Río", two.id), ("Luis Tapia", two.id), ("", four.id)]
    rows = reading.co_authors(made)
    assert [(r.position, r.is_named, r.email) for r in rows] == [
        (1, True, None),
        (2, True, None),
        (3, True, None),
        (4, False, None),
    ]
    join_answers.separate(request_of(made, one), reason="Se pidió.", by=analyst)
    assert authors(made)[-2:] == [("Ana Pérez", three.id), ("", four.id)]


def test_every_author_of_a_part_is_answered_once_with_the_reason(app, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    say(made, one, YES)
    say(made, two, YES)
    say(made, three, NO)
    services.move(made, "admit", by=analyst, reason="Es clara y pública.")
    letters = queued("proposal_admit")
    assert [m.to_address for m in letters] == ["autora1@demo.example", "autora2@demo.example"]
    text = written(letters[0]).text
    assert "Es clara y pública." in text and one.folio in text and made.folio in text
    assert f"/seguimiento/{one.folio}" in text


def test_asking_again_gives_a_new_link_and_a_new_day(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst, due=5)
    before = request_of(made, one).token_hash
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        joining.ask_again(request_of(made, one), due_on=in_days(10), by=analyst)
        after = request_of(made, one)
        assert families.is_awaited(after) and after.token_hash != before
        say(made, one, YES)
        with pytest.raises(Conflict):
            joining.ask_again(request_of(made, one), due_on=in_days(10), by=analyst)
    assert len(queued("join_ask")) == 3


def test_one_more_is_asked_later(app, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two], analyst)
    joining.add(made, plan_of(made), three, due_on=in_days(10), by=analyst)
    assert [p.proposal.folio for p in reading.family(made).parts][2] == three.folio
    assert request_of(made, three).reason == WHY
    with pytest.raises(Conflict):
        joining.add(made, plan_of(made), three, due_on=in_days(10), by=analyst)


def test_a_text_that_changed_after_asking_is_said(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    data = ProposalInput(title="Agua limpia en dos barrios", problem="El agua llega turbia.", solution="Publicar.")
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        db.session.refresh(one)
        services.revise(one, data, by=author_of(one), lock_version=one.lock_version)
    changed = {p.proposal.folio: p.changed_at is not None for p in reading.family(made).parts}
    assert changed == {one.folio: True, two.folio: False}


def test_who_withdraws_while_asked_is_asked_no_more(app, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    services.withdraw(one, by=author_of(one), reason="Ya no hace falta.")
    request = request_of(made, one)
    assert (request.status, request.undone_at is not None) == (JoinStatus.UNDONE, True)
    with pytest.raises(Conflict):
        say(made, one, YES)
    assert states(one, made) == ["withdrawn", "submitted"]
    assert {m.to_address for m in queued("join_reminder")} == {"autora2@demo.example", "autora3@demo.example"}


def test_a_part_is_neither_changed_nor_withdrawn_by_itself(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    say(made, one, YES)
    for act in (
        lambda: services.withdraw(one, by=author_of(one), reason="No."),
        lambda: services.revise(one, LEAD, by=author_of(one), lock_version=one.lock_version),
    ):
        with pytest.raises(Conflict):
            act()


def test_the_lead_text_begins_with_what_each_brings(app):
    with transaction():
        plan = factories.plan()
        theme = factories.theme("agua")
        place = factories.territory("14")
        for n in (1, 2):
            more(plan, n, theme_id=theme.id, territory_id=place.id, problem=f"Problema {n}. " + "palabra " * 700)
    folios = list(db.session.scalars(sa.select(Proposal.folio).order_by(Proposal.id.desc())))
    chosen = unions.chosen([*folios, folios[0], "PAGA9-00001"])
    found = families.lead(chosen)
    assert [p.folio for p in chosen] == folios
    assert found.title == chosen[0].title
    assert [line.split()[0] for line in found.problem.split("\n\n")] == [f"{folio}:" for folio in folios]
    assert len(found.problem.split()) <= 600
    assert (found.theme_code, found.territory_code, found.branch) == ("agua", "14", None)


def test_letters_of_joining_exist_in_both_languages(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    say(made, one, NUANCED, "Con escuelas.")
    join_answers.dissolve(made, reason="Fue un error.", by=analyst)
    letters = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind.startswith("join_"))).all()
    assert {message.kind for message in letters} == {"join_ask", "join_done", "join_undone"}
    for message in letters:
        message.locale = "en"
        assert (
            one.folio in written(message).text + written(message).subject
            or two.folio in written(message).text + written(message).subject
        )


def test_an_author_replies_to_the_decision_on_the_whole_from_the_part(app, analyst, as_principal):
    from intake.reception.services import replying

    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    for p in (one, two, three):
        say(made, p, YES)
    db.session.refresh(one)
    with pytest.raises(Conflict):
        replying.reply(one, "No estoy de acuerdo.", by=author_of(one))
    services.move(made, "propose_refusal", by=analyst, reason="No es clara.")
    other = as_principal(person(Role.DIRECTORATE))
    services.move(made, "refuse", by=other, reason="No es clara.")
    assert len(queued("proposal_refuse")) == 3
    replying.reply(one, "No estoy de acuerdo.", by=author_of(one))
    assert not replying.may_answer(one, analyst)  # proposed the refusal of the whole
    assert replying.may_answer(one, as_principal(person(Role.ANALYST)))
    with pytest.raises(Conflict):
        join_answers.separate(request_of(made, two), reason="Tarde.", by=analyst)


def test_a_collective_proposal_is_not_set_aside_over_its_parts(app, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    say(made, one, YES)
    say(made, two, YES)
    with pytest.raises(Conflict):
        services.hold_by_hand(made, by=analyst, reason="Parece repetida.")
    assert states(one, made) == ["joined", "submitted"]
    assert invariants_joining.parts_have_a_live_whole() == []
    db.session.execute(sa.update(Proposal).where(Proposal.id == made.id).values(status=ProposalStatus.HELD))
    assert invariants_joining.parts_have_a_live_whole() == [one.folio, two.folio]


def test_asking_twice_in_a_second_mails_the_link_that_opens(app, analyst):
    with time_machine.travel(clock.now(), tick=False):
        one, two = proposals(2)
        made = collective_of([one, two], analyst)
        joining.ask_again(request_of(made, two), due_on=in_days(12), by=analyst)
    letters = [m for m in queued("join_ask") if m.to_address == "autora2@demo.example"]
    assert len(letters) == 2
    assert reading.folio_by_token(letters[-1].context["link"].rpartition("/")[2])[1] == two.folio
    assert len([m for m in queued("join_reminder") if m.to_address == "autora2@demo.example"]) == 1
