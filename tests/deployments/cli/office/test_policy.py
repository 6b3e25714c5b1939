"""`dondoc policy` and `dondoc workdays`: checked, weighed, put in force, with what goes wrong in Vietnamese."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.cli.app import run
from models import AuditEvent, Occurrence
from models.session import engine_for, reading
from services.policy import office_calendar, office_policy
from services.reminders.rehearsal import rehearsed
from tests.world import World

TODAY = date(2025, 11, 24)
PROPOSED = "[ladder]\nrungs = [-7, 0, 2]\n"


@pytest.fixture
def ward(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A ward with three items, on a day of the year's end."""
    for place in ("services.reminders.effects.today", "services.reminders.rehearsal.today"):
        monkeypatch.setattr(place, lambda: TODAY)
    with Session(engine_for(sqlite_url), expire_on_commit=False) as session:
        world = World(session)
        world.add_item("A.1", date(2025, 12, 5))
        world.add_item("A.2", date(2025, 12, 15), lead="VAN_PHONG")
        world.add_item("A.3", None)
        session.commit()
        yield world


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A proposed policy."""
    path = tmp_path / "de-xuat.toml"
    path.write_text(PROPOSED, encoding="utf-8")
    return path


def test_a_good_file_is_said_to_be_good_with_what_it_changes(
    ward: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["policy", "check", str(file)]) == 0
    assert "→ trước hạn 7 ngày; đúng ngày đến hạn; quá hạn 2 ngày" in capsys.readouterr().out


def test_every_fault_is_a_sentence_and_the_exit_code_three(
    home: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("[ladder]\nrungs = [0, 0]\nmoc = 1\n", encoding="utf-8")
    for command in ("check", "preview", "apply"):
        assert run(["policy", command, str(file)]) == 3
        said = capsys.readouterr().err.splitlines()
        assert said[0].startswith("Lỗi: tệp") and said[0].endswith("chỗ cần sửa:")
        assert "Dòng 3: mục “ladder.moc” không phải là tên mục được dùng (kiểm tra lại chính tả)." in said


def test_the_preview_counts_what_the_rehearsals_count(
    ward: World, file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["policy", "preview", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    before = rehearsed(ward.plan.code, TODAY, None, None)
    monkeypatch.setenv("DONDOC_POLICY_FILE", str(file))
    after = rehearsed(ward.plan.code, TODAY, None, None)
    assert found["mails"] == {"before": len(before), "after": len(after)}
    lines = [sum(len(one.lines) for one in mails) for mails in (before, after)]
    assert found["notices"] == {"before": lines[0], "after": lines[1]}
    units = {row["name"]: row["mails"]["after"] for row in found["units"]}
    assert units["VAN_PHONG"] == sum(one.unit == "VAN_PHONG" for one in after)


def test_applying_writes_the_file_moves_the_rungs_and_tells_the_trail(
    ward: World, file: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["policy", "apply", str(file)]) == 2, "nobody was asked"
    assert not (home / "policy.toml").exists()
    assert run(["policy", "apply", str(file), "--yes", "--note", "Theo chỉ đạo"]) == 0
    assert (home / "policy.toml").read_text(encoding="utf-8") == PROPOSED
    assert office_policy().ladder.rungs == (-7, 0, 2)
    with reading() as session:
        days = session.scalars(select(Occurrence.next_rung_on).order_by(Occurrence.last_day)).all()
        assert days == [date(2025, 11, 28), date(2025, 12, 8)]
        assert session.scalars(select(AuditEvent.note).where(AuditEvent.action == "policy.put")).all() == [
            "Theo chỉ đạo"
        ]


def test_days_are_added_looked_at_and_taken_away(ward: World, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add = ["workdays", "add", "off", "05/12/2025", "--label", "Nghỉ bão", "--source", "Công điện 9"]
    assert run([*add, "--preview"]) == 0
    assert "05/12/2025 → 04/12/2025" in capsys.readouterr().out
    assert office_calendar().is_working_day(date(2025, 12, 5))
    assert run([*add, "--yes"]) == 0
    assert not office_calendar().is_working_day(date(2025, 12, 5))
    assert run(["workdays", "show", "2025"]) == 0
    assert "05/12/2025  nghỉ      Nghỉ bão  (Công điện 9)" in capsys.readouterr().out
    assert run(["workdays", "remove", "05/12/2025", "--yes"]) == 0
    assert office_calendar().is_working_day(date(2025, 12, 5))
    assert run(["workdays", "remove", "05/12/2025", "--yes"]) == 2
    assert "không có trong tệp" in capsys.readouterr().err


def test_the_policy_is_told_in_words_and_for_machines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "show"]) == 0
    assert "Gửi kèm lãnh đạo phụ trách: từ ngày quá hạn thứ 7  [ladder.leader_from]" in capsys.readouterr().out
    assert run(["policy", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["policy"]["mail.digest_hour"] == "07:30"
