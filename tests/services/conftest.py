"""A session on a fresh database, on SQLite and then on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    """One transaction; nothing of it is kept."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
