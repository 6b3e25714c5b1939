"""The tables are what the migrations make, on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from models import Base, Report, ReportFigures, schema
from tests.world import World


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_going_back_to_the_beginning_leaves_no_table(engine: Engine) -> None:
    schema.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    assert schema.current(engine) == schema.newest()


def test_a_report_and_what_hangs_on_it_survive_the_way_down_and_up(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        world = World(session)
        at = datetime(2025, 3, 15, tzinfo=UTC)
        days = {name: date(2025, 3, 14) for name in ("first_day", "cut_off", "opens_on", "sending_on")}
        report = Report(
            authority_id=world.authority.id, plan_id=world.plan.id, period="2025-Q1", label="Quý I/2025", opened_at=at,
            **days,
        )  # fmt: skip
        session.add(report)
        session.flush()
        session.add(ReportFigures(report_id=report.id, version=1, frozen_at=at, sha256="0" * 64, content="{}"))
        plan = world.plan.id
        session.add(Report(authority_id=world.authority.id, period="2025-Q1", label="Quý I/2025", opened_at=at, **days))
    schema.downgrade(engine, "0010")
    schema.upgrade(engine)
    with Session(engine) as session:
        assert [row.plan_id for row in session.scalars(select(Report))] == [plan]
        assert [row.content for row in session.scalars(select(ReportFigures))] == ["{}"]
