"""Claims as tokens: whose claim a mail is in the hands of

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # ALTER TABLE ADD COLUMN, not a new table: what hangs on a mail stays where it is
    op.add_column("message", sa.Column("claim", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "claim")
