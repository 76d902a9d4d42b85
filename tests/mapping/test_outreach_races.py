"""Processes that die and people who press together, on a database of its own: nobody twice, nobody forgotten."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa

from config import ROOT
from intake.core import clock, tokens
from intake.core.errors import Conflict
from intake.core.identity import GUEST, SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import campaigns, contacts, invitations, mailings, noticed, stopping
from intake.mapping import outreach_steps as steps
from intake.mapping.inputs import ContactInput
from intake.mapping.inputs_outreach import INVITATION, CampaignInput, LetterInput, StepInput
from intake.mapping.queries import letters
from models import Actor, Campaign, Invitation, Mailing, OutboxMessage, Plan, Target, TargetStep, User
from models.enums import OutreachStep as S
from tests import factories as make
from tests.racing import hold_after, meanwhile, together, under

CONTACTS = 25
ROSA = ContactInput(name="Rosa", email="rosa@demo.example", phone=None, consent_version="1")
#: A process of its own that queues letters in pieces of ten and dies, as by a kill, in the middle of what it is told.
DYING = """
import os, sys
from config import Config
from intake import create_app
from intake.core import outbox
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import mailings
from models import Mailing
url, folder, where, after = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
mailings.PIECE = 10
real, calls = outbox._values, []
def values(*args, **kwargs):  # of each message of a piece, whose invitations are written by then
    calls.append(1)
    if where == "inside" and len(calls) == after:
        os._exit(9)
    return real(*args, **kwargs)
outbox._values = values
with create_app(Config.for_tests(database_url=url, instance_path=folder)).app_context():
    if where == "between":
        mailings.continue_mailing(db.session.query(Mailing).one(), by=SYSTEM, pieces=after)
        os._exit(9)
    mailings.continue_all()
