"""The schedule in Prefect follows what is written to the database, and only that."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import load_settings
from config.waiting import wait_for_exit
from deployments.run.schedule_watcher import SECONDS, ScheduleWatcher
from deployments.run.supervisor import Supervisor
from models import Item
from models.session import transaction
from rules.audit import AuditAction, SubjectKind
from services.actor import Actor
from services.audit import Subject, record
from services.plans.corrections import set_title
from tests.world import World

BY = Actor("quan-tri@x.example", datetime(2025, 12, 1, tzinfo=UTC))


class Deploys:
    """Processes instead of deploys, each ending with the code that is next."""

    def __init__(self, *codes: int) -> None:
        self.codes, self.begun = list(codes), list["subprocess.Popen[bytes]"]()

    def __call__(self) -> "subprocess.Popen[bytes]":
        self.begun.append(subprocess.Popen([sys.executable, "-c", f"raise SystemExit({self.codes.pop(0)})"]))
        return self.begun[-1]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def item(sqlite_url: str) -> int:
    with transaction() as session:
        world = World(session)
        world.add_item("A.I.1", datetime(2025, 12, 31, tzinfo=UTC).date())
        return session.scalars(select(Item.id)).one()


def rename(item: int, title: str) -> None:
    with transaction() as session:
        set_title(session, session.get_one(Item, item), title, BY)


def look(watcher: ScheduleWatcher, clock: Clock, said: list[str], times: int = 3) -> None:
    """Let time go by, a deploy end, and look."""
    for _ in range(times):
        clock.now += SECONDS
        if watcher._running is not None:
            wait_for_exit(watcher._running, 30)
        watcher.watch(said.append)


def test_a_change_is_posted_once_and_other_writing_is_not(item: int, tmp_path: Path) -> None:
    clock, deploys, said = Clock(), Deploys(0, 0), list[str]()
    watcher = ScheduleWatcher(deploys, tmp_path / "deploy.log", clock)
    rename(item, "Trước khi bắt đầu")
    watcher.begin()
    look(watcher, clock, said)
    assert deploys.begun == []
    rename(item, "Sau")
    watcher.watch(said.append)
    assert deploys.begun == [], "not at every second"
    look(watcher, clock, said, 6)
    assert len(deploys.begun) == 1
    with transaction() as session:
        record(session, BY, AuditAction.PORTAL_ENTER, Subject(SubjectKind.PERSON, 1, "1"))
    look(watcher, clock, said)
    assert (len(deploys.begun), said) == (1, [])


def test_a_deploy_that_fails_is_said_and_tried_again(item: int, tmp_path: Path) -> None:
    clock, deploys, said = Clock(), Deploys(1, 0), list[str]()
    watcher = ScheduleWatcher(deploys, tmp_path / "deploy.log", clock)
    watcher.begin()
    rename(item, "Sau")
    look(watcher, clock, said, 8)
    assert len(deploys.begun) == 2
    assert len(said) == 1 and "sẽ thử lại" in said[0]
    watcher.end()


def test_a_changed_hour_of_the_policy_is_followed_and_a_half_written_file_is_not(
    item: int, home: Path, tmp_path: Path
) -> None:
    running, deploys, clock, said = Supervisor(load_settings()), Deploys(0), Clock(), list[str]()
    watcher = ScheduleWatcher(deploys, tmp_path / "deploy.log", clock, running._hours_now)
    watcher.begin()
    (home / "policy.toml").write_text("[mail]\ndigest_hour = ", encoding="utf-8")
    look(watcher, clock, said)
    assert deploys.begun == []
    (home / "policy.toml").write_text('[mail]\ndigest_hour = "06:45"\n', encoding="utf-8")
    look(watcher, clock, said)
    assert len(deploys.begun) == 1
    assert said == []
