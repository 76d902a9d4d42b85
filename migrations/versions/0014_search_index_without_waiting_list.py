"""The search index of PostgreSQL takes new words at once instead of keeping a list that every lookup reads.

Revision: 0014; follows: 0013

With the default, up to four megabytes of words wait beside a GIN index until a vacuum comes, and each lookup reads that
list from end to end (PostgreSQL manual, "GIN Fast Update Technique"): 200 pages for each of a hint's dozen lookups.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX ix_proposal_search SET (fastupdate = off)")
        op.execute("SELECT gin_clean_pending_list('ix_proposal_search'::regclass)")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX ix_proposal_search RESET (fastupdate)")
