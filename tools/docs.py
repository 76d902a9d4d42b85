"""Write docs/access.md and docs/rooms.md from the tables they describe: ``python -m tools.docs`` (``make docs``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from config import ROOT, Config
from intake.core import permissions
from intake.core.workflow import Lifecycle, lifecycles
from intake.web.access import access_of

if TYPE_CHECKING:
    from flask import Flask

NOTE = "<!-- Made by `make docs`; a test compares. Do not edit. -->\n"


def access(app: Flask) -> str:
    """Endpoint × permission × who may."""
    lines = [
        NOTE,
        "# Who may do what\n",
        "Every route declares one permission or that it is public; every permission has one policy row.\n",
        "## Permissions\n",
        "| permission | who may |",
        "|---|---|",
        *(f"| `{p.value}` | {rule} |" for p, rule in sorted(permissions.rules().items())),
        "",
        "## Routes\n",
        "| address | methods | endpoint | demands |",
        "|---|---|---|---|",
    ]
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint)):
        declared = access_of(app.view_functions[rule.endpoint])
        demand = "public" if declared is None or declared.permission is None else f"`{declared.permission.value}`"
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        lines.append(f"| `{rule.rule}` | {methods} | `{rule.endpoint}` | {demand} |")
    return "\n".join(lines) + "\n"


def rooms(_app: Flask) -> str:
    """The lifecycles as state diagrams."""
    for room in ("plans", "mapping", "reception", "evaluation", "selection", "accountability"):
        import_module(f"intake.{room}.lifecycle")
    parts = [
        NOTE,
        "# The lives of things\n",
        "One table each in `intake/<room>/lifecycle.py`; the diagrams follow it.\n",
    ]
    parts.extend(diagram(table) for table in sorted(lifecycles(), key=lambda t: t.noun))
    return "\n".join(parts) + "\n"


def diagram(table: Lifecycle) -> str:
    """One lifecycle as a Mermaid state diagram and its moves as a table."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for move in table.transitions:
        for source in sorted(move.sources):
            arrows[source.value, move.target.value].append(move.action)
    lines = [f"## {table.noun}\n", "```mermaid", "stateDiagram-v2", f"  [*] --> {table.initial.value}"]
    lines += [f"  {a} --> {b}: {', '.join(actions)}" for (a, b), actions in sorted(arrows.items())]
    lines += [f"  {state.value} --> [*]" for state in sorted(table.final)]
    lines += ["```", "", "| move | permission | reason | mail |", "|---|---|---|---|"]
    lines += [
        f"| {m.action} | `{m.permission.value}` | {'demanded' if m.needs_reason else ''} "
        f"| {f'`{table.mail_kind(m.action)}`' if m.notifies else ''} |"
        for m in table.transitions
    ]
    return "\n".join(lines) + "\n"


DOCUMENTS: dict[str, Callable[[Flask], str]] = {"access.md": access, "rooms.md": rooms}


def main() -> None:
    """Write the documents."""
    from intake import create_app  # noqa: PLC0415 -- app factory

    app = create_app(Config.for_tests())
    for name, make in DOCUMENTS.items():
        Path(ROOT, "docs", name).write_text(make(app), encoding="utf-8")


if __name__ == "__main__":
    main()
