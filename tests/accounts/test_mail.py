"""Writing messages, delivering them, and looking at them."""

from __future__ import annotations

import dataclasses
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from aiosmtpd.controller import Controller

from intake.accounts import links
from intake.core import clock, delivery, limits, mail, outbox, transport
from intake.core.transaction import transaction
from intake.extensions import db
from models import AttemptCounter, OneTimeToken, OutboxMessage
from models.enums import Role, TokenPurpose
from tests import factories
from tests.accounts.test_signin import MOMENT

KINDS = {
    "account_confirm": {"name": "Ana", "link": "http://localhost/cuenta/confirmar/abc", "minutes": 60},
    "account_exists": {"name": "Ana", "sign_in_url": "http://localhost/cuenta/entrar"},
    "sign_in_link": {"name": "Ana", "link": "http://localhost/x", "code": "7K2M-9QXA", "minutes": 60},
    "sign_in_unknown": {"register_url": "http://localhost/cuenta/registro"},
    "post_invitation": {
        "post": "Analista",
        "role": "analyst",
        "by": "Eva",
        "link": "http://localhost/x",
        "expires_at": "2026-11-27T15:00:00+00:00",
    },
    "email_change": {"name": "Ana", "link": "http://localhost/x", "minutes": 60},
    "email_change_notice": {"name": "Ana", "at": "2026-11-20T15:00:00+00:00"},
    "password_changed": {"name": "Ana", "at": "2026-11-20T15:00:00+00:00"},
    "second_factor_on": {"name": "Ana", "at": "2026-11-20T15:00:00+00:00"},
    "second_factor_off": {"name": "Ana", "at": "2026-11-20T15:00:00+00:00"},
    "recovery_code_used": {"name": "Ana", "at": "2026-11-20T15:00:00+00:00", "left": 1},
    "erasure_asked": {"name": "Ana", "at": "2026-11-20T15:00:00+00:00"},
}


