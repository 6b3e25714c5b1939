"""The second round: a last day for explanations, what they bring, and dossiers that went by other means

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("score_round", sa.Column("explain_until", sa.Date(), nullable=True))
    op.add_column("score_evidence", sa.Column("explains", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("score_dossier", sa.Column("handed_over", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("score_dossier", "handed_over")
    op.drop_column("score_evidence", "explains")
    op.drop_column("score_round", "explain_until")
