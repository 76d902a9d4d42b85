"""The mail server is away for an hour, and whoever delivers is killed: everything arrives, once, in order."""

from __future__ import annotations

import email
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from aiosmtpd.controller import Controller

from config import ROOT
from intake.core import clock, delivery, outbox
from intake.core.transaction import transaction
from intake.extensions import db
from models import OutboxMessage
from tests.faults.conftest import KEY

PEOPLE, EACH = 6, 5


class PostOffice:
    """A mail server to be taken away and brought back. ``on_data`` is called with what arrived, before the answer."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.refuses = False
        self.on_data: Callable[[Any], None] = lambda _session: None
        self._controller: Controller | None = None
        self.port = 0

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        envelope.mail_from = address
        return "421 closed for today" if self.refuses else "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        self.got.append(email.message_from_bytes(envelope.content, policy=policy.default))
        self.on_data(session)
        return "250 OK"

    def open(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=30)
        if not self.port:
            from tests.accounts.test_mail import _free_port

            self._controller.port = self.port = _free_port()
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def arrived(self) -> list[tuple[str, str]]:
        """Address and identity of each message, in the order of arrival."""
        return [(str(message["To"]), str(message["Message-ID"])) for message in self.got]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    made = PostOffice()
    made.open()
    yield made
    made.close()


def queue(person: int) -> OutboxMessage:
    with transaction():
        made = outbox.enqueue(
            "account_exists", to=f"p{person}@demo.example", name="Ana", sign_in_url="http://localhost/cuenta/entrar"
        )
    assert made is not None
    return made


def test_an_hour_without_mail_server_delays_everything_and_loses_nothing(app, office, monkeypatch):
    url = f"smtp://127.0.0.1:{office.port}"
    settings = delivery.Settings(url=url, sender="no-responder@demo.example", folder=Path("unused"), keep_secrets=False)
    monkeypatch.setattr(delivery, "_settings", settings)
    queued: list[OutboxMessage] = []
    with time_machine.travel(clock.now(), tick=False) as travel:
        for minute in range(60):
            if minute % 2 == 0:
                queued.append(queue(minute // 2 % PEOPLE))
            if minute == 0:
                office.close()
            if minute == 30:  # back, but only to refuse
                office.open()
                office.refuses = True
            assert delivery.deliver_due(100) == 0
            travel.shift(timedelta(minutes=1))
        office.refuses = False
        later, minutes = queue(0), 0
        while delivery.deliver_due(100) or delivery.waiting_after_failure():
            travel.shift(timedelta(minutes=1))
            minutes += 1
            assert minutes < 40
    db.session.expire_all()
    assert len(queued) == PEOPLE * EACH
    wanted = {f"p{n}@demo.example": [] for n in range(PEOPLE)}
    for message in [*queued, later]:
        claimed = delivery.Claimed(
            message.id, message.kind, message.to_address, "es", message.context, 1, message.created_at, clock.now()
        )
        wanted[message.to_address].append(str(delivery.compose(claimed)["Message-ID"]))
    found: dict[str, list[str]] = {}
    for address, identity in office.arrived():
        found.setdefault(address, []).append(identity)
    assert found == wanted


def test_a_server_that_is_away_is_asked_once_a_run(app, office, monkeypatch):
    office.close()
    settings = delivery.Settings(
        url=f"smtp://127.0.0.1:{office.port}", sender="n@demo.example", folder=Path("unused"), keep_secrets=False
    )
    monkeypatch.setattr(delivery, "_settings", settings)
    for person in range(3):
        queue(person)
    assert delivery.deliver_due(100) == 0
    assert sorted(db.session.scalars(sa.select(OutboxMessage.attempts))) == [0, 0, 1]


def test_a_message_that_never_goes_out_does_not_silence_its_reader_for_ever(app, tmp_path, monkeypatch):
    settings = delivery.Settings(url="", sender="n@demo.example", folder=tmp_path, keep_secrets=False)
    monkeypatch.setattr(delivery, "_settings", settings)
    with transaction():
        broken = outbox.enqueue("no_such_kind", to="p0@demo.example")
    good, minutes = queue(0), 0
    with time_machine.travel(clock.now(), tick=False) as travel:
        while not delivery.deliver_due(10):
            travel.shift(timedelta(minutes=1))
            minutes += 1
            assert minutes < 240
    db.session.expire_all()
    assert good.sent_at is not None and broken.sent_at is None
    assert broken.attempts == delivery.PATIENCE


def test_what_is_meant_for_later_holds_nothing_up(app, tmp_path, monkeypatch):
    settings = delivery.Settings(url="", sender="n@demo.example", folder=tmp_path, keep_secrets=False)
    monkeypatch.setattr(delivery, "_settings", settings)
    with transaction():
        outbox.enqueue("no_such_kind", to="p0@demo.example", not_before=clock.now() + timedelta(days=3))
    queue(0)
    assert delivery.deliver_due(10) == 1


def test_killed_between_sending_and_noting_it_goes_out_again_under_the_same_identity(
    own_app, own_url, tmp_path, office
):
    """At least once: the copy that arrives again bears the same Message-ID, so that mail programs show one."""
    with own_app.app_context():
        for person in range(3):
            queue(person)
        db.session.remove()
    running: list[subprocess.Popen[bytes]] = []

    def kill_at_the_second(_session: Any) -> None:
        if len(office.got) == 2:
            os.kill(running[0].pid, signal.SIGKILL)

    office.on_data = kill_at_the_second
    environment = {
        **os.environ,
        "INTAKE_DATABASE_URL": own_url,
        "INTAKE_SECRET_KEY": KEY,
        "INTAKE_INSTANCE_PATH": str(tmp_path),
        "INTAKE_MAIL_URL": f"smtp://127.0.0.1:{office.port}",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "outbox", "send"]
    running.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
    assert running[0].wait(60) == -signal.SIGKILL
    with own_app.app_context():
        sent = sa.select(sa.func.count()).where(OutboxMessage.sent_at.is_not(None))
        assert db.session.scalar(sent) == 1
        assert delivery.claim().to_address == "p2@demo.example"  # the second one is still somebody's
        db.session.execute(sa.update(OutboxMessage).values(leased_until=clock.now() - timedelta(seconds=1)))
        db.session.commit()
        db.session.remove()
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=60)
    addresses, identities = zip(*office.arrived(), strict=True)
    assert Counter(addresses) == {"p0@demo.example": 1, "p1@demo.example": 2, "p2@demo.example": 1}
    assert len(set(identities)) == 3
    with own_app.app_context():
        assert db.session.scalar(sent) == 3
