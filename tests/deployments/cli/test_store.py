"""`dondoc init`, `units`, `status`, `backup`, `restore`, `audit` at the command line."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from models import Authority, Person, Role, schema
from models.session import engine_for, make_engine, reading
from services.figures.status import Asked, figures
from tests.deployments.plan_files import NOON, Dondoc, plan_file, set_clock

UNITS = """
units:
  - {name: Phòng Văn hóa - Xã hội, mailbox: vh@x.example, head: Bình <b@x.example>}
  - {name: Văn phòng HĐND và UBND phường, mailbox: vp@x.example}
authority: {name: UBND phường Hoa Sen, focal_unit: Phòng VH-XH}
people:
  - {name: Trần Cao, email: cao@x.example, role: lãnh đạo}
"""


@pytest.fixture
def dondoc(monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]) -> Dondoc:
    """The command line in a home with nothing in it."""
    set_clock(monkeypatch, NOON)
    return Dondoc(capsys)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A list of units with its authority."""
    (tmp_path / "u.yaml").write_text(UNITS, encoding="utf-8")
    return tmp_path / "u.yaml"


def test_init_makes_everything_once(dondoc: Dondoc, home: Path) -> None:
    assert "Việc tiếp theo" in dondoc("init")
    dondoc("init", "--authority", "UBND phường Hoa Sen", "--place", "Hoa Sen", "--admin-email", "An@X.example")
    dondoc("init", "--authority", "Ủy ban nhân dân phường Hoa Sen", "--admin-email", "an@x.example")
    with reading() as session:
        assert [one.code for one in session.scalars(select(Authority))] == ["UBND-PHUONG-HOA-SEN"]
        admin = session.scalars(select(Person)).one()
    assert (admin.email, admin.role, (home / "documents").is_dir()) == ("an@x.example", Role.ADMIN, True)


def test_init_upgrades_an_older_database_and_refuses_a_newer_one(dondoc: Dondoc, home: Path, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{home / 'dondoc.db'}")
    schema.upgrade(engine, "0001")
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes", code=1)
    assert "dondoc init" in dondoc.err
    assert "nâng cấp" in dondoc("init") and schema.current(engine) == schema.newest()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in (("init",), ("plan", "import", tmp_path / "k.docx", "--yes")):
        dondoc(*command, code=1)
        assert "phiên bản mới nhất" in dondoc.err


@pytest.mark.parametrize("arguments", [("--admin-email", "sai"), ("--admin-email", "a@x.example")])
def test_init_says_what_it_cannot_do(dondoc: Dondoc, arguments: tuple[str, ...]) -> None:
    dondoc("init", *arguments, code=2)
    assert "dondoc init" in dondoc.err


def test_units_come_from_a_list_with_their_authority_and_again_change_nothing(dondoc: Dondoc, units: Path) -> None:
    assert "Thêm đơn vị Phòng Văn hóa - Xã hội" in dondoc("units", "import", units)
    assert "không có thay đổi" in dondoc("units", "import", units)
    found = {unit["code"]: unit for unit in dondoc.json("units", "list")}
    assert found["PHONG_VHXH"]["head"] == {"name": "Bình", "email": "b@x.example"}
    assert "vp@x.example" in dondoc("units", "list")


def test_a_bad_list_of_units_stores_nothing(dondoc: Dondoc, units: Path, tmp_path: Path) -> None:
    dondoc("units", "import", units)
    bad = tmp_path / "bad.csv"
    bad.write_text("name,mailbox\nTrạm Y tế,tyt@x.example\nThư viện,@@\n", encoding="utf-8")
    dondoc("units", "import", bad, code=3)
    assert "dòng 3, cột Hộp thư" in dondoc.err
    assert len(dondoc.json("units", "list")) == 2


def test_units_without_any_authority_ask_for_one(dondoc: Dondoc, tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("name\nTrạm Y tế\n", encoding="utf-8")
    dondoc("units", "import", tmp_path / "u.csv", code=2)
    assert "dondoc init --authority" in dondoc.err


def test_status_says_the_same_as_the_figures(dondoc: Dondoc, units: Path, tmp_path: Path) -> None:
    dondoc("status", code=1)
    assert "dondoc init" in dondoc.err
    dondoc("units", "import", units)
    assert "Chưa có kế hoạch" in dondoc("status")
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes")
    said = dondoc.json("status")
    with reading() as session:
        from config.clock import today

        counted = figures(session, Asked(today(), 7))
    assert said["plans"][0]["states"] == {state.value: count for state, count in counted.plans[0].states.items()}
    assert [unit["overdue"] for unit in said["units"]] == [unit.overdue for unit in counted.units]
    assert "chưa có cơ quan chủ trì" in dondoc("status")


def test_a_backup_goes_round_at_the_command_line(dondoc: Dondoc, units: Path, tmp_path: Path, home: Path) -> None:
    dondoc("backup", tmp_path / "none.zip", code=1)
    assert "dondoc init" in dondoc.err
    dondoc("units", "import", units)
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes")
    before = dondoc.json("status")
    (home / "policy.toml").write_text("[states]\nsoon_days = 5\n", encoding="utf-8")
    said = dondoc("backup", tmp_path / "b.zip")
    assert "1 văn bản" in said and "Tệp của cơ quan: policy.toml." in said
    before = dondoc.json("status")
    (home / "policy.toml").unlink()
    dondoc("plan", "remove", before["plans"][0]["code"], "--yes")
    dondoc("restore", tmp_path / "b.zip", code=2)
    assert dondoc.json("status")["plans"] == []
    said = dondoc("restore", tmp_path / "b.zip", "--yes")
    assert "policy.toml" in said and "xin liên kết mới" in said
    assert dondoc.json("status") == before and "soon_days = 5" in (home / "policy.toml").read_text(encoding="utf-8")
    (tmp_path / "b.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:-100])
    dondoc("restore", tmp_path / "b.zip", "--yes", code=3)
    assert dondoc.json("status") == before


def test_the_audit_trail_is_checked_from_the_command_line(dondoc: Dondoc, units: Path, home: Path) -> None:
    dondoc("units", "import", units)
    assert "nguyên vẹn" in dondoc("audit", "verify")
    with engine_for(f"sqlite:///{home / 'dondoc.db'}").begin() as connection:
        connection.execute(text("DROP TRIGGER audit_event_no_update"))
        connection.execute(text("UPDATE audit_event SET actor = 'ai khác' WHERE id = 1"))
    dondoc("audit", "verify", code=1)
    assert "dòng số 1" in dondoc.err


def test_a_restore_names_the_key_only_where_it_takes_it(dondoc: Dondoc, home: Path, tmp_path: Path) -> None:
    dondoc("init", "--authority", "UBND phường Sông Mai", "--admin-email", "quan-tri@x.example")
    (home / "portal.key").write_text("k" * 64)
    dondoc("backup", tmp_path / "b.zip", "--with-key")
    without = dondoc("restore", tmp_path / "b.zip", "--yes")
    assert "portal.key" not in without and "KHÔNG được dùng" in without
    assert "portal.key" in dondoc("restore", tmp_path / "b.zip", "--yes", "--with-key")
