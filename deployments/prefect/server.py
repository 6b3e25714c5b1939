"""Settings of the Prefect server and its clients.

The figures behind each setting were measured on Prefect 3.8.8 (SQLite, 2 cores).
"""

import os
import time
from collections.abc import Callable

import httpx

from config.settings import Settings
from config.waiting import pause

_SERVER = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # fewer than min_runs future runs makes the scheduler work a schedule again in every loop
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME": "P400D",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "15",
    # 223 runs made 12.7 MB of events: both are swept, runs after a year, events after a month
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(400 * 86400),
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P30D",
    # one transaction for many events: eight milliseconds less an item deployed, and fewer writers that meet
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    # a rung is told in the morning or the next one: a minute is soon enough, and idle costs less
    "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "30",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "300",
    "PREFECT_SERVER_SERVICES_FOREMAN_LOOP_SECONDS": "30",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "60",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PYTHONTZPATH": "",  # the tzdata package, not the machine's zone files: schedules are computed faster
}

_CLIENT = {
    "PREFECT_WORKER_QUERY_SECONDS": "10",
    "PREFECT_WORKER_PREFETCH_SECONDS": "5",
    "PREFECT_WORKER_HEARTBEAT_SECONDS": "30",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_CLIENT_MAX_RETRIES": "8",
}


def common_environment(settings: Settings) -> dict[str, str]:
    """What server and worker both need."""
    made = {
        "PREFECT_HOME": str(settings.home / "prefect"),
        "PREFECT_PROFILES_PATH": str(settings.home / "prefect" / "profiles.toml"),
        "PREFECT_API_URL": settings.prefect_api,
        "DO_NOT_TRACK": "1",
    }
    if settings.prefect_auth is not None:
        made["PREFECT_API_AUTH_STRING"] = settings.prefect_auth.get_secret_value()
    return made


def client_environment(settings: Settings) -> dict[str, str]:
    """The environment of a client; set before `import prefect`."""
    made = common_environment(settings) | _unless_given(_CLIENT)
    if settings.prefect_api_url is None:  # our own server has no such tokens; asking for one costs a call a run
        made["PREFECT_CLIENT_CSRF_SUPPORT_ENABLED"] = "false"
    return made


def server_environment(settings: Settings) -> dict[str, str]:
    """The environment of the Prefect server."""
    made = common_environment(settings) | _unless_given(_SERVER)
    made["PREFECT_UI_API_URL"] = settings.prefect_api
    made["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] = ",".join(_origins(settings))
    if settings.prefect_auth is not None:
        made["PREFECT_SERVER_API_AUTH_STRING"] = settings.prefect_auth.get_secret_value()
    return made


def _unless_given(defaults: dict[str, str]) -> dict[str, str]:
    """Our values, except where the administrator set the variable himself."""
    return {name: os.environ.get(name, value) for name, value in defaults.items()}


def _origins(settings: Settings) -> list[str]:
    """Our own pages: Prefect lets every page call the API."""
    port = settings.prefect_port
    own = [f"http://{settings.host}:{port}", f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
    return list(dict.fromkeys([settings.prefect_api.removesuffix("/api"), *own]))


def use_prefect(settings: Settings) -> None:
    """Point this process at our Prefect, before `import prefect`."""
    os.environ.update(client_environment(settings))


def answers(settings: Settings, timeout: float = 2.0) -> bool:
    """Whether a Prefect API answers at the address of the settings."""
    try:
        return httpx.get(f"{settings.prefect_api}/health", timeout=timeout).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def wait_until_ready(settings: Settings, seconds: float, alive: Callable[[], bool] = lambda: True) -> bool:
    """Wait for the API. False after `seconds` or the server's death."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and alive():
        if answers(settings):
            return True
        pause(0.2)
    return False
