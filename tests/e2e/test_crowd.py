"""A school's network from which very many proposals come: the telephone computes for a moment; without JavaScript a
person looks. On a telephone slowed down six times the work stays bounded."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Request, Route, expect

from intake.core import altcha, limits
from intake.reception.services import crowding
from tests.e2e import test_offline as offline
from tests.e2e.conftest import PATIENCE, Server, sideways, until, until_here
from tests.e2e.test_citizen import review, write
from tests.e2e.test_offline import new_phone, phone  # noqa: F401 -- fixtures

#: How much slower the slowest telephone is than this machine (Lighthouse takes 4 for a mid-range one), and what it may
#: take at most, seconds.
SLOWER, MOST_SECONDS = 6, 20


@pytest.fixture
def crowded(server: Server) -> None:
    """The network of this machine has sent more than may come without a word."""
    bucket = limits._bucket(crowding.SENDINGS, "127.0.0.1")
    now = limits._window(crowding.SENDINGS)
    windows = (now, now + timedelta(minutes=crowding.SENDINGS.minutes))  # the hour may end meanwhile
    with contextlib.closing(sqlite3.connect(server.database, timeout=20)) as database, database:
        database.execute("DELETE FROM attempt_counter WHERE bucket = ?", (bucket,))
        added = "INSERT INTO attempt_counter (bucket, window_start, count) VALUES (?, ?, 500)"
        database.executemany(added, [(bucket, f"{window:%Y-%m-%d %H:%M:%S}.000000") for window in windows])


@contextlib.contextmanager
def held(page: Page) -> Iterator[None]:
    """What is sent with a proof waits meanwhile: a lucky telephone computes faster than anybody can look."""
    waiting: list[Route] = []

    def hold(route: Route, request: Request) -> None:
        if request.method == "POST" and b"altcha" in (request.post_data_buffer or b""):
            waiting.append(route)
        else:
            route.continue_()

    page.context.route("**/*", hold)
    try:
        yield
        until_here(page, lambda: waiting, "something is sent with a proof", seconds=90)
    finally:
        for route in waiting:
            route.continue_()
        page.context.unroute("**/*", hold)


def test_a_slow_telephone_computes_and_sends_by_itself(
    open_browser: Callable[..., Page], crowded: None, shot: Callable[..., None]
) -> None:
    page = open_browser(phone=True)
    page.goto("/propuestas/nueva")
    offline.taken_over(page)  # its worker comes to no page in the middle
    write(page, "Horario del recolector desde el colegio")
    review(page)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    with held(page):
        page.get_by_role("button", name="Enviar mi propuesta").click()
        expect(page.get_by_role("heading", name="Un momento más: llegaron muchas propuestas")).to_be_visible()
        shot(page, "computing")
    expect(page.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible(timeout=PATIENCE)


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


def floods(server: Server) -> int:
    """How many sendings beyond the crowd's number were counted since it came."""
    bucket = limits._bucket(crowding.FLOODS, "127.0.0.1")
    with contextlib.closing(sqlite3.connect(server.database, timeout=20)) as database:
        found = database.execute("SELECT sum(count) FROM attempt_counter WHERE bucket = ?", (bucket,)).fetchone()
    return int(found[0] or 0)


def test_what_waited_on_a_slow_telephone_computes_by_itself_and_arrives_once(
    phone: Page,  # noqa: F811
    server: Server,
    crowded: None,
    shot: Callable[..., None],
) -> None:
    title = "Reparación del canal que llega tarde por la red del colegio"
    offline.queue(phone, title)
    before = floods(server)
    phone.context.new_cdp_session(phone).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    begun = time.monotonic()
    with held(phone):
        phone.context.set_offline(False)
        item = phone.locator(".device__item", has_text=title)
        expect(item).to_contain_text("su teléfono hace solo un cálculo de unos segundos")
        expect(phone.locator("[data-device-status]")).to_contain_text("hace solo un cálculo")
        assert sideways(phone) <= 0
        shot(phone, "computing")
    folio = offline.arrived(phone, title)
    assert time.monotonic() - begun < MOST_SECONDS
    shot(phone, "arrived")
    assert offline.rows(server, title) == [(folio, "submitted")]
    assert floods(server) == before + 1


def test_the_worker_computes_with_no_page_open(phone: Page, server: Server, crowded: None) -> None:  # noqa: F811
    title = "Alumbrado de la cancha que llega sin ninguna página abierta"
    offline.queue(phone, title)
    offline.sent_by_worker(phone, server, title)
    phone.goto("/propuestas/sin-conexion")
    offline.arrived(phone, title)


def test_what_is_opened_while_the_telephone_computes_is_not_sent(
    phone: Page,  # noqa: F811
    server: Server,
    crowded: None,
) -> None:
    title = "Texto que alguien abre otra vez en el último momento"
    offline.queue(phone, title)
    sent: list[str] = []

    def ask_much(route, request) -> None:
        """A proof that takes long and that nothing solves."""
        if request.method != "POST":
            return route.continue_()
        sent.append(request.post_data)
        asked = {"salt": "s", "challenge": "0" * 64, "maxnumber": 10_000_000, "algorithm": "SHA-256", "signature": ""}
        return route.fulfill(
            status=429, json={"reason": "proof", "message": "hace solo un cálculo", "challenge": asked}
        )

    phone.context.route("**/propuestas/envios.json", ask_much)
    phone.context.set_offline(False)
    expect(phone.locator(".device__item", has_text=title)).to_contain_text("hace solo un cálculo")
    phone.evaluate(
        """new Promise((done) => {
          const asked = indexedDB.open("intake");
          asked.onsuccess = () => {
            const queue = asked.result.transaction("queue", "readwrite").objectStore("queue");
            const all = queue.getAll();
            all.onsuccess = () => all.result.forEach((one) => queue.put({ ...one, state: "editing" }));
            queue.transaction.oncomplete = () => done(asked.result.close());
          };
        })"""
    )
    nobody_sends = (
        "navigator.locks.query().then(({ held, pending }) =>"
        " ![...held, ...pending].some((lock) => lock.name === 'intake-envios'))"
    )
    until(phone, nobody_sends, seconds=300)
    assert len(sent) == 1
    assert offline.rows(server, title) == []


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
    compute = """([file, asked]) => new Promise((resolve) => {
          const worker = new Worker(`/static/${file}`);
          const answers = [];
          let begun = performance.now();
          worker.onmessage = ({ data }) => {
            answers.push(data);
            if (answers.length === asked.length) resolve([answers, performance.now() - begun]);
            else { begun = performance.now(); worker.postMessage(asked[answers.length]); }
          };
          worker.postMessage(asked[0]);
        })"""
    tries = [page.evaluate(compute, [file, asked]) for _ in range(3)]
    assert [answers for answers, _milliseconds in tries] == [[237] * 92 + [-1]] * 3
    assert min(milliseconds for _answers, milliseconds in tries) * SLOWER < MOST_SECONDS * 1000
