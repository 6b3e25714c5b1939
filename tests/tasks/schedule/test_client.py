"""A busy Prefect server is asked again with patience, and its SQL never reaches a person."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from config.settings import load_settings
from tasks.schedule.client import PrefectApi, PrefectError

LOCKED = "(sqlite3.OperationalError) database is locked [SQL: INSERT INTO flow_run (flow_id) VALUES (?)]"


class Prefect:
    """A server that gives prepared answers, the last one again and again."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers, self.asked = list(answers), 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                status, body = server.answers[min(server.asked, len(server.answers) - 1)]
                server.asked += 1
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_given: object) -> None:
                """Nothing is logged."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr("tasks.schedule.client.pause", seconds.append)
    return seconds


@pytest.fixture
def api(home: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    opened: list[PrefectApi] = []

    def make(server: Prefect) -> PrefectApi:
        monkeypatch.setenv("DONDOC_PREFECT_PORT", str(server.http.server_port))
        opened.append(PrefectApi(load_settings()))
        return opened[-1]

    yield make
    for one in opened:
        one.__exit__(None, None, None)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(api: Any, waited: list[float], status: int) -> None:
    server = Prefect((status, {"detail": LOCKED}), (status, {"detail": LOCKED}), (200, [1]))
    assert api(server).call("POST", "/deployments/filter", {}) == [1]
    assert (server.asked, len(waited)) == (3, 2)


def test_a_server_that_stays_busy_is_given_a_minute_and_its_sql_is_not_shown(api: Any, waited: list[float]) -> None:
    server = Prefect((500, {"detail": LOCKED}))
    with pytest.raises(PrefectError) as refusal:
        api(server).call("POST", "/deployments/filter", {})
    assert 55 <= sum(waited) <= 90
    assert "đang bận" in str(refusal.value) and "SQL" not in str(refusal.value)


def test_runs_refused_by_a_locked_database_are_posted_again(api: Any, waited: list[float]) -> None:
    refused = {"results": [{"status": "FAILED", "error": LOCKED}]}
    server = Prefect(*[(200, refused)] * 9, (200, {"results": [{"status": "CREATED"}]}))
    assert api(server).create_runs("d", [{}])
    assert server.asked == 10


def test_runs_refused_for_good_say_why_without_sql(api: Any, waited: list[float]) -> None:
    server = Prefect((200, {"results": [{"status": "FAILED", "error": "no such queue [SQL: SELECT 1]"}]}))
    with pytest.raises(PrefectError, match="no such queue") as refusal:
        api(server).create_runs("d", [{}])
    assert "SQL" not in str(refusal.value) and waited == []
