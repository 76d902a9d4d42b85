"""``python -m bench.listing [--db sqlite|postgresql] [--seconds 1] [--rounds 5] [--json]``.

The list of proposals with its filters at 100,000 proposals beside 1,000. *drawn*: every request asks for an address
that no kept page answers, so that rows and page are made anew, while the process keeps what it counted for the filters;
*counted*: nothing is kept at all, as right after a change. Goal: drawn at 100,000 in at most 2 times the time at 1,000,
and at 0.2 of the rate of a bare page of the same bytes.
"""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import asdict, dataclass

from bench import load, pages, serving

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
    options = pages.options("bench.listing", __doc__)
    lines = []
    for size, rows in SIZES.items():
        with pages.database(options.db, rows) as environment:
            paths, counted = _counted(environment)
            with serving.serve("wsgi:app", {**environment, "INTAKE_PAGE_CACHE_SECONDS": "3600"}) as ours:
                lines += [_line(ours.port, name, size, path, counted[name], options) for name, path in paths.items()]
    _print(lines, as_json=options.json)


def _counted(environment: dict[str, str]) -> tuple[dict[str, str], dict[str, tuple[int, float]]]:
    """List → its address; and its statements and milliseconds when nothing is kept, in this process."""
    import sqlalchemy as sa

    from intake.extensions import db
    from models import Theme

    with pages.application(environment) as app:
        with app.app_context():
            theme = db.session.scalar(sa.select(Theme.code).order_by(Theme.position).limit(1))
        paths = {name: pattern.format(theme=theme) for name, pattern in LISTS.items()}
        found = pages.counted(app, paths)
    return paths, {name: (sent, statistics.median(times[1:])) for name, (sent, times) in found.items()}


def _line(port: int, name: str, size: str, path: str, counted: tuple[int, float], options: argparse.Namespace) -> Line:
    length = pages.length(port, path)
    with serving.serve("bench.bare:app", {"BARE_BYTES": str(length)}) as bare:
        rates, bare_rates, times = [], [], []
        load.run(port, pages.another(path), seconds=1.0)
        for _ in range(options.rounds):
            bare_rates.append(load.run(bare.port, load.getter("/"), seconds=options.seconds).rate)
            ours = load.run(port, pages.another(path), seconds=options.seconds)
            rates.append(ours.rate)
            times.append(ours.percentile(0.5))
    ratio = load.median([a / b for a, b in zip(rates, bare_rates, strict=True)])
    medians = (load.median(times), load.median(rates), load.median(bare_rates))
    return Line(name, size, length, *counted, *medians, ratio)


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
