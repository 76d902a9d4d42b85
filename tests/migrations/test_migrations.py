"""Migrations go up, down and up again with data in the tables, and agree with the models, on the database under test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from config import ROOT, Config
from intake import create_app
from intake.core.transaction import transaction
from intake.extensions import db
from models import Base


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty database of its own."""
    if request.config.getoption("--db") == "sqlite":
        yield from _app(f"sqlite:///{tmp_path / 'm.sqlite3'}", tmp_path)
        return
    from tests import pgserver

    with pgserver.worker_database(None, f"migrations_{os.getpid()}", lambda _url: None) as url:
        yield from _app(url, tmp_path)


def _app(url: str, folder: Path) -> Iterator[Flask]:
    app = create_app(Config.for_tests(database_url=url, instance_path=str(folder)))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_up_down_up_with_data(fresh: Flask) -> None:
    from tests import factories

    upgrade()
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


def test_models_and_migrations_agree(fresh: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        assert compare_metadata(context, Base.metadata) == []


def _ours(_item: object, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
    return not (kind == "table" and str(name).startswith("proposal_search")) and name != "ix_proposal_search"


def test_the_trace_and_the_search_are_guarded_at_the_head(fresh: Flask) -> None:
    upgrade()
    if db.engine.dialect.name == "sqlite":
        found = set(db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
        wanted = {"audit_entry_no_update", "audit_entry_no_delete"}
        wanted |= {f"proposal_search_{what}" for what in ("insert", "update", "delete")}
    else:
        found = set(db.session.scalars(sa.text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")))
        wanted = {"audit_entry_append_only", "audit_entry_no_truncate"}
    assert found == wanted


def test_rebuilding_a_parent_table_keeps_its_children(fresh: Flask, tmp_path: Path) -> None:
    """The SQLite trap: with foreign keys on, a batch change of `plan` would delete its stages in cascade."""
    from tests import factories

    upgrade()
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


def _copy_with_rebuild(folder: Path) -> None:
    import shutil

    shutil.copytree(Path(ROOT, "migrations"), folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = sorted(p.name for p in (folder / "versions").glob("*.py"))[-1].split("_")[0]
    (folder / "versions" / "9999_rebuild.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision='9999'\ndown_revision={head!r}\nbranch_labels=None\ndepends_on=None\n"
        "def upgrade():\n    with op.batch_alter_table('plan', recreate='always' if op.get_bind().dialect.name == 'sqlite' else 'never') as b:\n"
        "        b.add_column(sa.Column('extra', sa.Text(), nullable=True))\n"
        "def downgrade():\n    with op.batch_alter_table('plan', recreate='always' if op.get_bind().dialect.name == 'sqlite' else 'never') as b:\n        b.drop_column('extra')\n"
    )


def test_a_migration_that_fails_leaves_nothing_behind(fresh: Flask, tmp_path: Path) -> None:
    upgrade()
    folder = tmp_path / "migrations"
    _copy_with_rebuild(folder)
    broken = folder / "versions" / "9999_rebuild.py"
    broken.write_text(broken.read_text().replace("def downgrade", "    raise RuntimeError('no')\ndef downgrade"))
    with pytest.raises(SystemExit):  # Flask-Migrate logs the error and leaves
        upgrade(directory=str(folder))
    assert "extra" not in {c["name"] for c in sa.inspect(db.engine).get_columns("plan")}
