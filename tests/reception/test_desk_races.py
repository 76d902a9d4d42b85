"""Several people at the desk at the same moment, on a database of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.accounts import queries as accounts
from intake.core import clock
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.mapping import gatherings
from intake.mapping import queries as mapping
from intake.plans import queries as plans
from intake.reception import services, sheets
from intake.reception.inputs import ProposalInput, SheetInput
from intake.reception.queries import desk
from intake.reception.services import keying, paper
from intake.reports import invariants_folios
from models import Packet, Plan, Proposal, Sheet, User
from models.enums import Role, SpoiltReason
from tests import factories
from tests.racing import hold_after, linger, together, under

CLERKS = 4


@pytest.fixture
def own_app(own_app):
    with own_app.app_context():
        event = factories.event(factories.plan(code="PAGA3"), slug="mesa-macas")
        for _ in range(CLERKS + 1):  # one more, who keyed before
            factories.user(Role.FACILITATOR)
        paper.create_packet(event, CLERKS, by=clerk(0))
        db.session.commit()
    return own_app


def clerk(number):
    keys = db.session.scalars(sa.select(User.id).order_by(User.id)).all()
    found = accounts.principal_of(keys[number])
    assert found is not None
    return found[0]


def packet() -> Packet:
    return desk.packet(db.session.scalars(sa.select(Packet.reference).order_by(Packet.id)).first() or "")


def _given() -> SheetInput:
    return SheetInput(
        data=ProposalInput(title="Agua limpia", problem="Llega turbia.", solution="Publicar los análisis."),
        dated_on=clock.local(clock.now() - timedelta(days=1)).date(),
    )


def test_nobody_gets_the_sheet_of_another(own_app):
    taken: list[str | None] = []

    def take(number):
        taken.append(keying.claim_next(packet(), by=clerk(number)))

    assert together(own_app, *(lambda n=n: take(n) for n in range(CLERKS))) == ["done"] * CLERKS
    assert sorted(str(folio) for folio in taken) == [f"PAGA3-{n:05d}" for n in range(1, CLERKS + 1)]


@pytest.mark.parametrize("again", [False, True])
def test_the_last_sheet_goes_to_one_and_the_others_learn_that_none_is_left(own_app, again):
    with own_app.app_context():
        made = paper.create_packet(mapping.event("mesa-macas"), 1, by=clerk(0)).reference
        if again:
            keying.key(desk.sheet(desk.packet(made, with_sheets=True).sheets[0].folio), _given(), by=clerk(CLERKS))
        db.session.remove()
    taken: list[str | None] = []

    def take(number):
        taken.append(keying.claim_next(desk.packet(made), by=clerk(number), again=again))

    assert together(own_app, *(lambda n=n: take(n) for n in range(CLERKS))) == ["done"] * CLERKS
    assert sorted(map(str, taken)) == ["None"] * (CLERKS - 1) + [f"PAGA3-{CLERKS + 1:05d}"]
    with own_app.app_context():
        found = desk.packet(made)
        others = [desk.are_others_at_it(found.id, clerk(n).user_id, again=again) for n in range(CLERKS)]
        assert sorted(others) == [False] + [True] * (CLERKS - 1)  # whoever has it is not another


def test_one_sheet_makes_one_proposal(own_app):
    def key(number):
        keying.key(desk.sheet("PAGA3-00001"), _given(), by=clerk(number))

    assert together(own_app, *(lambda n=n: key(n) for n in range(CLERKS))) == ["Conflict"] * (CLERKS - 1) + ["done"]
    with own_app.app_context():
        assert db.session.scalars(sa.select(Proposal.folio)).all() == ["PAGA3-00001"]


def test_packets_and_the_web_share_one_counter(own_app):
    """Sheets are printed while people send: no number twice, none missing."""

    def send():
        plan = plans.by_code("PAGA3")
        data = ProposalInput(title="Otra", problem="Un problema.", solution="Una solución.")
        services.submit_directly(plan, data, None, by=GUEST)

    def print_three():
        paper.create_packet(mapping.event("mesa-macas"), 3, by=clerk(1))

    assert together(own_app, send, print_three, send, print_three, send) == ["done"] * 5
    with own_app.app_context():
        of_sheets = db.session.scalars(sa.select(Sheet.folio_number)).all()
        of_proposals = db.session.scalars(sa.select(Proposal.folio_number)).all()
        assert sorted([*of_sheets, *of_proposals]) == list(range(1, CLERKS + 3 + 6 + 1))
        assert db.session.scalar(sa.select(Plan.folio_counter)) == CLERKS + 9
        assert invariants_folios.folios_contiguous() == []


def test_two_presses_at_once_receive_once(own_app):
    data = ProposalInput(title="Otra", problem="Un problema.", solution="Una solución.")
    given = []

    def press():
        plan = plans.by_code("PAGA3")
        given.append(keying.receive(plan, data, None, by=clerk(0), dated_on=clock.today(), once="k" * 43))

    assert together(own_app, press, press, press) == ["done"] * 3
    assert len(set(given)) == 1 and given[0].claim_code
    with own_app.app_context():
        assert db.session.scalars(sa.select(Proposal.folio)).all() == [given[0].folio]


def test_nothing_is_received_at_an_event_that_is_being_cancelled(own_app):
    data = ProposalInput(title="Otra", problem="Un problema.", solution="Una solución.")
    with own_app.app_context():
        factories.event(plans.by_code("PAGA3"), slug="mesa-sucua", starts_at=clock.now() + timedelta(days=1))
        db.session.commit()

    def cancel():
        gatherings.move_event(mapping.event("mesa-sucua"), "cancel", by=SYSTEM, reason="No hay local.")

    def receive():
        event = mapping.event("mesa-sucua")
        keying.receive(plans.by_code("PAGA3"), data, None, by=clerk(0), dated_on=clock.today(), event=event)

    assert under(own_app, cancel, receive) == ["Conflict", "done"]
    with own_app.app_context():
        assert db.session.scalars(sa.select(Proposal.folio)).all() == []


def test_a_tenth_stays_drawn_when_several_drop_out_at_once(own_app, monkeypatch):
    with own_app.app_context():
        made = paper.create_packet(mapping.event("mesa-macas"), 40, by=clerk(0)).reference
        drawn = [s.folio for s in desk.packet(made, with_sheets=True).sheets if s.needs_second]
        db.session.remove()
    assert len(drawn) == CLERKS
    linger(monkeypatch, sheets, "draw", 0.2)  # the others draw meanwhile, unless they wait

    def drop(number):
        paper.spoil(desk.sheet(drawn[number]), SpoiltReason.DAMAGED, by=clerk(number))

    assert together(own_app, *(lambda n=n: drop(n) for n in range(CLERKS))) == ["done"] * CLERKS
    with own_app.app_context():
        live = [s for s in desk.packet(made, with_sheets=True).sheets if not s.spoilt_reason]
        assert (len(live), sum(s.needs_second for s in live)) == (36, 4)


@pytest.mark.parametrize("first", ["key", "spoil"])
def test_whoever_keys_and_whoever_spoils_a_sheet_never_wait_for_each_other(own_app, monkeypatch, first):
    """The codes of the packet are not forgotten yet: both need the packet and the sheet."""
    lingering = {"key": (keying, "received_at"), "spoil": (paper, "hold_packet")}
    held = hold_after(monkeypatch, *lingering[first])

    def key():
        keying.key(desk.sheet("PAGA3-00001"), _given(), by=clerk(0))

    def spoil():
        paper.spoil(desk.sheet("PAGA3-00001"), SpoiltReason.DAMAGED, by=clerk(1))

    def after(act):
        with held.coming():
            act()

    calls = (key, lambda: after(spoil)) if first == "key" else (spoil, lambda: after(key))
    assert together(own_app, *calls) == ["Conflict", "done"]
