"""The one command that starts everything: what it does before it forks its workers must not stop them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

#: Stores a file while setting up, as the demonstration does, and then one in a worker.
STORING = """
import os, sys
import obstore
from intake.core import files
from tools import serve

def store(*_args, **_more):
    obstore.put(files.object_store(), f"tests/{os.getpid()}", b"a file")

def work():
    if not os.fork():
        store()
        os._exit(0)
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))

serve.app.cli.main, serve.run = store, work
serve.main()
"""
FAILING = """
import sys
from tools import serve

serve.app.cli.main, serve.run = lambda *_args, **_more: sys.exit(3), lambda: print("served")
serve.main()
"""


@pytest.mark.parametrize(("script", "status", "stored"), [(STORING, 0, 2), (FAILING, 3, 0)])
def test_workers_store_files_after_a_set_up_that_did(script: str, status: int, stored: int, tmp_path: Path) -> None:
    environment = {**os.environ, "INTAKE_DEMO": "1", "INTAKE_INSTANCE_PATH": str(tmp_path), "INTAKE_STORAGE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "served" not in done.stdout
    assert len(list(tmp_path.rglob("tests/*"))) == stored
