"""The audit trail refuses changes; proposals get their full-text index.

Revision: 0002; follows: 0001

A later migration that rebuilds ``audit_entry`` or ``proposal`` on SQLite (batch mode) drops their triggers and must make
them again; tests/migrations checks that they stand at the head.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE_UP = (
    """CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END""",
    """CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END""",
    """CREATE VIRTUAL TABLE proposal_search USING fts5(
         search_stems, content='proposal', content_rowid='id', tokenize='unicode61')""",
    """CREATE TRIGGER proposal_search_insert AFTER INSERT ON proposal BEGIN
         INSERT INTO proposal_search(rowid, search_stems) VALUES (new.id, new.search_stems); END""",
    """CREATE TRIGGER proposal_search_delete AFTER DELETE ON proposal BEGIN
         INSERT INTO proposal_search(proposal_search, rowid, search_stems) VALUES ('delete', old.id, old.search_stems); END""",
    """CREATE TRIGGER proposal_search_update AFTER UPDATE OF search_stems ON proposal BEGIN
         INSERT INTO proposal_search(proposal_search, rowid, search_stems) VALUES ('delete', old.id, old.search_stems);
         INSERT INTO proposal_search(rowid, search_stems) VALUES (new.id, new.search_stems); END""",
    "INSERT INTO proposal_search(proposal_search) VALUES ('rebuild')",
)
SQLITE_DOWN = (
    "DROP TRIGGER proposal_search_update",
    "DROP TRIGGER proposal_search_delete",
    "DROP TRIGGER proposal_search_insert",
    "DROP TABLE proposal_search",
    "DROP TRIGGER audit_entry_no_delete",
    "DROP TRIGGER audit_entry_no_update",
)
POSTGRESQL_UP = (
    """CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$""",
    """CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
       FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()""",
    """CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
       FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()""",
    """CREATE INDEX ix_proposal_search ON proposal
       USING gin (to_tsvector('simple'::regconfig, search_stems))""",
)
POSTGRESQL_DOWN = (
    "DROP INDEX ix_proposal_search",
    "DROP TRIGGER audit_entry_no_truncate ON audit_entry",
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "DROP FUNCTION audit_entry_refuse()",
)


def upgrade():
    for statement in SQLITE_UP if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_UP:
        op.execute(statement)


def downgrade():
    for statement in SQLITE_DOWN if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_DOWN:
        op.execute(statement)
