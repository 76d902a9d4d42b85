"""What import-linter cannot see: single doors for commits, time, the environment and the signed-in person."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from config import ROOT

FILES = [p for d in ("intake", "models", "forms") for p in Path(ROOT, d).rglob("*.py")]
MESSAGES = {"NotFound", "Gone", "Forbidden", "SignInNeeded", "Invalid", "Conflict", "StageClosed", "TooMany", "flash"}


def calls(path: Path):
    return [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_only_the_transaction_commits() -> None:
    found = {str(p.relative_to(ROOT)) for p in FILES for c in calls(p) if name_of(c) == "commit"}
    assert found == {"intake/core/transaction.py"}


def test_only_the_clock_tells_the_time() -> None:
    asks = {"now", "utcnow", "today"}
    found = {
        str(p.relative_to(ROOT))
        for p in FILES
        for c in calls(p)
        if name_of(c) in asks
        and isinstance(c.func, ast.Attribute)
        and getattr(c.func.value, "id", "") in {"datetime", "date"}
    }
    assert found == {"intake/core/clock.py"}


@pytest.mark.parametrize(
    ("word", "home"),
    [("current_user", {"intake/web/access.py"}), ("flask_sqlalchemy", {"intake/extensions.py"}), ("environ", set())],
)
def test_one_door(word: str, home: set[str]) -> None:
    found = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {
                getattr(node, "id", ""),
                getattr(node, "attr", ""),
                (getattr(node, "module", "") or "").split(".")[0],
            }
            names |= {a.name for a in getattr(node, "names", []) if isinstance(a, ast.alias)}
            if word in names:
                found.add(str(path.relative_to(ROOT)))
    assert found == home


def test_every_relationship_refuses_lazy_loading() -> None:
    from sqlalchemy.orm import configure_mappers

    from models import Base

    configure_mappers()
    lazy = [str(r) for m in Base.registry.mappers for r in m.relationships if r.lazy != "raise_on_sql"]
    assert lazy == []


def test_messages_for_people_can_be_translated() -> None:
    """The first argument of a refusal or a flash is never a bare string."""
    bare = [
        f"{p.relative_to(ROOT)}:{c.lineno}"
        for p in FILES
        for c in calls(p)
        if name_of(c) in MESSAGES and c.args and isinstance(c.args[0], (ast.Constant, ast.JoinedStr)) and c.args[0]
    ]
    assert bare == []


def test_labels_of_form_fields_can_be_translated() -> None:
    bare = [
        f"{p.relative_to(ROOT)}:{c.lineno}"
        for p in Path(ROOT, "forms").rglob("*.py")
        for c in calls(p)
        if name_of(c).endswith("Field") and c.args and isinstance(c.args[0], ast.Constant) and c.args[0].value
    ]
    assert bare == []


def test_every_vocabulary_has_its_words() -> None:
    from enum import StrEnum

    from intake.core.labels import LABELS, _key
    from models import enums

    kinds = [k for k in vars(enums).values() if isinstance(k, type) and issubclass(k, StrEnum) and k is not StrEnum]
    assert [m for k in kinds for m in k if _key(m) not in LABELS] == []


def test_modules_and_functions_stay_short() -> None:
    long_modules = [str(p.relative_to(ROOT)) for p in FILES if len(p.read_text().splitlines()) > 400]
    long_functions = [
        f"{p.relative_to(ROOT)}:{f.lineno} {f.name}"
        for p in FILES
        for f in ast.walk(ast.parse(p.read_text(encoding="utf-8")))
        if isinstance(f, ast.FunctionDef) and (f.end_lineno or 0) - f.lineno > 60
    ]
    assert (long_modules, long_functions) == ([], [])
