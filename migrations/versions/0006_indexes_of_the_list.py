"""Indexes for the list of all proposals in order, and for counting them by place.

Revision: 0006; follows: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_proposal_submitted", "proposal", ["submitted_at", "id"])
    op.create_index("ix_proposal_place", "proposal", ["plan_id", "territory_id", "status"])


def downgrade():
    op.drop_index("ix_proposal_place", "proposal")
    op.drop_index("ix_proposal_submitted", "proposal")
