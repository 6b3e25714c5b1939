"""The sample that ships: a real document that shows a newcomer every kind of timing and state, on any day."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from config.clock import now
from deployments.sample.ward import install_sample, write_sample
from documents.reading.plan.interpret import read_plan
from documents.reading.staff.unit_list import read_unit_list
from models import Authority, Message, Person, Plan, Role
from models.session import reading
from rules.timing.values import TimingKind
from rules.work.states import ItemState
from services.actor import Actor
from services.figures.status import Asked, figures
from services.reminders import morning as sweeping
from services.scoring.forecast import current_forecast, held_words, points_held

DAYS = [
    date(2026, 1, 1),
    date(2026, 1, 5),
    date(2026, 4, 30),
    date(2026, 11, 22),
    date(2026, 12, 31),
    date(2028, 2, 29),
]


@pytest.mark.parametrize("today", DAYS)
def test_on_any_day_the_plan_is_of_this_year_and_holds_every_kind_of_timing(today: date, tmp_path: Path) -> None:
    plan = read_plan(write_sample(tmp_path, today).plan)
    assert (plan.plan.year, plan.counts.items, plan.plan.authority) == (today.year, 30, "UBND phường Sơn Ca")
    assert {item.timing.kind for item in plan.items} == set(TimingKind)
    assert any(item.timing.relative for item in plan.items)
    codes = Counter(doubt.code for item in plan.items for doubt in item.warnings)
    assert codes["unit.unknown"] == codes["timing.year_conflict"] == codes["timing.after_plan_year"] == 0


@pytest.mark.parametrize("today", [date(2026, 4, 28), date(2026, 11, 24)])
def test_once_installed_it_shows_every_state_and_a_second_start_keeps_it(home: Path, today: date) -> None:
    actor = Actor("kiểm thử", now())
    assert install_sample(home / "sample", today, actor) is not None
    assert install_sample(home / "sample", today, actor) is None
    with reading() as session:
        found = figures(session, Asked(today, 7))
        assert len(session.scalars(select(Plan)).all()) == 1
        roles = Counter(session.scalars(select(Person.role)))
    assert all(found.plans[0].states[state] for state in ItemState)
    assert all(unit.reachable for unit in found.units)
    assert (roles[Role.LEADER], roles[Role.ADMIN], roles[Role.HEAD]) == (2, 1, 6)


KILLED = """
import os, signal, sys
from datetime import date
from config.clock import now
from config.settings import load_settings
from deployments.sample import answers as sample_answers, ward as sample
from services.actor import Actor
from sqlalchemy import event
from sqlalchemy.orm import Session

def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

where, name = sys.argv[1].split(".")
if where == "commit":
    event.listen(Session, "before_commit", lambda session: die() if name in str(session.info) else None)
    kept = sample_answers.live_in

    def lived(session, *rest, **more):
        kept(session, *rest, **more)
        session.info["whole"] = True

    sample_answers.live_in = lived
else:
    setattr({"sample": sample, "answers": sample_answers}[where], name, die)
sample.install_sample(load_settings().home / "sample", date(2026, 11, 24), Actor("kiểm thử", now()))
"""


@pytest.mark.parametrize("step", ["sample._bring_plan", "answers.live_in", "answers._prove", "commit.whole"])
def test_a_start_killed_on_the_way_leaves_nothing_and_the_next_one_brings_the_whole_sample(
    home: Path, step: str
) -> None:
    given = {**os.environ, "DONDOC_HOME": str(home)}
    killed = subprocess.run([sys.executable, "-c", KILLED, step], env=given, check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    with reading() as session:
        assert session.scalars(select(Authority)).all() == []
    today = date(2026, 11, 24)
    done = install_sample(home / "sample", today, Actor("kiểm thử", now()))
    assert done is not None
    with reading() as session:
        found = figures(session, Asked(today, 7))
        worth = current_forecast(session, session.scalars(select(Authority.id)).one(), today)
    assert all(found.plans[0].states[state] for state in ItemState)
    assert worth is not None and worth.forecast.sheet.total > 10


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 4, 28), date(2026, 11, 24), date(2026, 12, 31)])
def test_a_newcomer_sees_what_the_work_is_worth(home: Path, today: date) -> None:
    install_sample(home / "sample", today, Actor("kiểm thử", now()))
    with reading() as session:
        authority = session.scalars(select(Authority.id)).one()
        found = current_forecast(session, authority, today)
        held = points_held(session, authority, today)
    assert found is not None
    assert found.criteria.year == today.year
    assert found.criteria.sample
    assert 0 <= found.forecast.sheet.total < found.forecast.reachable <= found.forecast.sheet.counted == 65
    assert any("đang giữ" in held_words(points) for points in held.values())
    if today != date(2026, 1, 1):
        assert found.forecast.sheet.total > 10
        assert found.forecast.items[0].days_late > 0


def test_the_reminder_of_a_late_task_says_what_it_costs(home: Path) -> None:
    today = date(2026, 11, 20)
    install_sample(home / "sample", today, Actor("kiểm thử", now()))
    sweeping.decide("UBND-PHUONG-SON-CA", today)
    sweeping.compose("UBND-PHUONG-SON-CA", today)
    with reading() as session:
        mail = session.scalars(select(Message).where(Message.to_address == "mot-cua@sonca.example")).one()
    assert "QUÁ HẠN 4 NGÀY – ĐANG GIỮ 2,5 ĐIỂM" in mail.text
    assert "quá hạn 4 ngày – đang giữ 2,5 điểm" in mail.html


def test_its_ward_is_nobodys_and_its_addresses_lead_nowhere(shared: Path, tmp_path: Path) -> None:
    units = write_sample(tmp_path, DAYS[0]).units
    addresses = [person.email for person in read_unit_list(units).people]
    addresses += [unit.mailbox or "" for unit in read_unit_list(units).units]
    assert all(address.endswith(".example") for address in addresses)
    for plan in (shared / "plans").glob("*.txt"):
        assert "Sơn Ca" not in plan.read_text(encoding="utf-8")
