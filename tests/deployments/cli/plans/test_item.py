"""`dondoc item`: what a person settles moves the schedule at once, is kept, and is written down."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.clock import today
from models import AuditEvent, Occurrence, Progress
from models.session import reading
from services import audit
from tests.deployments.plan_files import NOON, ROWS, Dondoc, plan_file, set_clock

UNITS = "name,mailbox\nPhòng Văn hóa - Xã hội,vh@x.example\nVăn phòng HĐND và UBND phường,vp@x.example\n"


@pytest.fixture
def dondoc(
    monkeypatch: pytest.MonkeyPatch, sqlite_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Dondoc:
    """The command line with a plan imported."""
    set_clock(monkeypatch, NOON)
    made = Dondoc(capsys)
    made("plan", "import", plan_file(tmp_path / "k.docx"), "--yes")
    return made


def _plan(dondoc: Dondoc) -> str:
    code: str = dondoc.json("plan", "list")[0]["code"]
    return code


def _item(dondoc: Dondoc, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in dondoc.json("item", "list", _plan(dondoc)) if row["code"] == code)
    return found


def _actions() -> list[str]:
    with reading() as session:
        assert audit.verify(session) is None
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_an_undetermined_item_gets_its_day_and_is_asked_about_no_more(dondoc: Dondoc, tmp_path: Path) -> None:
    plan = _plan(dondoc)
    assert _item(dondoc, "3")["state"] == "Chờ xác định thời hạn"
    dondoc("item", "date", plan, "3", "--due", "30/09/2027")
    settled = _item(dondoc, "3")
    assert (settled["state"], settled["edited"], settled["warnings"]) == ("Đúng tiến độ", ["timing"], [])
    assert [due["due"] for due in settled["occurrences"]] == ["2027-09-30"]
    assert settled["timing"]["phrase"] == "Theo quy định"
    assert "Không có thay đổi" in dondoc("item", "date", plan, "3", "--due", "2027-09-30")
    assert "không có thay đổi" in dondoc("plan", "import", plan_file(tmp_path / "again.docx"))
    assert _actions()[-1] == "item.timing"


def test_a_deadline_counted_from_an_event_is_computed_from_its_day(dondoc: Dondoc) -> None:
    plan = _plan(dondoc)
    dondoc("item", "date", plan, "4", "--event-day", "2026-03-02")
    assert [due["due"] for due in _item(dondoc, "4")["occurrences"]] == ["2026-03-09"]
    dondoc("item", "date", plan, "1", "--event-day", "2026-03-02", code=2)
    assert "--due" in dondoc.err


def test_a_lead_named_by_hand_gets_the_occurrences_and_the_doubt_goes(dondoc: Dondoc) -> None:
    plan = _plan(dondoc)
    assert _item(dondoc, "5")["occurrences"] == [] and _item(dondoc, "5")["warnings"]
    dondoc("item", "lead", plan, "5", "PHONG_VHXH", "Văn phòng UBND")
    named = _item(dondoc, "5")
    assert [due["unit"] for due in named["occurrences"]] == ["PHONG_VHXH", "VAN_PHONG"]
    assert (named["edited"], named["warnings"]) == (["lead"], [])
    dondoc("item", "lead", plan, "5", "VAN_PHONG")
    assert [due["unit"] for due in _item(dondoc, "5")["occurrences"]] == ["VAN_PHONG"]
    dondoc("item", "lead", plan, "5", "Sở Không Có", code=2)
    assert "VAN_PHONG" in dondoc.err


def test_a_unit_known_later_takes_over_what_was_unknown(dondoc: Dondoc, tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text(UNITS + "Tổ Công nghệ số cộng đồng,cns@x.example\n", encoding="utf-8")
    said = dondoc("units", "import", tmp_path / "u.csv")
    assert "Đã nhận ra 1 tên đơn vị" in said
    found = _item(dondoc, "5")
    assert [due["unit"] for due in found["occurrences"]] == ["TO_CONG_NGHE_SO_CONG_DONG"]
    assert found["warnings"] == []
    assert "không có thay đổi" in dondoc("units", "import", tmp_path / "u.csv")


def test_done_closes_the_rungs_at_once_and_reopen_brings_them_back(dondoc: Dondoc) -> None:
    plan = _plan(dondoc)
    before = _item(dondoc, "1")["occurrences"]
    assert "hoàn thành 1 kỳ" in dondoc("item", "done", plan, "1", "--on", "2026-05-04")
    (closed,) = _item(dondoc, "1")["occurrences"]
    assert (closed["done_on"], closed["next_rung_on"], _item(dondoc, "1")["state"]) == (
        "2026-05-04",
        None,
        "Hoàn thành",
    )
    dondoc("item", "done", plan, "1", code=2)
    assert "đã hoàn thành" in dondoc.err
    dondoc("item", "reopen", plan, "1")
    assert _item(dondoc, "1")["occurrences"] == before
    assert _actions()[-2:] == ["item.done", "item.reopen"]
    with reading() as session:
        assert [row.state for row in session.scalars(select(Progress).order_by(Progress.id))] == ["done", "under_way"]


def test_of_a_recurring_item_only_what_has_opened_is_closed_or_the_period_that_is_named(dondoc: Dondoc) -> None:
    plan = _plan(dondoc)
    keys = [due["key"] for due in _item(dondoc, "2")["occurrences"]]
    dondoc("item", "done", plan, "2", "--key", keys[1], "--on", "2026-02-02")
    assert [bool(due["done_on"]) for due in _item(dondoc, "2")["occurrences"]] == [key == keys[1] for key in keys]
    dondoc("item", "done", plan, "2", "--on", "2026-02-02")
    assert [due["key"] for due in _item(dondoc, "2")["occurrences"] if due["done_on"]] == keys[:2]
    dondoc("item", "done", plan, "2", "--key", "2031-Q9", code=2)
    assert keys[2] in dondoc.err


def test_what_cannot_be_done_says_why(dondoc: Dondoc) -> None:
    plan, tomorrow = _plan(dondoc), today() + timedelta(days=1)
    for arguments, says in (
        (("done", plan, "3"), "dondoc item date"),
        (("done", plan, "99"), "không có nhiệm vụ"),
        (("done", "KH-KHONG-CO", "1"), "Không có kế hoạch"),
        (("done", plan, "1", "--on", tomorrow), "tương lai"),
        (("done", plan, "1", "--unit", "VAN_PHONG"), "của VAN_PHONG"),
        (("reopen", plan, "1"), "không có kỳ nào đã hoàn thành"),
        (("date", plan, "3"), "--event-day"),
        (("date", plan, "3", "--due", "30/9/26"), "--due"),
        (("title", plan, "3", "  "), "không được để trống"),
    ):
        dondoc("item", *arguments, code=2)
        assert says in dondoc.err, (arguments, dondoc.err)


def test_a_corrected_title_outlasts_a_new_document(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("item", "title", _plan(dondoc), "1", "Rà soát  toàn bộ thủ tục")
    rows = [(*ROWS[0][:2], "Chậm nhất ngày 31/7/2026", *ROWS[0][3:]), *ROWS[1:]]
    dondoc("plan", "import", plan_file(tmp_path / "k2.docx", rows), "--yes")
    found = _item(dondoc, "1")
    assert (found["title"], found["timing"]["due"]) == ("Rà soát toàn bộ thủ tục", "2026-07-31")
    dondoc("plan", "import", plan_file(tmp_path / "k2.docx", rows), "--yes", "--overwrite-edits")
    assert _item(dondoc, "1")["title"] == "Rà soát thủ tục hành chính"


def test_items_can_be_listed_by_state(dondoc: Dondoc) -> None:
    waiting = dondoc.json("item", "list", _plan(dondoc), "--state", "chờ xác định thời hạn")
    assert [row["code"] for row in waiting] == ["3", "4"]
    assert "Không có nhiệm vụ nào" in dondoc("item", "list", _plan(dondoc), "--state", "không có")


def test_done_days_are_kept_when_the_schedule_is_computed_anew(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("item", "done", _plan(dondoc), "1", "--on", "2026-05-04")
    (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
    dondoc("units", "import", tmp_path / "u.csv")
    with reading() as session:
        assert date(2026, 5, 4) in session.scalars(select(Occurrence.done_on)).all()
