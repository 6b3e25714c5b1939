"""Keeps the Prefect server on SQLite from standing still for a minute at a time.

Measured on 3.8.8 (Python 3.11, py-spy and gdb): Python's cyclic garbage collection
frees a cursor left behind by a connection; freeing it waits for that connection's
mutex, with the interpreter lock held; the connection sits in SQLite's busy handler,
waiting for the one writer; the writer is a thread of the same process and cannot go
on without the interpreter lock. Nothing moves until the wait is over: 60 seconds by
Prefect's setting, several times in a bulk of a thousand runs.

So garbage is collected only while no statement is under way, and a connection waits
ten seconds and not sixty: what is refused then is tried again by every client.

And events are written as many rows of one prepared statement: Prefect builds one
statement with every value in it, compiled anew each time, a sixth of a deployment's price.
"""

import gc
from typing import Any

BUSY_SECONDS = 10
"""How long a connection of the Prefect server waits for SQLite's one writer."""

YOUNG = 50_000
"""New objects after which garbage is collected. Python's 700 costs a fifth of a deployment's price."""

FULL_EVERY = 15
"""Every so many collections is a full one."""


class Calm:
    """Counts the statements under way in this process, and collects garbage when there are none."""

    def __init__(self) -> None:
        self.under_way = 0
        self.collections = 0

    def collect(self) -> None:
        """Collect garbage if there is enough of it and no statement is under way."""
        if self.under_way or gc.get_count()[0] < YOUNG:
            return
        self.collections += 1
        gc.collect(2 if self.collections % FULL_EVERY == 0 else 1)


def keep_calm() -> Calm:
    """Set this process up; before the Prefect server is imported and started in it."""
    calm = Calm()
    _shorten_waits()
    _count_statements(calm)
    _write_events_prepared()
    gc.collect()
    gc.freeze()
    gc.disable()
    return calm


def _shorten_waits() -> None:
    from prefect.server.database.configurations import AioSqliteConfiguration

    setup = AioSqliteConfiguration.setup_sqlite

    def setup_sqlite(self: AioSqliteConfiguration, connection: Any, record: Any) -> None:
        setup(self, connection, record)
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        cursor.close()

    AioSqliteConfiguration.setup_sqlite = setup_sqlite  # type: ignore[method-assign,assignment]


def _count_statements(calm: Calm) -> None:
    from aiosqlite.core import Connection

    execute = Connection._execute

    async def _execute(self: Connection, fn: Any, *args: Any, **kwargs: Any) -> Any:
        calm.under_way += 1
        try:
            return await execute(self, fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        finally:
            calm.under_way -= 1
            calm.collect()

    Connection._execute = _execute  # type: ignore[method-assign]


def _write_events_prepared() -> None:
    from prefect.server.events.storage import database

    database._write_sqlite_events = _write_events


async def _write_events(session: Any, events: list[Any]) -> None:
    """As Prefect writes events to SQLite, and as it does itself on PostgreSQL: those not there yet, row by row."""
    from prefect.server.database.dependencies import provide_database_interface
    from prefect.server.events.storage.database import _in_safe_batches
    from sqlalchemy import insert, select

    db = provide_database_interface()
    for batch in _in_safe_batches(events):
        known = set(await session.scalars(select(db.Event.id).where(db.Event.id.in_({event.id for event in batch}))))
        new = [event for event in batch if event.id not in known]
        if new:
            await session.execute(insert(db.Event), [event.as_database_row() for event in new])
        if resources := [row for event in new for row in event.as_database_resource_rows()]:
            await session.execute(insert(db.EventResource), resources)
