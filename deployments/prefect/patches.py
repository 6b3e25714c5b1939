"""Every change made to Prefect's insides, with its reason.

All stand on private code of one version: with any other version none is applied. Those of the server act on
SQLite only. test_patches.py fails when one no longer fits or is no longer needed.
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
"""New objects after which garbage is collected."""

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


@contextmanager
def _never_suspended(*_args: Any, **_named: Any) -> Iterator[None]:
    yield


def _skip_suspension() -> None:
    """Do not watch runs: costs a thread and websocket each."""
    from prefect import flow_engine

    flow_engine.observe_flow_run_suspension = _never_suspended  # type: ignore[attr-defined]


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
)
WORKER = (
    Patch(
        "no watch for suspension",
        "prefect.flow_engine:observe_flow_run_suspension",
        "threading.Thread",
        _skip_suspension,
    ),
)
