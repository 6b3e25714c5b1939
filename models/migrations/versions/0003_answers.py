"""Answers from the portal: links and sessions, evidence, reviews, extensions, leave, calendars

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SHOWN = ("label", "due_on", "last_day", "done_on", "cancelled_at")
"""What a calendar shows of an occurrence; of its item it shows these:"""
ITEM_SHOWN = ("code", "title", "dropped_at")


def upgrade() -> None:  # noqa: PLR0915 - a list of tables
    op.create_table(
        "link_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.Column("at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_request")),
    )

    with op.batch_alter_table("link_request", schema=None) as batch_op:
        batch_op.create_index("ix_link_request_address_hash", ["address_hash", "at"], unique=False)
        batch_op.create_index("ix_link_request_at", ["at"], unique=False)
        batch_op.create_index("ix_link_request_source_hash", ["source_hash", "at"], unique=False)

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_calendar_feed_unit_id_unit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
    )

    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_feed_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("media", sa.String(length=120), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_by", sa.String(length=300), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_evidence_authority_id_authority"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_evidence_document_id_document")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_evidence_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_evidence_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_document_id", ["document_id"], unique=False)
        batch_op.create_index("ix_evidence_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=False),
        sa.Column("to_person_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_person_id"], ["person.id"], name=op.f("fk_handover_from_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["to_person_id"], ["person.id"], name=op.f("fk_handover_to_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_handover_unit_id_unit"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )

    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index("ix_handover_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "named_coordinator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_named_coordinator_item_id_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["named_by_id"], ["person.id"], name=op.f("fk_named_coordinator_named_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_named_coordinator_unit_id_unit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_coordinator")),
        sa.UniqueConstraint("item_id", "unit_id", name=op.f("uq_named_coordinator_item_id_unit_id")),
    )

    with op.batch_alter_table("named_coordinator", schema=None) as batch_op:
        batch_op.create_index("ix_named_coordinator_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "portal_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("plan_ids", sa.JSON(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum("digest", "fresh", "hand", name="linkpurpose", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("made_by", sa.String(length=254), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_portal_link_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_link")),
    )

    with op.batch_alter_table("portal_link", schema=None) as batch_op:
        batch_op.create_index("ix_portal_link_person_id", ["person_id"], unique=False)

    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.add_column(sa.Column("figures", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("covers", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(sa.Column("batch", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("link_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", models.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_progress_batch", ["batch"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_progress_link_id_portal_link"), "portal_link", ["link_id"], ["id"], ondelete="SET NULL"
        )

    op.create_table(
        "answer_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrence.id"],
            name=op.f("fk_answer_draft_occurrence_id_occurrence"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_answer_draft_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_draft")),
        sa.UniqueConstraint("person_id", "occurrence_id", name=op.f("uq_answer_draft_person_id_occurrence_id")),
    )

    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("last_day_then", sa.Date(), nullable=False),
        sa.Column("wanted_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("granted_day", sa.Date(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_extension_decided_by_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_extension_occurrence_id_occurrence"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_extension_person_id_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_extension_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )

    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index("ix_extension_occurrence_id", ["occurrence_id"], unique=False)

    op.create_table(
        "portal_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"], ["portal_link.id"], name=op.f("fk_portal_session_link_id_portal_link"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_portal_session_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_portal_session_token_hash")),
    )

    with op.batch_alter_table("portal_session", schema=None) as batch_op:
        batch_op.create_index("ix_portal_session_person_id", ["person_id"], unique=False)

    op.create_table(
        "evidence_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("progress_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_use_evidence_id_evidence"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["occurrence.id"],
            name=op.f("fk_evidence_use_occurrence_id_occurrence"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["progress_id"], ["progress.id"], name=op.f("fk_evidence_use_progress_id_progress"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_evidence_use_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_use")),
    )

    with op.batch_alter_table("evidence_use", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_use_evidence_id", ["evidence_id"], unique=False)
        batch_op.create_index("ix_evidence_use_occurrence_id", ["occurrence_id"], unique=False)
        batch_op.create_index("ix_evidence_use_progress_id", ["progress_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("progress_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum("accepted", "returned", "reopened", name="verdict", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_review_occurrence_id_occurrence"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["progress_id"], ["progress.id"], name=op.f("fk_review_progress_id_progress"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_review_reviewer_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index("ix_review_occurrence_id", ["occurrence_id"], unique=False)
        batch_op.create_index("ix_review_progress_id", ["progress_id"], unique=False)

    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extended_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("reopened_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("halted_at", models.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sequence", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("changed_at", models.base.UtcDateTime(timezone=True), nullable=True))

    # A calendar programme takes an event anew only when its SEQUENCE has grown: the database counts, whoever writes.
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()


def _differs(columns: tuple[str, ...], unequal: str) -> str:
    return " OR ".join(f"OLD.{name} {unequal} NEW.{name}" for name in columns)


def _sqlite_triggers() -> None:
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    op.execute(
        f"CREATE TRIGGER occurrence_changed AFTER UPDATE OF {', '.join(SHOWN)} ON occurrence "  # noqa: S608 - names of our own
        f"WHEN {_differs(SHOWN, 'IS NOT')} BEGIN "
        f"UPDATE occurrence SET sequence = sequence + 1, changed_at = {now} WHERE id = NEW.id; END"
    )
    op.execute(
        f"CREATE TRIGGER item_changed AFTER UPDATE OF {', '.join(ITEM_SHOWN)} ON item "  # noqa: S608 - names of our own
        f"WHEN {_differs(ITEM_SHOWN, 'IS NOT')} BEGIN "
        f"UPDATE occurrence SET sequence = sequence + 1, changed_at = {now} WHERE item_id = NEW.id; END"
    )


def _postgres_triggers() -> None:
    op.execute(
        "CREATE FUNCTION occurrence_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "NEW.sequence := OLD.sequence + 1; NEW.changed_at := now(); RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER occurrence_changed BEFORE UPDATE ON occurrence FOR EACH ROW "
        f"WHEN ({_differs(SHOWN, 'IS DISTINCT FROM')}) EXECUTE FUNCTION occurrence_changed()"
    )
    op.execute(
        "CREATE FUNCTION item_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE occurrence SET sequence = sequence + 1, changed_at = now() WHERE item_id = NEW.id; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER item_changed AFTER UPDATE ON item FOR EACH ROW "
        f"WHEN ({_differs(ITEM_SHOWN, 'IS DISTINCT FROM')}) EXECUTE FUNCTION item_changed()"
    )


def downgrade() -> None:  # noqa: PLR0915 - the same list backwards
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER item_changed")
        op.execute("DROP TRIGGER occurrence_changed")
    else:
        op.execute("DROP TRIGGER item_changed ON item")
        op.execute("DROP FUNCTION item_changed()")
        op.execute("DROP TRIGGER occurrence_changed ON occurrence")
        op.execute("DROP FUNCTION occurrence_changed()")
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.drop_column("changed_at")
        batch_op.drop_column("sequence")
        batch_op.drop_column("halted_at")
        batch_op.drop_column("reopened_until")
        batch_op.drop_column("extended_to")

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index("ix_review_progress_id")
        batch_op.drop_index("ix_review_occurrence_id")

    op.drop_table("review")

    with op.batch_alter_table("evidence_use", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_use_progress_id")
        batch_op.drop_index("ix_evidence_use_occurrence_id")
        batch_op.drop_index("ix_evidence_use_evidence_id")

    op.drop_table("evidence_use")

    with op.batch_alter_table("portal_session", schema=None) as batch_op:
        batch_op.drop_index("ix_portal_session_person_id")

    op.drop_table("portal_session")

    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_index("ix_extension_occurrence_id")

    op.drop_table("extension")

    op.drop_table("answer_draft")

    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_progress_link_id_portal_link"), type_="foreignkey")
        batch_op.drop_index("ix_progress_batch")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("link_id")
        batch_op.drop_column("batch")
        batch_op.drop_column("covers")
        batch_op.drop_column("late")
        batch_op.drop_column("figures")

    with op.batch_alter_table("portal_link", schema=None) as batch_op:
        batch_op.drop_index("ix_portal_link_person_id")

    op.drop_table("portal_link")

    with op.batch_alter_table("named_coordinator", schema=None) as batch_op:
        batch_op.drop_index("ix_named_coordinator_unit_id")

    op.drop_table("named_coordinator")

    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index("ix_handover_unit_id")

    op.drop_table("handover")

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_unit_id")
        batch_op.drop_index("ix_evidence_document_id")

    op.drop_table("evidence")

    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index("ix_calendar_feed_unit_id")

    op.drop_table("calendar_feed")

    with op.batch_alter_table("link_request", schema=None) as batch_op:
        batch_op.drop_index("ix_link_request_source_hash")
        batch_op.drop_index("ix_link_request_at")
        batch_op.drop_index("ix_link_request_address_hash")

    op.drop_table("link_request")
