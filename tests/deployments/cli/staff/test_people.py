"""`dondoc people`, `deputy` and `units add/set`: everything the desk can do to units and people, by hand."""

import pytest
from sqlalchemy import select

from models import AuditEvent, Person, Role, Unit
from models.session import reading, transaction
from tests.deployments.plan_files import NOON, Dondoc, set_clock
from tests.world import World

LEADER, ADMIN = "chu-tich@song-mai.example", "admin@song-mai.example"
HEAD, BOX = "truong.van-phong@song-mai.example", "van-phong@song-mai.example"
DAYS = ("--from", "2026-03-01", "--to", "31/12/2026")


@pytest.fixture
def dondoc(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> Dondoc:
    set_clock(monkeypatch, NOON)
    with transaction(sqlite_url) as session:
        World(session)
    return Dondoc(capsys)


def person(email: str) -> Person:
    with reading() as session:
        return session.scalars(select(Person).where(Person.email == email)).one()


def test_a_unit_is_added_and_changed(dondoc: Dondoc) -> None:
    assert "TRAM_Y_TE" in dondoc("units", "add", "Trạm Y tế", "--alias", "TYT", "--mailbox", "Y@x.example")
    dondoc("units", "add", "Trạm Y tế", code=1)
    assert "đã có trong danh sách" in dondoc.err
    dondoc("units", "add", "Khác", "--mailbox", "sai", code=2)
    dondoc("people", "add", "Lê Bác Sĩ", "bs@x.example", "--role", "officer", "--unit", "TYT")
    said = dondoc("units", "set", "TYT", "--name", "Trạm Y tế phường", "--head", "bs@x.example", "--no-alias")
    assert "người đứng đầu → Lê Bác Sĩ" in said
    assert person("bs@x.example").role is Role.HEAD
    row = dondoc.json("units", "list")[-1]
    assert (row["name"], row["aliases"], row["mailbox"]) == ("Trạm Y tế phường", [], "y@x.example")
    assert "ngừng hoạt động" in dondoc("units", "set", "TRAM_Y_TE", "--inactive", "--head", "")
    assert "Không có thay đổi" in dondoc("units", "set", "TRAM_Y_TE", "--inactive")
    with reading() as session:
        assert session.scalars(select(Unit.head_id).where(Unit.code == "TRAM_Y_TE")).one() is None


def test_a_person_is_added_changed_stopped_and_taken_on_again(dondoc: Dondoc) -> None:
    dondoc("people", "add", "N", "n@x.example", "--role", "officer", code=1)
    assert "chọn đơn vị" in dondoc.err
    dondoc("people", "add", "N", "n@x.example", "--role", "auditor")
    assert "liên kết cũ bị thu hồi" in dondoc("people", "set", "n@x.example", "--email", "m@x.example")
    assert "Không có thay đổi" in dondoc("people", "set", "m@x.example", "--name", "N")
    assert "Đã ngừng N" in dondoc("people", "stop", "m@x.example")
    assert "m@x.example" not in dondoc("people", "list")
    assert "đã ngừng" in dondoc("people", "list", "--all")
    dondoc("people", "resume", "m@x.example")
    dondoc("people", "set", "khong-co@x.example", "--name", "X", code=2)


def test_the_last_administrator_stays(dondoc: Dondoc) -> None:
    dondoc("people", "stop", ADMIN, code=1)
    dondoc("people", "set", ADMIN, "--role", "leader", code=1)
    assert "duy nhất" in dondoc.err
    assert person(ADMIN).role is Role.ADMIN


def test_a_deputy_is_named_listed_and_ended(dondoc: Dondoc) -> None:
    assert "thay mặt Chủ tịch" in dondoc("deputy", "name", LEADER, HEAD, *DAYS, "--reason", "Đi học")
    assert dondoc.json("deputy", "list") == [
        {
            "leader": f"Chủ tịch <{LEADER}>", "deputy": f"Trưởng VAN_PHONG <{HEAD}>", "first_day": "2026-03-01",
            "last_day": "2026-12-31", "reason": "Đi học",
        }
    ]  # fmt: skip
    assert any("Trưởng VAN_PHONG thay mặt" in note for row in dondoc.json("people", "list") for note in row["notes"])
    dondoc("deputy", "name", HEAD, LEADER, *DAYS, code=2)
    dondoc("deputy", "name", LEADER, BOX, *DAYS, code=1)
    dondoc("deputy", "name", LEADER, HEAD, "--from", "2026-03-09", "--to", "2026-03-01", code=1)
    assert "Đã kết thúc 1" in dondoc("deputy", "end", LEADER)
    assert "Không có ai" in dondoc("deputy", "list")
    with reading() as session:
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["deputy.name", "deputy.end"]


def test_days_away_of_anybody_else_are_noted_too(dondoc: Dondoc) -> None:
    assert "nhận thư thay" in dondoc("people", "away", BOX, HEAD, *DAYS)
    row = next(one for one in dondoc.json("people", "list") if one["email"] == BOX)
    assert row["notes"] == ["vắng đến 31/12/2026, Trưởng VAN_PHONG nhận thay"]
    assert "Đã kết thúc 1" in dondoc("people", "back", BOX)
    assert "không vắng" in dondoc("people", "back", BOX)
