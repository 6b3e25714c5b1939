"""The leaders' page over a whole province in one database, asked of the application itself: CPU of a page."""

import os
import random
import shutil
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import event
from starlette.testclient import TestClient

from config.settings import load_settings
from documents.reading.criteria.file import read_criteria
from models import Role, schema
from models.session import engine_for, make_engine, transaction
from portal.app import create_app
from portal.web.site import make_site
from services.access.links import door_of, link_for
from services.actor import Actor
from services.scoring.criteria import bring_in
from tests.world import World

Row = tuple[str, str, str, bool]
COMMUNES, ITEMS, REQUESTS = 65, 60, 15
PAGE_MS = 100
TODAY = date(2025, 12, 1)
NOW = datetime(2025, 12, 1, 1, tzinfo=UTC)
CRITERIA = Path(__file__).resolve().parents[1] / "config" / "criteria" / "par-index-commune-sample.yaml"

FORECAST = {"a commune": " with its forecast"}


def run() -> list[Row]:
    """Measure; return (job, measured, limit, within it)."""
    home = Path(tempfile.mkdtemp(prefix="dondoc-bench-"))
    os.environ["DONDOC_HOME"] = str(home)
    try:
        return _rows(home)
    finally:
        del os.environ["DONDOC_HOME"]
        shutil.rmtree(home, ignore_errors=True)


def _rows(home: Path) -> list[Row]:
    settings = load_settings(home=home)
    schema.upgrade(make_engine(settings.database))
    links = _fill(settings.database, home)
    site = make_site(settings, clock=lambda: NOW)
    rows = []
    for name, link in links.items():
        client = TestClient(create_app(site), base_url=site.door.base, follow_redirects=False)
        client.post(link)
        milliseconds, queries = _cost(client, settings.database)
        job = f"leaders' page, {name}{FORECAST.get(name, '')}, {COMMUNES} x {ITEMS} items in the database"
        rows.append((job, f"{milliseconds:.0f} ms CPU, {queries} queries", f"<= {PAGE_MS} ms", milliseconds <= PAGE_MS))
    return rows


def _fill(url: str, home: Path) -> dict[str, str]:
    """A province of communes that live; links of a commune's leader and of the province's."""
    draw = random.Random(1)
    with transaction(url) as session:
        worlds = [World(session, f"xa-{number}") for number in range(COMMUNES)]
        top = worlds[0]
        top.authority.name = "UBND tỉnh"
        for world in worlds[1:]:
            world.authority.superior = "UBND tỉnh"
        for world in worlds:
            for number in range(ITEMS):
                due = TODAY + timedelta(days=draw.randint(-300, 400)) if number % 12 else None
                row = world.add_item(f"A.{number}", due, lead=draw.choice(list(world.units)))
                if row is not None and row.last_day < TODAY and draw.random() < 0.7:
                    row.done_on = row.last_day + timedelta(days=draw.randint(-5, 5))
        bring_in(session, read_criteria(CRITERIA), Actor("bench", NOW))
        door = door_of(load_settings(home=home))
        people = {"a commune": worlds[1].leader, "the province": top.leader}
        assert all(person.role is Role.LEADER for person in people.values())
        return {
            name: link_for(session, door, person.id, None, NOW).removeprefix(door.base)
            for name, person in people.items()
        }


def _cost(client: TestClient, url: str) -> tuple[float, int]:
    """The median CPU of a page in milliseconds, and the queries of one."""
    spent, seen = [], 0

    def hear(*_: object) -> None:
        nonlocal seen
        seen += 1

    for number in range(REQUESTS + 2):
        if number == 1:
            event.listen(engine_for(url), "before_cursor_execute", hear)
        if number == 2:
            event.remove(engine_for(url), "before_cursor_execute", hear)
        started = time.process_time()
        answer = client.get("/lanh-dao")
        assert answer.status_code == 200, answer.status_code
        if number >= 2:
            spent.append((time.process_time() - started) * 1000)
    return statistics.median(spent), seen
