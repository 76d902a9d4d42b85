"""The application under its real server, gunicorn, to be stopped, killed and started again on the same data."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from config import ROOT


@dataclass
class Server:
    """A server that may run: its address, the file with its data (on SQLite), and the folder of its log and files.

    A browser opens connections that it does not use at once; each keeps one of the threads for some seconds.
    """

    folder: Path
    environment: dict[str, str]
    workers: int = 1
    port: int = 0
    database: Path = Path()
    threads: int = 4
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Choose a free port, kept over restarts."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process that leads the group."""
        return self._running[-1].pid

    def start(self) -> None:
        """Start, and wait until it says that it is well. Raises with what it lacks otherwise."""
        given = {"INTAKE_INSTANCE_PATH": str(self.folder), "INTAKE_BASE_URL": self.url, **self.environment}
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--preload"]
        command += ["--workers", str(self.workers), "--threads", str(self.threads), "--keep-alive", "30"]
        command += ["--graceful-timeout", "10", "--no-control-socket", "--log-level", "warning"]
        with (self.folder / "server.log").open("ab") as log:
            self._running.append(
                subprocess.Popen(
                    [*command, "wsgi:app"],
                    cwd=ROOT,
                    env={**os.environ, **given},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        self._wait()

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End every process of it; ``signal.SIGKILL`` gives none of them time to finish anything."""
        while self._running:
            process = self._running.pop()
            for signalled in (how, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signalled)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                    break

    def kill_workers(self) -> None:
        """SIGKILL to those who answer; the process that leads them starts others."""
        for worker in self.workers_running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def workers_running(self) -> list[int]:
        """The processes that answer."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def _wait(self) -> None:
        said, end = "", time.monotonic() + 60
        while time.monotonic() < end and self._running[-1].poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/salud", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                said = error.read().decode()
            except OSError as error:
                said = str(error)
            time.sleep(0.05)
        raise RuntimeError(f"no answer from {self.url}: {said}\n{(self.folder / 'server.log').read_text()[-3000:]}")