"""


@pytest.fixture
def own_app(own_app):
    """An application on a database that nobody else uses, with a mailing to be queued."""
    with own_app.app_context():
        campaign = make.campaign()
        for n in range(CONTACTS):
            actor = make.actor()
            make.contact(actor, email=f"p{n}@demo.example")
            if n % 5 == 0:
                make.contact(actor, email=f"q{n}@demo.example")
            make.target(campaign, actor)
        mailings.start(campaign, LetterInput(template=INVITATION), number=1, by=SYSTEM)
        db.session.commit()
    return own_app


EVERYBODY = sorted([*(f"p{n}@demo.example" for n in range(CONTACTS)), *(f"q{n}@demo.example" for n in range(0, 25, 5))])


def state():
    """Addresses written to, and how many invitations there are."""
    found = db.session.scalars(sa.select(OutboxMessage.to_address)).all()
    return sorted(found), db.session.scalar(sa.select(sa.func.count(Invitation.id)))


def die(url, folder, where, after):
    done = subprocess.run(
        [sys.executable, "-c", DYING, url, str(folder), where, str(after)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 9, done.stderr.decode()[-2000:]


@pytest.mark.parametrize(("where", "after", "kept"), [("between", 1, 10), ("inside", 14, 10), ("inside", 1, 0)])
def test_a_killed_mailing_goes_on_where_it_stopped(own_app, own_url, tmp_path, where, after, kept):
    die(own_url, tmp_path, where, after)
    with own_app.app_context():
        written, invitations = state()
        assert (len(written), invitations) == (kept, kept)  # whole pieces, each letter with its invitation
        done = own_app.test_cli_runner().invoke(args=["mapping", "send-mailings"])
        assert done.exit_code == 0, done.output
        db.session.rollback()
        assert state() == (EVERYBODY, len(EVERYBODY))
        assert db.session.scalars(sa.select(Mailing.finished_at)).one() is not None
        logged = sa.select(sa.func.count(TargetStep.id)).where(TargetStep.step == S.CONTACTED)
        assert db.session.scalar(logged) == CONTACTS


def one(model):
    return db.session.scalars(sa.select(model).order_by(model.id)).first()


def test_two_who_continue_at_once_share_the_letters(own_app, monkeypatch):
    monkeypatch.setattr(mailings, "PIECE", 3)
    calls = [lambda: mailings.continue_mailing(one(Mailing), by=SYSTEM)] * 3
    assert together(own_app, *calls) == ["done"] * 3
    with own_app.app_context():
        assert state() == (EVERYBODY, len(EVERYBODY))


def test_two_processes_that_continue_at_once_share_the_letters(own_app, own_url, tmp_path):
    """Real processes, as the command on two machines."""
    script = DYING.replace("sys.argv[3], int(sys.argv[4])", '"", 0').replace("PIECE = 10", "PIECE = 2")
    command = [sys.executable, "-c", script, own_url, str(tmp_path)]
    running = [
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [p.communicate(timeout=120)[1][-500:] for p in running] == [b"", b""]
    assert [p.returncode for p in running] == [0, 0]
    with own_app.app_context():
        assert state() == (EVERYBODY, len(EVERYBODY))


def test_the_send_button_pressed_together_is_one_mailing(own_app):
    given = LetterInput(template=INVITATION)
    calls = [lambda: mailings.start(one(Campaign), given, number=2, by=SYSTEM)] * 3
    assert together(own_app, *calls) == ["Conflict", "Conflict", "done"]


def test_what_is_noticed_and_noted_together_is_noted_once(own_app):
    with own_app.app_context():
        target = one(Target)
        make.proposal(one(Plan), organisation_id=target.actor_id)
        db.session.commit()
    note = lambda: steps.note_step(one(Campaign), one(Target), StepInput(step=S.CONFIRMED), by=SYSTEM)
    look = lambda: noticed.refresh(one(Campaign))
    assert together(own_app, note, look, note, look) == ["done"] * 4
    with own_app.app_context():
        assert one(Target).step is S.CONTRIBUTED
        assert sorted(e.step for e in steps.log_of(one(Target))) == [S.CONFIRMED, S.CONTRIBUTED, S.IDENTIFIED]


def test_a_campaign_is_changed_as_it_is_once_the_turn_has_come(own_app):
    def other(**values):
        campaign = one(Campaign)
        plan = db.session.get_one(Plan, campaign.plan_id)
        owner = db.session.get_one(User, campaign.owner_id).email
        facts = {"title": campaign.title, "purpose": campaign.purpose, "due_on": campaign.due_on, **values}
        return CampaignInput(plan_code=plan.code, owner=owner, **facts)

    with own_app.app_context():
        seen, given = one(Campaign), other(title="De quien llega después")
        version = seen.lock_version
        meanwhile(own_app, lambda: campaigns.edit_campaign(one(Campaign), other(purpose="De otra persona"), by=SYSTEM))
        with pytest.raises(Conflict, match="Otra persona"):
            campaigns.edit_campaign(seen, given, by=SYSTEM, version=version)
        assert (one(Campaign).title != given.title, one(Campaign).purpose) == (True, "De otra persona")
        meanwhile(own_app, lambda: campaigns.move_campaign(one(Campaign), "close", by=SYSTEM, reason="Vinieron."))
        with pytest.raises(Conflict, match="ya no está en marcha"):
            campaigns.edit_campaign(seen, given, by=SYSTEM, version=seen.lock_version)


def test_whoever_takes_a_contact_back_while_letters_are_queued_gets_none(own_app, monkeypatch):
    """The letter is queued and then dropped, or the contact is gone before: never does one go out."""
    with own_app.app_context(), transaction():
        _contact, token = contacts.new_contact(db.session.get_one(Actor, one(Target).actor_id), ROSA, SYSTEM)

    def written():
        query = sa.select(sa.func.count()).where(OutboxMessage.to_address == ROSA.email)
        return db.session.scalar(query)

    send = lambda: mailings.continue_mailing(one(Mailing), by=SYSTEM)
    revoke = lambda: contacts.revoke_by_link(token, by=GUEST)
    queued = hold_after(monkeypatch, letters, "stopped")

    def come():
        with queued.coming():
            revoke()

    assert together(own_app, send, come) == ["done", "done"]
    with own_app.app_context():
        assert written() == 0
        assert len(db.session.scalars(sa.select(OutboxMessage)).all()) == len(EVERYBODY)


def test_letters_that_begin_while_a_contact_is_taken_back_leave_it_out(own_app):
    with own_app.app_context(), transaction():
        _contact, token = contacts.new_contact(db.session.get_one(Actor, one(Target).actor_id), ROSA, SYSTEM)
    send = lambda: mailings.continue_mailing(one(Mailing), by=SYSTEM)
    assert under(own_app, lambda: contacts.revoke_by_link(token, by=GUEST), send) == ["done", "done"]
    with own_app.app_context():
        assert state() == (EVERYBODY, len(EVERYBODY))


@pytest.fixture
def second(own_app):
    """The first mailing has gone out, and a second one is to be queued; the link of its reader p0."""
    link = tokens.new_token()
    with own_app.app_context():
        mailings.continue_mailing(one(Mailing), by=SYSTEM)
        with transaction():
            first = db.session.scalars(sa.select(Invitation).order_by(Invitation.id)).first()
            first.token_hash = tokens.token_hash(link)
            db.session.execute(sa.update(OutboxMessage).values(sent_at=clock.now()))
        mailings.start(one(Campaign), LetterInput(template=INVITATION, steps=(S.CONTACTED,)), number=2, by=SYSTEM)
    return link


def last():
    return db.session.scalars(sa.select(Mailing).order_by(Mailing.id.desc())).first()


def left_for(address):
    unsent = sa.select(sa.func.count()).where(OutboxMessage.to_address == address, OutboxMessage.sent_at.is_(None))
    return db.session.scalar(unsent)


def test_whoever_stops_letters_while_they_are_queued_gets_none(own_app, monkeypatch, second):
    queued = hold_after(monkeypatch, letters, "stopped")

    def come():
        with queued.coming():
            stopping.stop(invitations.by_token(second))

    assert together(own_app, lambda: mailings.continue_mailing(last(), by=SYSTEM), come) == ["done", "done"]
    with own_app.app_context():
        assert (left_for("p0@demo.example"), left_for("p1@demo.example")) == (0, 1)


def test_letters_that_begin_while_an_address_is_stopped_leave_it_out(own_app, second):
    stop = lambda: stopping.stop(invitations.by_token(second))
    assert under(own_app, stop, lambda: mailings.continue_mailing(last(), by=SYSTEM)) == ["done", "done"]
    with own_app.app_context():
        assert (left_for("p0@demo.example"), left_for("p1@demo.example")) == (0, 1)
