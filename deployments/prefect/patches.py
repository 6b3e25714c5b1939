"""Every change made to Prefect's insides, with its reason.

All stand on private code of one version: with any other version of Prefect none is applied. Those of the
server act on SQLite only. tests/deployments/prefect/test_patches.py fails when one no longer fits or is
no longer needed; `python -m benchmarks prefect` measures with and without them.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import prefect

VERSION = "3.8.8"
"""The version of Prefect that the patches were written for."""

BUSY_SECONDS = 10
"""How long a connection of the Prefect server waits for SQLite's one writer."""

YOUNG = 50_000
"""New objects after which garbage is collected. Python's 700 costs a fifth of a deployment's price."""

FULL_EVERY = 15
"""Every so many collections is a full one."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One change; needed while `needed_for` is in the target's source."""

    name: str
    target: str
    needed_for: str
    apply: Callable[[], None]


class StatementCounter:
    """Collects garbage when no statement is under way."""

    def __init__(self) -> None:
        self.under_way = 0
        self.collections = 0

    def collect(self) -> None:
        """Collect garbage if no statement is under way."""
        if self.under_way or gc.get_count()[0] < YOUNG:
            return
        self.collections += 1
        gc.collect(2 if self.collections % FULL_EVERY == 0 else 1)


def apply_to_server() -> list[str]:
    """Patch a server process on SQLite. Returns the patches' names."""
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL

    return _apply(SERVER) if str(PREFECT_API_DATABASE_CONNECTION_URL.value()).startswith("sqlite") else []


def apply_to_worker() -> list[str]:
    """Patch a worker process. Returns the patches' names."""
    return _apply(WORKER)


def _apply(patches: tuple[Patch, ...]) -> list[str]:
    if prefect.__version__ != VERSION:
        return []
    for patch in patches:
        patch.apply()
    return [patch.name for patch in patches]


def _shorten_waits() -> None:
    """Wait ten seconds for the writer: clients try again."""
    from prefect.server.database.configurations import AioSqliteConfiguration

    setup = AioSqliteConfiguration.setup_sqlite

    def setup_sqlite(self: AioSqliteConfiguration, connection: Any, record: Any) -> None:
        setup(self, connection, record)
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        cursor.close()

    AioSqliteConfiguration.setup_sqlite = setup_sqlite  # type: ignore[method-assign,assignment]


def _collect_between_statements() -> None:
    """Collect garbage only while no statement is under way.

    Freeing a cursor in a collection waits for its connection's mutex with the interpreter lock held. That
    connection waits in SQLite's busy handler for the one writer, a thread of this process that needs the
    interpreter lock: nothing moves until the wait is over (seen with py-spy and gdb, Python 3.11).
    """
    from aiosqlite.core import Connection

    counter, execute = StatementCounter(), Connection._execute

    async def _execute(self: Connection, fn: Any, *args: Any, **kwargs: Any) -> Any:
        counter.under_way += 1
        try:
            return await execute(self, fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        finally:
            counter.under_way -= 1
            counter.collect()

    Connection._execute = _execute  # type: ignore[method-assign]
    gc.collect()
    gc.freeze()
    gc.disable()


def _write_events_prepared() -> None:
    """Write events with one prepared statement, not one a batch."""
    from prefect.server.events.storage import database

    database._write_sqlite_events = _write_events


async def _write_events(session: Any, events: list[Any]) -> None:
    """Insert new events row by row, as Prefect does on PostgreSQL."""
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


@contextmanager
def _never_suspended(*_args: Any, **_named: Any) -> Iterator[None]:
    yield


def _skip_suspension() -> None:
    """Do not watch runs: costs a thread and websocket each."""
    from prefect import flow_engine

    flow_engine.observe_flow_run_suspension = _never_suspended  # type: ignore[attr-defined]


def _skip_submitting() -> None:
    """Skip the submitting state: the run starts at once."""
    from deployments.prefect.worker import DondocWorker

    async def propose_nothing(_self: DondocWorker, _flow_run: Any) -> None:
        return None

    def emit_nothing(_self: DondocWorker, configuration: Any) -> None:
        return None

    DondocWorker._propose_submitting_state = propose_nothing  # type: ignore[method-assign,assignment]
    DondocWorker._emit_flow_run_submitted_event = emit_nothing  # type: ignore[method-assign,assignment]


SERVER = (
    Patch(
        "shorter waits for the writer",
        "prefect.server.database.configurations:AioSqliteConfiguration.setup_sqlite",
        "PRAGMA busy_timeout = 60000",
        _shorten_waits,
    ),
    Patch(
        "garbage collected between statements",
        "aiosqlite.core:Connection._execute",
        "self._tx.put_nowait",
        _collect_between_statements,
    ),
    Patch(
        "events written by a prepared statement",
        "prefect.server.events.storage.database:_write_sqlite_events",
        ".values(event_rows)",
        _write_events_prepared,
    ),
)
WORKER = (
    Patch(
        "no watch for suspension",
        "prefect.flow_engine:observe_flow_run_suspension",
        "threading.Thread",
        _skip_suspension,
    ),
    Patch(
        "no submitting state",
        "prefect.workers.base:BaseWorker._propose_submitting_state",
        "propose_state",
        _skip_submitting,
    ),
)
