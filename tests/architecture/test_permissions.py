"""One vocabulary, one row each, and a document in step."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from config import ROOT
from intake.core import permissions
from intake.core.permissions import Permission, anyone
from tools import docs


def test_start_refuses_a_missing_row_and_a_double_one(session_app: Flask) -> None:  # which installed the rules
    whole = dict(permissions.rules())
    try:
        with pytest.raises(RuntimeError, match="without a row"):
            permissions.install([{Permission.PLAN_MOVE: anyone}])
        with pytest.raises(RuntimeError, match="two rows"):
            permissions.install([whole, {Permission.PLAN_MOVE: anyone}])
    finally:
        permissions.install([whole])


def test_every_permission_is_asked_for_somewhere() -> None:
    sources = "".join(
        p.read_text() for p in Path(ROOT, "intake").rglob("*.py") if p.name not in {"policy.py", "permissions.py"}
    )
    assert [p.name for p in Permission if p.name not in sources] == []


@pytest.mark.parametrize("name", ["access.md", "rooms.md"])
def test_generated_documents_are_in_step(session_app: Flask, name: str) -> None:
    assert Path(ROOT, "docs", name).read_text(encoding="utf-8") == docs.DOCUMENTS[name](session_app), "run: make docs"
