"""Engines and sessions. One transaction a task, committed at the edge: `with transaction() as session:`."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from config.settings import SettingsError, load_settings

SQLITE_WAIT_MS = 30_000
CHUNK = 500
"""Values of one IN (...): SQLite takes 32,766 of them, and short statements are compiled once."""
T = TypeVar("T")
_engines: dict[str, Engine] = {}
_lock = threading.Lock()


def address_of(url: str) -> URL:
    """A database address in its parts. Raises SettingsError when it is none of SQLite's or PostgreSQL's."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        address = None
    if address is None or address.drivername not in ("sqlite", "postgresql+psycopg") or not address.database:
        raise SettingsError(
            "Cài đặt DONDOC_DATABASE_URL không dùng được: viết postgresql://người-dùng:mật-khẩu@máy-chủ/tên, "
            "hoặc sqlite:////đường/dẫn/tệp.db, hoặc để trống."
        )
    return address


def make_engine(url: str) -> Engine:
    """An engine for a database address; SQLite gets WAL, foreign keys and writers that wait for each other.

    Raises SettingsError when the address cannot be used.
    """
    address = address_of(url)
    if address.drivername != "sqlite":
        return create_engine(address, pool_pre_ping=True)
    Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": SQLITE_WAIT_MS / 1000, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that a writer waits instead of failing half-way
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_WAIT_MS}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    mode = "DEFERRED" if connection.get_execution_options().get("read_only") else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")


def engine_for(url: str | None = None) -> Engine:
    """The process's engine for an address (default: the settings'); one engine an address."""
    address = url or load_settings().database
    with _lock:
        if address not in _engines:
            _engines[address] = make_engine(address)
        return _engines[address]


def close_engines() -> None:
    """Close every connection that this process keeps open; the next use opens anew."""
    with _lock:
        for engine in _engines.values():
            engine.dispose()
        _engines.clear()


@contextmanager
def transaction(url: str | None = None) -> Iterator[Session]:
    """A session whose work is committed when the block ends, and undone whole when it raises."""
    with Session(engine_for(url), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(url: str | None = None) -> Iterator[Session]:
    """A session that only reads: on SQLite it never waits for a writer. Nothing is committed."""
    engine = engine_for(url).execution_options(read_only=True)
    with Session(engine, expire_on_commit=False) as session:
        yield session


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Values in lists short enough for one statement's IN (...)."""
    some = list(values)
    for start in range(0, len(some), size):
        yield some[start : start + size]


def exclusive(session: Session, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until this one ends.

    SQLite has one writer at a time anyway (every transaction of ours begins with
    BEGIN IMMEDIATE), so there is nothing to do there.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": crc32(f"dondoc.{name}".encode())})
