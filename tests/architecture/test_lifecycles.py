"""The tables of moves are whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from config import ROOT
from intake.core.workflow import Lifecycle, lifecycles


def all_tables():
    from intake import factory  # noqa: F401 -- loads every room

    return lifecycles()


@pytest.mark.parametrize("table", all_tables(), ids=lambda t: t.noun)
class TestTable:
    def test_every_state_can_be_reached(self, table: Lifecycle) -> None:
        reached, edge = {table.initial}, {table.initial}
        while edge:
            edge = {t.target for t in table.transitions if t.sources & edge} - reached
            reached |= edge
        assert reached == set(table.states)

    def test_every_state_that_is_not_final_can_be_left(self, table: Lifecycle) -> None:
        leavable = {s for t in table.transitions for s in t.sources}
        assert set(table.states) - leavable - table.final == set()

    def test_every_move_that_notifies_has_its_letter(self, table: Lifecycle) -> None:
        kinds = [table.mail_kind(t.action) for t in table.transitions if t.notifies]
        assert [k for k in kinds if not Path(ROOT, "templates/mail", f"{k}.txt").exists()] == []


def test_the_state_column_refuses_a_change_outside_its_table(app: Flask) -> None:
    from intake.extensions import db
    from models.enums import ProposalStatus
    from tests import factories

    proposal = factories.proposal()
    db.session.commit()  # expires the attribute: the guard must load the old value by itself
    with pytest.raises(RuntimeError, match="outside the lifecycle"):
        proposal.status = ProposalStatus.SELECTED


def test_only_a_new_record_can_be_established(app: Flask) -> None:
    from intake.reception.lifecycle import PROPOSAL
    from models.enums import ProposalStatus
    from tests import factories

    with pytest.raises(RuntimeError, match="only a new record"):
        PROPOSAL.establish(factories.proposal(), ProposalStatus.SELECTED)


def test_every_letter_that_is_queued_has_its_text() -> None:
    """Kinds written as literals in the rooms; those built from lifecycles are tested above."""
    import re

    sources = "".join(p.read_text() for p in Path(ROOT, "intake").rglob("*.py"))
    kinds = set(re.findall(r'enqueue\(\s*"([a-z_]+)"', sources))
    assert kinds
    assert {k for k in kinds if not Path(ROOT, "templates/mail", f"{k}.txt").exists()} == set()
