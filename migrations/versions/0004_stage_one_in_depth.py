"""Stage 1 in depth: the registry, bodies and their meetings, events, attendance by list, outreach.

Revision: 0004; follows: 0003

Checks of a vocabulary that grew are made anew by hand: Alembic does not compare them. Going down, what the older
vocabulary cannot say is brought back to what it can: a merged actor becomes a rejected one, counts by disability and links
for a lost code go.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "language",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name_es", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("standing", sa.String(length=24), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language")),
        sa.UniqueConstraint("code", name=op.f("uq_language_code")),
    )
    op.create_table(
        "mail_stop",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_stop")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_mail_stop_address_hash")),
    )
    op.create_table(
        "import_batch",
        sa.Column(
            "kind",
            sa.Enum(
                "actors", "proposals", name="batchkind_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("added_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("row_count >= 0", name=op.f("ck_import_batch_rows_counted")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_import_batch_created_by_id_user")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_import_batch_plan_id_plan")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user.id"], name=op.f("fk_import_batch_undone_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_import_batch_kind_name")),
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_batch_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_batch_sha256"), ["sha256"], unique=False)

    op.create_table(
        "person_profile",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("gender", sa.String(length=40), nullable=False),
        sa.Column("age_band", sa.String(length=40), nullable=False),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("self_identification", sa.String(length=40), nullable=False),
        sa.Column("disability", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_person_profile_plan_id_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_profile")),
        sa.UniqueConstraint("plan_id", "person_key", name=op.f("uq_person_profile_plan_id_person_key")),
    )
    op.create_table(
        "campaign",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "closed",
                "cancelled",
                name="campaignstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_campaign_created_by_id_user")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_campaign_event_id_event")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_campaign_owner_id_user")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_campaign_plan_id_plan")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_campaign_territory_id_territory")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_campaign_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_territory_id"), ["territory_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "event_act",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("facilitator_name", sa.String(length=120), nullable=False),
        sa.Column("facilitator_signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("participant_name", sa.String(length=120), nullable=False),
        sa.Column("participant_consents", sa.Boolean(), nullable=False),
        sa.Column("participant_signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_act_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_event_act_file_id_stored_file")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["user.id"], name=op.f("fk_event_act_signed_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_act")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_act_event_id")),
    )
    op.create_table(
        "event_file",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "photo",
                "minutes",
                "act",
                "material",
                name="eventfilekind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind <> 'photo' OR description <> ''", name=op.f("ck_event_file_photo_is_described")),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_event_file_added_by_id_user")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_file_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_event_file_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_file")),
    )
    with op.batch_alter_table("event_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_file_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_file_file_id"), ["file_id"], unique=False)

    op.create_table(
        "event_step",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 8", name=op.f("ck_event_step_one_of_eight")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_event_step_done_by_id_user")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_step_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_step")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_event_step_event_id_number")),
    )
    op.create_table(
        "event_theme",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_theme_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_event_theme_theme_id_theme")),
        sa.PrimaryKeyConstraint("event_id", "theme_id", name=op.f("pk_event_theme")),
    )
    with op.batch_alter_table("event_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_theme_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "called",
                "held",
                "published",
                "cancelled",
                name="meetingstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "in_person",
                "virtual",
                "hybrid",
                name="meetingmode_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'published') = (published_at IS NOT NULL)", name=op.f("ck_meeting_publication_is_dated")
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_meeting_ends_after_start")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_meeting_body_id_body"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_meeting_created_by_id_user")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_meeting_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("body_id", "number", name=op.f("uq_meeting_body_id_number")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_body_id"), ["body_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "profile_attendance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("profile_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_profile_attendance_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["person_profile.id"],
            name=op.f("fk_profile_attendance_profile_id_person_profile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_attendance")),
        sa.UniqueConstraint("profile_id", "event_id", name=op.f("uq_profile_attendance_profile_id_event_id")),
    )
    with op.batch_alter_table("profile_attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_attendance_event_id"), ["event_id"], unique=False)

    op.create_table(
        "actor_language",
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("language_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_actor_language_actor_id_actor"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["language_id"], ["language.id"], name=op.f("fk_actor_language_language_id_language")),
        sa.PrimaryKeyConstraint("actor_id", "language_id", name=op.f("pk_actor_language")),
    )
    with op.batch_alter_table("actor_language", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_language_language_id"), ["language_id"], unique=False)

    op.create_table(
        "actor_merge",
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_actor_merge_two_records")),
        sa.ForeignKeyConstraint(["kept_id"], ["actor.id"], name=op.f("fk_actor_merge_kept_id_actor")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["user.id"], name=op.f("fk_actor_merge_merged_by_id_user")),
        sa.ForeignKeyConstraint(["merged_id"], ["actor.id"], name=op.f("fk_actor_merge_merged_id_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor_merge")),
        sa.UniqueConstraint("merged_id", name=op.f("uq_actor_merge_merged_id")),
    )
    with op.batch_alter_table("actor_merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_merge_kept_id"), ["kept_id"], unique=False)

    op.create_table(
        "actor_people",
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("people_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_actor_people_actor_id_actor"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["people_id"], ["people.id"], name=op.f("fk_actor_people_people_id_people")),
        sa.PrimaryKeyConstraint("actor_id", "people_id", name=op.f("pk_actor_people")),
    )
    with op.batch_alter_table("actor_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_people_people_id"), ["people_id"], unique=False)

    op.create_table(
        "mailing",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("steps", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_mailing_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["started_by_id"], ["user.id"], name=op.f("fk_mailing_started_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_mailing_campaign_id_number")),
    )
    op.create_table(
        "registration",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "registered",
                "cancelled",
                "attended",
                "absent",
                name="registrationstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=24), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("at_door", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_registration_actor_id_actor")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_registration_consent_id_consent")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_registration_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["noted_by_id"], ["user.id"], name=op.f("fk_registration_noted_by_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_registration_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_registration_code_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_registration_reference")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_user_id"), ["user_id"], unique=False)

    op.create_table(
        "resolution",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_resolution_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_resolution_recorded_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_resolution_meeting_id_number")),
    )
    op.create_table(
        "target",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "identified",
                "contacted",
                "confirmed",
                "attended",
                "contributed",
                "answered",
                "declined",
                name="outreachstep_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_target_actor_id_actor")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_target_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("campaign_id", "actor_id", name=op.f("uq_target_campaign_id_actor_id")),
    )
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.create_index("ix_target_actor_step", ["actor_id", "step"], unique=False)

    op.create_table(
        "delegate",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "seat",
            sa.Enum("principal", "alternate", name="seat_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.String(length=160), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("designated_by", sa.String(length=240), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_delegate_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["body_member.id"], name=op.f("fk_delegate_member_id_body_member"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_delegate_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegate")),
    )
    with op.batch_alter_table("delegate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegate_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegate_user_id"), ["user_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["actor_contact.id"], name=op.f("fk_invitation_contact_id_actor_contact")
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_invitation_mailing_id_mailing"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_invitation_target_id_target"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("mailing_id", "contact_id", name=op.f("uq_invitation_mailing_id_contact_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_target_id"), ["target_id"], unique=False)

    op.create_table(
        "resolution_vote",
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "vote",
            sa.Enum(
                "in_favour",
                "against",
                "abstained",
                name="vote_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["body_member.id"], name=op.f("fk_resolution_vote_member_id_body_member")
        ),
        sa.ForeignKeyConstraint(
            ["resolution_id"],
            ["resolution.id"],
            name=op.f("fk_resolution_vote_resolution_id_resolution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution_vote")),
        sa.UniqueConstraint("resolution_id", "member_id", name=op.f("uq_resolution_vote_resolution_id_member_id")),
    )
    with op.batch_alter_table("resolution_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resolution_vote_member_id"), ["member_id"], unique=False)

    op.create_table(
        "target_step",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "identified",
                "contacted",
                "confirmed",
                "attended",
                "contributed",
                "answered",
                "declined",
                name="outreachstep_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "mail",
                "phone",
                "message",
                "visit",
                "letter",
                "radio",
                "meeting",
                name="contactchannel_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["noted_by_id"], ["user.id"], name=op.f("fk_target_step_noted_by_id_user")),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_target_step_target_id_target"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_step")),
    )
    with op.batch_alter_table("target_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_step_target_id"), ["target_id"], unique=False)

    op.create_table(
        "meeting_presence",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=True),
        sa.Column(
            "presence",
            sa.Enum(
                "principal",
                "alternate",
                "excused",
                "absent",
                name="presence_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["delegate.id"], name=op.f("fk_meeting_presence_delegate_id_delegate")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_presence_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["body_member.id"], name=op.f("fk_meeting_presence_member_id_body_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_presence")),
        sa.UniqueConstraint("meeting_id", "member_id", name=op.f("uq_meeting_presence_meeting_id_member_id")),
    )
    with op.batch_alter_table("meeting_presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_presence_member_id"), ["member_id"], unique=False)

    with op.batch_alter_table("actor", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "function",
                sa.Enum(
                    "executive",
                    "legislative",
                    "judicial",
                    "electoral",
                    "transparency",
                    name="governmentfunction_known",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "level",
                sa.Enum(
                    "national",
                    "provincial",
                    "cantonal",
                    "parish",
                    name="governmentlevel_known",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("ruc", sa.String(length=13), nullable=True))
        batch_op.add_column(sa.Column("source_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("external_id", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_actor_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_actor_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_actor_ruc"), ["ruc"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_actor_external_id"), ["external_id"])
        batch_op.create_foreign_key(batch_op.f("fk_actor_merged_into_id_actor"), "actor", ["merged_into_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_actor_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"])
        batch_op.drop_constraint(batch_op.f("ck_actor_actorstatus_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_actor_actorstatus_known"), "status IN ('pending', 'verified', 'rejected', 'merged')"
        )
        batch_op.drop_constraint(batch_op.f("ck_actor_verified_is_dated"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_actor_verified_is_dated"),
            "(status = 'verified') = (verified_at IS NOT NULL) OR status = 'merged'",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_actor_merged_into_another"), "(status = 'merged') = (merged_into_id IS NOT NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_actor_not_merged_into_itself"), "merged_into_id IS NULL OR merged_into_id <> id"
        )

    with op.batch_alter_table("actor_contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("locale", sa.String(length=8), nullable=False, server_default="es"))

    with op.batch_alter_table("body_member", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sector",
                sa.Enum(
                    "government",
                    "civil_society",
                    "academia",
                    name="reviewsector_known",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("left_on", sa.Date(), nullable=True))

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "status",
                sa.Enum(
                    "planned",
                    "called",
                    "held",
                    "closed",
                    "cancelled",
                    name="eventstatus_known",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="held",
            )
        )
        batch_op.add_column(sa.Column("agenda", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("minutes", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("accessibility", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("online_url", sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column("facilitator", sa.String(length=160), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("facilitator_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("takes_registrations", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("registration_closes_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("capacity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("called_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("status_reason", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("counted_in_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_event_counted_in_id"), ["counted_in_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_facilitator_id"), ["facilitator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_status"), ["status"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_event_counted_in_id_event"), "event", ["counted_in_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_event_facilitator_id_user"), "user", ["facilitator_id"], ["id"])
        batch_op.create_check_constraint(batch_op.f("ck_event_room_for_somebody"), "capacity IS NULL OR capacity > 0")
        batch_op.create_check_constraint(
            batch_op.f("ck_event_not_counted_in_itself"), "counted_in_id IS NULL OR counted_in_id <> id"
        )
    # what lies ahead was announced; what is past was held
    op.execute("UPDATE event SET status = 'called', called_at = created_at WHERE starts_at > CURRENT_TIMESTAMP")

    with op.batch_alter_table("one_time_token", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proposal_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_one_time_token_proposal_id"), ["proposal_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_one_time_token_proposal_id_proposal"),
            "proposal",
            ["proposal_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.drop_constraint(batch_op.f("ck_one_time_token_tokenpurpose_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_one_time_token_tokenpurpose_known"),
            "purpose IN ('confirm_email', 'sign_in', 'reset_password', 'invitation', 'change_email', 'claim_code')",
        )

    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "method",
                sa.Enum(
                    "counts",
                    "list",
                    name="attendancemethod_known",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=False,
                server_default="counts",
            )
        )

    with op.batch_alter_table("participation_count", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_participation_count_dimension_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_participation_count_dimension_known"),
            "dimension IN ('gender', 'age_band', 'sector', 'self_identification', 'disability')",
        )


def downgrade():
    op.execute("DELETE FROM participation_count WHERE dimension = 'disability'")
    with op.batch_alter_table("participation_count", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_participation_count_dimension_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_participation_count_dimension_known"),
            "dimension IN ('gender', 'age_band', 'sector', 'self_identification')",
        )

    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_participation_attendancemethod_known"), type_="check")
        batch_op.drop_column("method")

    op.execute("DELETE FROM one_time_token WHERE purpose = 'claim_code'")
    with op.batch_alter_table("one_time_token", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_one_time_token_tokenpurpose_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_one_time_token_tokenpurpose_known"),
            "purpose IN ('confirm_email', 'sign_in', 'reset_password', 'invitation', 'change_email')",
        )
        batch_op.drop_constraint(batch_op.f("fk_one_time_token_proposal_id_proposal"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_one_time_token_proposal_id"))
        batch_op.drop_column("proposal_id")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_event_room_for_somebody"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_event_not_counted_in_itself"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_event_facilitator_id_user"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_event_counted_in_id_event"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_event_status"))
        batch_op.drop_index(batch_op.f("ix_event_facilitator_id"))
        batch_op.drop_index(batch_op.f("ix_event_counted_in_id"))
        batch_op.drop_column("counted_in_id")
        batch_op.drop_column("status_reason")
        batch_op.drop_column("called_at")
        batch_op.drop_column("capacity")
        batch_op.drop_column("registration_closes_on")
        batch_op.drop_column("takes_registrations")
        batch_op.drop_column("facilitator_id")
        batch_op.drop_column("facilitator")
        batch_op.drop_column("online_url")
        batch_op.drop_column("accessibility")
        batch_op.drop_column("minutes")
        batch_op.drop_column("agenda")
        batch_op.drop_constraint(batch_op.f("ck_event_eventstatus_known"), type_="check")
        batch_op.drop_column("status")

    with op.batch_alter_table("body_member", schema=None) as batch_op:
        batch_op.drop_column("left_on")
        batch_op.drop_constraint(batch_op.f("ck_body_member_reviewsector_known"), type_="check")
        batch_op.drop_column("sector")

    with op.batch_alter_table("actor_contact", schema=None) as batch_op:
        batch_op.drop_column("locale")
        batch_op.drop_column("position")

    op.execute(
        "UPDATE actor SET status = 'rejected', verified_at = NULL, merged_into_id = NULL WHERE status = 'merged'"
    )
    with op.batch_alter_table("actor", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_actor_not_merged_into_itself"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_actor_merged_into_another"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_actor_verified_is_dated"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_actor_verified_is_dated"), "(status = 'verified') = (verified_at IS NOT NULL)"
        )
        batch_op.drop_constraint(batch_op.f("ck_actor_actorstatus_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_actor_actorstatus_known"), "status IN ('pending', 'verified', 'rejected')"
        )
        batch_op.drop_constraint(batch_op.f("fk_actor_batch_id_import_batch"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_actor_merged_into_id_actor"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_actor_external_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_actor_ruc"))
        batch_op.drop_index(batch_op.f("ix_actor_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_actor_batch_id"))
        batch_op.drop_column("merged_at")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("external_id")
        batch_op.drop_column("source_on")
        batch_op.drop_column("ruc")
        batch_op.drop_constraint(batch_op.f("ck_actor_governmentfunction_known"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_actor_governmentlevel_known"), type_="check")
        batch_op.drop_column("level")
        batch_op.drop_column("function")

    with op.batch_alter_table("meeting_presence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_presence_member_id"))

    op.drop_table("meeting_presence")
    with op.batch_alter_table("target_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_target_step_target_id"))

    op.drop_table("target_step")
    with op.batch_alter_table("resolution_vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resolution_vote_member_id"))

    op.drop_table("resolution_vote")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_target_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_contact_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("delegate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegate_user_id"))
        batch_op.drop_index(batch_op.f("ix_delegate_member_id"))

    op.drop_table("delegate")
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.drop_index("ix_target_actor_step")

    op.drop_table("target")
    op.drop_table("resolution")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_user_id"))
        batch_op.drop_index(batch_op.f("ix_registration_event_id"))
        batch_op.drop_index(batch_op.f("ix_registration_email"))
        batch_op.drop_index(batch_op.f("ix_registration_actor_id"))

    op.drop_table("registration")
    op.drop_table("mailing")
    with op.batch_alter_table("actor_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actor_people_people_id"))

    op.drop_table("actor_people")
    with op.batch_alter_table("actor_merge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actor_merge_kept_id"))

    op.drop_table("actor_merge")
    with op.batch_alter_table("actor_language", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actor_language_language_id"))

    op.drop_table("actor_language")
    with op.batch_alter_table("profile_attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_attendance_event_id"))

    op.drop_table("profile_attendance")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_starts_at"))
        batch_op.drop_index(batch_op.f("ix_meeting_body_id"))

    op.drop_table("meeting")
    with op.batch_alter_table("event_theme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_theme_theme_id"))

    op.drop_table("event_theme")
    op.drop_table("event_step")
    with op.batch_alter_table("event_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_file_file_id"))
        batch_op.drop_index(batch_op.f("ix_event_file_event_id"))

    op.drop_table("event_file")
    op.drop_table("event_act")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_theme_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_territory_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_status"))
        batch_op.drop_index(batch_op.f("ix_campaign_plan_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_owner_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_event_id"))

    op.drop_table("campaign")
    op.drop_table("person_profile")
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_batch_sha256"))
        batch_op.drop_index(batch_op.f("ix_import_batch_plan_id"))

    op.drop_table("import_batch")
    op.drop_table("mail_stop")
    op.drop_table("language")
