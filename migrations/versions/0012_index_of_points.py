"""An index of the few proposals with a point, for the list as a map.

Revision: 0012; follows: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

POINTED = sa.text("latitude IS NOT NULL")


def upgrade():
    op.create_index(
        "ix_proposal_point", "proposal", ["submitted_at", "id"], sqlite_where=POINTED, postgresql_where=POINTED
    )


def downgrade():
    op.drop_index("ix_proposal_point", "proposal")
