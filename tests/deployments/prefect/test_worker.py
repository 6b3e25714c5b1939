"""Our worker on a real Prefect server: runs come up, are run in its process, end in our words, survive its death."""

import signal
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from config.clock import today
from deployments.prefect.deploy import deploy_everything
from deployments.prefect.worker import MAX_STARTS, RefusedEntrypointError, load_flow
from models import Deployed, Message, Notice
from models.session import reading
from rules.reminders.ladder import ladder_of
from services.policy import office_calendar, office_policy
from services.reminders.morning import is_working_morning
from tests.prefect_house import House, Office, ending
from tests.smtp_sink import SmtpSink
from tests.world import World

pytestmark = pytest.mark.prefect


@pytest.fixture
def silent_mail_server() -> Iterator[int]:
    """A mail server that takes the call and never says a word: who speaks to it hangs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_take_calls, args=(listener,), daemon=True).start()
        yield int(listener.getsockname()[1])


def _take_calls(listener: socket.socket) -> None:
    kept = []
    try:
        while True:
            kept.append(listener.accept())
    except OSError:
        for connection, _ in kept:
            connection.close()


def stored(table: type[Message] | type[Notice]) -> int:
    """How many rows there are now; a session of its own, because an open one would keep the worker from writing."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def working_day() -> str:
    day = today()
    while not is_working_morning(day):
        day -= timedelta(days=1)
    return day.isoformat()


def test_scheduled_runs_are_executed_and_end_in_our_own_states(office: Office, commune: World) -> None:
    late, soon, open_end = today() - timedelta(days=2), today() + timedelta(days=3), None
    for code, due in (("A.1", late), ("A.2", soon), ("A.3", open_end)):
        commune.add_item(code, due)
    done = commune.add_item("A.4", soon)
    assert done is not None
    done.done_on = today()
    commune.session.commit()
    deploy_everything(office.house.settings)
    at = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    scheduled = {"type": "SCHEDULED", "name": "Scheduled", "state_details": {"scheduled_time": at}}
    names = [f"plan-item/{commune.plan.code} {code}" for code in ("A.1", "A.2", "A.3", "A.4")]
    runs = [office.house.start(name, state=scheduled) for name in names]
    states = [office.house.finished(run) for run in runs]
    assert [(state["name"], state["type"]) for state in states] == [
        ("Quá hạn", "FAILED"),
        ("Sắp đến hạn", "COMPLETED"),
        ("Chờ xác định thời hạn", "CANCELLED"),
        ("Hoàn thành", "COMPLETED"),
    ]
    assert "quá hạn 2 ngày" in states[0]["message"]
    run = office.house.api.call("GET", f"/flow_runs/{runs[0]}")
    assert run["name"] == "A.1 · xem tình trạng"
    artifacts = {"artifacts": {"flow_run_id": {"any_": [runs[0]]}}}
    page = office.house.api.call("POST", "/artifacts/filter", artifacts)[0]["data"]
    assert page.startswith("# A.1 · Quá hạn")
    assert "Mốc nhắc kế tiếp" in page


def test_a_morning_by_form_shows_first_and_sends_when_told_to(office: Office, commune: World) -> None:
    commune.add_item("A.1", today() - timedelta(days=1))
    commune.session.commit()
    deploy_everything(office.house.settings)
    morning = f"morning/{commune.authority.code}"
    given = {"day": working_day(), "authority": commune.authority.code}
    before, mails = stored(Notice), len(office.sink.received)
    shown = office.house.finished(office.house.start(morning, given))
    assert (shown["name"], shown["message"]) == ("Chạy thử", "Sẽ gửi 2 thư. Chưa ghi và chưa gửi gì.")
    assert (stored(Notice), len(office.sink.received)) == (before, mails)
    sent = office.house.finished(office.house.start(morning, {**given, "dry_run": False}))
    assert (sent["name"], sent["message"][:12]) == ("Đã gửi thư", "2 thư đã gửi")
    again = office.house.finished(office.house.start(morning, {**given, "dry_run": False}))
    assert again["message"].startswith("không có thư nào cần gửi")
    assert len(office.sink.received) == mails + 2, "the unit's digest and the leader's week"


