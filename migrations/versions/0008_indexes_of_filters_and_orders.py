"""Indexes for counting what each filter of the list leaves, and for its orders.

Revision: 0008; follows: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FACETS = ["status", "plan_id", "theme_id", "territory_id", "branch", "channel", "event_id"]


def upgrade():
    op.create_index("ix_proposal_facets", "proposal", FACETS)
    op.create_index("ix_proposal_supported", "proposal", ["support_count", "id"])
    op.create_index("ix_proposal_commented", "proposal", ["comment_count", "id"])
    op.create_index("ix_proposal_title", "proposal", ["title", "id"])


def downgrade():
    for name in ("title", "commented", "supported", "facets"):
        op.drop_index(f"ix_proposal_{name}", "proposal")
