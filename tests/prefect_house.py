"""A real Prefect server for the session, and for each test a home, a database and a work pool of its own."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.settings import Settings, load_settings
from deployments.prefect.server import client_environment, server_environment, wait_until_ready
from deployments.run.children import Child
from tasks.schedule.client import PrefectApi
from tests.smtp_sink import SmtpSink

FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server_in(home: Path) -> Iterator[int]:
    """A Prefect server as `dondoc run` starts it; gives its port."""
    port = free_port()
    settings = load_settings(home=home, prefect_port=port)
    arguments = ["--host", "127.0.0.1", "--port", str(port)]
    child = Child("server", "Prefect", arguments, server_environment(settings), home / "logs" / "server.log")
    child.start()
    try:
        assert wait_until_ready(settings, 120, child.alive), child.last_lines(40)
        yield port
    finally:
        child.ask_to_end()
        child.end(3)


@dataclass
class House:
    """One test's view of the server: its settings and a connection."""

    settings: Settings
    api: PrefectApi

    def worker(self, number: int = 1, **environment: str) -> Child:
        """A worker process of this house, as `dondoc run` starts it."""
        log = self.settings.home / "logs" / f"worker-{number}.log"
        quick = {"PREFECT_WORKER_QUERY_SECONDS": "1"}
        given = {"DONDOC_HOME": str(self.settings.home), **client_environment(self.settings), **quick, **environment}
        return Child("dondoc", "Worker", ["worker"], given, log)

    def start(self, name: str, parameters: dict[str, Any] | None = None, **body: Any) -> str:
        """Start a run of a deployment now."""
        deployment = self.deployment(name)["id"]
        given = {"parameters": parameters or {}, "state": {"type": "SCHEDULED", "name": "Scheduled"}, **body}
        run: str = self.api.call("POST", f"/deployments/{deployment}/create_flow_run", given)["id"]
        return run

    def deployment(self, name: str) -> dict[str, Any]:
        """A deployment by flow and name."""
        flow, _, own = name.partition("/")
        found: dict[str, Any] | None = self.api.call("GET", f"/deployments/name/{flow}/{own}")
        assert found is not None, name
        return found

    def state(self, run: str) -> dict[str, Any]:
        """The state of a run."""
        state: dict[str, Any] = self.api.call("GET", f"/flow_runs/{run}")["state"]
        return state

    def finished(self, run: str, seconds: float = 60) -> dict[str, Any]:
        """The final state of a run."""
        return self.until(lambda: self.state(run), lambda state: state["type"] in FINAL, seconds)

    def until(self, look: Any, right: Any, seconds: float = 60) -> Any:
        """Wait for something to become right."""
        end = time.monotonic() + seconds
        while True:
            seen = look()
            if right(seen):
                return seen
            assert time.monotonic() < end, f"{seen}\n{self._logs()}"
            time.sleep(0.2)

    def _logs(self) -> str:
        logs = sorted((self.settings.home / "logs").glob("worker*.log"))
        return "\n".join(log.read_text(encoding="utf-8")[-3000:] for log in logs)


@dataclass(frozen=True)
class Office:
    """A house with a worker at work in it, and the mail server that it sends to."""

    house: House
    sink: SmtpSink


@contextmanager
def ending(*children: Child) -> Iterator[None]:
    """Start processes, and end them whatever happens."""
    for child in children:
        child.start()
    try:
        yield
    finally:
        for child in children:
            child.ask_to_end()
        for child in children:
            child.end(6)


def house(port: int) -> Iterator[House]:
    """A house on the server at a port, with the environment of the test."""
    settings = load_settings(prefect_port=port)
    with PrefectApi(settings) as api:
        yield House(settings, api)
