"""`dondoc plan`: read shows, import stores once, and what was killed or refused left nothing."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from models import AuditEvent, Deployed, Item, Occurrence, Plan, StoredDocument
from models.session import reading, transaction
from services.documents import fingerprint, place_of
from tests.deployments.plan_files import NOON, ROWS, Dondoc, plan_file, set_clock

CODE = "hoa-sen-2026"


@pytest.fixture
def dondoc(monkeypatch: pytest.MonkeyPatch, database_url: str, capsys: pytest.CaptureFixture[str]) -> Dondoc:
    """The command line on a fresh database, on SQLite and on PostgreSQL."""
    set_clock(monkeypatch, NOON)
    return Dondoc(capsys)


def _count(table: type[object]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _code(dondoc: Dondoc) -> str:
    code: str = dondoc.json("plan", "list")[0]["code"]
    return code


def test_reading_writes_nothing_and_needs_no_database(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dondoc = Dondoc(capsys)
    shown = dondoc("plan", "read", plan_file(tmp_path / "k.docx"))
    assert "Rà soát thủ tục hành chính" in shown and "Cần người phụ trách xem" in shown
    found = dondoc.json("plan", "read", tmp_path / "k.docx")
    assert set(found) >= {"plan", "counts", "items", "scores", "warnings"}
    assert set(found["plan"]) >= {
        "code", "title", "number", "symbol", "authority", "place", "issued_on", "issued_printed", "year", "superior",
        "signer",
    }  # fmt: skip
    assert set(found["items"][0]["timing"]) >= {
        "phrase", "kind", "start", "due", "last_day", "recurrence", "relative", "milestones", "reason",
    }  # fmt: skip
    assert found["items"][0]["lead"][0]["unit"] == "PHONG_VHXH"
    assert not home.exists()


def test_a_first_import_makes_what_is_missing_and_keeps_the_document(
    dondoc: Dondoc, home: Path, tmp_path: Path
) -> None:
    file = plan_file(tmp_path / "k.docx")
    said = dondoc("plan", "import", file, "--yes")
    assert "5 nhiệm vụ" in said and "dondoc units import" in said
    assert place_of(home / "documents", fingerprint(file)).read_bytes() == file.read_bytes()
    assert (
        dondoc.json("plan", "list")[0] | {"version": 1, "items": 5, "document": "k.docx"}
        == dondoc.json("plan", "list")[0]
    )


def test_the_same_document_again_changes_nothing(dondoc: Dondoc, tmp_path: Path) -> None:
    file = plan_file(tmp_path / "k.docx")
    dondoc("plan", "import", file, "--yes")
    before = (_count(AuditEvent), _count(Occurrence), _count(StoredDocument), dondoc.json("plan", "list"))
    assert "không có thay đổi" in dondoc("plan", "import", file)
    same = plan_file(tmp_path / "again.docx")
    assert "không có thay đổi" in dondoc("plan", "import", same, "--yes")
    assert (_count(AuditEvent), _count(Occurrence), _count(StoredDocument), dondoc.json("plan", "list")) == before


def test_a_changed_document_is_shown_field_by_field_before_it_is_applied(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes")
    rows = [
        ROWS[0],
        ("2", ROWS[1][1], "Hằng tháng", *ROWS[1][3:]),
        ROWS[2],
        ROWS[4],
        ("6", "Mở lớp tập huấn", "Quý IV/2026", *ROWS[1][3:]),
    ]
    changed = plan_file(tmp_path / "k2.docx", rows)
    dondoc("plan", "import", changed, code=2)
    for line in ("~ 2", "Hằng quý (", "Hằng tháng", "+ 6", "- 4"):
        assert line.split(" (")[0] in dondoc.out, dondoc.out
    assert "--yes" in dondoc.err and _count(Plan) == 1
    assert dondoc.json("plan", "list")[0]["version"] == 1
    said = dondoc("plan", "import", changed, "--yes")
    assert "bản 2" in said
    assert dondoc.json("plan", "list")[0] | {"version": 2, "items": 5} == dondoc.json("plan", "list")[0]
    dropped = [row for row in dondoc.json("item", "list", _code(dondoc)) if row["dropped"]]
    assert [row["title"] for row in dropped] == ["Góp ý dự thảo"]


def test_two_versions_are_compared_in_words_and_for_machines(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes", "--code", "kh")
    rows = (*ROWS[:-1], ("9", "Việc mới", "Quý IV/2026", "Văn phòng", "Báo cáo"))
    dondoc("plan", "import", plan_file(tmp_path / "m.docx", rows), "--yes", "--code", "kh")
    said = dondoc("plan", "diff", "KH", 1, 2)
    assert "từ tệp k.docx" in said and "từ tệp m.docx" in said
    assert "(thêm mới): Việc mới" in said and "không còn trong văn bản" in said and said.count("(giữ nguyên)") == 4
    found = dondoc.json("plan", "diff", "kh", 2, 1)
    assert (found["older"]["number"], found["newer"]["number"], found["gaps"]) == (1, 2, [])
    assert sorted(one["change"] for one in found["items"]) == ["added", "dropped"]
    dondoc("plan", "diff", "kh", 1, 3, code=2)
    assert "không có phiên bản 3" in dondoc.err


def test_without_a_plan_all_active_ones_are_rehearsed_as_one_mail_a_person(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("rehearse", code=2)
    for code in ("mot", "hai"):
        dondoc("plan", "import", plan_file(tmp_path / f"{code}.docx"), "--yes", "--code", code)
    one, together = dondoc.json("rehearse", "mot"), dondoc.json("rehearse")
    assert len(together) == len(one) > 0
    assert {line["item"].split(" ")[0] for mail in together for line in mail["lines"]} == {"mot", "hai"}
    dondoc("plan", "close", "hai")
    assert dondoc.json("rehearse") == one
    dondoc("rehearse", "mot", "--authority", "x", code=2)
    dondoc("plan", "close", "mot")
    dondoc("rehearse", code=2)
    assert "Chưa có kế hoạch nào đang thực hiện" in dondoc.err


def test_without_a_terminal_or_yes_nothing_is_imported(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), code=2)
    assert "--yes" in dondoc.err and _count(Plan) == 0


@pytest.mark.parametrize(("answer", "plans"), [("có", 1), ("không", 0), ("", 0), ("vâng dạ\nc", 1)])
def test_the_question_is_asked_in_vietnamese(
    dondoc: Dondoc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, plans: int
) -> None:
    answers = iter(answer.split("\n"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: next(answers))
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"))
    assert _count(Plan) == plans


@pytest.mark.parametrize("name", ["truncated.docx", "zero.docx", "bomb.docx"])
def test_a_hostile_document_ends_with_three_and_writes_nothing(
    shared: Path, home: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    Dondoc(capsys)("plan", "import", shared / "plans" / "hostile" / name, "--yes", code=3)
    assert not home.exists()


def test_a_missing_file_is_one_sentence(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("plan", "import", tmp_path / "không-có.docx", "--yes", code=3)
    assert "không tìm thấy tệp" in dondoc.err and dondoc.err.count("\n") == 1


def test_removing_a_plan_leaves_the_deployments_to_be_taken_down(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes")
    code = _code(dondoc)
    with transaction() as session:
        plan, item = session.scalars(select(Plan)).one(), session.scalars(select(Item)).first()
        assert item is not None
        session.add(
            Deployed(
                name=f"plan-item/{plan.code} {item.code}", plan_id=plan.id, item_id=item.id, deployment_id="d",
                server="s", content_hash="h", posted_at=plan.imported_at,
            )
        )  # fmt: skip
    dondoc("plan", "remove", code, code=2)
    assert "Đã gỡ" in dondoc("plan", "remove", code.lower(), "--yes")
    assert (_count(Plan), _count(Item), _count(Occurrence)) == (0, 0, 0)
    with reading() as session:
        left = session.scalars(select(Deployed)).one()
        assert (left.plan_id, left.item_id) == (None, None) and left.name.endswith(" 1")
    dondoc("plan", "remove", code, "--yes", code=2)
    assert "Không có kế hoạch" in dondoc.err


def test_a_closed_plan_is_urged_no_more_until_it_is_opened_again(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes")
    code = _code(dondoc)

    def rungs() -> int:
        with reading() as session:
            return session.scalar(select(func.count(Occurrence.next_rung_on))) or 0

    before = rungs()
    dondoc("plan", "close", code)
    assert (rungs(), dondoc.json("plan", "list")[0]["status"]) == (0, "closed")
    assert "đã đóng từ trước" in dondoc("plan", "close", code)
    dondoc("plan", "reopen", code)
    assert rungs() == before > 0


def test_the_tracking_sheet_goes_out_and_comes_in_again_without_loss(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes")
    code = _code(dondoc)
    before = dondoc.json("item", "list", code)
    dondoc("plan", "export", code, "-o", tmp_path / "sheet.pdf", code=2)
    assert "5 nhiệm vụ" in dondoc("plan", "export", code, "-o", tmp_path / "sheet.xlsx")
    dondoc("plan", "import", tmp_path / "sheet.xlsx", "--code", code, "--yes")
    after = dondoc.json("item", "list", code)
    for name in ("code", "title", "timing", "lead", "results", "occurrences", "state"):
        assert [row[name] for row in after] == [row[name] for row in before], name


def test_a_sheet_brings_back_only_what_the_office_wrote_into_it(dondoc: Dondoc, tmp_path: Path) -> None:
    paid = "- Đến 30/6/2026: đạt 50%\n- Đến 31/12/2026: đạt 100%"
    rows = (*ROWS, ("6", "Giải ngân vốn", "Trong năm 2026", "Văn phòng HĐND và UBND phường", paid))
    dondoc("plan", "import", plan_file(tmp_path / "k.docx", rows), "--yes")
    code, sheet = _code(dondoc), tmp_path / "sheet.xlsx"
    before = dondoc.json("item", "list", code)
    dondoc("plan", "export", code, "-o", sheet)
    assert dondoc.json("plan", "import", sheet, "--code", code)["changed"] is False
    book = openpyxl.load_workbook(sheet)
    for row in book.active.iter_rows(min_row=2):
        if row[0].value == "1":
            row[4].value, row[7].value, row[8].value = date(2026, 7, 15), "PCT Nguyễn Thị Hoa", "50%"
    book.save(sheet)
    dondoc("plan", "import", sheet, "--code", code.upper(), "--yes")
    (plan,) = dondoc.json("plan", "list")
    after = dondoc.json("item", "list", code)
    assert (plan["version"], after[0]["timing"]["due"]) == (2, "2026-07-15")
    assert after[1:] == before[1:]
    assert [mark["due"] for mark in after[5]["timing"]["milestones"]] == ["2026-06-30", "2026-12-31"]
    dondoc("plan", "export", code, "-o", sheet)
    first = next(openpyxl.load_workbook(sheet).active.iter_rows(min_row=2, values_only=True))
    assert (first[7], first[8]) == ("PCT Nguyễn Thị Hoa", "50%")


_KILLED = """
import os, signal, sys
from pathlib import Path
from services.plans import importing
whole = importing.sync_occurrences
def dies(*given, **more):
    whole(*given, **more)
    given[0].flush()
    Path(sys.argv[2]).write_text("mid")
    os.kill(os.getpid(), signal.SIGKILL)
