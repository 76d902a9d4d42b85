"""The hint of proposals that look alike, one writer at a time: no title twice in a row, nothing is kept in memory."""

from __future__ import annotations

import http.client
import itertools
import urllib.parse
from collections.abc import Callable
from typing import Any

from bench import load, serving

GOAL_P95_MS = 50
TITLES = (
    "Agua limpia para la comunidad", "Transparencia en los contratos del municipio", "Veeduría de las obras públicas",
    "Datos abiertos de salud", "caminos vecinales en buen estado", "Participación de jóvenes en el presupuesto",
    "bigilancia de los besinos", "PARTERAS EN EL HOSPITAL", "Internet para escuelas rurales", "Proteger los páramos",
    "Publicar las cuentas de la junta de agua", "Rendición de cuentas con preguntas", "Turnos médicos sin madrugar",
)  # fmt: skip


def asking() -> Callable[[http.client.HTTPConnection], int]:
    """Ask with one title after the other."""
    addresses = itertools.cycle([f"/propuestas/similares?{urllib.parse.urlencode({'titulo': t})}" for t in TITLES])

    def ask(connection: http.client.HTTPConnection) -> int:
        return load.getter(next(addresses))(connection)

    return ask


def measured(port: int, seconds: float, rounds: int) -> dict[str, Any]:
    """A line of the report: the hint beside a bare page of 1,000 bytes, over one connection."""
    load.run(port, asking(), seconds=1.0, connections=2)  # each worker counts its words once
    with serving.serve("bench.bare:app", {"BARE_BYTES": "1000"}) as bare:
        bare_rates, ours = [], []
        for _ in range(rounds):
            bare_rates.append(load.run(bare.port, load.getter("/"), seconds=seconds, connections=1).rate)
            ours.append(load.run(port, asking(), seconds=seconds, connections=1))
    rate, bare_rate = load.median([one.rate for one in ours]), load.median(bare_rates)
    return {
        "page": "hint of alike proposals",
        "bytes": 1000,
        "statements": None,
        "rate": rate,
        "bare_rate": bare_rate,
        "ratio": rate / bare_rate,
        "p50_ms": load.median([one.percentile(0.5) for one in ours]),
        "p95_ms": load.median([one.percentile(0.95) for one in ours]),
        "failures": sum(one.failures for one in ours),
    }
