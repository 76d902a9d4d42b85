"""``python -m bench [--seconds 1] [--rounds 7] [--proposals 10000] [--json]``.

Each page is measured in rounds that alternate with a bare Flask page of the same bytes, served the same way in the same
run; the median of the rounds' ratios is what counts, because absolute rates are those of the machine. The list of a
reviewer is measured on a database of its own: 2,000 proposals with 6,000 reviews. Goals: read pages at or above 0.25 of
the bare page; no worker above 250 MiB. Results: docs/performance.md.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import tempfile
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import load, serving, similar

GOAL_RATIO = 0.25
GOAL_MEMORY_MIB = 250
#: name, address, the demonstration account that reads it (None: a guest)
PAGES = (
    ("home", "/", None),
    ("proposal list", "/propuestas/", None),
    ("proposal list, page 50", "/propuestas/?pagina=50", None),
    ("proposal list, searched", "/propuestas/?q=agua", None),
    ("proposal page", "/propuestas/PAGA3-00030", None),
    ("home, signed in", "/", "ciudadania"),
    ("proposal list, signed in", "/propuestas/", "ciudadania"),
)
#: The same for the database of reviews.
REVIEWER_PAGES = (("reviewer's list", "/evaluacion/", "revision.estado"),)
REVIEWED_PROPOSALS, REVIEWERS, REVIEWS = 2_000, 60, 6_000
Page = tuple[str, str, str | None]
#: Who submits, and what.
WRITER = "facilitacion"
TEXT = {
    "title": "Cuentas claras en la junta de agua de cada parroquia",
    "problem": "En muchas parroquias nadie sabe cuánto cobra la junta de agua ni en qué lo gasta. " * 3,
    "solution": "Publicar cada tres meses las cuentas de la junta, en la cartelera y en la web del municipio. " * 3,
    "expected_result": "Las familias conocen las cuentas y participan en las decisiones sobre el agua.",
}


@dataclass
class Line:
    """One line of the report. Rates are requests a second, times milliseconds."""

    page: str
    bytes: int
    statements: int | None
    rate: float
    bare_rate: float
    ratio: float
    p50_ms: float
    p95_ms: float
    failures: int


def main() -> None:
    """Measure and print."""
    options = _options()
    with _served(options.proposals, None, PAGES, options) as (ours, lines):
        lines.append(Line(**similar.measured(ours.port, options.seconds, options.rounds)))
        lines.append(_draft(ours, options))
        lines.append(_submission(ours, options))
        memory = ours.peak_mb()
    with _served(REVIEWED_PROPOSALS, REVIEWS, REVIEWER_PAGES, options) as (ours, more):
        memory = max(memory, ours.peak_mb())
    _print([*lines, *more], memory, as_json=options.json)


@contextlib.contextmanager
def _served(
    proposals: int, reviews: int | None, pages: tuple[Page, ...], options: argparse.Namespace
) -> Iterator[tuple[serving.Served, list[Line]]]:
    """A demonstration of its own, still served, with its pages measured."""
    folder = Path(tempfile.mkdtemp(prefix="intake-bench-"))
    suffix = "_reviews" if reviews else ""
    with serving.demo(folder, proposals, REVIEWERS, reviews, suffix=suffix) as environment:
        statements = count_statements(environment, pages)
        with serving.serve("wsgi:app", environment) as ours:
            yield ours, [_page(ours, statements, page, options) for page in pages]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--proposals", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _page(ours: serving.Served, statements: dict[str, int], page: Page, options: argparse.Namespace) -> Line:
    name, path, account = page
    cookie = sign_in(ours.port, account) if account else ""
    size = len(_read(ours.port, path, cookie))
    with serving.serve("bench.bare:app", {"BARE_BYTES": str(size)}) as bare:
        return _compare(
            name, size, statements.get(name), ours.port, load.getter(path, cookie), bare.port, load.getter("/"), options
        )


def _compare(
    name: str, size: int, statements: int | None, port: int, request: Callable[[http.client.HTTPConnection], int],
    bare_port: int, bare_request: Callable[[http.client.HTTPConnection], int], options: argparse.Namespace,
) -> Line:  # fmt: skip
    rates, bare_rates, last = [], [], load.Result(1)
    load.run(port, request, seconds=0.5)
    load.run(bare_port, bare_request, seconds=0.5)
    failures = 0
    for _ in range(options.rounds):
        bare_rates.append(load.run(bare_port, bare_request, seconds=options.seconds).rate)
        last = load.run(port, request, seconds=options.seconds)
        failures += last.failures
        rates.append(last.rate)
    rate, bare_rate = load.median(rates), load.median(bare_rates)
    ratio = load.median([a / b for a, b in zip(rates, bare_rates, strict=True)])
    return Line(name, size, statements, rate, bare_rate, ratio, last.percentile(0.5), last.percentile(0.95), failures)


def _read(port: int, path: str, cookie: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise SystemExit(f"{path} answered {answer.status}")
    return body


def _open(port: int, path: str) -> tuple[http.client.HTTPConnection, str, str]:
    """A connection, the session cookie and the forgery token of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    return connection, (answer.getheader("Set-Cookie") or "").split(";")[0], _hidden(text, "csrf_token")


def _hidden(page: str, name: str) -> str:
    """The value of a hidden field; its attributes may stand in any order."""
    for field in re.findall(r"<input[^>]*>", page):
        if f'name="{name}"' in field and (value := re.search(r'value="([^"]+)"', field)):
            return value[1]
    raise SystemExit(f"the page has no field {name}")


