"""Self-scoring: sets of criteria, links to items, rounds, scores with their evidence, sealed dossiers

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "criteria_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("imported_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria_set")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_criteria_set_code_version")),
    )
    op.create_table(
        "score_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "scoring",
                "review",
                "approval",
                "approved",
                "sent",
                "verified",
                "second",
                "final",
                name="roundstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("units_until", sa.Date(), nullable=False),
        sa.Column("sending_on", sa.Date(), nullable=False),
        sa.Column("submitted_by", sa.String(length=254), nullable=True),
        sa.Column("approved_by", sa.String(length=254), nullable=True),
        sa.Column("approved_at", models.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("rank_of", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=60), nullable=True),
        sa.Column("changed_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authority.id"], name=op.f("fk_score_round_authority_id_authority"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_score_round_plan_id_plan"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["set_id"], ["criteria_set.id"], name=op.f("fk_score_round_set_id_criteria_set")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_round")),
        sa.UniqueConstraint("authority_id", "set_id", name=op.f("uq_score_round_authority_id_set_id")),
    )
    with op.batch_alter_table("score_round", schema=None) as batch_op:
        batch_op.create_index("ix_score_round_state", ["state"], unique=False)

    op.create_table(
        "criterion_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_code", sa.String(length=40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_criterion_link_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion_link")),
        sa.UniqueConstraint(
            "set_code", "criterion", "item_id", name=op.f("uq_criterion_link_set_code_criterion_item_id")
        ),
    )
    with op.batch_alter_table("criterion_link", schema=None) as batch_op:
        batch_op.create_index("ix_criterion_link_item_id", ["item_id"], unique=False)

    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "submitted", "returned", "accepted", name="scorestate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("filled", sa.JSON(), nullable=False),
        sa.Column("points", sa.String(length=24), nullable=False),
        sa.Column("counted", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("calculation", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("returned_because", sa.Text(), nullable=True),
        sa.Column("reopened_until", sa.Date(), nullable=True),
        sa.Column("verified", sa.String(length=24), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("final", sa.String(length=24), nullable=True),
        sa.Column("lost_because", sa.String(length=24), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("changed_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["score_round.id"], name=op.f("fk_score_round_id_score_round"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_score_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("round_id", "criterion", name=op.f("uq_score_round_id_criterion")),
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index("ix_score_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "score_dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.String(length=24), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("sealed_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sealed_by", sa.String(length=254), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_score_dossier_document_id_document")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_score_dossier_message_id_message"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["score_round.id"], name=op.f("fk_score_dossier_round_id_score_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_dossier")),
        sa.UniqueConstraint("round_id", "version", name=op.f("uq_score_dossier_round_id_version")),
    )
    op.create_table(
        "score_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("added_at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_score_evidence_evidence_id_evidence"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["score_id"], ["score.id"], name=op.f("fk_score_evidence_score_id_score"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_evidence")),
        sa.UniqueConstraint("score_id", "evidence_id", name=op.f("uq_score_evidence_score_id_evidence_id")),
    )
    with op.batch_alter_table("score_evidence", schema=None) as batch_op:
        batch_op.create_index("ix_score_evidence_evidence_id", ["evidence_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("score_evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_score_evidence_evidence_id")

    op.drop_table("score_evidence")
    op.drop_table("score_dossier")
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.drop_index("ix_score_unit_id")

    op.drop_table("score")
    with op.batch_alter_table("criterion_link", schema=None) as batch_op:
        batch_op.drop_index("ix_criterion_link_item_id")

    op.drop_table("criterion_link")
    with op.batch_alter_table("score_round", schema=None) as batch_op:
        batch_op.drop_index("ix_score_round_state")

    op.drop_table("score_round")
    op.drop_table("criteria_set")
