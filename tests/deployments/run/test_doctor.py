"""`dondoc doctor`: each part is tried for real; what is wrong has its own sentence and says what to do."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from config.clock import ZONE
from config.own_files import mend
from config.settings import load_settings
from deployments.cli.app import run
from deployments.prefect.deploy import SHIPPED
from deployments.run import doctor
from deployments.run.doctor import Finding, examine
from models import Message, MessageState
from models.operations import Morning
from models.session import engine_for
from tests.deployments.plan_files import set_clock
from tests.prefect_house import House, Office, free_port
from tests.smtp_sink import SmtpSink
from tests.world import World

FRIDAY = date(2026, 11, 20)
NINE = datetime(2026, 11, 20, 9, tzinfo=ZONE)


@pytest.fixture
def sink(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpSink]:
    """A mail server, set as the product's; Prefect's port is one where nobody listens."""
    with SmtpSink() as server:
        monkeypatch.setenv("DONDOC_SMTP_PORT", str(server.port))
        monkeypatch.setenv("DONDOC_PREFECT_PORT", str(free_port()))
        yield server


@pytest.fixture
def ward(sink: SmtpSink, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A ward on a Friday at nine whose morning has been run: everything but Prefect is well."""
    set_clock(monkeypatch, NINE)
    with Session(engine_for(sqlite_url), expire_on_commit=False) as session:
        made = World(session)
        _morning(made, FRIDAY, NINE - timedelta(hours=1))
        yield made


def _morning(ward: World, day: date, began: datetime, ended: bool = True) -> None:
    ended_at = began + timedelta(minutes=1) if ended else None
    ward.session.add(
        Morning(authority_id=ward.authority.id, day=day, started_at=began.astimezone(UTC), finished_at=ended_at)
    )
    ward.session.commit()


def _mail(ward: World, number: int, state: MessageState) -> Message:
    return Message(
        authority_id=ward.authority.id, kind="digest", day=FRIDAY, to_address="a@x.example", to_name="An",
        subject="Việc tuần này", text="…", html="…", message_id=f"<{number}@x.example>", state=state, created_at=NINE,
    )  # fmt: skip


