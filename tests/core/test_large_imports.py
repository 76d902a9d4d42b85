"""Ten thousand actors and fifty thousand proposals: how long, and how much memory, in a process of their own."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

ACTORS, PROPOSALS = 10_000, 5_000  # the benchmark takes 50,000; memory does not grow with them
ACTORS_MIB, PROPOSALS_MIB = 300, 400
SCRIPT = """
import json, sys, time
from pathlib import Path
from config import Config
from intake import create_app
from intake.core.identity import SYSTEM
from intake.core.tabular import Source
from intake.core.transaction import transaction
kind, path, url = sys.argv[1:]
app = create_app(Config.for_tests(database_url=url, instance_path=str(Path(path).parent)))
with app.app_context():
    from intake.mapping import importing as actors
    from intake.reception.services import importing as proposals
    from tests import factories
    with transaction():
        plan = factories.plan(code="PAGA3")
    began = time.monotonic()
    with Source.at(Path(path)) as source:
        done = actors.run(source, by=SYSTEM) if kind == "actors" else proposals.run(source, plan, by=SYSTEM)
    # not ru_maxrss: a new process begins with the high mark of the one that started it
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"added": done.added, "seconds": round(time.monotonic() - began, 1),
                      "mib": int(peak.split()[1]) // 1024}))
"""


def measured(kind: str, path: Path, url: str) -> dict[str, float]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT, kind, str(path), url],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-2000:]
    found = json.loads(answer.stdout.splitlines()[-1])
    print(kind, found)  # noqa: T201 -- measured to be read
    return found


def write(path: Path, names: tuple[str, ...], rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)
    return path


@pytest.mark.slow
def test_ten_thousand_actors(own_url: str, tmp_path: Path) -> None:
    names = (
        "nombre",
        "tipo",
        "descripcion",
        "contacto_nombre",
        "contacto_correo",
        "consentimiento_fecha",
        "id_externo",
    )
    rows = ((f"Asociación de riego {n} de Ñuñurco", "sociedad_civil", "Cuida el agua.\nDesde 2001. " * 5, f"Ana {n}",
             f"ana{n}@org{n}.example", "2025-10-01", f"A-{n}") for n in range(ACTORS))  # fmt: skip
    found = measured("actors", write(tmp_path / "a.csv", names, rows), own_url)
    assert found["added"] == ACTORS
    assert found["mib"] < ACTORS_MIB


@pytest.mark.slow
def test_thousands_of_proposals(own_url: str, tmp_path: Path) -> None:
    names = ("titulo", "problema", "solucion", "proponente", "correo")
    text = "El agua llega turbia y nadie publica los análisis de la junta parroquial. " * 12
    rows = ((f"Propuesta {n}", text, text, f"Ana {n}", f"ana{n}@demo.example") for n in range(PROPOSALS))
    found = measured("proposals", write(tmp_path / "p.csv", names, rows), own_url)
    assert found["added"] == PROPOSALS
    assert found["mib"] < PROPOSALS_MIB
