"""Every act that the trail can hold has its words: those of the lifecycles, and every name given to `audit.record`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import intake.factory  # noqa: F401 -- knows every room, so that every lifecycle is loaded
from config import ROOT
from intake.core import workflow
from intake.reports import acts

SOURCES = sorted(Path(ROOT, "intake").rglob("*.py"))


def of_lifecycles() -> set[str]:
    return {f"{life.noun}.{move.action}" for life in workflow.lifecycles() for move in life.transitions}


#: What writes an entry of the trace: its first argument is the act.
WRITERS = frozenset({"audit.record", "audit.record_all", "audit.note", "bulk.entry"})


def recorded(path: Path) -> Iterator[tuple[str, ast.expr, ast.AST]]:
    """Each call that writes an entry, with what names the act, and the function around it with the constants."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = [n for n in tree.body if isinstance(n, ast.Assign)]
    for around in ast.walk(tree):
        if isinstance(around, ast.FunctionDef):
            for call in ast.walk(around):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in WRITERS:
                    yield f"{path.name}:{call.lineno}", call.args[0], ast.Module([*constants, around], [])


def names(node: ast.expr, around: ast.AST) -> set[str]:
    """The texts that an expression can be: a text, one of two, or what the function gives a variable."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return names(node.body, around) | names(node.orelse, around)
    if isinstance(node, ast.Name):
        given = [n for n in ast.walk(around) if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == node.id]
        return {text for assign in given for text in names(assign.value, around)}
    if isinstance(node, ast.Attribute):  # a constant of another module
        homes = [path for path in SOURCES if path.stem == ast.unparse(node.value)]
        trees = (ast.parse(path.read_text(encoding="utf-8")) for path in homes)
        return {text for tree in trees for text in names(ast.Name(node.attr), tree)}
    return set()


def of_sources() -> dict[str, str]:
    """Act → a place that records it. Fails on a name that cannot be read from the source."""
    found = {}
    for path in SOURCES:
        for place, node, around in recorded(path):
            texts = names(node, around)
            derived = path.name == "workflow.py"  # the engine names moves after their tables
            assert texts or derived, f"{place}: the act's name is not written there"
            found.update(dict.fromkeys(texts, place))
    return found


def test_every_act_has_words() -> None:
    known = of_sources()
    assert len(known) > 50 and "plan.create" in known and "milestone.edit" in known  # the reading itself works
    silent = sorted((of_lifecycles() | known.keys()) - acts.ACTS.keys())
    assert silent == []


def test_no_words_without_an_act() -> None:
    assert sorted(acts.ACTS.keys() - of_lifecycles() - of_sources().keys()) == []


@pytest.mark.parametrize("code", ["t.unknown"])
def test_an_act_of_elsewhere_is_shown_by_its_code(code: str) -> None:
    assert acts.act(code) == code
