"""Number the comments of a proposal, so that each has a public address; let a plan hide its totals of supports.

Revision: 0007; follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("comment", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE comment SET number = (SELECT count(*) FROM comment AS earlier"
        " WHERE earlier.proposal_id = comment.proposal_id AND earlier.id <= comment.id)"
    )
    op.create_index("ix_comment_number", "comment", ["proposal_id", "number"], unique=True)
    op.add_column("plan", sa.Column("supports_hidden_until", sa.Date(), nullable=True))


def downgrade():
    op.drop_column("plan", "supports_hidden_until")
    op.drop_index("ix_comment_number", "comment")
    op.drop_column("comment", "number")
