"""No room to write: a clear page with a reference, nothing half-written, the text kept; and it recovers by itself."""

from __future__ import annotations

import contextlib
import errno
import html
import re
import resource
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
import sqlalchemy as sa

from intake.core import files, space
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from models import Base, Proposal, StoredFile
from models.enums import ProposalStatus
from tests.faults.conftest import FOLIO, Browser, written
from tests.served import Server

KEY = "k" * 43


def everything(app) -> dict[str, int]:
    """How many rows each table has."""
    with app.app_context():
        tables = {
            t.name: db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in Base.metadata.sorted_tables
        }
        db.session.remove()
    return tables


@contextlib.contextmanager
def no_room(server: Server, app) -> Iterator[None]:
    """SQLite: no process of the server may make any file longer. PostgreSQL answers as if it were full."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        with _limited(server):
            yield
        return
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text(_FULL))
        for table in ("proposal", "attempt_counter"):
            connection.execute(sa.text(
                f"CREATE TRIGGER full_{table} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION full()"
            ))  # fmt: skip
    yield
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("DROP FUNCTION full() CASCADE"))


_FULL = """CREATE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"""


@contextlib.contextmanager
def _limited(server: Server) -> Iterator[None]:
    processes = [server.pid, *server.workers_running()]
    before = [resource.prlimit(process, resource.RLIMIT_FSIZE, (1, -1)) for process in processes]
    yield
    for process, limits in zip(processes, before, strict=True):
        resource.prlimit(process, resource.RLIMIT_FSIZE, limits)


def fields_of(page: str) -> dict[str, str]:
    """What the page's form would send."""
    main = page[page.index("<main") :]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', main)
    return {name: html.unescape(value) for name, value in found}


def test_a_full_disk_keeps_the_text_and_nothing_else(serve, own_app):
    server = serve()
    browser = Browser(server.port)
    token, before = browser.enter(), everything(own_app)
    with no_room(server, own_app):
        fields = {**written(1), "csrf_token": token, "key": KEY, "review": "1"}
        refused = browser.ask("/propuestas/nueva", fields)
        assert_clear(refused)
        assert {k: v for k, v in fields_of(refused.text).items() if k != "csrf_token"} == {
            k: v for k, v in fields.items() if k != "csrf_token"
        }
        copied = refused.text[refused.text.index("<textarea") : refused.text.index("</textarea")]
        assert written(1)["problem"] in html.unescape(copied) and KEY not in copied
        assert browser.ask("/propuestas/").status == 200  # reading goes on
        assert browser.ask("/salud").status == 200
    assert everything(own_app) == before
    kept = browser.ask("/propuestas/nueva", fields_of(refused.text))  # the button of the page
    assert kept.status == 303
    drafted, sending = everything(own_app), kept.location.replace("/revisar", "/enviar")
    with no_room(server, own_app):
        refused = browser.ask(sending, {"csrf_token": token})
        assert_clear(refused)
    assert everything(own_app) == drafted
    with own_app.app_context():
        assert db.session.scalars(sa.select(Proposal.status)).all() == [ProposalStatus.DRAFT]
    done = browser.ask(sending, fields_of(refused.text))
    assert FOLIO.search(done.location)[1] == "PAGA3-00001"
    browser.close()


def assert_clear(answer) -> None:
    """A page of ours that says what happened, and the number to tell."""
    assert answer.status == 507
    assert "Ahora no podemos guardar" in answer.text and "No se guardó nada, tampoco a medias" in answer.text
    assert re.search(r"dé esta referencia: [0-9A-F]{12}", answer.text)


def test_a_full_database_file_says_the_same(own_app, own_url):
    """SQLITE_FULL itself, by a database that may not get another page."""
    if not own_url.startswith("sqlite"):
        pytest.skip("SQLite's own limit")
    browser = own_app.test_client()
    from tests.conftest import token_in

    fields = {**written(1), "csrf_token": token_in(browser.get("/propuestas/nueva").text), "key": KEY, "review": "1"}
    fields["problem"] += " Y nadie responde." * 300  # needs pages of its own

    def limit(connection, *_rest) -> None:
        connection.execute(f"PRAGMA max_page_count={connection.execute('PRAGMA page_count').fetchone()[0]}")

    with own_app.app_context():
        engine = db.engine
    sa.event.listen(engine, "connect", limit)
    engine.dispose()
    before = everything(own_app)
    assert browser.post("/propuestas/nueva", data=fields).status_code == 422  # too many words: nothing is written
    fields["problem"] = written(1)["problem"]
    answers = [browser.post("/propuestas/nueva", data={**fields, "key": f"{n:043d}"}) for n in range(60)]
    full = [answer for answer in answers if answer.status_code == 507]
    assert full and {answer.status_code for answer in answers} == {303, 507}
    drafts = everything(own_app)["proposal"] - before["proposal"]
    assert drafts == len(answers) - len(full)
    sa.event.remove(engine, "connect", limit)
    engine.dispose()
    assert browser.post("/propuestas/nueva", data=fields).status_code == 303


def test_a_machine_is_told_in_its_words(app, client, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("intake.reception.queries.by_folio", full)
    answer = client.get("/propuestas/PAGA3-00001.json")
    assert (answer.status_code, answer.mimetype) == (507, "application/problem+json")
    assert answer.headers["Retry-After"] == "120"
    assert answer.json["code"] == "no_room"


def test_a_file_that_does_not_fit_leaves_neither_bytes_nor_row(app, tmp_path):
    store = files.object_store()
    files.configure("", str(tmp_path))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
        with pytest.raises(obstore.exceptions.BaseError) as caught, transaction():
            files.store(files.cleaned(files.Upload("acta.txt", b"Acta de la mesa. " * 200_000)), by=SYSTEM)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        files._store = store
    assert space.is_lacking(caught.value)
    assert [path for path in Path(tmp_path).rglob("*") if path.is_file()] == []
    assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 0


@pytest.mark.parametrize(
    ("error", "lacking"),
    [
        (OSError(errno.ENOSPC, "no space"), True),
        (OSError(errno.EDQUOT, "quota"), True),
        (OSError(errno.EACCES, "no right"), False),
        (ValueError("database or disk is full"), False),
        (sa.exc.OperationalError("INSERT", {}, OSError(errno.EFBIG, "too large")), True),
        (sa.exc.OperationalError("INSERT", {}, ValueError("locked")), False),
    ],
)
def test_what_counts_as_full(error, lacking):
    assert space.is_lacking(error) is lacking
