"""What the bar of a plan says of its stages in one line, on a phone."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import pytest

STATES = {"d": "done", "o": "open", "n": "next", "p": "pending"}


def line(app, states: str) -> str:
    stages = [
        SimpleNamespace(
            number=n, name=f"Etapa {n}", state=STATES[s], opens_on=date(2026, 3, n), closes_on=date(2026, 6, n), url="#"
        )
        for n, s in enumerate(states, 1)
    ]
    with app.test_request_context("/"):
        page = app.jinja_env.get_template("macros/stepper.html").module.stage_stepper(stages)
    return " ".join(re.search(r"<summary>(.*?)</summary>", page, re.DOTALL).group(1).split())


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ("donpp", "Etapa 2 de 5: Etapa 2 — abierta hasta el 2 de junio de 2026"),
        ("doooo", "Etapas 2 a 5 de 5 en curso. Etapa 2: abierta hasta el 2 de junio de 2026"),
        ("dopop", "Etapas 2, 4 de 5 en curso. Etapa 2: abierta hasta el 2 de junio de 2026"),
        ("ddddd", "Etapa 5 de 5: Etapa 5 — concluyó el 5 de junio de 2026"),
    ],
)
def test_every_stage_under_way_is_named(app, states, said):
    assert line(app, states) == said
