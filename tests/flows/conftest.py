"""A flow run in this process, step by step, on a real database, mail server and Prefect server; and its sudden end."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from prefect.logging import disable_run_logger
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy.orm import Session

from models.session import engine_for
from tests.prefect_house import House
from tests.smtp_sink import SmtpSink
from tests.world import World


class KilledError(BaseException):
    """The process has ended here: what would have come after this line never ran."""


class Steps:
    """The steps a flow takes, each of them the real one: `taken` says which; `deadly` is the one never reached."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.taken: list[str] = []
        self.deadly: str | None = None

    def watch(self, *places: str) -> None:
        """Note when these functions ("tasks.morning.decide") are called."""
        for place in places:
            module, _, name = place.rpartition(".")
            real = getattr(__import__(module, fromlist=[name]), name)
            self._patch.setattr(place, self._watched(name, real))

    def watch_table(self, table: dict[Any, Callable[..., Any]]) -> None:
        """Note when the steps of a table, by their enum's values, are taken."""
        for step, real in table.items():
            self._patch.setitem(table, step, self._watched(step.value, real))

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            if name == self.deadly:
                raise KilledError(name)
            self.taken.append(name)
            return real(*given, **named)

        return step

    def kill_before(self, name: str, flow: Callable[[], Any]) -> None:
        """Run a flow whose process ends just before a step; what it wrote until then stays."""
        self.deadly = name
        with pytest.raises(KilledError):
            flow()
        self.deadly = None
        self.taken.clear()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


@pytest.fixture
def sink(prefect: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpSink]:
    """The mail server; with it the flows' own Prefect is the test's, and their log goes nowhere."""
    with SmtpSink() as server, temporary_settings({PREFECT_API_URL: prefect.settings.prefect_api}):
        monkeypatch.setenv("DONDOC_SMTP_PORT", str(server.port))
        with disable_run_logger():
            yield server


@pytest.fixture
def world(sink: SmtpSink, sqlite_url: str, code: str) -> Iterator[World]:
    """An authority with a plan; its session is committed by the test."""
    with Session(engine_for(sqlite_url), expire_on_commit=False) as session:
        yield World(session, code)
