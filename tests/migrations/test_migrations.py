"""Migrations go up, down and up again with data in the tables, and agree with the models, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from config import ROOT
from intake.core.transaction import transaction
from intake.extensions import db
from models import Base, Commitment
from models.enums import ProposalStatus


@pytest.fixture
def newest(own_app: Flask) -> Iterator[Flask]:
    """An application on a database of its own that went all the way up."""
    with own_app.app_context():
        yield own_app


def test_up_down_up_with_data(newest: Flask) -> None:
    from tests import factories

    with transaction():
        factories.proposal()
    before = db.session.scalar(sa.text("SELECT count(*) FROM stage"))
    db.session.remove()
    downgrade(revision="0001")
    assert db.session.scalar(sa.text("SELECT count(*) FROM stage")) == before == 5
    db.session.remove()
    upgrade()
    assert db.session.scalar(sa.text("SELECT title FROM proposal")) == "Agua limpia para Macas"
    db.session.remove()
    downgrade(revision="base")
    left = {t for t in sa.inspect(db.engine).get_table_names() if not t.startswith("sqlite_")}
    assert left == {"alembic_version"}
    upgrade()


@pytest.mark.parametrize("state", ["held", "discarded"])
def test_what_was_set_aside_is_published_by_no_way_down(newest: Flask, state: str) -> None:
    """0004 shows whatever is no draft: a draft it becomes, and with the way up it stands where it stood."""
    from tests import factories

    with transaction():
        of = factories.plan()
        factories.proposal(of, ProposalStatus(state), problem="Un ataque.")
        factories.proposal(of, ProposalStatus.SUBMITTED)
    row = sa.text("SELECT status, folio, folio_number, submitted_at, problem FROM proposal ORDER BY id")
    before = [tuple(one) for one in db.session.execute(row)]
    assert before[0][0] == state
    db.session.remove()
    downgrade(revision="0004")
    below = [tuple(one) for one in db.session.execute(row)]
    assert below == [("draft", None, None, None, "Un ataque."), before[1]]
    db.session.remove()
    upgrade()
    assert [tuple(one) for one in db.session.execute(row)] == before
    db.session.remove()
    assert "proposal_set_aside" not in sa.inspect(db.engine).get_table_names()


def test_models_and_migrations_agree(newest: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        assert compare_metadata(context, Base.metadata) == []


def _ours(_item: object, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
    return not (kind == "table" and str(name).startswith("proposal_search")) and name != "ix_proposal_search"


def test_the_trace_and_the_search_are_guarded_at_the_head(newest: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        found = set(db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
        wanted = {"audit_entry_no_update", "audit_entry_no_delete"}
        wanted |= {f"proposal_search_{what}" for what in ("insert", "update", "delete")}
    else:
        found = set(db.session.scalars(sa.text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")))
        wanted = {"audit_entry_append_only", "audit_entry_no_truncate"}
    assert found == wanted


def test_rebuilding_a_parent_table_keeps_its_children(newest: Flask, tmp_path: Path) -> None:
    """The SQLite trap: with foreign keys on, a batch change of `plan` would delete its stages in cascade."""
    from tests import factories

    with transaction():
        factories.plan()
    db.session.remove()
    folder = tmp_path / "migrations"
    _copy_with_rebuild(folder)
    upgrade(directory=str(folder))
    assert db.session.scalar(sa.text("SELECT count(*) FROM stage")) == 5
    assert db.session.scalar(sa.text("SELECT count(*) FROM plan")) == 1
    db.session.remove()
    downgrade(directory=str(folder), revision="-1")
    assert db.session.scalar(sa.text("SELECT count(*) FROM stage")) == 5


REBUILD = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "%s"
branch_labels = None
depends_on = None


def plan():
    lite = op.get_bind().dialect.name == "sqlite"
    return op.batch_alter_table("plan", recreate="always" if lite else "never")


def upgrade():
    with plan() as table:
        table.add_column(sa.Column("extra", sa.Text(), nullable=True))


def downgrade():
    with plan() as table:
        table.drop_column("extra")
"""


def _copy_with_rebuild(folder: Path) -> None:
    import shutil

    shutil.copytree(Path(ROOT, "migrations"), folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = max(p.name for p in (folder / "versions").glob("*.py")).split("_")[0]
    (folder / "versions" / "9999_rebuild.py").write_text(REBUILD % head)


def test_a_migration_that_fails_leaves_nothing_behind(newest: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    _copy_with_rebuild(folder)
    broken = folder / "versions" / "9999_rebuild.py"
    broken.write_text(broken.read_text().replace("def downgrade", "    raise RuntimeError('no')\n\n\ndef downgrade"))
    with pytest.raises(SystemExit):  # Flask-Migrate logs the error and leaves
        upgrade(directory=str(folder))
    assert "extra" not in {c["name"] for c in sa.inspect(db.engine).get_columns("plan")}


def test_published_commitments_are_known_from_the_trace(newest: Flask) -> None:
    """0003 fills the moment in which the public could first read each commitment from what the trace recorded."""
    from tests.accountability import kit

    at = kit.confirmed()
    told = at.commitment.published_at
    kit.drafted(at)
    db.session.remove()
    downgrade(revision="0002")
    upgrade()
    rows = db.session.execute(sa.select(Commitment.reference, Commitment.published_at)).all()
    known = {row.reference: row.published_at for row in rows}
    assert told is not None and abs(known["PAGA3-1"] - told) < timedelta(seconds=1)  # the trace asks the clock itself
    assert known["PAGA3-2"] is None
