"""What a document is and who gives its tasks; the documents that give each item

Revision ID: 0016
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("kind", sa.String(16), nullable=True))
    op.add_column("plan", sa.Column("level", sa.String(16), nullable=True))
    op.add_column("item", sa.Column("assigned", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("plan_draft", sa.Column("register", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("plan_draft", "register")
    op.drop_column("item", "assigned")
    op.drop_column("plan", "level")
    op.drop_column("plan", "kind")