@pytest.mark.parametrize("locale", ["es", "en", "qu", "xx"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_in_every_language(app, kind, locale):
    written = mail.render(kind, locale, KINDS[kind])
    assert written.subject
    assert "\n" not in written.subject
    assert "{{" not in written.text
    if "link" in KINDS[kind]:
        link = KINDS[kind]["link"]
        assert link in written.text
        assert f'<a href="{link}">{link}</a>' in written.html


def test_dates_are_in_words_and_in_ecuador_s_time(app):
    text = mail.render("password_changed", "es", {"name": "Ana", "at": "2026-11-21T02:30:00+00:00"}).text
    assert "20 de noviembre de 2026, 21:30" in text


def test_markup_stays_text_in_the_html_part(app):
    written = mail.render("account_exists", "es", {"name": "<b>Ana</b>", "sign_in_url": "http://localhost/a?b=1&c=2"})
    assert "<b>Ana</b>" in written.text
    assert "&lt;b&gt;Ana&lt;/b&gt;" in written.html
    assert '<a href="http://localhost/a?b=1&amp;c=2">' in written.html


@pytest.mark.parametrize(
    "address", ["https://malo.example/entrar", "http://localhost.malo.example/", "http://localhost@malo.example/x"]
)
def test_addresses_that_people_write_stay_text(app, address):
    values = {"name": f"Ana, mire {address} ya", "sign_in_url": "http://localhost/cuenta/entrar"}
    written = mail.render("account_exists", "es", values)
    assert address in written.text
    assert address in written.html
    links = re.findall(r'href="([^"]+)"', written.html)
    assert [link for link in links if "malo" in link] == []
    assert "http://localhost/cuenta/entrar" in links


def test_subject_takes_no_second_line(app):
    context = {**KINDS["post_invitation"], "post": "Analista\nBcc: x@demo.example"}
    assert mail.render("post_invitation", "es", context).subject == "Invitación a un puesto: Analista"


def test_masking_hides_what_opens_something():
    context = {"link": "http://localhost/x", "code": "7K2M-9QXA", "url": "http://h/cuenta/enlace/" + "a" * 43, "n": 3}
    assert mail.masked(context) == {
        "link": mail.MASK,
        "code": mail.MASK,
        "url": f"http://h/cuenta/enlace/{mail.MASK}",
        "n": 3,
    }


@pytest.fixture
def kept(app, tmp_path, monkeypatch):
    """Delivery into a folder."""
    settings = delivery.Settings(
        url="", sender="no-responder@demo.example", folder=tmp_path / "mail", keep_secrets=False
    )
    monkeypatch.setattr(delivery, "_settings", settings)
    return settings.folder


def queue(n=1, **values):
    with transaction():
        return [
            outbox.enqueue("account_confirm", to=f"p{i}@demo.example", **{**KINDS["account_confirm"], **values})
            for i in range(n)
        ]


def test_without_a_server_messages_are_kept_as_files(kept):
    (message,) = queue()
    assert delivery.deliver_due(10) == 1
    assert delivery.deliver_due(10) == 0
    (file,) = kept.iterdir()
    text = file.read_bytes().decode()
    assert "To: p0@demo.example" in text
    assert "/cuenta/confirmar/abc" in text
    assert file.stat().st_mode & 0o077 == 0
    db.session.expire_all()
    assert message.sent_at is not None
    assert message.context["link"] == mail.MASK  # what opens something is not kept once it is out


def test_demonstration_goes_on_showing_links(kept, monkeypatch):
    monkeypatch.setattr(delivery, "_settings", dataclasses.replace(delivery._settings, keep_secrets=True))
    (message,) = queue()
    delivery.deliver_due(1)
    db.session.expire_all()
    assert message.context["link"] == KINDS["account_confirm"]["link"]


def test_only_what_is_due_goes_out_oldest_first_and_no_more_than_asked(kept):
    queue(3)
    with transaction():
        outbox.enqueue(
            "account_exists",
            to="l@demo.example",
            not_before=clock.now() + timedelta(hours=1),
            **KINDS["account_exists"],
        )
    assert delivery.deliver_due(2) == 2
    assert delivery.deliver_due(10) == 1
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert delivery.deliver_due(10) == 1


class Mailbox:
    """A server that refuses the first ``failures`` messages."""

    def __init__(self, failures=0):
        self.failures = failures
        self.got = []

    async def handle_DATA(self, server, session, envelope):
        if self.failures:
            self.failures -= 1
            return "451 try again later"
        self.got.append(envelope)
        return "250 OK"


@pytest.fixture
def server(app, monkeypatch):
    """A mail server on this machine: ``server.failures`` is how many messages it refuses."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=0)
    controller.port = _free_port()
    controller.start()
    url = f"smtp://127.0.0.1:{controller.port}"
    settings = delivery.Settings(url=url, sender="no-responder@demo.example", folder=Path("unused"), keep_secrets=False)
    monkeypatch.setattr(delivery, "_settings", settings)
    yield box
    controller.stop()


def _free_port():
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_server_gets_text_and_html(server):
    queue()
    assert delivery.deliver_due(5) == 1
    (envelope,) = server.got
    assert envelope.rcpt_tos == ["p0@demo.example"]
    import email
    from email import policy

    message = email.message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == "Confirme su correo"
    assert message["From"] == "no-responder@demo.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]


def test_refused_message_is_tried_again_later_under_the_same_identity(server):
    server.failures = 2
    (message,) = queue()
    with time_machine.travel(clock.now(), tick=False) as travel:
        assert delivery.deliver_due(5) == 0
        db.session.expire_all()
        assert (message.attempts, message.sent_at, message.leased_until) == (1, None, None)
        assert "451" in message.last_error
        assert "p0@demo.example" not in message.last_error
        assert message.not_before == clock.now() + timedelta(minutes=1)
        assert delivery.deliver_due(5) == 0
        travel.shift(timedelta(minutes=1))
        assert delivery.deliver_due(5) == 0
        travel.shift(timedelta(minutes=1))
        assert delivery.deliver_due(5) == 0  # the second wait is twice as long
        travel.shift(timedelta(minutes=1))
        assert delivery.deliver_due(5) == 1
    db.session.expire_all()
    assert (message.attempts, message.last_error) == (3, "")
    assert len(server.got) == 1


def test_a_connection_that_cannot_be_closed_does_not_end_the_run(kept, monkeypatch):
    class Broken:
        def __enter__(self):
            return lambda _message: None

        def __exit__(self, *_error):
            raise ConnectionResetError("QUIT came too late")

    monkeypatch.setattr(delivery, "transport", lambda _settings: Broken())
    queue(2)
    assert delivery.deliver_due(5) == 2
    monkeypatch.setattr(delivery, "compose", lambda _claimed: 1 / 0)
    first, second = queue(2)
    assert delivery.deliver_due(5) == 0
    db.session.expire_all()
    assert [m.last_error for m in (first, second)] == ["ZeroDivisionError: division by zero"] * 2


def test_one_bad_message_does_not_hold_up_the_others(server):
    with transaction():
        outbox.enqueue("no_such_kind", to="x@demo.example")
    queue(2)
    assert delivery.deliver_due(10) == 2
    assert delivery.waiting_after_failure() == 1
    bad = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "no_such_kind")).one()
    assert "TemplateNotFound" in bad.last_error


def test_a_message_is_given_up_after_many_attempts(kept):
    with transaction():
        message = outbox.enqueue("no_such_kind", to="x@demo.example")
    with time_machine.travel(clock.now(), tick=False) as travel:
        for _ in range(delivery.MAX_ATTEMPTS + 3):
            delivery.deliver_due(1)
            travel.shift(delivery.LONGEST_WAIT + timedelta(minutes=1))
    db.session.expire_all()
    assert message.attempts == delivery.MAX_ATTEMPTS


def test_who_dies_between_claim_and_mark_leaves_the_message_to_others(kept):
    queue()
    with time_machine.travel(clock.now(), tick=False) as travel:
        lost = delivery.claim()
        assert lost is not None
        assert delivery.deliver_due(5) == 0
        travel.shift(delivery.LEASE + timedelta(seconds=1))
        assert delivery.deliver_due(5) == 1
        assert delivery.mark_sent(lost) == 0  # came back too late: it is not its message any more
        assert delivery.compose(lost)["Message-ID"].strip("<>").partition("@")[0] + ".eml" in {
            f.name for f in kept.iterdir()
        }


def test_a_password_is_never_sent_without_tls(server):
    url = delivery._settings.url.replace("smtp://", "smtp://user:secret@")
    delivery._settings = dataclasses.replace(delivery._settings, url=url)
    (message,) = queue()
    assert delivery.deliver_due(1) == 0
    db.session.expire_all()
    assert "no TLS" in message.last_error
    assert "secret" not in message.last_error
    assert server.got == []


def test_unknown_scheme_is_an_error_and_loses_nothing(kept, monkeypatch):
    monkeypatch.setattr(delivery, "_settings", dataclasses.replace(delivery._settings, url="ftp://x"))
    (message,) = queue()
    assert delivery.deliver_due(1) == 0
    db.session.expire_all()
    assert message.sent_at is None


def test_workers_at_once_send_each_message_once(session_app, tmp_path, monkeypatch):
    """On real connections, committed: two threads with a database session each."""
    settings = delivery.Settings(url="", sender="n@demo.example", folder=tmp_path, keep_secrets=False)
    monkeypatch.setattr(delivery, "_settings", settings)
    sent, written, lock = [], [], threading.Lock()

    def note(_folder, message):
        with lock:
            written.append(message["To"])

    monkeypatch.setattr(transport, "_keep", note)

    def work():
        with session_app.app_context():
            try:
                sent.append(delivery.deliver_due(40))
            finally:
                db.session.remove()

    with session_app.app_context():
        queue(24)
    try:
        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        with session_app.app_context(), transaction():
            db.session.execute(sa.delete(OutboxMessage))
    assert sum(sent) == 24
    assert sorted(written) == sorted(f"p{i}@demo.example" for i in range(24))


def test_outbox_page_shows_states_and_no_secret(sign_in, kept):
    office = sign_in(factories.user(Role.DIRECTORATE))
    queue(link="http://localhost/cuenta/confirmar/" + "s" * 43)
    with transaction():
        outbox.enqueue("no_such_kind", to="roto@demo.example")
    text = office.get("/direccion/correo/").text
    assert "Confirme su correo" in text
    assert "s" * 43 not in text
    assert "roto@demo.example" in text
    assert "p0@demo.example" in office.get("/direccion/correo/?estado=due").text
    delivery.deliver_due(5)
    assert "p0@demo.example" in office.get("/direccion/correo/?estado=sent").text
    assert "p0@demo.example" not in office.get("/direccion/correo/?estado=retry").text
    assert "TemplateNotFound" in office.get("/direccion/correo/?estado=retry").text
    assert office.get("/direccion/correo/?estado=x&pagina=-1").status_code == 200


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_outbox_page_takes_four_statements(sign_in, count_queries, rows):
    office = sign_in(factories.user(Role.DIRECTORATE))
    queue(rows)
    with count_queries() as seen:
        office.get("/direccion/correo/")
    assert len(seen) == 4, seen  # the person, the count, the messages, the plan bar


def test_outbox_command(app, kept):
    queue(2)
    runner = app.test_cli_runner()
    done = runner.invoke(args=["outbox", "send"])
    assert (done.exit_code, done.output) == (0, "2 sent.\n")
    with transaction():
        outbox.enqueue("no_such_kind", to="x@demo.example")
    failed = runner.invoke(args=["outbox", "send", "--json"])
    assert failed.exit_code == 1
    assert failed.stdout == '{"sent": 0, "failed": 1}\n'
    assert failed.stderr.count("\n") == 1


def test_outbox_command_forgets_links_and_attempts_that_ended(app, kept):
    with transaction():
        links.issue(TokenPurpose.SIGN_IN, "ana@demo.example")
    limits.hit(limits.Limit("prueba", 5, 10), "ana")
    db.session.scalars(sa.select(OneTimeToken)).one().expires_at -= timedelta(days=2)
    counter = db.session.scalars(sa.select(AttemptCounter)).one()
    counter.window_start -= timedelta(days=2)
    db.session.flush()
    app.test_cli_runner().invoke(args=["outbox", "send"])
    left = [db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (OneTimeToken, AttemptCounter)]
    assert left == [0, 0]


def test_moment_is_not_a_daylight_matter(app):
    assert mail.fecha(MOMENT) == "20 de noviembre de 2026"
    assert mail.fecha("2026-11-20") == "20 de noviembre de 2026"
    assert mail.fecha(None) == "—"


@pytest.mark.parametrize(("folios", "subject"), [(["X-1"], "su evaluación de X-1"), (["X-1", "X-2"], "2 de sus")])
def test_plural_takes_values_of_its_own(app, folios, subject):
    written = mail.render("assignment_cancelled", "es", {"folios": folios, "reason": "Cambió la ronda."})
    assert subject in written.subject
