"""The way out for messages: a mail server, with TLS wherever it can be had, or a folder of files."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 30

Send = Callable[[EmailMessage], None]


@dataclass(frozen=True)
class Settings:
    """Where messages go: a mail server, or (``url`` empty) ``folder``, one ``.eml`` file each."""

    url: str
    sender: str
    folder: Path
    keep_secrets: bool  # a demonstration goes on showing its messages, links included


@contextmanager
def transport(settings: Settings) -> Iterator[Send]:
    """A way to send, open while the block lasts."""
    if not settings.url:
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield lambda message: _keep(settings.folder, message)
        return
    with _connect(settings.url) as server:
        yield lambda message: _hand_over(server, message)


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    server.send_message(message)


def _keep(folder: Path, message: EmailMessage) -> None:
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    path = folder / f"{name}.eml"
    path.touch(mode=0o600)
    path.write_bytes(message.as_bytes())


def _connect(url: str) -> smtplib.SMTP:
    """Log in to the server; TLS is used wherever it is offered, and demanded before a password is sent."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    elif parts.scheme in {"smtp", "smtp+starttls"}:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
        _secure(server, demanded=_tls_demanded(url))
    else:
        raise ValueError("INTAKE_MAIL_URL must begin with smtp://, smtp+starttls:// or smtps://")
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _tls_demanded(url: str) -> bool:
    parts = urlsplit(url)
    asked = parts.scheme == "smtp+starttls" or parse_qs(parts.query).get("starttls") == ["1"]
    return asked or bool(parts.username)


def _secure(server: smtplib.SMTP, *, demanded: bool) -> None:
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    elif demanded:
        server.close()
        raise smtplib.SMTPNotSupportedError("the mail server offers no TLS; use smtps:// or another server")
