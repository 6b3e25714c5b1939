"""Prefect as this product runs it: deploying a plan, one item's run, and what it costs to do nothing."""

import os
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import psutil

from benchmarks._world import build
from config.clock import now, today
from config.settings import Settings, load_settings
from deployments.prefect.server import client_environment, server_environment, wait_until_ready
from deployments.run.children import Child
from tasks.schedule.client import PrefectApi

Row = tuple[str, str, str, bool]

ITEMS = 59
RUNS = 20
IDLE_SECONDS = 40.0
_FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def run() -> list[Row]:
    """The rows of this module: one server, one worker and one mailbox, started as `dondoc run` does."""
    with tempfile.TemporaryDirectory(prefix="dondoc-bench-") as folder:
        os.environ.update({"DONDOC_HOME": folder, "DONDOC_PREFECT_PORT": str(_free_port())})
        settings = load_settings()
        _plan()
        server, worker, mailbox = _children(settings)
        with _started(server):
            if not wait_until_ready(settings, 120, server.alive):
                return [("deploy 59 items", server.last_lines(2), "server starts", False)]
            rows = _deploying(settings, server)
            with _started(worker), _started(mailbox):
                rows += _item_runs(settings, [server, worker])
                rows += _idle([server, worker, mailbox])
            return rows


def _plan() -> None:
    from models.session import transaction
    from services.database import create_or_upgrade

    create_or_upgrade()
    with transaction() as session:
        build(session, "song-mai", 8, ITEMS, {today() + timedelta(days=60): 1})


def _children(settings: Settings) -> tuple[Child, Child, Child]:
    logs = settings.home / "logs"
    at = ["--host", "127.0.0.1", "--port", str(settings.prefect_port)]
    mail = ["--host", "127.0.0.1", "--user", "demo", "--password", "demo", "--imap-port", "0"]
    mail += ["--smtp-port", str(_free_port()), "--http-port", str(_free_port())]
    return (
        Child("server", "server", at, server_environment(settings), logs / "server.log"),
        Child("dondoc", "worker", ["worker"], client_environment(settings), logs / "worker.log"),
        Child("mailbox", "mailbox", mail, {}, logs / "mailbox.log"),
    )


def _deploying(settings: Settings, server: Child) -> list[Row]:
    from deployments.prefect.deploy import authority_deployments, deploy_everything
    from tasks.schedule.sync import deploy_items, post

    with PrefectApi(settings) as api:  # the authority's own, once an authority; they make the pool and warm the server
        own = post(api, authority_deployments(settings, "song-mai"), settings, now())
    _settle([server])
    before = _cpu([server])
    posted = deploy_items(settings=settings)
    _settle([server])
    cost = (_cpu([server]) - before) / ITEMS * 1000
    started = time.perf_counter()
    again = deploy_everything(settings)
    seconds = time.perf_counter() - started
    complete = len(posted.posted) == ITEMS and posted.kept.made == ITEMS and bool(own.posted)
    return [
        (f"deploy {ITEMS} items, fresh server: server CPU an item", f"{cost:.0f} ms", "60 ms", complete and cost <= 60),
        (
            f"deploy {ITEMS} items again, unchanged ({len(again.posted)} posted)",
            f"{seconds:.2f} s",
            "0.5 s, nothing posted",
            seconds <= 0.5 and not again.posted,
        ),
    ]


def _item_runs(settings: Settings, both: Sequence[Child]) -> list[Row]:
    with PrefectApi(settings) as api:
        chosen = {"deployments": {"tags": {"all_": ["song-mai-plan"]}}}
        ids = [row["id"] for row in api.pages("/deployments/filter", chosen)]
        _run_all(api, ids[:2])  # the flow is imported, statements are cached
        _settle(both)
        before, started = _cpu(both), time.perf_counter()
        _run_all(api, ids[2 : RUNS + 2])
        seconds = time.perf_counter() - started
        _settle(both)
    cost = (_cpu(both) - before) / RUNS
    row = (f"one item's run, worker and server ({seconds / RUNS:.1f} s each)", f"{cost:.2f} CPU-s", "0.5 CPU-s")
    return [(*row, cost <= 0.5)]


def _run_all(api: PrefectApi, deployments: Sequence[str]) -> None:
    body = {"state": {"type": "SCHEDULED", "name": "Scheduled"}}
    runs = {api.call("POST", f"/deployments/{one}/create_flow_run", body)["id"] for one in deployments}
    end = time.monotonic() + 180
    while runs and time.monotonic() < end:
        time.sleep(2)
        chosen = {"id": {"any_": sorted(runs)}, "state": {"type": {"any_": list(_FINAL)}}}
        runs -= {row["id"] for row in api.pages("/flow_runs/filter", {"flow_runs": chosen})}
    if runs:
        raise RuntimeError(f"{len(runs)} runs did not end")


def _idle(children: Sequence[Child]) -> list[Row]:
    time.sleep(15)
    before, started = _cpu(children), time.monotonic()
    time.sleep(IDLE_SECONDS)
    minute = (_cpu(children) - before) / (time.monotonic() - started) * 60
    each = [_process(child).memory_info().rss / 1e6 for child in children]
    total = sum(each)
    parts = " + ".join(f"{one:.0f}" for one in each)
    return [
        (f"idle memory: server + worker + mailbox ({parts})", f"{total:.0f} MB", "600 MB", total <= 600),
        ("idle: server + worker + mailbox", f"{minute:.1f} CPU-s a minute", "5 CPU-s a minute", minute <= 5),
    ]


def _settle(children: Sequence[Child]) -> None:
    """Wait until nothing is left to do: events are written in the background."""
    last, end = _cpu(children), time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(3)
        used = _cpu(children)
        if used - last < 0.15:
            return
        last = used


def _cpu(children: Sequence[Child]) -> float:
    return sum(sum(_process(child).cpu_times()[:2]) for child in children)


def _process(child: Child) -> psutil.Process:
    if child.process is None:
        raise RuntimeError(f"{child.title} was not started")
    return psutil.Process(child.process.pid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _started(child: Child) -> Iterator[None]:
    child.start()
    try:
        yield
    finally:
        child.ask_to_end()
        child.end(6)
