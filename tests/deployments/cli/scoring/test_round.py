"""The round from the command line: each step says what it did, repeated it says so, refused it is one sentence."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from config.clock import today
from deployments.cli.app import run
from models.session import transaction
from tests.scoring import SET
from tests.world import World

LAST_YEAR = today().year - 1
Dondoc = Callable[..., tuple[int, str, str]]


@pytest.fixture
def dondoc(sqlite_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Dondoc:
    """Run a command; its exit code, output and errors. The commune has one overdue item and the small set."""
    assert sqlite_url
    with transaction() as session:
        world = World(session)
        world.plan.year = LAST_YEAR
        world.add_item("A.1", date(LAST_YEAR, 1, 2))
    content = {**SET, "year": LAST_YEAR}
    (tmp_path / "bo.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    assert call("criteria", "import", str(tmp_path / "bo.yaml"))[0] == 0
    return call


def test_a_set_is_brought_in_once(dondoc: Dondoc, tmp_path: Path) -> None:
    assert "Không có gì thay đổi" in dondoc("criteria", "import", str(tmp_path / "bo.yaml"))[1]
    (listed,) = json.loads(dondoc("criteria", "list", "--json")[1])
    assert (listed["code"], listed["version"], listed["year"]) == ("BO-NHO", 1, LAST_YEAR)


def test_the_forecast_names_what_a_late_item_holds(dondoc: Dondoc) -> None:
    code, out, _ = dondoc("score", "forecast", "song-mai-2025", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["total"], found["counted"], found["pending"], found["reachable"]) == (0, 6, 4, 5.5)
    (item,) = found["items"]
    assert (item["item"], item["points"], item["criteria"]) == ("A.1", 2.5, ["1.1", "1.2"])
    assert item["days_late"] == (today() - date(LAST_YEAR, 1, 2)).days
    assert {"code", "score", "max", "explanation", "reachable", "at_risk", "missing"} <= set(found["leaves"][0])
    text = dondoc("score", "forecast", "song-mai-2025", "--date", f"{LAST_YEAR}-01-01")[1]
    assert "hạn 02/01" in text
    assert "đang giữ 3 điểm" in text


def test_a_forecast_without_a_set_or_plan_says_what_to_do(dondoc: Dondoc) -> None:
    assert dondoc("score", "forecast", "khong-co")[::2][0] == 2
    code, _, err = dondoc("score", "forecast", "song-mai-2025", "--criteria", "KHAC")
    assert (code, "Không có bộ tiêu chí “KHAC”. Các bộ tiêu chí: BO-NHO." in err) == (2, True)


def test_items_are_tied_to_a_criterion_and_untied(dondoc: Dondoc) -> None:
    assert "Đã gắn 1 nhiệm vụ" in dondoc("criteria", "link", "song-mai-2025", "1.3", "A.1")[1]
    assert "Đã gắn 0 nhiệm vụ" in dondoc("criteria", "link", "song-mai-2025", "1.3", "A.1")[1]
    assert "Đã gỡ 1 nhiệm vụ" in dondoc("criteria", "link", "song-mai-2025", "1.3", "A.1", "--untie")[1]
    assert dondoc("criteria", "link", "song-mai-2025", "7.7", "A.1")[0] == 2


def test_the_round_goes_step_by_step_from_the_command_line(dondoc: Dondoc, tmp_path: Path) -> None:
    assert "Đã mở đợt" in dondoc("score", "open")[1]
    assert "đã làm trước đó" in dondoc("score", "open")[1]
    code, _, err = dondoc("score", "enter", "1.3", "2")
    assert (code, "hãy ghi giải trình" in err) == (1, True)
    for criterion, figure in (("1.1", "0/1"), ("1.2", "không có"), ("1.3", "2")):
        assert dondoc("score", "enter", criterion, figure, "--explanation", "Chưa hoàn thành")[0] == 0
    assert "Đã trả lại" in dondoc("score", "return", "1.3", "--reason", "Nêu rõ")[1]
    assert dondoc("score", "enter", "1.3", "2", "--explanation", "Chưa có quyết định")[0] == 0
    assert "Đã chấp nhận 3 tiêu chí" in dondoc("score", "accept")[1]
    assert "rà soát" in dondoc("score", "review")[1]
    for check in json.loads(dondoc("score", "checks", "--json")[1]):
        assert dondoc("score", "checks", "--answer", check["criterion"], check["code"], "Đã kiểm tra")[0] == 0
    assert "Đã trình" in dondoc("score", "submit")[1]
    assert dondoc("score", "approve", "--leader", "ai@song-mai.example")[0] == 2
    assert "Đã duyệt" in dondoc("score", "approve", "--leader", "chu-tich@song-mai.example")[1]
    target = tmp_path / "ho-so.zip"
    assert "bản 1" in dondoc("score", "dossier", "-o", str(target))[1]
    assert target.read_bytes()[:2] == b"PK"
    assert dondoc("score", "send", "--number", "12/TTr-UBND")[0] == 2
    how = ("--number", "12/TTr-UBND", "--on", f"{today()}", "--way", "trục liên thông")
    assert "gửi bằng cách khác" in dondoc("score", "send", "--by-hand", *how)[1]
    assert "đã làm trước đó" in dondoc("score", "send", "--by-hand", *how)[1]
    shown = json.loads(dondoc("score", "show", "--json")[1])
    assert (shown["state"], shown["total"], len(shown["scores"])) == ("sent", 0, 4)
    _verified_and_opened_again(dondoc)


def _verified_and_opened_again(dondoc: Dondoc) -> None:
    assert dondoc("score", "verify")[0] == 2
    assert dondoc("score", "verify", "--criterion", "1.3", "--points", "x")[0] == 2
    said = ("--points", "1,5", "--question", "Vì sao?", "--lost", "late")
    assert "1 tiêu chí" in dondoc("score", "verify", "--criterion", "1.3", *said)[1]
    assert "đã làm trước đó" in dondoc("score", "verify", "--criterion", "1.3", *said)[1]
    history = dondoc("score", "history", "1.3")[1]
    assert "Điểm thẩm định: chưa có → 1,5" in history
    assert "Hạn giải trình" in dondoc("score", "explain-until", f"{today()}")[1]
    code, _, err = dondoc("score", "explain-until", "2100-01-01")
    assert (code, "hãy ghi lý do" in err) == (1, True)
    assert dondoc("score", "explain-until", "2100-01-01", "--reason", "Mưa lũ")[0] == 0
    code, _, err = dondoc("score", "explain", "1.3", "Do mưa lũ", "--evidence", "999")
    assert (code, "Không có tài liệu kiểm chứng số 999" in err) == (2, True)
    assert dondoc("score", "explain", "1.3", "Do mưa lũ")[0] == 0
    assert dondoc("score", "second")[0] == 0
    for criterion in ("1.1", "1.2", "1.3", "2.1"):
        assert dondoc("score", "verify", "--criterion", criterion, "--points", "0,5")[0] == 0
    assert dondoc("score", "finish", "--rank", "12/65")[0] == 0
    assert "Đã mở lại" in dondoc("score", "reopen", "--reason", "Ghi nhầm")[1]
    assert json.loads(dondoc("score", "show", "--json")[1])["state"] == "verified"
    code, _, err = dondoc("score", "reopen", "--reason", "Bổ sung", "--until", "2030-01-01")
    assert (code, "đã cho điểm" in err) == (1, True)


def test_the_history_and_the_draft_plan(dondoc: Dondoc, tmp_path: Path) -> None:
    dondoc("score", "open")
    dondoc("score", "enter", "1.3", "2", "--explanation", "Một bộ phận")
    rows = json.loads(dondoc("score", "history", "1.3", "--json")[1])
    assert [row["action"] for row in rows] == ["score.enter"]
    assert rows[0]["who"].startswith("dòng lệnh: ")
    path = tmp_path / "khac-phuc.docx"
    assert "3 nhiệm vụ" in dondoc("score", "remedial", "-o", str(path))[1]
    code, out, _ = dondoc("plan", "import", str(path), "--yes", "--json")
    assert code == 0
    assert json.loads(out)["changed"]
    (compared,) = json.loads(dondoc("score", "difference", "--json")[1])
    assert compared["self_total"] == 0


def test_before_the_round_every_step_says_how_to_begin(dondoc: Dondoc) -> None:
    for step in ("show", "review", "accept", "checks", "submit", "dossier", "send", "second", "finish", "difference"):
        code, _, err = dondoc("score", step)
        assert code == 2, step
        assert "Mở bằng: dondoc score open" in err
