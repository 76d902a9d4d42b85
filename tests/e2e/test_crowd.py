"""A school's network from which very many proposals come: the telephone computes for a moment; without JavaScript a
person looks. On a telephone slowed down six times the work stays bounded."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from intake.core import altcha, limits
from intake.reception.services import submission
from tests.e2e.conftest import Server, sideways
from tests.e2e.test_citizen import review, write

#: How much slower the slowest telephone is than this machine (Lighthouse takes 4 for a mid-range one), and what it may
#: take at most, seconds.
SLOWER, MOST_SECONDS = 6, 20


@pytest.fixture
def crowded(server: Server) -> None:
    """The network of this machine has sent more than may come without a word."""
    bucket = limits._bucket(submission.SENDINGS, "127.0.0.1")
    when = f"{limits._window(submission.SENDINGS):%Y-%m-%d %H:%M:%S}.000000"
    with contextlib.closing(sqlite3.connect(server.database)) as database, database:
        database.execute("DELETE FROM attempt_counter WHERE bucket = ?", (bucket,))
        added = "INSERT INTO attempt_counter (bucket, window_start, count) VALUES (?, ?, 500)"
        database.execute(added, (bucket, when))


def test_a_slow_telephone_computes_and_sends_by_itself(
    open_browser: Callable[..., Page], crowded: None, shot: Callable[..., None]
) -> None:
    page = open_browser(phone=True)
    write(page, "Horario del recolector desde el colegio")
    review(page)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.get_by_role("button", name="Enviar mi propuesta").click()
    expect(page.get_by_role("heading", name="Un momento más: llegaron muchas propuestas")).to_be_visible()
    begun = time.monotonic()
    shot(page, "computing")
    expect(page.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible(timeout=MOST_SECONDS * 1000)
    assert time.monotonic() - begun < MOST_SECONDS


def test_without_javascript_it_is_received_and_a_person_looks(
    open_browser: Callable[..., Page], crowded: None, shot: Callable[..., None]
) -> None:
    page = open_browser(phone=True, javascript=False)
    write(page, "Horario del recolector sin guiones en el colegio")
    review(page)
    page.get_by_role("button", name="Enviar mi propuesta").click()
    expect(page.get_by_text("la recibimos igual y una persona la mira antes de publicarla")).to_be_visible()
    assert sideways(page) <= 0
    shot(page, "asked")
    page.get_by_role("button", name="Enviar mi propuesta").click()
    expect(page.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible()
    shot(page, "received")


def test_the_worker_finds_what_the_server_hides(
    open_browser: Callable[..., Page], server: Server, crowded: None
) -> None:
    """Our SHA-256 agrees with the server's over every length of what is hashed, and fast enough."""
    import hashlib
    import json

    from config import ROOT

    page = open_browser()
    page.goto("/")
    file = json.loads((ROOT / "static" / "dist" / "manifest.json").read_text())["proofworker.js"]
    asked = [
        {"salt": salt, "maxnumber": 300, "challenge": hashlib.sha256(f"{salt}237".encode()).hexdigest()}
        for salt in ("y" * length for length in range(40, 132))
    ]
    hard = f"{'z' * 65}"
    asked.append({"salt": hard, "maxnumber": altcha.MOST, "challenge": hashlib.sha256(b"nothing").hexdigest()})
    found = page.evaluate(
        """([file, asked]) => new Promise((resolve) => {
          const worker = new Worker(`/static/${file}`);
          const answers = [];
          let begun = performance.now();
          worker.onmessage = ({ data }) => {
            answers.push(data);
            if (answers.length === asked.length) resolve([answers, performance.now() - begun]);
            else { begun = performance.now(); worker.postMessage(asked[answers.length]); }
          };
          worker.postMessage(asked[0]);
        })""",
        [file, asked],
    )
    answers, milliseconds = found
    assert answers == [237] * 92 + [-1]
    assert milliseconds * SLOWER < MOST_SECONDS * 1000
