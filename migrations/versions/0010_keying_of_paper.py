"""Paper: who has a sheet, the draw, the third look, and scans that wait to be matched.

Revision: 0010; follows: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHECKS = {
    "keyed_is_dated": "(proposal_id IS NULL) = (keyed_at IS NULL)",
    "second_after_first": "second_at IS NULL OR keyed_at IS NOT NULL",
    "second_by_another": "second_by_id IS NULL OR second_by_id <> keyed_by_id",
    "settled_by_a_third": "settled_by_id IS NULL OR (settled_by_id <> keyed_by_id AND settled_by_id <> second_by_id)",
}
KEYS = ("illegible_by_id", "claimed_by_id", "settled_by_id")


def upgrade():
    with op.batch_alter_table("packet") as table:
        table.add_column(sa.Column("seed", sa.String(length=64), nullable=False, server_default=""))
        table.add_column(sa.Column("print_key", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("sheet") as table:
        table.add_column(sa.Column("spoilt_note", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("illegible_note", sa.Text(), nullable=False, server_default=""))
        for name in KEYS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
        table.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("dated_on", sa.Date(), nullable=True))
        for name in ("difference_count", "wrong_count"):
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
        table.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        for name in KEYS:
            table.create_foreign_key(op.f(f"fk_sheet_{name}_user"), "user", [name], ["id"])
        for name, rule in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_sheet_{name}"), sa.text(rule))
    op.create_table(
        "loose_scan",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("folio", sa.String(length=20), nullable=False),
        sa.Column(
            "matched",
            sa.Enum("qr", "name", "order", "none", name="scanmatch_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_loose_scan_created_by_id_user")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_loose_scan_file_id_stored_file")),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name=op.f("fk_loose_scan_packet_id_packet"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loose_scan")),
    )
    op.create_index(op.f("ix_loose_scan_packet_id"), "loose_scan", ["packet_id"])


def downgrade():
    op.drop_index(op.f("ix_loose_scan_packet_id"), table_name="loose_scan")
    op.drop_table("loose_scan")
    with op.batch_alter_table("sheet") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(f"ck_sheet_{name}"), type_="check")
        for name in KEYS:
            table.drop_constraint(op.f(f"fk_sheet_{name}_user"), type_="foreignkey")
        for name in (
            "settled_at", "wrong_count", "difference_count", "dated_on", "claimed_until", *KEYS, "illegible_note", "spoilt_note",
        ):
            table.drop_column(name)
    with op.batch_alter_table("packet") as table:
        for name in ("printed_at", "print_key", "seed"):
            table.drop_column(name)
