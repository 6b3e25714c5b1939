"""On the session's Prefect server: a worker at work for the tests of a module, and the world of a test."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from config.settings import load_settings
from models.session import engine_for
from tasks.schedule.client import PrefectApi
from tasks.schedule.sync import make_pool
from tests.prefect_house import House, Office, ending
from tests.smtp_sink import SmtpSink
from tests.world import World


@pytest.fixture(scope="module")
def office(prefect_port: int, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One worker for the tests of a module: each brings an authority of its own into the same database."""
    home = tmp_path_factory.mktemp("office")
    shutil.copyfile(sqlite_template, home / "dondoc.db")
    with pytest.MonkeyPatch.context() as patch, SmtpSink() as sink:
        patch.setenv("DONDOC_HOME", str(home))
        patch.setenv("DONDOC_PREFECT_PORT", str(prefect_port))
        patch.setenv("DONDOC_WORK_POOL", f"pool-{uuid4().hex[:6]}")
        patch.setenv("DONDOC_SMTP_PORT", str(sink.port))
        settings = load_settings()
        with PrefectApi(settings) as api:
            made = House(settings, api)
            make_pool(api, settings.work_pool)
            with ending(made.worker()):
                yield Office(made, sink)


@pytest.fixture
def commune(office: Office, code: str) -> Iterator[World]:
    """An authority with a plan in the office's database."""
    with Session(engine_for(office.house.settings.database), expire_on_commit=False) as opened:
        yield World(opened, code)


@pytest.fixture
def session(prefect: House) -> Iterator[Session]:
    """A session on the test's database."""
    with Session(engine_for(prefect.settings.database), expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def world(session: Session, code: str) -> World:
    """An authority with a plan in the test's database."""
    return World(session, code)
