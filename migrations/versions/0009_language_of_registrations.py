"""Keep in which language a person registered, and how many people an invitation was answered for.

Revision: 0009; follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("registration", sa.Column("locale", sa.String(length=8), nullable=False, server_default="es"))
    op.add_column("invitation", sa.Column("people", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("invitation", "people")
    op.drop_column("registration", "locale")
