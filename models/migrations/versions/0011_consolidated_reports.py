"""Reports without a plan: a province's, consolidated from those of its communes

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_CHILDREN = ("report_reopening", "report_figures", "report_ask", "report_file", "report_mail")
_ALONE = sa.text("plan_id IS NULL")


def upgrade() -> None:
    _let_plan_be_missing(True)
    op.create_index(
        "uq_report_consolidated",
        "report",
        ["authority_id", "period"],
        unique=True,
        sqlite_where=_ALONE,
        postgresql_where=_ALONE,
    )


def downgrade() -> None:
    op.drop_index("uq_report_consolidated", table_name="report")
    op.execute("DELETE FROM report WHERE plan_id IS NULL")
    _let_plan_be_missing(False)


def _let_plan_be_missing(missing: bool) -> None:
    """SQLite makes the table anew, and dropping the old one would take the rows that hang on it along: they wait."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _CHILDREN if sqlite else ():
        op.execute(f"CREATE TEMPORARY TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608 - names written above
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.alter_column("plan_id", existing_type=sa.Integer(), nullable=missing)
    for table in _CHILDREN if sqlite else ():
        op.execute(f"DELETE FROM {table}")  # noqa: S608
        op.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608
        op.execute(f"DROP TABLE kept_{table}")
