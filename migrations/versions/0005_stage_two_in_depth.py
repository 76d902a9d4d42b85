"""Stage 2 in depth: attachments, co-authors, joining, support, comments, held proposals, sheets of paper.

Revision: 0005; follows: 0004

On SQLite `proposal` is rebuilt, which drops its three search triggers: they are made again, both ways. The index itself
stays, because keys stay. Going down, states that the older vocabulary cannot say become the nearest that it can; what
was set aside becomes a draft, because everything else is public there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TRIGGERS = (
    """CREATE TRIGGER proposal_search_insert AFTER INSERT ON proposal BEGIN
         INSERT INTO proposal_search(rowid, search_stems) VALUES (new.id, new.search_stems); END""",
    """CREATE TRIGGER proposal_search_delete AFTER DELETE ON proposal BEGIN
         INSERT INTO proposal_search(proposal_search, rowid, search_stems) VALUES ('delete', old.id, old.search_stems); END""",
    """CREATE TRIGGER proposal_search_update AFTER UPDATE OF search_stems ON proposal BEGIN
         INSERT INTO proposal_search(proposal_search, rowid, search_stems) VALUES ('delete', old.id, old.search_stems);
         INSERT INTO proposal_search(rowid, search_stems) VALUES (new.id, new.search_stems); END""",
)
STATES = "'draft', 'submitted', 'refusal_proposed', 'not_admitted', 'admitted', 'in_evaluation', 'evaluated', 'selected', 'reserve', 'outside_plan', 'next_plan', 'withdrawn'"
KINDS = "'citizen', 'integrated'"
#: What was held or discarded while the schema is older than these states, and what of each row waits there.
ASIDE = "proposal_set_aside"
WAITS = "id, status, folio, folio_number, submitted_at"


def triggers_again():
    if op.get_bind().dialect.name == "sqlite":
        for statement in TRIGGERS:
            op.execute(statement)


def vocabulary(table, states, kinds):
    table.drop_constraint(op.f("ck_proposal_proposalstatus_known"), type_="check")
    table.create_check_constraint(op.f("ck_proposal_proposalstatus_known"), f"status IN ({states})")
    table.drop_constraint(op.f("ck_proposal_proposalkind_known"), type_="check")
    table.create_check_constraint(op.f("ck_proposal_proposalkind_known"), f"kind IN ({kinds})")


def upgrade():
    op.create_table(
        "packet",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("sheet_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_packet_created_by_id_user")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_packet_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet")),
        sa.UniqueConstraint("reference", name=op.f("uq_packet_reference")),
    )
    with op.batch_alter_table("packet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_packet_event_id"), ["event_id"], unique=False)

    op.create_table(
        "author_reply",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_author_reply_answered_by_id_user")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_author_reply_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_reply")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_author_reply_proposal_id")),
    )
    op.create_table(
        "co_author",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "invited",
                "accepted",
                "declined",
                name="coauthorstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("from_proposal_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_proposal_id"], ["proposal.id"], name=op.f("fk_co_author_from_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_co_author_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_co_author_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_author")),
        sa.UniqueConstraint("proposal_id", "email", name=op.f("uq_co_author_proposal_id_email")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_co_author_token_hash")),
    )
    with op.batch_alter_table("co_author", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_co_author_from_proposal_id"), ["from_proposal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_co_author_user_id"), ["user_id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column(
            "stance",
            sa.Enum(
                "for", "against", "neutral", name="stance_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_official", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "hidden_reason",
            sa.Enum(
                "insult",
                "threat",
                "personal_data",
                "off_topic",
                "spam",
                "unlawful",
                name="moderationreason_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("hidden_note", sa.Text(), nullable=False),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_by_machine", sa.Boolean(), nullable=False),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "appeal_status",
            sa.Enum(
                "open",
                "granted",
                "refused",
                name="appealstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("appeal_answer", sa.Text(), nullable=False),
        sa.Column("appeal_by_id", sa.Integer(), nullable=True),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(hidden_at IS NULL) = (hidden_reason IS NULL)", name=op.f("ck_comment_hidden_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["appeal_by_id"], ["user.id"], name=op.f("fk_comment_appeal_by_id_user")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_comment_author_id_user")),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["user.id"], name=op.f("fk_comment_hidden_by_id_user")),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id_comment")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_comment_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_comment_idempotency_key")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_comment_proposal_created", ["proposal_id", "created_at"], unique=False)

    op.create_table(
        "hold",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "trap",
                "too_fast",
                "stale_form",
                "duplicate_text",
                "links",
                "probe",
                "test",
                "flood",
                "by_hand",
                name="holdreason_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("by_machine", sa.Boolean(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_hold_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["settled_by_id"], ["user.id"], name=op.f("fk_hold_settled_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_held_at"), ["held_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hold_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "information_request",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_information_request_asked_by_id_user")),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_information_request_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_request")),
    )
    with op.batch_alter_table("information_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_information_request_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "join_request",
        sa.Column("collective_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asked",
                "accepted",
                "nuanced",
                "declined",
                "silent",
                "undone",
                name="joinstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("nuance", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "joined_from",
            sa.Enum(
                "draft",
                "held",
                "discarded",
                "submitted",
                "refusal_proposed",
                "not_admitted",
                "admitted",
                "in_evaluation",
                "evaluated",
                "selected",
                "reserve",
                "outside_plan",
                "next_plan",
                "withdrawn",
                "joined",
                name="joinedfrom_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("collective_id <> proposal_id", name=op.f("ck_join_request_two_proposals")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_join_request_asked_by_id_user")),
        sa.ForeignKeyConstraint(
            ["collective_id"], ["proposal.id"], name=op.f("fk_join_request_collective_id_proposal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_join_request_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
        sa.UniqueConstraint("collective_id", "proposal_id", name=op.f("uq_join_request_collective_id_proposal_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_join_request_token_hash")),
    )
    with op.batch_alter_table("join_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_join_request_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "proposal_file",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "document",
                "picture",
                "scan",
                name="proposalfilekind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'picture' OR description <> ''", name=op.f("ck_proposal_file_picture_is_described")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_proposal_file_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_file_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_file")),
    )
    with op.batch_alter_table("proposal_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_file_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_file_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "sheet",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("folio", sa.String(length=20), nullable=False),
        sa.Column("folio_number", sa.Integer(), nullable=False),
        sa.Column("claim_code_hash", sa.String(length=64), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.Column("spoilt_reason", sa.Text(), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keyed_by_id", sa.Integer(), nullable=True),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("second", sa.JSON(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_by_id", sa.Integer(), nullable=True),
        sa.Column("differences", sa.JSON(), nullable=True),
        sa.Column("field_count", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("spoilt_reason = '' OR proposal_id IS NULL", name=op.f("ck_sheet_spoilt_or_used")),
        sa.ForeignKeyConstraint(["keyed_by_id"], ["user.id"], name=op.f("fk_sheet_keyed_by_id_user")),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_sheet_packet_id_packet"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_sheet_proposal_id_proposal")),
        sa.ForeignKeyConstraint(["scan_id"], ["stored_file.id"], name=op.f("fk_sheet_scan_id_stored_file")),
        sa.ForeignKeyConstraint(["second_by_id"], ["user.id"], name=op.f("fk_sheet_second_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("folio", name=op.f("uq_sheet_folio")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_sheet_proposal_id")),
    )
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_packet_id"), ["packet_id"], unique=False)

    op.create_table(
        "support",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("person_key", sa.String(length=64), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("user_id IS NOT NULL OR person_key IS NOT NULL", name=op.f("ck_support_somebodys")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_support_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_support_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support")),
        sa.UniqueConstraint("proposal_id", "person_key", name=op.f("uq_support_proposal_id_person_key")),
        sa.UniqueConstraint("proposal_id", "user_id", name=op.f("uq_support_proposal_id_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_support_token_hash")),
    )
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_support_person_key"), ["person_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_support_user_id"), ["user_id"], unique=False)

    op.create_table(
        "comment_report",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "insult",
                "threat",
                "personal_data",
                "off_topic",
                "spam",
                "unlawful",
                name="moderationreason_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_report_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_comment_report_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_report")),
        sa.UniqueConstraint("comment_id", "user_id", name=op.f("uq_comment_report_comment_id_user_id")),
    )
    with op.batch_alter_table("comment_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_report_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("external_id", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("joined_to_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("support_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("comment_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_proposal_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_joined_to_id"), ["joined_to_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_proposal_plan_id_external_id"), ["plan_id", "external_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_proposal_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_proposal_joined_to_id_proposal"), "proposal", ["joined_to_id"], ["id"]
        )
        vocabulary(batch_op, STATES + ", 'held', 'discarded', 'joined'", KINDS + ", 'collective'")
        batch_op.create_check_constraint(
            op.f("ck_proposal_joined_to_another"), "(status = 'joined') = (joined_to_id IS NOT NULL)"
        )
        batch_op.create_check_constraint(
            op.f("ck_proposal_not_joined_to_itself"), "joined_to_id IS NULL OR joined_to_id <> id"
        )
        batch_op.create_check_constraint(
            op.f("ck_proposal_counts_not_negative"), "support_count >= 0 AND comment_count >= 0"
        )
        batch_op.create_check_constraint(op.f("ck_proposal_whole_point"), "(latitude IS NULL) = (longitude IS NULL)")
    triggers_again()
    back_from_aside()


def keep_aside():
    """What was set aside stays unseen: a draft again, which nobody lists; folio and dates wait in a table of their own.

    The older vocabulary publishes every state but the draft. `upgrade` gives them back.
    """
    held = sa.text("SELECT count(*) FROM proposal WHERE status IN ('held', 'discarded')")
    if not op.get_bind().scalar(held):
        return
    op.execute(f"CREATE TABLE {ASIDE} AS SELECT {WAITS} FROM proposal WHERE status IN ('held', 'discarded')")
    op.execute(
        "UPDATE proposal SET status = 'draft', folio = NULL, folio_number = NULL, submitted_at = NULL"
        " WHERE status IN ('held', 'discarded')"
    )


def back_from_aside():
    """Give back what an earlier way down had kept, where it is still there as it was left."""
    if not sa.inspect(op.get_bind()).has_table(ASIDE):
        return
    kept = f"(SELECT kept.{{0}} FROM {ASIDE} AS kept WHERE kept.id = proposal.id)"
    values = ", ".join(f"{name} = {kept.format(name)}" for name in WAITS.split(", ")[1:])
    op.execute(f"UPDATE proposal SET {values} WHERE status = 'draft' AND id IN (SELECT id FROM {ASIDE})")
    op.drop_table(ASIDE)


def downgrade():
    op.execute("UPDATE proposal SET joined_to_id = NULL, status = 'admitted' WHERE status = 'joined'")
    keep_aside()
    op.execute("UPDATE proposal SET kind = 'integrated' WHERE kind = 'collective'")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        vocabulary(batch_op, STATES, KINDS)
        for name in ("joined_to_another", "not_joined_to_itself", "counts_not_negative", "whole_point"):
            batch_op.drop_constraint(op.f(f"ck_proposal_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_proposal_joined_to_id_proposal"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_proposal_batch_id_import_batch"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_proposal_plan_id_external_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_proposal_joined_to_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_batch_id"))
        batch_op.drop_column("comment_count")
        batch_op.drop_column("support_count")
        batch_op.drop_column("joined_to_id")
        batch_op.drop_column("external_id")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")
    triggers_again()

    with op.batch_alter_table("comment_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_report_user_id"))

    op.drop_table("comment_report")
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_support_user_id"))
        batch_op.drop_index(batch_op.f("ix_support_person_key"))

    op.drop_table("support")
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheet_packet_id"))

    op.drop_table("sheet")
    with op.batch_alter_table("proposal_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_file_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_file_file_id"))

    op.drop_table("proposal_file")
    with op.batch_alter_table("join_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_join_request_proposal_id"))

    op.drop_table("join_request")
    with op.batch_alter_table("information_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_information_request_proposal_id"))

    op.drop_table("information_request")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hold_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_hold_held_at"))

    op.drop_table("hold")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_proposal_created")
        batch_op.drop_index(batch_op.f("ix_comment_parent_id"))
        batch_op.drop_index(batch_op.f("ix_comment_author_id"))

    op.drop_table("comment")
    with op.batch_alter_table("co_author", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_co_author_user_id"))
        batch_op.drop_index(batch_op.f("ix_co_author_from_proposal_id"))

    op.drop_table("co_author")
    op.drop_table("author_reply")
    with op.batch_alter_table("packet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_packet_event_id"))

    op.drop_table("packet")
