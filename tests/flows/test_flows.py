"""Each flow's order of steps; each may be repeated, and killed between any two steps, and things happen once."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from config.clock import ZONE, now
from deployments.prefect.deploy import deploy_everything
from flows.check import check
from flows.housekeeping import keep_house
from flows.import_plan import run_import
from flows.morning import run_morning
from flows.plan_item import plan_item
from flows.quarterly_report import run_quarterly_report
from flows.self_scoring import run_self_scoring
from models import Item, Message, MessageState, Notice, NoticeState, Occurrence, Plan, Report, ScoreRound
from models.base import Base
from models.operations import Morning
from models.session import reading, transaction
from services.actor import Actor
from services.staff.queries import new_authority
from tasks import report as report_steps
from tasks import scoring as scoring_steps
from tests.deployments.plan_files import plan_file, set_clock
from tests.flows.conftest import Steps
from tests.prefect_house import House
from tests.scoring import SET, stored_set
from tests.smtp_sink import SmtpSink
from tests.world import World

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.filterwarnings("ignore:Artifact creation outside of a flow:FutureWarning"),
]

WEDNESDAY = date(2025, 9, 17)
MORNING = ("decide", "compose", "send", "finish", "refresh_schedule")
HOUSEKEEPING = (
    "release_mails", "watch_mornings", "recompute_rungs", "refresh_schedule", "check_database", "tidy_database",
)  # fmt: skip


def rows(table: type[Base]) -> int:
    """How many rows there are now."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def at(monkeypatch: pytest.MonkeyPatch, day: date, hour: int = 8) -> None:
    set_clock(monkeypatch, datetime(day.year, day.month, day.day, hour, tzinfo=ZONE))


