"""Of each mail that came back: the morning on which the administrators were told

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("return_told_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "return_told_on")