def test_housekeeping_makes_the_whole_ladder_stand(office: Office, commune: World) -> None:
    due, policy = today() + timedelta(days=60), office_policy().ladder
    end = due + timedelta(days=policy.rungs[-1] + 14)
    rungs = ladder_of(office_calendar(), policy).rungs(today(), due, urge_until=None, through=end)
    mornings = {rung.day for rung in rungs if rung.offset <= policy.rungs[-1]}  # two rungs may share a working day
    commune.add_item("A.1", due)
    commune.session.commit()
    deploy_everything(office.house.settings)
    name = f"housekeeping/{commune.authority.code}"
    given = {"authority": commune.authority.code, "check_database": True}
    state = office.house.finished(office.house.start(name, given))
    assert state["name"] == "Đã dọn dẹp", state
    deployment = office.house.deployment(f"plan-item/{commune.plan.code} A.1")["id"]
    coming = {"deployment_id": {"any_": [deployment]}, "state": {"type": {"any_": ["SCHEDULED"]}}}
    assert office.house.api.call("POST", "/flow_runs/count", {"flow_runs": coming}) == len(mornings)


def test_a_plan_is_imported_from_the_form(office: Office, commune: World, tmp_path: Path) -> None:
    from deployments.sample.ward import write_sample

    sample = write_sample(tmp_path / "sample", today())
    commune.session.commit()
    deploy_everything(office.house.settings)
    name = f"import-plan/{commune.authority.code}"
    given = {"path": str(sample.plan), "code": f"{commune.authority.code}-nhap", "authority": commune.authority.code}
    shown = office.house.finished(office.house.start(name, given))
    assert (shown["name"], shown["type"]) == ("Chạy thử", "COMPLETED"), shown
    assert "30 nhiệm vụ" in shown["message"]
    done = office.house.finished(office.house.start(name, {**given, "dry_run": False}))
    assert done["name"] == "Đã nhập", done
    with reading() as session:
        posted = select(Deployed.name).where(Deployed.name.startswith(f"plan-item/{given['code']} "))
        names = session.scalars(posted).all()
    assert len(names) == 30, done
    office.house.deployment(names[-1])


def test_a_worker_killed_in_the_middle_leaves_no_run_behind(
    prefect: House, world: World, silent_mail_server: int
) -> None:
    world.add_item("A.1", today() - timedelta(days=1))
    world.session.commit()
    deploy_everything(prefect.settings)
    name = f"morning/{world.authority.code}"
    run = prefect.start(name, {"day": working_day(), "dry_run": False})
    first = prefect.worker(1, DONDOC_SMTP_PORT=str(silent_mail_server), DONDOC_SMTP_TIMEOUT="300")
    with ending(first):
        prefect.until(lambda: stored(Message), bool)
        prefect.until(lambda: prefect.state(run), lambda state: state["type"] == "RUNNING")
        assert first.process is not None
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    hopeless = prefect.start(name, {"day": working_day(), "dry_run": True})
    for _ in range(MAX_STARTS):
        prefect.api.call(
            "POST", f"/flow_runs/{hopeless}/set_state", {"state": {"type": "RUNNING", "name": "Running"}, "force": True}
        )
    assert prefect.state(run)["type"] == "RUNNING", "nobody has noticed the death yet"
    with SmtpSink() as sink, ending(prefect.worker(2, DONDOC_SMTP_PORT=str(sink.port))):
        assert prefect.finished(run)["name"] == "Đã gửi thư"
        given_up = prefect.finished(hopeless)
        assert (given_up["name"], given_up["type"]) == ("Crashed", "CRASHED")
        assert "không chạy lại" in given_up["message"]
    states = prefect.api.call("GET", f"/flow_run_states/?flow_run_id={run}")
    assert "AwaitingRetry" in [state["name"] for state in states]
    assert stored(Message) == 2


@pytest.mark.parametrize("entrypoint", [None, "os:system", "flows/morning.py:run_morning", "flows.morning:a.b", "x"])
def test_only_our_own_flows_are_loaded(entrypoint: str | None) -> None:
    with pytest.raises(RefusedEntrypointError, match="Worker chỉ chạy các flow của dondoc"):
        load_flow(entrypoint)


def test_the_worker_is_known_to_prefect_by_its_type() -> None:
    from prefect.workers.base import BaseWorker

    from deployments.prefect.worker import DondocWorker

    assert BaseWorker.get_worker_class_from_type("dondoc") is DondocWorker
    assert load_flow("flows.check:check").name == "check"
    assert SimpleNamespace(**DondocWorker.get_default_base_job_template()).variables["properties"] == {}
