"""Whether the application can serve. No secrets, no versions: anybody may ask."""

from __future__ import annotations

from functools import lru_cache

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT
from intake.extensions import db


@lru_cache(maxsize=1)
def heads() -> frozenset[str]:
    """The revisions that this code's migrations lead to."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return frozenset(ScriptDirectory.from_config(config).get_heads())


def state() -> dict[str, str]:
    """``status`` is ok only if both parts are; ``database``: ok, unreachable; ``migrations``: ok, behind, unknown."""
    try:
        stamped = frozenset(db.session.scalars(sa.text("SELECT version_num FROM alembic_version")))
    except SQLAlchemyError:
        db.session.rollback()
        return {"status": "failing", "database": _reachable(), "migrations": "unknown"}
    migrations = "ok" if stamped == heads() else "behind"
    return {"status": "ok" if migrations == "ok" else "failing", "database": "ok", "migrations": migrations}


def _reachable() -> str:
    try:
        db.session.execute(sa.text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return "unreachable"
    return "ok"
