"""The ward of Sông Mai with its portal, fresh for each test."""

from pathlib import Path

import pytest

from tests.portal.town import Town, make_town, song_mai


@pytest.fixture
def town(home: Path, sqlite_url: str) -> Town:
    """Sông Mai on SQLite."""
    assert sqlite_url.endswith("dondoc.db")
    return make_town(home, song_mai)
