"""SIGKILL at any moment: what was acknowledged is there, once and whole."""

from __future__ import annotations

import http.client
import random
import secrets
import signal
import threading
import time
from collections import Counter

import sqlalchemy as sa

from intake.core import tokens
from intake.extensions import db
from intake.reports import invariants
from models import AuditEntry, OutboxMessage, Plan, Proposal, ProposalContact, ProposalVersion
from models.enums import ProposalStatus
from tests.faults.conftest import FOLIO, Browser, written

CLIENTS, SUBMISSIONS, SEED = 8, 500, 20_261_122
#: Kills of the workers alone, which the leading process starts anew, and of all processes.
OF_WORKERS, OF_ALL = 7, 3


class Citizen(threading.Thread):
    """Sends its share, each until it is acknowledged, and notes what was acknowledged: form's key → folio."""

    def __init__(self, port: int, numbers: range) -> None:
        super().__init__(daemon=True)
        self.port, self.numbers = port, numbers
        self.acknowledged: dict[str, str] = {}
        self.interrupted = 0
        self.failed: list[str] = []
        self._token = self._cookie = ""

    def run(self) -> None:
        browser = Browser(self.port)
        self._try_all(browser)
        browser.close()

    def _try_all(self, browser: Browser) -> None:
        for number in self.numbers:
            browser.address = f"2001:db8:{number:x}::1"  # a network each: this is about faults, not about floods
            key = secrets.token_urlsafe(32)
            while key not in self.acknowledged and len(self.failed) < 5:
                try:
                    self.acknowledged[key] = self.send(browser, number, key)
                except (OSError, http.client.HTTPException):
                    self.interrupted += 1
                    time.sleep(0.05)
                except AssertionError as error:
                    self.failed.append(str(error))

    def send(self, browser: Browser, number: int, key: str) -> str:
        """Keep the draft and send it, as the two pages do. A form that was sent before gives the same folio."""
        if not self._token:
            self._token, self._cookie = browser.enter(), browser.cookie
        browser.cookie = self._cookie
        kept = browser.ask(
            "/propuestas/nueva", {**written(number), "csrf_token": self._token, "key": key, "review": "1"}
        )
        assert kept.status == 303, f"{number}: {kept.status} {kept.text[:2000]}"
        done = browser.ask(kept.location.replace("/revisar", "/enviar"), {"csrf_token": self._token})
        found = FOLIO.search(done.location)
        assert done.status == 303 and found, f"{number}: {done.status} {done.location}"
        return found[1]


def test_every_acknowledged_folio_is_there_once_and_whole(serve, own_app):
    server, dice = serve(workers=2), random.Random(SEED)
    share = -(-SUBMISSIONS // CLIENTS)
    people = [Citizen(server.port, range(n, min(n + share, SUBMISSIONS))) for n in range(0, SUBMISSIONS, share)]
    for one in people:
        one.start()

    def acknowledged() -> int:
        return sum(len(one.acknowledged) for one in people)

    kills = [*[server.kill_workers] * OF_WORKERS, *[lambda: (server.stop(signal.SIGKILL), server.start())] * OF_ALL]
    dice.shuffle(kills)
    moments = sorted(dice.sample(range(20, SUBMISSIONS - 40), len(kills)))
    for at, kill in zip(moments, kills, strict=True):
        while acknowledged() < at and any(one.is_alive() for one in people):
            time.sleep(0.002)
        time.sleep(dice.random() * 0.04)  # anywhere within what a request takes
        kill()
    for one in people:
        one.join(120)

    assert [failure for one in people for failure in one.failed] == []
    assert acknowledged() == SUBMISSIONS
    assert sum(one.interrupted for one in people) >= len(kills), "no request was under way when the server was killed"
    folios = {key: folio for one in people for key, folio in one.acknowledged.items()}
    with own_app.app_context():
        assert_whole(folios)
        assert {name: found for name, found in invariants.broken().items() if found} == {}
    assert_same_again(people[0], server.port)


def assert_whole(folios: dict[str, str]) -> None:
    """Each folio once, under the key of its form, with version, trace, mail and contact. None beside them."""
    assert Counter(folios.values()).most_common(1)[0][1] == 1
    rows = db.session.execute(sa.select(Proposal.idempotency_key, Proposal.folio, Proposal.id, Proposal.status)).all()
    assert {row.idempotency_key: row.folio for row in rows} == {
        tokens.token_hash(f"once:{key}"): folio for key, folio in folios.items()
    }
    assert {row.status for row in rows} == {ProposalStatus.SUBMITTED}
    assert sorted(row.folio for row in rows) == [f"PAGA3-{n:05d}" for n in range(1, SUBMISSIONS + 1)]
    assert db.session.scalar(sa.select(Plan.folio_counter)) == SUBMISSIONS
    everyone = dict.fromkeys((row.id for row in rows), 1)
    for column, where in (
        (ProposalVersion.proposal_id, sa.true()),
        (ProposalContact.proposal_id, ProposalContact.email.is_not(None) & ProposalContact.consent_id.is_not(None)),
        (AuditEntry.subject_id, AuditEntry.action == "proposal.submit"),
        (AuditEntry.subject_id, AuditEntry.action == "proposal.draft"),
    ):
        assert (
            dict(db.session.execute(sa.select(column, sa.func.count()).where(where).group_by(column)).all()) == everyone
        )
    told = db.session.scalars(sa.select(OutboxMessage.to_address).where(OutboxMessage.kind == "proposal_submit")).all()
    assert sorted(told) == sorted(f"persona{n}@demo.example" for n in range(SUBMISSIONS))


def assert_same_again(citizen: Citizen, port: int) -> None:
    """The forms of the first citizen, sent once more by a browser that lost its answers, give the same folios."""
    browser = Browser(port)
    for number, (key, folio) in list(zip(citizen.numbers, citizen.acknowledged.items(), strict=True))[::8]:
        assert citizen.send(browser, number, key) == folio
    browser.close()
