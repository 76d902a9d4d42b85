"""``python -m bench.listing [--db sqlite|postgresql] [--seconds 1] [--rounds 5] [--json]``.

The list of proposals with its filters at 100,000 proposals beside 1,000. *drawn*: every request asks for an address
that no kept page answers, so that rows and page are made anew, while the process keeps what it counted for the filters;
*counted*: nothing is kept at all, as right after a change. Goal: drawn at 100,000 in at most 2 times the time at 1,000,
and at 0.2 of the rate of a bare page of the same bytes.
"""

from __future__ import annotations

import argparse
import http
import itertools
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from typing import Any

from bench import coverage, load, serving

SIZES = {"1,000": (100, 50, 1_000), "100,000": (100, 50, 100_000)}
LISTS = {
    "all, at random": "/propuestas/?",
    "newest first": "/propuestas/?orden=recientes",
    "plan and state": "/propuestas/?orden=recientes&plan=PAGA9&estado=recibida",
    "theme and province": "/propuestas/?orden=recientes&tema={theme}&provincia=14",
    "most supported": "/propuestas/?orden=apoyadas",
    "news (Atom)": "/propuestas/novedades.atom?plan=PAGA9",
}
GOAL_RATIO, GOAL_GROWTH = 0.2, 2.0


@dataclass
class Line:
    """One list at one size. Times are medians in milliseconds; ``ratio`` of the rates of drawn and bare pages."""

    page: str
    size: str
    bytes: int
    statements: int
    counted_ms: float
    drawn_ms: float
    drawn_rate: float
    bare_rate: float
    ratio: float


def main() -> None:
    """Measure both sizes and print."""
    parser = argparse.ArgumentParser(prog="bench.listing", description=__doc__)
    parser.add_argument("--db", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    lines = []
    for size, rows in SIZES.items():
        with coverage._database(options.db, rows) as environment:  # noqa: SLF001 -- the same rows
            counted = _counted(environment)
            with serving.serve("wsgi:app", {**environment, "INTAKE_PAGE_CACHE_SECONDS": "3600"}) as ours:
                lines += [_line(ours.port, name, size, counted[name], options) for name in LISTS]
    _print(lines, as_json=options.json)


def _counted(environment: dict[str, str]) -> dict[str, tuple[str, int, float]]:
    """List → its address, its statements and milliseconds when nothing is kept, in this process."""
    import sqlalchemy as sa

    from intake.extensions import db
    from models import Theme

    app: Any = coverage._app(environment)  # noqa: SLF001
    seen: list[str] = []
    found = {}
    with app.app_context():
        theme = db.session.scalar(sa.select(Theme.code).order_by(Theme.position).limit(1))
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))
    for name, pattern in LISTS.items():
        path, browser, times = pattern.format(theme=theme), app.test_client(), []
        for _ in range(5):
            seen.clear()
            begun = time.perf_counter()
            if browser.get(path).status_code != http.HTTPStatus.OK:
                raise SystemExit(f"{path} does not answer")
            times.append((time.perf_counter() - begun) * 1000)
        found[name] = (path, len(seen), statistics.median(times[1:]))
    with app.app_context():
        db.engine.dispose()
    return found


def _line(port: int, name: str, size: str, counted: tuple[str, int, float], options: argparse.Namespace) -> Line:
    path, statements, counted_ms = counted
    length = _length(port, path)
    with serving.serve("bench.bare:app", {"BARE_BYTES": str(length)}) as bare:
        rates, bare_rates, times = [], [], []
        load.run(port, _drawing(path), seconds=1.0)
        for _ in range(options.rounds):
            bare_rates.append(load.run(bare.port, load.getter("/"), seconds=options.seconds).rate)
            ours = load.run(port, _drawing(path), seconds=options.seconds)
            rates.append(ours.rate)
            times.append(ours.percentile(0.5))
    ratio = load.median([a / b for a, b in zip(rates, bare_rates, strict=True)])
    medians = (load.median(times), load.median(rates), load.median(bare_rates))
    return Line(name, size, length, statements, counted_ms, *medians, ratio)


def _length(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return len(connection.getresponse().read())


_numbers = itertools.count()


def _drawing(path: str) -> Callable[[HTTPConnection], int]:
    """Ask for the same list under an address that nobody asked for before."""

    def get(connection: HTTPConnection) -> int:
        mark = "&" if "?" in path else "?"
        return load.getter(f"{path}{mark}n={next(_numbers)}")(connection)

    return get


def _print(lines: list[Line], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(line) for line in lines], indent=2))
        return
    heads = ("bytes", "SQL", "counted", "drawn ms", "req/s", "bare", "ratio")
    print(f"{'list':20} {'size':>8} " + " ".join(f"{head:>8}" for head in heads))
    for x in lines:
        print(
            f"{x.page:20} {x.size:>8} {x.bytes:>8} {x.statements:>8} {x.counted_ms:>8.1f} {x.drawn_ms:>8.1f} "
            f"{x.drawn_rate:>8.0f} {x.bare_rate:>8.0f} {x.ratio:>8.2f}"
        )
    small, large = ({x.page: x for x in lines if x.size == size} for size in SIZES)
    for name in LISTS:
        growth = large[name].drawn_ms / small[name].drawn_ms
        print(f"{name}: {growth:.1f} times the time at 1,000 (goal {GOAL_GROWTH}), counted anew "
              f"{large[name].counted_ms / small[name].counted_ms:.1f} times")  # fmt: skip
    print(f"below {GOAL_RATIO} of the bare page: {', '.join(x.page for x in lines if x.ratio < GOAL_RATIO) or 'none'}")


if __name__ == "__main__":
    main()
