"""The whole way on a real plan: document, 59 deployments on a real Prefect server, mails; then mornings with deaths."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import func, select

from config.clock import now
from config.settings import load_settings
from deployments.cli.app import run
from deployments.run.children import Child
from models import Item, Message, MessageState, Notice, NoticeState, Occurrence
from models.session import reading, transaction
from services.mail.outbox import queue_again, release_stuck
from services.reminders.morning import sweep_of
from tasks.schedule.client import PrefectApi
from tests.ba_ngoi import import_ba_ngoi
from tests.prefect_house import House, ending, house, server_in
from tests.smtp_sink import SmtpSink

CODE = "ba-ngoi-2025"
MORNING = "2025-12-01"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


def deployments(house: House) -> dict[str, dict[str, Any]]:
    """The plan's deployments on the server, by their names."""
    found: list[dict[str, Any]] = []
    query = {"deployments": {"tags": {"all_": [CODE]}}, "limit": 50}
    while len(page := house.api.call("POST", "/deployments/filter", {**query, "offset": len(found)})) > 0:
        found.extend(page)
    return {one["name"]: one for one in found}


@pytest.mark.prefect
@pytest.mark.slow
def test_ba_ngoi_goes_from_document_to_deployments_to_mails(
    prefect: House, sink: SmtpSink, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONDOC_SMTP_PORT", str(sink.port))
    authority = import_ba_ngoi(shared, tmp_path)
    assert run(["deploy"]) == 0
    with reading() as session:
        codes = set(session.scalars(select(Item.code)))
    posted = deployments(prefect)
    assert set(posted) == {f"{CODE} {code}" for code in codes}
    assert len(posted) == 59
    public = posted[f"{CODE} A.VII.1"]
    assert public["entrypoint"] == "flows.plan_item:plan_item"
    assert {CODE, "A.VII", "PHONG_KTHTDT"} <= set(public["tags"])
    assert "Phòng Kinh tế, Hạ tầng và Đô thị" in public["description"]
    assert "31/12/2025" in public["description"]
    with ending(prefect.worker(DONDOC_SMTP_PORT=str(sink.port))):
        morning = prefect.start(f"morning/{authority}", {"day": MORNING, "dry_run": False, "authority": authority})
        assert prefect.finished(morning)["name"] == "Đã gửi thư"
        look = prefect.start(f"plan-item/{CODE} A.I.3")
        assert prefect.finished(look)["name"] == "Chờ xác định thời hạn"
    digests = [mail for mail in sink.received if "Tuần này:" not in mail.subject]
    told = {mail.to: mail for mail in digests}
    assert {"vhxh@x.example", "vp@x.example", "hcc@x.example", "kt@x.example", "quan-tri@x.example"} <= set(told)
    assert len(digests) == len(told), "one digest a person"
    assert "[A.VII.1]" in told["kt@x.example"].text
    assert "[A.I.3]" in told["quan-tri@x.example"].text
    settings = load_settings()
    with PrefectApi(settings) as api:
        before = api.call("POST", "/flow_runs/count", {})
        assert run(["deploy"]) == 0
        assert api.call("POST", "/flow_runs/count", {}) == before, "a repeat posts nothing"


def morning_with_a_death(prefect: House, worker: Child, name: str, day: date, chance: random.Random) -> None:
    """Start a morning, kill the worker at a moment nobody chose, start it again, and wait for the morning's end."""
    given = {"day": day.isoformat(), "dry_run": False, "authority": name.partition("/")[2]}
    morning = prefect.start(name, given)
    time.sleep(0.5 + chance.random() * 2.5)
    assert worker.process is not None
    worker.process.kill()
    worker.process.wait()
    with transaction() as session:  # half an hour later, as for the next morning, a dead sender's claims are old
        release_stuck(session.connection(), now(), older_than=timedelta(0))
    worker.start()
    assert prefect.finished(morning)["name"] in {"Đã gửi thư", "Crashed"}
    assert prefect.finished(prefect.start(name, given))["name"] == "Đã gửi thư"


@pytest.mark.prefect
@pytest.mark.slow
def test_mornings_of_ba_ngoi_survive_dead_workers_a_dead_server_and_five_days_away(
    sqlite_url: str, sink: SmtpSink, shared: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(31)
    monkeypatch.setenv("DONDOC_SMTP_PORT", str(sink.port))
    name = f"morning/{import_ba_ngoi(shared, tmp_path)}"
    mornings = [date(2025, 12, 18), date(2025, 12, 19), date(2025, 12, 29), date(2025, 12, 31)]  # 22 to 26: away
    for start in (0, 2):  # the server dies without a word between the second and the third
        with server_in(home) as port:
            monkeypatch.setenv("DONDOC_PREFECT_PORT", str(port))
            assert run(["deploy"]) == 0
            for prefect in house(port):
                worker = prefect.worker(DONDOC_SMTP_PORT=str(sink.port))
                with ending(worker):
                    for day in mornings[start : start + 2]:
                        morning_with_a_death(prefect, worker, name, day, chance)
                    kill_the_server(port)
    check(sink)


def kill_the_server(port: int) -> None:
    """SIGKILL whoever listens on the port."""
    for connection in psutil.net_connections("tcp"):
        if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
            assert connection.pid is not None
            psutil.Process(connection.pid).kill()


def check(sink: SmtpSink) -> None:
    """Every rung up to the last morning told exactly once or passed over; nothing lost, nothing doubled."""
    arrived = Counter(str(mail.message["Message-ID"]) for mail in sink.received)
    with transaction() as session:
        unknown = session.execute(
            select(Message.id, Message.message_id).where(Message.state == MessageState.UNKNOWN)
        ).all()
        queue_again(session.connection(), [number for number, key in unknown if key not in arrived])
    assert run(["remind", "--date", "2026-01-02"]) == 0
    with reading() as session:
        queued = select(Message.message_id).where(Message.state != MessageState.DROPPED)
        mails = set(session.scalars(queued))
        assert set(arrived) <= mails
        assert set(arrived.values()) == {1}, "none came twice"
        states = Counter(session.scalars(select(Notice.state)))
        assert set(states) <= {NoticeState.TOLD, NoticeState.PASSED_OVER, NoticeState.DROPPED}
        twice = select(Notice.id).group_by(Notice.about, Notice.person_id, Notice.rung).having(func.count() > 1)
        assert session.scalars(twice).all() == []
        ladder = sweep_of(1, date(2025, 12, 31)).ladder
        for one in session.scalars(select(Occurrence)):
            due = ladder.rungs(
                one.opens_on, one.last_day, urge_until=one.urge_until, through=date(2025, 12, 31), shadowed=True
            )
            recorded = {
                int(rung) for rung in session.scalars(select(Notice.rung).where(Notice.occurrence_id == one.id))
            }
            assert {rung.offset for rung in due} <= recorded, f"{one.item.code} {one.key}"
