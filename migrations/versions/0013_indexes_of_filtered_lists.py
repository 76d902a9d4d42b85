"""Indexes that answer by themselves which proposals stand on a page of a list, also of one theme or place.

Revision: 0013; follows: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WIDER = {"ix_proposal_submitted": ["submitted_at", "id"], "ix_proposal_plan_submitted": ["plan_id", "submitted_at", "id"]}


def upgrade():
    for name, columns in WIDER.items():
        op.drop_index(name, "proposal")
        op.create_index(name, "proposal", [*columns, "status"])
    op.create_index("ix_proposal_of_theme", "proposal", ["theme_id", "submitted_at", "id", "territory_id", "status"])
    op.create_index("ix_proposal_of_place", "proposal", ["territory_id", "submitted_at", "id", "status"])


def downgrade():
    op.drop_index("ix_proposal_of_place", "proposal")
    op.drop_index("ix_proposal_of_theme", "proposal")
    for name, columns in WIDER.items():
        op.drop_index(name, "proposal")
        op.create_index(name, "proposal", columns)
