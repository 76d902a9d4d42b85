"""``python -m bench.submission [--db sqlite|postgresql] [--seconds 1] [--rounds 5] [--json]``.

Durable commits of submissions beside raw SQLAlchemy Core inserts of the same rows (same tables, same columns, as many
commits) on the same database, with 1 and with 8 clients, each a process of its own. *In two steps*: a guest's draft is
kept, then sent (two commits); *in one step*: as a desk or a telephone sends it (one). The raw inserts count no folio,
read nothing and hash nothing. Goal: at least 0.5 of the raw rate.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import multiprocessing
import os
import secrets
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench import load, pages

GOAL = 0.5
CLIENTS = (1, 8)
#: Name → commits of one submission.
WAYS = {"in two steps": 2, "in one step": 1}
WORDS = {
    "problem": "En la parroquia {} nadie sabe cuánto cobra la junta de agua ni en qué lo gasta. " * 4,
    "solution": "Publicar en {} cada tres meses las cuentas de la junta, en la cartelera y en la web. " * 4,
    "expected_result": "Las familias de {} conocen las cuentas y participan en las decisiones sobre el agua.",
}


@dataclasses.dataclass
class Line:
    """One way with so many clients. Rates are durable commits a second, times milliseconds for one submission."""

    way: str
    clients: int
    rate: float
    raw_rate: float
    ratio: float
    p50_ms: float
    p95_ms: float
    load: float


def main() -> None:
    """Measure and print."""
    options = pages.options("bench.submission", __doc__)
    with pages.database(options.db, (10, 5, 300)) as environment:
        _prepare(environment, options.db)
        lines = [_line(environment, way, clients, options) for way in WAYS for clients in CLIENTS]
    _print(lines, as_json=options.json)


def _prepare(environment: dict[str, str], kind: str) -> None:
    """Open reception; make the throw-away PostgreSQL as durable as a real one."""
    import sqlalchemy as sa

    from intake.extensions import db
    from models import Plan, Stage
    from models.enums import StageKind

    with pages.application(environment) as app, app.app_context():
        plan = db.session.scalars(sa.select(Plan).where(Plan.code == "PAGA9")).one()
        of = Stage.plan_id == plan.id
        stage = db.session.scalars(sa.select(Stage).where(of, Stage.kind == StageKind.RECEPTION)).first()
        if stage is None:
            stage = Stage(plan_id=plan.id, kind=StageKind.RECEPTION, number=2)
            db.session.add(stage)
        stage.opens_on, stage.closes_on = _day(-5), _day(5)
        plan.folio_counter = 1_000
        db.session.commit()
        if kind == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                    connection.execute(sa.text(f"ALTER SYSTEM SET {setting} = on"))
                connection.execute(sa.text("SELECT pg_reload_conf()"))
                behind = "SELECT setval(pg_get_serial_sequence('proposal', 'id'), max(id)) FROM proposal"
                connection.execute(sa.text(behind))  # `many` chose its keys itself


def _day(offset: int) -> Any:
    from datetime import timedelta

    from intake.core import clock

    return clock.today() + timedelta(days=offset)


def _line(environment: dict[str, str], way: str, clients: int, options: argparse.Namespace) -> Line:
    rates, raw_rates, times = [], [], []
    before = os.getloadavg()[0]
    for _ in range(options.rounds):
        raw_rates.append(
            WAYS[way] * len(_together(environment, f"raw {way}", clients, options.seconds)) / options.seconds
        )
        ours = _together(environment, way, clients, options.seconds)
        rates.append(WAYS[way] * len(ours) / options.seconds)
        times += ours
    told = load.Result(1, times)
    ratio = statistics.median(a / b for a, b in zip(rates, raw_rates, strict=True))
    medians = (statistics.median(rates), statistics.median(raw_rates))
    return Line(way, clients, *medians, ratio, told.percentile(0.5), told.percentile(0.95), before)


def _together(environment: dict[str, str], way: str, clients: int, seconds: float) -> list[float]:
    """The seconds that each submission of each client took."""
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(clients), context.Queue()
    arguments = [(environment, way, number, seconds, start, results) for number in range(clients)]
    people = [context.Process(target=_client, args=given) for given in arguments]
    for one in people:
        one.start()
    found = [took for _ in people for took in results.get(timeout=300)]
    for one in people:
        one.join()
    return found


def _client(environment: dict[str, str], way: str, number: int, seconds: float, start: Any, results: Any) -> None:
    times: list[float] = []
    mark, n = f"{number}x{secrets.token_hex(3)}", 0
    try:
        with pages.application(environment) as app:
            send = _sender(app, way)
            send(f"{mark}x0")
            start.wait(60)
            end = time.perf_counter() + seconds
            while (begun := time.perf_counter()) < end:
                n += 1
                send(f"{mark}x{n}")
                times.append(time.perf_counter() - begun)
    finally:
        results.put(times)


def _sender(app: Any, way: str) -> Callable[[str], None]:
    if not way.startswith("raw "):
        return _ours(app, way)
    with app.app_context():
        return _Raw(app, way.removeprefix("raw "))


def _ours(app: Any, way: str) -> Callable[[str], None]:
    """Send a proposal through the services, each step in a context of its own as a request is."""
    import sqlalchemy as sa

    from intake.core.identity import GUEST
    from intake.extensions import db
    from intake.reception import queries, services
    from models import Plan

    def plan() -> Plan:
        return db.session.scalars(sa.select(Plan).where(Plan.code == "PAGA9")).one()

    def in_two_steps(mark: str) -> None:
        key = secrets.token_urlsafe(32)
        with app.app_context():
            services.create_draft(plan(), *_told(mark), by=GUEST, key=key)
        with app.app_context():
            proposal = queries.by_draft_key(key)
            by = services.holding(GUEST, proposal)
            services.submit(proposal, by=by, key=key, sparing=True, address=f"2001:db8::{secrets.token_hex(2)}")

    def in_one_step(mark: str) -> None:
        with app.app_context():
            services.submit_directly(plan(), *_told(mark), by=GUEST)

    return in_two_steps if way == "in two steps" else in_one_step


def _told(mark: str) -> tuple[Any, Any]:
    from intake.reception.inputs import ContactInput, ProposalInput

    words = {name: text.replace("{}", mark) for name, text in WORDS.items()}
    data = ProposalInput(title=f"Cuentas claras en la junta de agua de {mark}", **words)
    return data, ContactInput(name="Ana", email=f"ana.{mark}@demo.example", consent=True)


class _Raw:
    """Insert the rows that one submission made, with keys of their own."""

    def __init__(self, app: Any, way: str) -> None:
        from intake.engine import locking
        from intake.extensions import db

        self.rows, self.engine = _sample(app, way), db.engine
        self.tables = {table.name: table for table in db.metadata.sorted_tables}
        self.in_two = way == "in two steps"
        locking.set(True)  # SQLite: take the turn at once, as every writer must

    def __call__(self, mark: str) -> None:
        number = secrets.randbelow(2**30) + 10**6
        own = {"folio": f"R{mark}"[:20], "folio_number": number, "draft_key_hash": None, "idempotency_key": mark}
        with self.engine.begin() as first:
            key = self._insert(first, "proposal", **own)
            consent = self._insert(first, "consent")
            self._insert(first, "proposal_contact", proposal_id=key, consent_id=consent)
            if self.in_two:
                self._insert(first, "audit_entry", subject_id=key)
            else:
                self._sent(first, key, mark)
        if self.in_two:
            with self.engine.begin() as second:
                self._insert(second, "attempt_counter", bucket=f"raw:{mark}")
                self._sent(second, key, mark)

    def _sent(self, connection: Any, key: int, mark: str) -> None:
        self._insert(connection, "proposal_version", proposal_id=key)
        self._insert(connection, "audit_entry", subject_id=key)
        self._insert(connection, "outbox_message", dedupe_key=f"raw:{mark}")

    def _insert(self, connection: Any, name: str, **own: Any) -> int:
        done = connection.execute(self.tables[name].insert(), {**self.rows[name], **own})
        return int(done.inserted_primary_key[0])


def _sample(app: Any, way: str) -> dict[str, dict[str, Any]]:
    """A row of one submission for each table, the last of several, without its own key."""
    import sqlalchemy as sa

    from intake.extensions import db

    tables = {table.name: table for table in db.metadata.sorted_tables}
    mark = f"muestra{secrets.token_hex(4)}"
    _ours(app, way)(mark)
    proposal = tables["proposal"].c
    key = db.session.scalar(sa.select(proposal.id).where(proposal.title.contains(mark)))
    contact, audit = tables["proposal_contact"].c, tables["audit_entry"].c
    consent = sa.select(contact.consent_id).where(contact.proposal_id == key).scalar_subquery()
    wanted = {
        "proposal": proposal.id == key,
        "consent": tables["consent"].c.id == consent,
        "proposal_contact": contact.proposal_id == key,
        "audit_entry": sa.and_(audit.subject_type == "proposal", audit.subject_id == key),
        "proposal_version": tables["proposal_version"].c.proposal_id == key,
        "outbox_message": tables["outbox_message"].c.to_address == f"ana.{mark}@demo.example",
        "attempt_counter": tables["attempt_counter"].c.bucket.like("proposal_receipt:%"),
    }
    found = {}
    for name, where in wanted.items():
        rows = db.session.execute(sa.select(tables[name]).where(where).order_by(*tables[name].primary_key)).mappings()
        for row in rows:
            found[name] = {column: value for column, value in row.items() if column != "id"}
    db.session.remove()
    return found


def _print(lines: list[Line], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([dataclasses.asdict(line) for line in lines], indent=2))
        return
    heads = ("commits/s", "raw", "ratio", "p50 ms", "p95 ms", "load")
    print(f"{'submission':14} {'clients':>7} " + " ".join(f"{head:>9}" for head in heads))
    for x in lines:
        numbers = (x.rate, x.raw_rate, x.ratio, x.p50_ms, x.p95_ms, x.load)
        print(f"{x.way:14} {x.clients:>7} " + " ".join(f"{number:>9.2f}" for number in numbers))
    missed = [f"{x.way} with {x.clients}" for x in lines if x.ratio < GOAL]
    print(f"below {GOAL} of the raw rate: {', '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