def sign_in(port: int, account: str) -> str:
    """The cookie of a demonstration account that has read its first page, which begins its forgery token."""
    connection, cookie, token = _open(port, "/cuenta/entrar")
    _post(connection, f"/cuenta/demo/{account.replace('.', '-')}", cookie, {"csrf_token": token})
    cookie = _new_cookie(connection.getresponse(), cookie)
    connection.request("GET", "/", headers={"Cookie": cookie})
    return _new_cookie(connection.getresponse(), cookie)


def _new_cookie(answer: http.client.HTTPResponse, old: str) -> str:
    answer.read()
    return (answer.getheader("Set-Cookie") or old).split(";")[0]


def _post(connection: http.client.HTTPConnection, path: str, cookie: str, fields: dict[str, str]) -> None:
    body = urllib.parse.urlencode(fields)
    connection.request("POST", path, body, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})


def _draft(ours: serving.Served, options: argparse.Namespace) -> Line:
    """Keeping a guest's draft: one durable transaction with its trace, against a bare POST that keeps nothing."""
    _connection, cookie, token = _open(ours.port, "/propuestas/nueva")
    fields = {"csrf_token": token, "title": "Cuentas claras en la junta de agua", "save": "1"}
    send = _poster("/propuestas/nueva", cookie, fields)
    with serving.serve("bench.bare:app", {}) as bare:
        return _compare("draft kept (durable)", 0, None, ours.port, send, bare.port, _poster("/", "", fields), options)


def _submission(ours: serving.Served, options: argparse.Namespace) -> Line:
    """A proposal from the form to its folio, two posts and two durable transactions, against two bare posts.

    By a facilitator: from guests the service takes so many an hour and network, and refuses the rest.
    """
    cookie = sign_in(ours.port, WRITER)
    theme, token = _first_theme_and_token(ours.port, cookie)
    fields = {**TEXT, "theme": theme, "csrf_token": token, "review": "1"}

    def ours_send(connection: http.client.HTTPConnection) -> int:
        _post(connection, "/propuestas/nueva", cookie, fields)
        where = _answer(connection)[1]
        if not where.endswith("/revisar"):
            return 500
        _post(connection, where.removesuffix("revisar") + "enviar", cookie, {"csrf_token": token})
        status, where = _answer(connection)
        return status if "PAGA3-" in where else 500

    def bare_send(connection: http.client.HTTPConnection) -> int:
        _post(connection, "/", "", fields)
        _answer(connection)
        _post(connection, "/", "", {"csrf_token": token})
        return _answer(connection)[0]

    with serving.serve("bench.bare:app", {}) as bare:
        return _compare("submission (durable)", 0, None, ours.port, ours_send, bare.port, bare_send, options)


def _poster(path: str, cookie: str, fields: dict[str, str]) -> Callable[[http.client.HTTPConnection], int]:
    """A post that is answered with a redirect, or has failed."""

    def post(connection: http.client.HTTPConnection) -> int:
        _post(connection, path, cookie, fields)
        status = _answer(connection)[0]
        return status if status in {302, 303} else 500

    return post


def _answer(connection: http.client.HTTPConnection) -> tuple[int, str]:
    """Status and where to go next, the body read."""
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("Location") or ""


def _first_theme_and_token(port: int, cookie: str) -> tuple[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/propuestas/nueva", headers={"Cookie": cookie})
    page = connection.getresponse().read().decode()
    select = page[page.index('name="theme"') :]
    return re.findall(r'<option value="([^"]+)"', select)[0], _hidden(page, "csrf_token")


def count_statements(environment: dict[str, str], pages: tuple[Page, ...]) -> dict[str, int]:
    """How many SQL statements each page takes when nothing is kept in memory."""
    import sqlalchemy as sa

    from config import Config
    from intake import create_app
    from intake.extensions import db
    from models import User

    config = Config.from_env({**environment, "INTAKE_PAGE_CACHE_SECONDS": "0"})
    app = create_app(config)
    seen: list[str] = []
    found = {}
    with app.app_context():
        people = {u.email: u for u in db.session.scalars(sa.select(User).where(User.is_demo))}
        kept = {email: f"{u.id}.{u.session_epoch}" for email, u in people.items()}
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))
    for name, path, account in pages:
        browser = app.test_client()
        if account:
            with browser.session_transaction() as session:
                session["_user_id"] = kept[f"{account}@demo.example"]
        seen.clear()
        browser.get(path)
        found[name] = len(seen)
    return found


def _print(lines: list[Line], memory: float, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"pages": [asdict(line) for line in lines], "peak_worker_mib": memory}, indent=2))
        return
    heads = " ".join(f"{name:>8}" for name in ("req/s", "bare", "ratio", "p50 ms", "p95 ms", "failed"))
    print(f"{'page':28} {'bytes':>7} {'SQL':>4} {heads}")
    for x in lines:
        sql = "" if x.statements is None else x.statements
        print(
            f"{x.page:28} {x.bytes:>7} {sql:>4} {x.rate:>8.0f} {x.bare_rate:>8.0f} {x.ratio:>8.2f} "
            f"{x.p50_ms:>8.1f} {x.p95_ms:>8.1f} {x.failures:>8}"
        )
    print(f"largest worker: {memory:.0f} MiB (goal below {GOAL_MEMORY_MIB})")
    reads = [x for x in lines if not x.page.endswith(("(durable)", "alike proposals"))]
    below = [x.page for x in reads if x.ratio < GOAL_RATIO]
    hint = next(x for x in lines if x.page.endswith("alike proposals"))
    print(f"hint: {hint.p95_ms:.1f} ms at p95 (goal below {similar.GOAL_P95_MS} at 10,000 proposals)")
    print(f"read pages below {GOAL_RATIO} of the bare page: {', '.join(below) or 'none'}")


if __name__ == "__main__":
    main()