@pytest.fixture
def ward(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A Wednesday morning on which one unit is to be reminded of one item and another's is overdue."""
    at(monkeypatch, WEDNESDAY)
    world.add_item("I.1", WEDNESDAY + timedelta(days=7))
    world.add_item("I.2", WEDNESDAY - timedelta(days=1), lead="TT_PVHCC")
    world.session.commit()
    return world


def test_the_check_ends_in_its_own_state() -> None:
    assert (check.fn().name, check.fn().type.value) == ("Hoạt động tốt", "COMPLETED")


# --- the morning ------------------------------------------------------------


def watched_morning(steps: Steps) -> None:
    steps.watch(*(f"tasks.morning.{name}" for name in MORNING[:-1]), "tasks.housekeeping.refresh_schedule")


def told_once(sink: SmtpSink) -> None:
    """Both units have had this morning's one mail, and the morning has come to its end once."""
    digests = [mail.to for mail in sink.received if "[Đôn đốc]" in mail.subject]
    assert len(digests) == len(set(digests)) and len(digests) >= 2
    with reading() as session:
        assert set(session.scalars(select(Message.state))) == {MessageState.SENT}
        assert set(session.scalars(select(Notice.state))) == {NoticeState.TOLD, NoticeState.PASSED_OVER}
        assert session.scalars(select(Morning.finished_at)).one() is not None


def test_the_morning_takes_its_steps_in_order_and_repeated_tells_nobody_twice(
    ward: World, sink: SmtpSink, steps: Steps
) -> None:
    watched_morning(steps)
    state = run_morning.fn(ward.authority.code, WEDNESDAY, dry_run=False)
    assert (state.name, state.type.value) == ("Đã gửi thư", "COMPLETED")
    assert tuple(steps.taken) == MORNING
    told_once(sink)
    mails, notices = len(sink.received), rows(Notice)
    assert "0 lời nhắc" in (run_morning.fn(ward.authority.code, WEDNESDAY, dry_run=False).message or "")
    assert (len(sink.received), rows(Notice)) == (mails, notices)


@pytest.mark.parametrize("step", MORNING)
def test_a_morning_killed_between_two_steps_is_finished_by_the_next_run(
    step: str, ward: World, sink: SmtpSink, steps: Steps
) -> None:
    watched_morning(steps)
    steps.kill_before(step, lambda: run_morning.fn(ward.authority.code, WEDNESDAY, dry_run=False))
    assert bool(sink.received) is (MORNING.index(step) > MORNING.index("send"))
    run_morning.fn(ward.authority.code, WEDNESDAY, dry_run=False)
    assert tuple(steps.taken) == MORNING
    told_once(sink)


def test_a_morning_to_be_looked_at_writes_and_sends_nothing(ward: World, sink: SmtpSink, steps: Steps) -> None:
    watched_morning(steps)
    state = run_morning.fn(ward.authority.code, WEDNESDAY)
    assert state.name == "Chạy thử" and "Chưa ghi và chưa gửi gì" in (state.message or "")
    assert (steps.taken, sink.received, rows(Notice), rows(Message), rows(Morning)) == ([], [], 0, 0, 0)


def test_on_a_day_off_and_for_a_day_to_come_nothing_is_told_before_its_time(
    ward: World, sink: SmtpSink, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched_morning(steps)
    assert run_morning.fn(ward.authority.code, date(2025, 9, 14), dry_run=False).name == "Ngày nghỉ"
    at(monkeypatch, date(2025, 9, 14))  # a Sunday: the Wednesday asked for has not come yet
    assert run_morning.fn(ward.authority.code, WEDNESDAY, dry_run=False).name == "Ngày nghỉ"
    assert (steps.taken, sink.received) == ([], [])


# --- one item ---------------------------------------------------------------

ITEM = ("look", "decide", "show", "schedule_next", "final_state")


def watched_item(steps: Steps) -> None:
    steps.watch(*(f"tasks.item.{name}" for name in ITEM if name != "decide"), "tasks.morning.decide")


def test_an_items_run_records_its_rung_and_leaves_the_mail_to_the_morning(
    ward: World, sink: SmtpSink, steps: Steps
) -> None:
    watched_item(steps)
    state = plan_item.fn(ward.plan.code, "I.2")
    assert (state.name, state.type.value) == ("Quá hạn", "FAILED")
    assert tuple(steps.taken) == ITEM
    assert rows(Notice) > 0 and not sink.received
    notices = rows(Notice)
    assert plan_item.fn(ward.plan.code, "I.2").name == "Quá hạn"
    assert rows(Notice) == notices


@pytest.mark.parametrize("step", ITEM[1:])
def test_an_items_run_killed_between_two_steps_is_made_good_by_the_next(
    step: str, ward: World, prefect: House, steps: Steps
) -> None:
    deploy_everything(prefect.settings, ahead=0)
    watched_item(steps)
    steps.kill_before(step, lambda: plan_item.fn(ward.plan.code, "I.1"))
    assert plan_item.fn(ward.plan.code, "I.1").name == "Sắp đến hạn"
    with reading() as session:
        due = list(session.scalars(select(Notice.rung).where(Notice.state == NoticeState.DUE)))
        assert session.scalar(select(func.count()).where(Notice.state == NoticeState.PASSED_OVER)) == 2
    assert due == ["-7"]
    deployment = prefect.deployment(f"plan-item/{ward.plan.code} I.1")["id"]
    wanted = {"deployments": {"id": {"any_": [deployment]}}}
    coming = [run["name"] for run in prefect.api.call("POST", "/flow_runs/filter", wanted)]
    assert coming == ["I.1 · nhắc trước 5 ngày"]  # three days before is a Sunday


def test_an_item_that_is_no_longer_there_is_no_fault(ward: World, steps: Steps) -> None:
    watched_item(steps)
    state = plan_item.fn(ward.plan.code, "IX.9")
    assert (state.name, state.type.value) == ("Không còn theo dõi", "CANCELLED")
    assert (steps.taken, rows(Notice)) == (["look"], 0)


# --- a plan brought in from the form ----------------------------------------

IMPORT = ("read_document", "store_plan", "refresh_schedule")


@pytest.fixture
def document(sink: SmtpSink, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan of five items of an authority without one."""
    at(monkeypatch, date(2026, 1, 20))
    with transaction() as session:
        new_authority(session, "UBND phường Hoa Sen", Actor("thử", now()), "Hoa Sen")
    return plan_file(tmp_path / f"{code}.docx")


def watched_import(steps: Steps) -> None:
    steps.watch(
        "tasks.plan_import.read_document", "tasks.plan_import.store_plan", "tasks.housekeeping.refresh_schedule"
    )


def test_a_plan_is_shown_first_and_stored_when_that_is_switched_off(
    document: Path, code: str, prefect: House, steps: Steps
) -> None:
    watched_import(steps)
    assert run_import.fn(document, code=code).name == "Chạy thử"
    assert (steps.taken, rows(Plan), rows(Item)) == (["read_document"], 0, 0)
    steps.taken.clear()
    assert run_import.fn(document, dry_run=False, code=code).name == "Đã nhập"
    assert tuple(steps.taken) == IMPORT
    assert (rows(Plan), rows(Item)) == (1, 5)
    assert prefect.deployment(f"plan-item/{code} 1")["parameters"]["item"] == "1"


@pytest.mark.parametrize("step", IMPORT[1:])
def test_an_import_killed_between_two_steps_is_whole_or_not_there_and_is_finished_by_the_next(
    step: str, document: Path, code: str, prefect: House, steps: Steps
) -> None:
    watched_import(steps)
    steps.kill_before(step, lambda: run_import.fn(document, dry_run=False, code=code))
    assert (rows(Plan), rows(Item)) == ((0, 0) if step == "store_plan" else (1, 5))
    run_import.fn(document, dry_run=False, code=code)
    with reading() as session:
        assert session.scalars(select(Plan.version)).one() == 1
    occurrences = rows(Occurrence)
    assert "không có thay đổi" in (run_import.fn(document, dry_run=False, code=code).message or "")
    assert (rows(Item), rows(Occurrence)) == (5, occurrences)
    assert prefect.deployment(f"plan-item/{code} 5")["name"] == f"{code} 5"


# --- reports and self-scoring ------------------------------------------------


@pytest.fixture
def reporting(ward: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The first day on which units are asked for the third quarter."""
    at(monkeypatch, date(2025, 9, 3))
    ward.plan.issued_on = date(2025, 1, 10)
    ward.session.commit()
    return ward


def asked(sink: SmtpSink) -> list[str]:
    return sorted(mail.to for mail in sink.received if "chưa báo cáo" in mail.subject)


REPORTING = ("open_reports", "ask", "send", "show")


def watched_reports(steps: Steps) -> None:
    steps.watch(*(f"tasks.report.{name}" for name in ("open_reports", "send", "show")))
    steps.watch_table(report_steps.STEPS)


def test_a_report_takes_its_steps_one_by_one_and_repeated_asks_nobody_twice(
    reporting: World, sink: SmtpSink, steps: Steps
) -> None:
    watched_reports(steps)
    state = run_quarterly_report.fn(reporting.authority.code)
    assert tuple(steps.taken) == REPORTING
    with reading() as session:
        assert state.name == session.scalars(select(Report.state)).one().words
    assert "mở kỳ, hỏi đơn vị" in (state.message or "")
    first = asked(sink)
    assert first and len(first) == len(set(first))
    steps.taken.clear()
    run_quarterly_report.fn(reporting.authority.code)
    assert (asked(sink), rows(Report), steps.taken) == (first, 1, ["open_reports", "show"])


@pytest.mark.parametrize("step", REPORTING[1:])
def test_a_report_run_killed_between_two_steps_asks_each_unit_once(
    step: str, reporting: World, sink: SmtpSink, steps: Steps
) -> None:
    watched_reports(steps)
    steps.kill_before(step, lambda: run_quarterly_report.fn(reporting.authority.code))
    run_quarterly_report.fn(reporting.authority.code)
    run_morning.fn(reporting.authority.code, dry_run=False)  # sends what was queued before the end
    assert asked(sink) and len(asked(sink)) == len(set(asked(sink)))
    assert rows(Report) == 1


def test_a_report_is_closed_compiled_and_submitted_in_tasks_of_their_own(
    reporting: World, sink: SmtpSink, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_quarterly_report.fn(reporting.authority.code)
    at(monkeypatch, date(2025, 9, 16))
    watched_reports(steps)
    state = run_quarterly_report.fn(reporting.authority.code)
    assert state.name == "Chờ phê duyệt"
    assert steps.taken[:4] == ["open_reports", "close", "compile", "submit"]


@pytest.mark.parametrize("table", [report_steps.STEPS, scoring_steps.STEPS])
def test_every_step_is_a_task_of_its_own_named_after_its_subject(table: dict[Any, Any]) -> None:
    names = [task.task_run_name for task in table.values()]
    assert len(set(names)) == len(names) and all(".name} · " in name for name in names)
    assert all(task.retries for task in table.values())
    assert list(table) == list(type(next(iter(table))))


SCORING = ("open_rounds", "fill", "ask", "send_mails", "show")


@pytest.fixture
def scoring(ward: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The day on which the yearly round opens."""
    at(monkeypatch, date(2025, 12, 1))
    stored_set(ward.session, {**SET, "code": f"BO-{ward.authority.code}"[:40]})
    ward.session.commit()
    return ward


def watched_scoring(steps: Steps) -> None:
    steps.watch(*(f"tasks.scoring.{name}" for name in ("open_rounds", "send_mails", "show")))
    steps.watch_table(scoring_steps.STEPS)


def test_the_scoring_run_opens_sends_and_shows_and_repeated_does_nothing_more(
    scoring: World, sink: SmtpSink, steps: Steps
) -> None:
    watched_scoring(steps)
    state = run_self_scoring.fn(scoring.authority.code)
    assert tuple(steps.taken) == SCORING
    assert state.name == "Các đơn vị đang tự chấm" and "mở đợt" in (state.message or "")
    mails = [mail.to for mail in sink.received]
    assert len(mails) == len(set(mails)) > 0
    again = run_self_scoring.fn(scoring.authority.code)
    assert "mở đợt" not in (again.message or "")
    assert (len(sink.received), rows(ScoreRound)) == (len(mails), 1)


@pytest.mark.parametrize("step", SCORING[1:])
def test_a_scoring_run_killed_between_two_steps_is_finished_by_the_next(
    step: str, scoring: World, sink: SmtpSink, steps: Steps
) -> None:
    watched_scoring(steps)
    steps.kill_before(step, lambda: run_self_scoring.fn(scoring.authority.code))
    run_self_scoring.fn(scoring.authority.code)
    mails = [mail.to for mail in sink.received]
    assert len(mails) == len(set(mails)) > 0
    with reading() as session:
        assert set(session.scalars(select(Message.state))) == {MessageState.SENT}
    assert rows(ScoreRound) == 1


def test_without_a_round_or_a_report_the_runs_say_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, date(2025, 7, 1))
    world.session.commit()
    assert run_self_scoring.fn(world.authority.code).name == "Không có đợt chấm điểm"
    assert run_quarterly_report.fn(world.authority.code).name == "Không có kỳ đang làm"


# --- housekeeping ------------------------------------------------------------


def watched_housekeeping(steps: Steps) -> None:
    steps.watch(*(f"tasks.housekeeping.{name}" for name in HOUSEKEEPING))


@pytest.fixture
def untidy(ward: World) -> World:
    """A morning whose sender died after the text had begun to go, and one mail it had only claimed."""
    run_morning.fn(ward.authority.code, WEDNESDAY, dry_run=False)
    long_ago = now() - timedelta(hours=3)
    with transaction() as session:
        first, second = session.scalars(select(Message.id).order_by(Message.id).limit(2))
        stuck = {"state": MessageState.SENDING, "claimed_at": long_ago, "sent_at": None, "handed_at": None}
        session.execute(update(Message).where(Message.id == first).values(**{**stuck, "handed_at": long_ago}))
        session.execute(update(Message).where(Message.id == second).values(**stuck))
    return ward


def settled() -> None:
    """One mail is for a person to look at, one waits to be sent; neither is claimed any more."""
    with reading() as session:
        states = list(session.scalars(select(Message.state).order_by(Message.id)))
    assert states[:2] == [MessageState.UNKNOWN, MessageState.QUEUED]


def test_housekeeping_takes_its_steps_in_order_and_may_be_repeated(untidy: World, sink: SmtpSink, steps: Steps) -> None:
    watched_housekeeping(steps)
    mails = len(sink.received)
    for _ in range(2):
        steps.taken.clear()
        assert keep_house.fn(untidy.authority.code, check_database=True).name == "Đã dọn dẹp"
        assert tuple(steps.taken) == HOUSEKEEPING
        settled()
    assert len(sink.received) == mails  # nothing is ever sent a second time by itself


@pytest.mark.parametrize("step", HOUSEKEEPING[1:])
def test_housekeeping_killed_between_two_steps_is_finished_by_the_next(step: str, untidy: World, steps: Steps) -> None:
    watched_housekeeping(steps)
    steps.kill_before(step, lambda: keep_house.fn(untidy.authority.code, check_database=True))
    settled()
    keep_house.fn(untidy.authority.code, check_database=True)
    assert tuple(steps.taken) == HOUSEKEEPING
    settled()


def test_the_database_is_checked_on_sundays(ward: World, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    watched_housekeeping(steps)
    keep_house.fn(ward.authority.code)
    assert "check_database" not in steps.taken
    at(monkeypatch, date(2025, 9, 21))
    keep_house.fn(ward.authority.code)
    assert "check_database" in steps.taken
