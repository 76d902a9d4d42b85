"""Servers under measurement: gunicorn as ``make run`` starts it, and how much memory its workers took."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Served:
    """A running server."""

    port: int
    pid: int

    def peak_mb(self) -> float:
        """The largest resident size that any worker reached, MiB."""
        return max((_peak(pid) for pid in _children(self.pid)), default=float("nan"))


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(p) for p in listed]


def _peak(pid: int) -> float:
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serve(application: str, environment: dict[str, str], *, workers: int = 2) -> Iterator[Served]:
    """Start gunicorn, wait until it answers, stop it at the end."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
        "--threads",
        "4",
    ]
    process = subprocess.Popen(
        [*command, "--no-control-socket", "--log-level", "error", application],
        cwd=ROOT,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        _wait(port, process)
        yield Served(port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit("the server did not start")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("the server did not answer")


@contextlib.contextmanager
def demo(
    folder: Path, proposals: int, reviewers: int, reviews: int | None = None, *, suffix: str = ""
) -> Iterator[dict[str, str]]:
    """A demonstration of the wanted size in ``folder``; yields the environment that points at it.

    ``INTAKE_BENCH_DATABASE_URL`` names another database, whose name ``suffix`` is put after.
    """
    given = os.environ.get("INTAKE_BENCH_DATABASE_URL")
    environment = {
        "INTAKE_DEMO": "1",
        "INTAKE_DATABASE_URL": f"{given}{suffix}" if given else f"sqlite:///{folder / 'bench.sqlite3'}",
        "INTAKE_INSTANCE_PATH": str(folder),
        "INTAKE_LOG_LEVEL": "ERROR",
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    everything = {**os.environ, **environment}
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=everything, check=True, capture_output=True)
    load = ["demo", "load", "--proposals", str(proposals), "--reviewers", str(reviewers)]
    load += ["--reviews", str(reviews)] if reviews else []
    subprocess.run([*flask, *load], cwd=ROOT, env=everything, check=True, capture_output=True)
    try:
        yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)