@contextmanager
def stranger() -> Iterator[int]:
    """A web server that is no Prefect; gives its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _found(mail: str | None = None) -> dict[str, Finding]:
    return {one.part: one for one in examine(load_settings(), mail, timeout=5)}


def _bad(part: str, mail: str | None = None) -> Finding:
    """What is wrong with a part: one line of one sentence, and never a word of English machinery."""
    found = _found(mail)[part]
    assert not found.ok, found
    assert "\n" not in found.message and "Error" not in found.message and "Errno" not in found.message
    return found


def test_all_that_can_be_well_without_prefect_is_well(ward: World) -> None:
    mend(load_settings().home)
    found = _found()
    assert [part for part, one in found.items() if not one.ok] == ["Prefect"]
    assert set(found) == {
        "Cơ sở dữ liệu", "Quy định đôn đốc", "Ngày nghỉ, ngày làm bù", "Đồng hồ, múi giờ", "Dung lượng đĩa",
        "Quyền đọc tệp", "Máy chủ thư", "Prefect", "Giờ buổi sáng", "Buổi sáng gần nhất", "Thư đã gửi",
        "Hộp thư đơn vị",
    }  # fmt: skip
    assert found["Đồng hồ, múi giờ"].message == "09:00 20/11/2026, giờ Việt Nam."
    assert found["Buổi sáng gần nhất"].message == "20/11/2026."


def test_the_command_ends_with_one_and_says_what_to_do(ward: World, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["doctor", "--timeout", "5"])
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert "✗ Prefect: Không kết nối được" in said and "→ Khởi động: dondoc run" in said
    assert said.count("✓") == 10


@pytest.mark.usefixtures("sink")
def test_no_database_yet_asks_for_init_and_looks_at_no_data(home: Path) -> None:
    found = _found()
    assert (found["Cơ sở dữ liệu"].ok, found["Cơ sở dữ liệu"].advice) == (False, "Chạy: dondoc init")
    assert "chưa có" in found["Cơ sở dữ liệu"].message
    assert "Buổi sáng gần nhất" not in found and found["Đồng hồ, múi giờ"].ok
    assert not (home / "dondoc.db").exists()


@pytest.mark.usefixtures("sink")
@pytest.mark.parametrize(
    ("revision", "says", "advice"),
    [
        ("0001", "phiên bản cũ", "dondoc backup TỆP, rồi dondoc init"),
        ("9999", "phiên bản dondoc mới hơn", "cài phiên bản mới nhất"),
    ],
)
def test_a_database_of_another_version_says_which_way_to_go(
    revision: str, says: str, advice: str, sqlite_url: str, home: Path
) -> None:
    with sqlite3.connect(home / "dondoc.db") as line:
        line.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    found = _bad("Cơ sở dữ liệu")
    assert says in found.message and advice in found.advice


@pytest.mark.usefixtures("sink")
def test_an_empty_database_asks_for_init(home: Path) -> None:
    home.mkdir()
    sqlite3.connect(home / "dondoc.db").execute("PRAGMA journal_mode=WAL")
    assert "còn trống" in _bad("Cơ sở dữ liệu").message


@pytest.mark.usefixtures("sink")
def test_a_damaged_database_and_a_wrong_address_are_told_apart(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "dondoc.db").write_bytes(b"damaged" * 1000)
    assert "bị hỏng" in _bad("Cơ sở dữ liệu").message
    monkeypatch.setenv("DONDOC_DATABASE_URL", "mysql://x/y")
    assert "DONDOC_DATABASE_URL" in _bad("Cơ sở dữ liệu").message


def test_a_policy_that_cannot_be_read_is_named(ward: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_POLICY_FILE", str(tmp_path / "khong-co.toml"))
    assert "khong-co.toml" in _bad("Quy định đôn đốc").message


def test_a_year_without_its_swapped_days_is_asked_for_when_it_is_near(
    ward: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _found()["Ngày nghỉ, ngày làm bù"].message == "đã có bảng của năm 2026."
    set_clock(monkeypatch, datetime(2026, 12, 1, 9, tzinfo=ZONE))
    found = _bad("Ngày nghỉ, ngày làm bù")
    assert "năm 2027" in found.message and "dondoc workdays add" in found.advice


def test_a_clock_that_runs_backwards_is_seen_by_a_morning_of_the_future(ward: World) -> None:
    _morning(ward, FRIDAY + timedelta(days=3), NINE + timedelta(days=3))
    found = _bad("Đồng hồ, múi giờ")
    assert "chạy lùi" in found.message and "23/11" in found.message and "NTP" in found.advice


def test_a_full_disk_is_said(ward: World, monkeypatch: pytest.MonkeyPatch) -> None:
    free = shutil.disk_usage(load_settings().home).free
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", free * 2)
    found = _bad("Dung lượng đĩa")
    assert "GB" in found.message and "DONDOC_HOME" in found.advice


def test_a_mail_server_that_is_away_is_said(ward: World, sink: SmtpSink) -> None:
    sink.stop()
    assert f"127.0.0.1:{sink.port}" in _bad("Máy chủ thư").message


def test_a_mail_server_that_refuses_the_sender_is_said(ward: World, sink: SmtpSink) -> None:
    sink.script("mail", "553 5.7.1 sender not allowed", again=True)
    assert "553" in _bad("Máy chủ thư").message


def test_a_test_mail_is_really_sent_and_a_refused_one_is_said(ward: World, sink: SmtpSink) -> None:
    assert _found("thu@x.example")["Thư thử"].ok
    assert [(mail.to, mail.subject) for mail in sink.received] == [("thu@x.example", "Thư thử của dondoc")]
    sink.script("rcpt", "550 5.1.1 unknown user", to="la@x.example", again=True)
    found = _bad("Thư thử", "la@x.example")
    assert "550" in found.message and "la@x.example" in found.message and "Kiểm tra địa chỉ" in found.advice
    sink.stop()
    said = "gửi đến thu@x.example: không có chương trình nào trả lời ở đó"
    assert _bad("Thư thử", "thu@x.example").message == said


def test_a_morning_that_did_not_come_to_its_end_is_said(ward: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monday = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    set_clock(monkeypatch, monday)
    _morning(ward, monday.date(), monday - timedelta(hours=1), ended=False)
    found = _bad("Buổi sáng gần nhất")
    assert found.message == "20/11/2026, chưa chạy xong buổi 23/11/2026."
    assert "dondoc remind" in found.advice


def test_before_its_hour_is_over_this_mornings_sweep_is_not_missed(
    ward: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, datetime(2026, 11, 23, 8, tzinfo=ZONE))
    assert _found()["Buổi sáng gần nhất"].ok


@pytest.mark.usefixtures("sink", "sqlite_url")
def test_no_morning_at_all_is_said() -> None:
    assert "chưa chạy buổi nào" in _bad("Buổi sáng gần nhất").message


def test_mails_sent_back_or_of_unknown_fate_are_counted(ward: World) -> None:
    ward.session.add_all(_mail(ward, number, MessageState.SENT) for number in range(3))
    ward.session.commit()
    assert _found()["Thư đã gửi"].message == "3 thư đã gửi, không thư nào bị trả lại."
    ward.session.add_all([_mail(ward, 8, MessageState.BOUNCED), _mail(ward, 9, MessageState.UNKNOWN)])
    ward.session.commit()
    found = _bad("Thư đã gửi")
    assert found.message == "1 thư bị trả lại, 1 thư chưa rõ kết quả."
    assert "dondoc messages --state bounced" in found.advice


def test_a_unit_with_something_due_and_nobody_to_write_to_is_named(ward: World) -> None:
    ward.add_item("I.1", date(2026, 12, 15), lead="TT_PVHCC")
    unit = ward.units["TT_PVHCC"]
    unit.mailbox, unit.head = None, None
    for person in list(unit.people):
        ward.session.delete(person)
    ward.session.commit()
    found = _bad("Hộp thư đơn vị")
    assert "Đơn vị TT_PVHCC" in found.message and "dondoc units import" in found.advice


def test_a_schedule_at_another_hour_than_the_policys_is_said(ward: World, home: Path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    assert "{{ $DONDOC_MORNING_CRON }}" in shipped
    (home / "prefect.yaml").write_text(shipped.replace("{{ $DONDOC_MORNING_CRON }}", "15 8 * * *"), encoding="utf-8")
    found = _bad("Giờ buổi sáng")
    assert "15 8 * * *" in found.message and "policy.toml đặt 07:30" in found.message
    assert "DONDOC_MORNING_CRON" in found.advice and "dondoc deploy" in found.advice


def test_the_schedule_follows_the_policys_hour(ward: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[mail]\ndigest_hour = "08:15"\n', encoding="utf-8")
    monkeypatch.setenv("DONDOC_POLICY_FILE", str(policy))
    assert _found()["Giờ buổi sáng"].message == "08:15 mỗi ngày làm việc."


def test_a_morning_switched_off_is_said(ward: World, home: Path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    (home / "prefect.yaml").write_text(shipped.replace("active: true", "active: false"), encoding="utf-8")
    found = _bad("Giờ buổi sáng")
    assert "đang tắt" in found.message and "active: true" in found.advice


def test_a_file_of_deployments_that_cannot_be_read_is_named(ward: World, home: Path) -> None:
    (home / "prefect.yaml").write_text("deployments: [", encoding="utf-8")
    assert "sai cú pháp YAML ở dòng 1" in _bad("Giờ buổi sáng").message


def test_another_program_on_prefects_port_is_told_from_none(
    ward: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _bad("Prefect")
    assert "Không kết nối được Prefect" in found.message and "dondoc run" in found.advice
    with stranger() as port:
        monkeypatch.setenv("DONDOC_PREFECT_PORT", str(port))
        assert "không phải là Prefect" in _bad("Prefect").message


@pytest.mark.prefect
def test_without_a_worker_the_test_run_is_not_taken(prefect: House) -> None:
    found = {one.part: one for one in examine(prefect.settings, timeout=2)}["Prefect"]
    assert not found.ok
    assert "chưa worker nào nhận việc" in found.message and "dondoc worker" in found.advice


@pytest.mark.prefect
def test_with_a_worker_the_test_run_comes_to_its_end(office: Office) -> None:
    found = {one.part: one for one in examine(office.house.settings, timeout=60)}["Prefect"]
    assert found.ok, found
    assert "worker chạy xong" in found.message
    left = office.house.api.call("POST", "/deployments/filter", {"deployments": {"name": {"any_": ["dondoc doctor"]}}})
    assert left == []
