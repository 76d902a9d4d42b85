"""Functions and modules stay short enough to be read at once; what may be longer is named here, with the reason."""

from __future__ import annotations

import ast
from pathlib import Path

from config import ROOT

MOST_OF_A_FUNCTION = 40
MOST_OF_A_MODULE = 250
FUNCTIONS_IN = ("intake", "forms", "models", "bench", "tools", "tests")
MODULES_IN = ("intake", "forms", "models")

#: Modules that are one table: whoever looks a line up reads that line, and two halves would have to be searched.
LONG_MODULES = {
    "intake/core/labels.py": "the words and the tone of every member of every vocabulary",
    "intake/reports/acts.py": "the words of every act that the trace can hold",
}
#: "path function" → reason. None at present.
LONG_FUNCTIONS: dict[str, str] = {}


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def long_modules() -> dict[str, int]:
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*MODULES_IN)}
    return {name: number for name, number in lines.items() if number > MOST_OF_A_MODULE}


def lengths(source: str) -> dict[str, int]:
    """Lines of each function by its name; of several with one name, those of the longest."""
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            number = (node.end_lineno or node.lineno) - node.lineno + 1
            found[node.name] = max(number, found.get(node.name, 0))
    return found


def long_functions() -> dict[str, int]:
    return {
        f"{name_of(path)} {name}": number
        for path in sources(*FUNCTIONS_IN)
        for name, number in lengths(path.read_text(encoding="utf-8")).items()
        if number > MOST_OF_A_FUNCTION
    }


def test_of_several_functions_with_one_name_the_longest_counts() -> None:
    short, long = "def run():\n    pass\n", "def run():\n" + "    pass\n" * MOST_OF_A_FUNCTION
    assert lengths(long + short) == lengths(short + long) == {"run": MOST_OF_A_FUNCTION + 1}


def test_there_is_something_to_measure() -> None:
    assert len(sources(*MODULES_IN)) > 300
    assert {name_of(path).split("/")[0] for path in sources(*FUNCTIONS_IN)} == set(FUNCTIONS_IN)


def test_modules_are_short() -> None:
    """Also the reverse: an exception that is no longer needed goes."""
    assert sorted(long_modules()) == sorted(LONG_MODULES), long_modules()


def test_functions_are_short() -> None:
    """Also the reverse: an exception that is no longer needed goes."""
    assert sorted(long_functions()) == sorted(LONG_FUNCTIONS), long_functions()
