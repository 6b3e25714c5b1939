"""Proves that a scheduled run is executed."""

import time
from datetime import timedelta
from typing import Any

from config.clock import now
from config.settings import Settings
from config.waiting import pause
from tasks.schedule.client import PrefectApi, PrefectError
from tasks.schedule.sync import make_pool

NAME = "dondoc doctor"
ENDED = "Hoạt động tốt"
_FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
_START = "Khởi động: dondoc run (cả sản phẩm) hoặc dondoc worker (riêng worker)."


def prefect_runs(settings: Settings, timeout: float) -> tuple[tuple[str, str] | None, float]:
    """The problem and advice (or None), and the seconds taken."""
    begun = time.monotonic()
    try:
        with PrefectApi(settings) as api:
            state = _run_once(api, settings, begun + timeout)
    except PrefectError as error:
        return (str(error), _START), time.monotonic() - begun
    return _verdict(state, timeout), time.monotonic() - begun


def _run_once(api: PrefectApi, settings: Settings, end: float) -> dict[str, Any]:
    make_pool(api, settings.work_pool)
    flow = api.call("POST", "/flows/", {"name": "check"})["id"]
    body = {"name": NAME, "flow_id": flow, "entrypoint": "flows.check:check", "work_pool_name": settings.work_pool}
    deployment = api.call("POST", "/deployments/", body)["id"]
    try:
        at = (now() + timedelta(seconds=1)).isoformat()
        scheduled = {"type": "SCHEDULED", "name": "Scheduled", "state_details": {"scheduled_time": at}}
        run = api.call("POST", f"/deployments/{deployment}/create_flow_run", {"state": scheduled})["id"]
        return _wait(api, run, end)
    finally:
        api.call("DELETE", f"/deployments/{deployment}")


def _wait(api: PrefectApi, run: str, end: float) -> dict[str, Any]:
    while True:
        state: dict[str, Any] = api.call("GET", f"/flow_runs/{run}")["state"]
        if state["type"] in _FINAL or time.monotonic() > end:
            return state
        pause(0.5)


def _verdict(state: dict[str, Any], timeout: float) -> tuple[str, str] | None:
    if state["name"] == ENDED:
        return None
    if state["type"] == "SCHEDULED":
        return f"nhận lịch nhưng sau {timeout:.0f} giây chưa worker nào nhận việc.", _START
    if state["type"] in _FINAL:
        return f"lần chạy thử kết thúc ở “{state['name']}”: {state['message']}.", "Xem nhật ký worker rồi chạy lại."
    return (
        f"sau {timeout:.0f} giây lần chạy thử vẫn ở “{state['name']}”.",
        "Máy đang bận: thử lại với --timeout lớn hơn.",
    )