importing.sync_occurrences = dies
from deployments.cli.app import run
run(["plan", "import", sys.argv[1], "--yes"])
"""


def test_a_kill_in_the_middle_of_an_import_leaves_the_old_state(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("plan", "import", plan_file(tmp_path / "k.docx", ROWS[:3]), "--yes")
    before = (dondoc.json("plan", "list"), _count(Item), _count(Occurrence), _count(AuditEvent))
    changed = plan_file(tmp_path / "k2.docx")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(changed), str(tmp_path / "mark")],
        check=False,
        timeout=120,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL and (tmp_path / "mark").exists(), killed.stderr
    assert (dondoc.json("plan", "list"), _count(Item), _count(Occurrence), _count(AuditEvent)) == before
    assert "bản 2" in dondoc("plan", "import", changed, "--yes")


def test_two_processes_importing_at_once_store_one_plan(dondoc: Dondoc, tmp_path: Path) -> None:
    file = plan_file(tmp_path / "k.docx")
    command = [sys.executable, "-c", "import sys; from deployments.cli.app import run; sys.exit(run(sys.argv[1:]))"]
    both = [
        subprocess.Popen(
            [*command, "plan", "import", str(file), "--yes"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in both]
    assert sorted(code for _, code in ended) in ([0, 0], [0, 1]), ended
    assert (_count(Plan), _count(Item)) == (1, 5)
    assert dondoc.json("plan", "list")[0]["version"] == 1


def test_a_full_disk_is_one_sentence_and_stores_nothing(
    dondoc: Dondoc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("services.documents.os.fsync", full)
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes", code=1)
    assert "Giải phóng dung lượng" in dondoc.err and _count(Plan) == 0


def test_plan_commands_start_without_prefect(home: Path) -> None:
    code = "import sys; from deployments.cli.app import run; run(['plan', '-h']); print('prefect' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert said.stdout.rstrip().endswith("False")
