"""Commitments remember when the public could first read them.

Revision: 0003; follows: 0002

Without it a commitment dropped as a draft could not be told from one dropped after its consultation. What stands is filled
in from the trace, which has recorded every consultation and confirmation.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FILL = """
UPDATE commitment SET published_at = (
  SELECT min(audit_entry.at) FROM audit_entry
  WHERE audit_entry.subject_type = 'commitment' AND audit_entry.subject_id = commitment.id
    AND audit_entry.action IN ('commitment.consult', 'commitment.confirm'))
"""


def upgrade():
    # a nullable column without constraints needs no rebuilt table on either database
    op.add_column("commitment", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(FILL)


def downgrade():
    op.drop_column("commitment", "published_at")
