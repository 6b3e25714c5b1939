"""Alembic's entry: runs the migrations on the connection it is given (see models/schema.py)."""

from alembic import context

import models
from models.session import engine_for

target = models.Base.metadata


def run() -> None:
    """Run on the given connection, or on the settings' database when the `alembic` command is used."""
    given = context.config.attributes.get("connection")
    if given is not None:
        context.configure(connection=given, target_metadata=target, render_as_batch=True, compare_type=True)
        context.run_migrations()
        return
    with engine_for().connect() as connection, connection.begin():
        context.configure(connection=connection, target_metadata=target, render_as_batch=True, compare_type=True)
        context.run_migrations()


run()
