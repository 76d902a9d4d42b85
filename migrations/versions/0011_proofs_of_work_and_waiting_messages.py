"""Keep which proofs of work were handed in; find what else waits for an address to which something is being sent.

Revision: 0011; follows: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "spent_proof",
        sa.Column("challenge", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_proof")),
        sa.UniqueConstraint("challenge", name=op.f("uq_spent_proof_challenge")),
    )
    op.create_index(op.f("ix_spent_proof_expires_at"), "spent_proof", ["expires_at"])
    op.create_index("ix_outbox_message_waiting", "outbox_message", ["to_address", "sent_at", "id"])


def downgrade():
    op.drop_index("ix_outbox_message_waiting", "outbox_message")
    op.drop_table("spent_proof")
