"""Migrations for both databases.

On SQLite a change of a table rebuilds it: the old one is dropped, and with foreign keys on that deletes the rows of its
children in cascade, silently. So keys are off while migrating, checked afterwards inside the transaction, and on again.
"""

from alembic import context
from flask import current_app

from models.base import UtcDateTime

config = context.config
target = current_app.extensions["migrate"].db


def render_item(kind, item, _autogen):
    """History must not import our models: custom types are written as what they are underneath."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def include_object(_item, name, kind, _reflected, _compare_to):
    """The search index of SQLite is made by hand (a virtual table and its shadows), as is PostgreSQL's."""
    return not (kind == "table" and name.startswith("proposal_search")) and name != "ix_proposal_search"


def run():
    """Run what is due in one transaction."""
    options = current_app.extensions["migrate"].configure_args
    with target.engine.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if lite:
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=target.metadata,
            transactional_ddl=True,
            render_item=render_item,
            include_object=include_object,
            **options,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
                if lite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise RuntimeError(f"A migration would break foreign keys: {broken[:5]}")
        finally:
            if lite:
                raw.execute("PRAGMA foreign_keys=ON")


run()
