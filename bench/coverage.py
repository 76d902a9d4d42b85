"""``python -m bench.coverage [--db sqlite|postgresql] [--seconds 1] [--rounds 5] [--json]``.

The coverage page over 20,000 actors, 2,000 events and 100,000 proposals, and over a tenth of that. *drawn*: each
request asks for an address of its own, so that no whole page is reused, only what the process keeps of counts;
*kept*: the same address again and again, as guests do; *counted*: nothing kept at all, as right after a change. Goals:
drawn at most 2 times the time of a tenth, at least 0.2 of a bare page of the same bytes, at most 12 statements.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass

from bench import load, pages, serving

SIZES = {"a tenth": (2_000, 200, 10_000), "full": (20_000, 2_000, 100_000)}
PATHS = {
    "actors": "/actores/cobertura",
    "women attending": "/actores/cobertura?medida=asistencias&grupo=gender.woman",
    "proposals": "/actores/cobertura?medida=propuestas",
    "a province": "/actores/cobertura/14",
}
GOAL_RATIO, GOAL_GROWTH, GOAL_STATEMENTS = 0.2, 2.0, 12


@dataclass
class Line:
    """One page at one size. Times are medians in milliseconds; ``ratio`` of the rates of drawn and bare pages."""

    page: str
    size: str
    bytes: int
    statements: int
    counted_ms: float
    drawn_ms: float
    kept_rate: float
    drawn_rate: float
    bare_rate: float
    ratio: float


def main() -> None:
    """Measure both sizes and print."""
    options = pages.options("bench.coverage", __doc__)
    lines = []
    for size, rows in SIZES.items():
        with pages.database(options.db, rows) as environment:
            with pages.application(environment) as app:  # of five: what else runs on the machine only adds
                counted = {name: (sent, min(times)) for name, (sent, times) in pages.counted(app, PATHS).items()}
            with serving.serve("wsgi:app", environment) as ours:
                lines += [_line(ours.port, name, size, counted[name], options) for name in PATHS]
    _print(lines, as_json=options.json)


def _line(port: int, name: str, size: str, counted: tuple[int, float], options: argparse.Namespace) -> Line:
    path = PATHS[name]
    length = pages.length(port, path)
    with serving.serve("bench.bare:app", {"BARE_BYTES": str(length)}) as bare:
        requests = {
            "drawn": (port, pages.another(path)),
            "kept": (port, load.getter(path)),
            "bare": (bare.port, load.getter("/")),
        }
        rates: dict[str, list[float]] = {kind: [] for kind in requests}
        middle: list[float] = []
        for its_port, request in requests.values():
            load.run(its_port, request, seconds=0.5)
        for _ in range(options.rounds):
            for kind, (its_port, request) in requests.items():
                result = load.run(its_port, request, seconds=options.seconds)
                if result.failures:
                    raise SystemExit(f"{path}: {result.failures} failures")
                rates[kind].append(result.rate)
                if kind == "drawn":
                    middle.append(result.percentile(0.5))
    drawn, kept, bare_rate = (load.median(rates[kind]) for kind in ("drawn", "kept", "bare"))
    return Line(name, size, length, *counted, load.median(middle), kept, drawn, bare_rate, drawn / bare_rate)


def _growth(lines: list[Line], column: str) -> dict[str, float]:
    """Page → how many times its time at a tenth it takes at full size."""
    times = {(x.page, x.size): getattr(x, column) for x in lines}
    return {name: times[name, "full"] / times[name, "a tenth"] for name in PATHS}


def _print(lines: list[Line], *, as_json: bool) -> None:
    growth, counted = _growth(lines, "drawn_ms"), _growth(lines, "counted_ms")
    if as_json:
        print(json.dumps({"coverage": [asdict(x) for x in lines], "growth": growth, "counted": counted}, indent=2))
        return
    heads = " ".join(f"{name:>10}" for name in ("counted ms", "drawn ms", "kept r/s", "drawn r/s", "bare r/s", "ratio"))
    print(f"{'coverage of':16} {'size':8} {'bytes':>7} {'SQL':>4} {heads}")
    for x in lines:
        print(
            f"{x.page:16} {x.size:8} {x.bytes:>7} {x.statements:>4} {x.counted_ms:>10.0f} {x.drawn_ms:>10.1f} "
            f"{x.kept_rate:>10.0f} {x.drawn_rate:>10.0f} {x.bare_rate:>10.0f} {x.ratio:>10.2f}"
        )
    print("time at full size, of a tenth: " + ", ".join(f"{name} {times:.2f}" for name, times in growth.items()))
    print("counted anew: " + ", ".join(f"{name} {times:.2f}" for name, times in counted.items()))
    missed = [f"{x.page} ({x.size})" for x in lines if x.ratio < GOAL_RATIO or x.statements > GOAL_STATEMENTS]
    missed += [name for name, times in growth.items() if times > GOAL_GROWTH]
    print(f"goals missed: {', '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
