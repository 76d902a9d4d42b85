"""What a page has read before its turn came is not what is decided on: others acted meanwhile."""

from __future__ import annotations

import dataclasses
import threading

import pytest
import sqlalchemy as sa

from intake.core.errors import Conflict, Invalid
from intake.core.files import Upload
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.reception import queries, services
from intake.reception.inputs import ProposalInput
from intake.reception.queries import attached as reading
from intake.reception.services import attachments, inviting, paper, scanning
from models import Event, LooseScan, Packet, Plan, Sheet
from models.enums import EventStatus, Role, SpoiltReason
from tests import factories
from tests.reception.kit import picture
from tests.reception.test_inviting import asked
from tests.reception.test_talking_at_once import who

FOLIO = "PAGA3-00001"
GIVEN = ProposalInput(title="Agua limpia", problem="Llega turbia.", solution="Publicar los análisis.")


@pytest.fixture
def own(receiving):
    """A proposal under `FOLIO`, in a session that has read nothing yet."""
    with receiving.app_context():
        services.submit_directly(db.session.scalars(sa.select(Plan)).one(), GIVEN, None, by=GUEST)
        db.session.remove()
        yield receiving
        db.session.remove()


def meanwhile(app, call):
    """Let another request do something, and commit it."""

    def run():
        with app.app_context():
            call()
            db.session.commit()
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def author():
    found = queries.by_folio(FOLIO)
    return found, services.holding(GUEST, found)


def set_in(model, **values):
    db.session.execute(sa.update(model.__table__).values(**values))


def invited() -> str:
    found, by = author()
    return asked(found, by)


def test_nobody_joins_in_once_it_is_decided(own):
    token = invited()
    db.session.remove()
    shown = inviting.look(token)  # as the page does

    def withdraw():
        found, by = author()
        services.withdraw(found, by=by, reason="Ya no hace falta")

    meanwhile(own, withdraw)
    with pytest.raises(Conflict, match="ya tiene respuesta"):
        inviting.answer(token, accepts=True, name="Rosa", is_named=True, by=GUEST)
    assert shown


def test_who_said_yes_meanwhile_is_not_taken_back(own):
    token = invited()
    db.session.remove()
    found, by = author()
    kept = reading.people_of(found)
    meanwhile(own, lambda: inviting.answer(token, accepts=True, name="Rosa", is_named=True, by=GUEST))
    with pytest.raises(Conflict, match="ya respondió"):
        inviting.take_back(found, kept[0].position, by=by)


def test_the_version_of_a_file_keeps_the_text_as_it_was_corrected_meanwhile(own):
    found, by = author()

    def correct():
        mine, _by = author()
        said = dataclasses.replace(GIVEN, title="Agua para Macas")
        services.revise(mine, said, by=by, lock_version=mine.lock_version)

    meanwhile(own, correct)
    attachments.attach(found, Upload("a.jpg", picture()), "Un canal", by=by)
    assert [v.content["title"] for v in queries.versions(found)] == [GIVEN.title, *["Agua para Macas"] * 2]


def test_no_sheets_for_what_was_cancelled_meanwhile(own):
    event = factories.event(db.session.scalars(sa.select(Plan)).one(), slug="mesa-macas", title="Mesa")
    clerk = factories.user(Role.FACILITATOR)
    db.session.commit()
    by = who(clerk.id)
    assert event.status is not EventStatus.CANCELLED
    meanwhile(own, lambda: set_in(Event, status=EventStatus.CANCELLED))
    with pytest.raises(Conflict, match="se canceló"):
        paper.create_packet(event, 3, by=by)


def test_a_packet_is_printed_once(own):
    event = factories.event(db.session.scalars(sa.select(Plan)).one(), slug="mesa-macas", title="Mesa")
    db.session.commit()
    paper.create_packet(event, 3, by=SYSTEM)
    db.session.remove()
    packet = db.session.scalars(sa.select(Packet)).one()
    assert packet.printed_at is None
    told = []

    def finish():
        other = db.session.scalars(sa.select(Packet)).one()
        paper.finish_printing(other, by=SYSTEM)
        told.append(other.printed_at)

    meanwhile(own, finish)
    paper.finish_printing(packet, by=SYSTEM)
    assert [packet.printed_at] == told


def test_no_picture_for_a_sheet_that_was_spoilt_meanwhile(own):
    event = factories.event(db.session.scalars(sa.select(Plan)).one(), slug="mesa-macas", title="Mesa")
    db.session.commit()
    packet = paper.create_packet(event, 3, by=SYSTEM)
    scanning.add_scans(packet, [Upload("a.jpg", picture())], plan_code="PAGA3", by=SYSTEM)
    db.session.remove()
    packet, scan = db.session.scalars(sa.select(Packet)).one(), db.session.scalars(sa.select(LooseScan.id)).one()
    kept = db.session.scalars(sa.select(Sheet).order_by(Sheet.id)).all()

    def spoil():
        first = db.session.scalars(sa.select(Sheet).order_by(Sheet.id)).first()
        paper.spoil(first, SpoiltReason.LOST, by=SYSTEM)

    meanwhile(own, spoil)
    with pytest.raises(Invalid, match="se anuló"):
        scanning.match_scans(packet, {scan: kept[0].folio}, by=SYSTEM)
