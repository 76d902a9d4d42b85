"""A real server on a small database of its own, and people who go on trying."""

from __future__ import annotations

import http.client
import re
import signal
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from config import Config
from intake import create_app
from intake.extensions import db
from tests import factories
from tests.conftest import token_in
from tests.databases import hasten
from tests.served import Server

#: As the applications of the other tests have it: a process holds one secret.
KEY = Config.for_tests().secret_key


@pytest.fixture
def own_app(own_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a small database (one plan that receives, one theme) which a server shares with the test."""
    app = create_app(Config.for_tests(database_url=own_url, instance_path=str(tmp_path), storage_url=""))
    hasten(app)
    with app.app_context():
        factories.plan(code="PAGA3")
        factories.theme("agua", name_es="Agua")
        db.session.commit()
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def serve(own_app: Flask, own_url: str, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """``serve(workers=2)``: gunicorn on the database of `own_app`, behind a proxy that names each client."""
    made: list[Server] = []

    def start(*, workers: int = 1, **environment: str) -> Server:
        given = {"INTAKE_DATABASE_URL": own_url, "INTAKE_SECRET_KEY": KEY, "INTAKE_TRUSTED_PROXIES": "1"}
        made.append(Server(tmp_path, {**given, **environment}, workers=workers))
        made[-1].start()
        return made[-1]

    yield start
    for server in made:
        server.stop(signal.SIGKILL)


@dataclass
class Answer:
    """What came back."""

    status: int
    location: str
    text: str


class Browser:
    """A person's browser: one cookie jar, a connection that is opened again when the server was gone."""

    def __init__(self, port: int, address: str = "192.0.2.1") -> None:
        self.port, self.address, self.cookie = port, address, ""
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, path: str, fields: dict[str, str] | None = None) -> Answer:
        """Ask once. Raises `OSError` or `http.client.HTTPException` where no whole answer came back."""
        connection = self._connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self._connection = None  # kept again only after a whole answer
        headers = {"X-Forwarded-For": self.address, "Cookie": self.cookie}
        body = None if fields is None else urllib.parse.urlencode(fields)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("intake="):
                self.cookie = value.partition(";")[0]
        self._connection = connection
        return Answer(answer.status, answer.headers.get("Location", ""), text)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()

    def enter(self) -> str:
        """Read the form; its forgery token is good for as long as the cookie is."""
        return token_in(self.ask("/propuestas/nueva").text)


FOLIO = re.compile(r"/propuestas/([A-Z0-9]+-\d+)/comprobante")


def written(n: int) -> dict[str, str]:
    """A proposal unlike the others, with somebody to answer to."""
    words = [f"{stem}{'bdfgklmprt'[n // 10**at % 10]}" for at, stem in enumerate(("rio", "pozo", "canal"))]
    return {
        "title": f"Agua limpia para {' '.join(words)}",
        "problem": f"El agua de {words[0]} y de {words[1]} llega turbia y nadie publica los análisis que se hacen.",
        "solution": f"Que la junta de {words[2]} publique cada mes los análisis y los explique en asamblea.",
        "theme": "agua",
        "contact_name": f"Persona {n}",
        "contact_email": f"persona{n}@demo.example",
        "consent": "y",
    }
