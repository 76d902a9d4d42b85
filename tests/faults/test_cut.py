"""A connection that ends in the middle of an upload: nothing half-written, and the server lives on."""

from __future__ import annotations

import socket

from tests.faults.conftest import FOLIO, Browser, written
from tests.faults.test_full import everything

BOUNDARY, TIMES = "boundary-of-the-test", 4  # each way, together more than the server has threads


def body_of(fields: dict[str, str], file: bytes) -> bytes:
    """A form with a document, as a browser sends it."""
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="acta.pdf"\r\n'
    return (
        "".join(parts).encode()
        + head.encode()
        + b"Content-Type: application/pdf\r\n\r\n"
        + file
        + (f"\r\n--{BOUNDARY}--\r\n".encode())
    )


def request_of(browser: Browser, body: bytes) -> bytes:
    lines = [
        "POST /propuestas/nueva HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {browser.cookie}", "X-Forwarded-For: 192.0.2.1",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}", f"Content-Length: {len(body)}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + body


def test_half_an_upload_leaves_nothing_and_stops_nobody(serve, own_app):
    server = serve()
    browser = Browser(server.port)
    fields = {**written(1), "csrf_token": browser.enter(), "key": "c" * 43, "review": "1"}
    body = body_of(fields, b"%PDF-1.4\n" + b"0123456789" * 60_000)
    before = everything(own_app)
    head = len(request_of(browser, body)) - len(body)
    for part, reset in [(0.001, False), (0.5, False), (0.5, True), (0.999, True)] * TIMES:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as half:
            half.sendall(request_of(browser, body)[: head + int(len(body) * part)])
            if reset:
                half.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    assert browser.ask("/salud").status == 200
    assert browser.ask("/propuestas/").status == 200
    assert everything(own_app) == before
    assert [path for path in (server.folder / "files").rglob("*") if path.is_file()] == []
    browser.close()


def test_an_answer_that_was_lost_is_given_again(serve, own_app):
    """The form arrived whole, its answer did not: pressing again finds the same draft and then the same folio."""
    server = serve()
    browser = Browser(server.port)
    token = browser.enter()
    fields = {**written(2), "csrf_token": token, "key": "d" * 43, "review": "1"}
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as deaf:
        deaf.sendall(request_of(browser, body_of(fields, b"")))
    kept = browser.ask("/propuestas/nueva", fields)
    folios = {
        FOLIO.search(browser.ask(kept.location.replace("/revisar", "/enviar"), {"csrf_token": token}).location)[1]
        for _ in range(2)
    }
    assert folios == {"PAGA3-00001"}
    assert everything(own_app)["proposal"] == 1
    browser.close()
