"""Calls of the Prefect REST API that its client lacks.

Calls that meet a busy server or database are made again for a minute: each is idempotent.
"""

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self

import httpx

from config.settings import Settings
from config.waiting import pause

PAGE = 200
"""As many rows as Prefect gives at a time."""

_BULK_CREATE = 100
_BULK_DELETE = 50
_PATIENCE = (0.2, 0.4, 0.6, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0)
"""Seconds between tries, a minute in all: after a night away Prefect marks dozens of late runs while we post."""

_AGAIN = (500, 502, 503, 504, httpx.codes.TOO_MANY_REQUESTS)
_BUSY = "cơ sở dữ liệu của Prefect đang bận; chờ ít phút rồi chạy lại"


class PrefectError(Exception):
    """Prefect cannot be used."""


class PrefectApi:
    """A connection to the Prefect API, for one thread."""

    def __init__(self, settings: Settings, timeout: float = 30.0) -> None:
        self.url = settings.prefect_api
        user, _, password = (
            settings.prefect_auth.get_secret_value().partition(":") if settings.prefect_auth else ("",) * 3
        )
        self._client = httpx.Client(base_url=self.url, timeout=timeout, auth=(user, password) if user else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One call. Returns JSON, None for 404. Raises PrefectError."""
        answer = self._send(method, path, body)
        if answer.content and "json" not in answer.headers.get("content-type", ""):
            raise PrefectError(
                f"Chương trình trả lời ở {self.url} không phải là Prefect. Đặt DONDOC_PREFECT_PORT sang cổng khác, "
                "hoặc DONDOC_PREFECT_API_URL cho đúng."
            )
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise PrefectError(f"Prefect ở {self.url} đòi đăng nhập: đặt DONDOC_PREFECT_AUTH dạng tên:mật-khẩu.")
        if answer.is_error:
            cause = _said(answer.text)
            raise PrefectError(f"Prefect ở {self.url} từ chối {method} {path}: {answer.status_code} {cause}")
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, body: object) -> httpx.Response:
        for wait in (*_PATIENCE, None):
            try:
                answer = self._client.request(method, path, json=body)
            except httpx.TransportError as error:
                if wait is None or isinstance(error, httpx.ConnectError):
                    raise PrefectError(
                        f"Không kết nối được Prefect ở {self.url}. Khởi động bằng: dondoc run, "
                        "hoặc đặt DONDOC_PREFECT_API_URL cho đúng."
                    ) from error
            else:
                if answer.status_code not in _AGAIN or wait is None:
                    return answer
            pause(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    def pages(self, path: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Every row of a filter, page after page."""
        offset = 0
        while True:
            rows = self.call("POST", path, {**body, "limit": PAGE, "offset": offset}) or []
            yield from rows
            if len(rows) < PAGE:
                return
            offset += PAGE

    def create_runs(self, deployment_id: str, runs: list[dict[str, Any]]) -> bool:
        """Create runs. False: no such deployment. Raises PrefectError."""
        for start in range(0, len(runs), _BULK_CREATE):
            if not self._create_some(deployment_id, runs[start : start + _BULK_CREATE]):
                return False
        return True

    def _create_some(self, deployment_id: str, runs: list[dict[str, Any]]) -> bool:
        for wait in (*_PATIENCE, None):
            answer = self.call("POST", f"/deployments/{deployment_id}/create_flow_run/bulk", runs)
            if answer is None:
                return False
            refused = [one["error"] for one in answer["results"] if one["status"] != "CREATED"]
            if not refused:
                return True
            if wait is None or "locked" not in refused[0]:
                break
            pause(wait)  # two writers met on SQLite: the keys make a second call safe
        raise PrefectError(f"Prefect ở {self.url} không nhận lịch chạy: {_said(refused[0])}")

    def delete_runs(self, ids: Iterable[str]) -> int:
        """Delete runs; how many."""
        every = list(ids)
        for start in range(0, len(every), _BULK_DELETE):
            chosen = {"flow_runs": {"id": {"any_": every[start : start + _BULK_DELETE]}}}
            self.call("POST", "/flow_runs/bulk_delete", chosen)
        return len(every)


def _said(cause: str) -> str:
    """What Prefect says of a fault, for a person: never its SQL."""
    if "locked" in cause:
        return _BUSY
    return " ".join(cause.partition("[SQL:")[0].split())[:300]
