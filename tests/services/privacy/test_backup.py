"""A backup is one consistent file; it restores whole or not at all, on either database."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import load_settings
from models import AuditEvent, Base, Item, Occurrence, Person, Plan, StoredDocument, Unit, schema
from models.session import make_engine
from rules.audit import AuditAction
from rules.staff.values import StaffList
from services import audit
from services.documents import keep_document, place_of, stored_document
from services.errors import BadContentError, StoreError
from services.office.staff_importing import apply_staff
from services.privacy.backup import back_up, clear_killed, plain
from services.privacy.office_files import places
from services.privacy.restore import check, restore
from services.staff.queries import the_authority
from tests.every_table import fill
from tests.services.readings import AT, BY, bring_in, item, undetermined, weekly
from tests.world import World

STAFF = {
    "units": [
        {"name": "Phòng VH-XH", "mailbox": "vh@x.example", "head": {"name": "Bình", "email": "b@x.example"}},
        {"name": "Văn phòng", "mailbox": "vp@x.example"},
    ],
    "authority": {"name": "UBND phường Hoa Sen", "focal_unit": "Văn phòng"},
}


def _rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            table.name: [
                {name: plain(value) for name, value in row._mapping.items()}
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def filled(engine: Engine, home: Path, tmp_path: Path) -> Engine:
    """A database with a plan, units, people, audit rows and a kept document."""
    source = tmp_path / "ke-hoach.docx"
    source.write_bytes("nội dung văn bản".encode() * 1000)
    with Session(engine) as session, session.begin():
        bring_in(
            session,
            item("I.1", "Rà soát “thủ tục”\n"),
            item("I.2", "Báo cáo", weekly()),
            item("I.3", "C", undetermined()),
        )
        apply_staff(session, the_authority(session), StaffList.model_validate(STAFF), BY)
        plan = session.scalars(select(Plan)).one()
        plan.document = stored_document(session, keep_document(source, home / "documents"), AT)
        session.scalars(select(Occurrence)).first().done_on = date(2026, 3, 2)  # type: ignore[union-attr]
    return engine


def _elsewhere(tmp_path: Path) -> tuple[str, Path]:
    return f"sqlite:///{tmp_path / 'other' / 'dondoc.db'}", tmp_path / "other" / "documents"


def test_a_backup_brings_every_row_and_document_back(
    filled: Engine, database_url: str, home: Path, tmp_path: Path
) -> None:
    before = _rows(filled)
    done = back_up(filled, home / "documents", tmp_path / "b.zip", AT)
    assert (done.documents, done.rows["occurrence"], done.missing_documents) == (1, 53, ())
    sha256 = before["document"][0]["sha256"]
    place_of(home / "documents", sha256).unlink()
    with Session(filled) as session, session.begin():
        session.delete(session.scalars(select(Plan)).one())
        session.add(StoredDocument(sha256="0" * 64, name="x", size=1, stored_at=AT))
    restore(tmp_path / "b.zip", database_url, home / "documents")
    assert _rows(filled) == before
    assert place_of(home / "documents", sha256).read_bytes().startswith("nội dung".encode())
    with Session(filled) as session:
        assert audit.verify(session) is None


def test_a_backup_moves_from_one_database_to_the_other(filled: Engine, home: Path, tmp_path: Path) -> None:
    back_up(filled, home / "documents", tmp_path / "b.zip", AT)
    url, documents = _elsewhere(tmp_path)
    restore(tmp_path / "b.zip", url, documents)
    there = make_engine(url)
    assert _rows(there) == _rows(filled)
    with Session(there) as session:
        assert audit.verify(session) is None
        assert session.scalars(select(Unit).where(Unit.head_id.is_not(None))).one().head is not None


def test_a_backup_made_on_sqlite_restores_on_postgresql_and_new_rows_get_new_numbers(
    sqlite_url: str, postgres_server: str, tmp_path: Path, home: Path
) -> None:
    small = make_engine(sqlite_url)
    with Session(small) as session, session.begin():
        bring_in(session, item("I.1", "Rà soát"), item("I.2", "Báo cáo", weekly()))
    back_up(small, home / "documents", tmp_path / "b.zip", AT)
    restore(tmp_path / "b.zip", postgres_server, home / "documents")
    large = make_engine(postgres_server)
    assert _rows(large) == _rows(small)
    with Session(large) as session, session.begin():
        bring_in(session, item("I.9", "Việc mới"), code="KH-10", title="Kế hoạch khác")
        assert len(session.scalars(select(Item)).all()) == 3
        assert audit.verify(session) is None
    large.dispose()


def test_a_backup_is_consistent_while_somebody_writes(filled: Engine, home: Path, tmp_path: Path) -> None:
    from services.privacy import backup

    with backup.snapshot(filled) as connection:
        first = connection.execute(select(Person)).all()
        with Session(filled) as session, session.begin():
            apply_staff(
                session, the_authority(session), StaffList.model_validate({"units": [{"name": "Trạm Y tế"}]}), BY
            )
        assert len(connection.execute(select(Unit)).all()) == 2
        assert connection.execute(select(Person)).all() == first


def _changed(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _newer(members: dict[str, bytes]) -> None:
    members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), "revision": "9999"}).encode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: m.update({"tables/unit.jsonl": m["tables/unit.jsonl"] + b"{}\n"}), "unit"),
        (lambda m: m.pop("tables/unit.jsonl"), "bản kê"),
        (lambda m: m.update({"../../etc/x": b""}), "bản kê"),
        (lambda m: m.pop("manifest.json"), "bản kê"),
        (lambda m: m.update({"manifest.json": b"[]"}), "bản kê"),
        (_newer, "mới hơn"),
    ],
)
def test_a_damaged_or_newer_backup_is_refused_and_changes_nothing(
    filled: Engine, database_url: str, home: Path, tmp_path: Path,
    change: Callable[[dict[str, bytes]], None], says: str,
) -> None:  # fmt: skip
    back_up(filled, home / "documents", tmp_path / "b.zip", AT)
    before = _rows(filled)
    with pytest.raises(BadContentError, match=says):
        restore(_changed(tmp_path / "b.zip", change), database_url, home / "documents")
    assert _rows(filled) == before


@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.99])
def test_a_backup_cut_short_is_refused(filled: Engine, home: Path, tmp_path: Path, kept: float) -> None:
    back_up(filled, home / "documents", tmp_path / "b.zip", AT)
    data = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(data[: int(kept * len(data)) if kept < 1 else int(kept)])
    with pytest.raises(BadContentError, match="hỏng"):
        check(tmp_path / "b.zip")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(BadContentError, match="Không tìm thấy"):
        check(tmp_path / "không-có.zip")


def test_a_failed_backup_leaves_the_older_one(
    filled: Engine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.zip"
    back_up(filled, home / "documents", path, AT)
    before = path.read_bytes()

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("services.privacy.backup._write_document", full)
    with pytest.raises(OSError, match="No space"):
        back_up(filled, home / "documents", path, AT)
    assert path.read_bytes() == before and list(tmp_path.glob(".b.zip*")) == []


def test_a_document_that_is_gone_is_named_and_does_not_stop_the_backup(
    filled: Engine, home: Path, tmp_path: Path
) -> None:
    with Session(filled) as session:
        sha256 = session.scalars(select(StoredDocument.sha256)).one()
    place_of(home / "documents", sha256).unlink()
    assert back_up(filled, home / "documents", tmp_path / "b.zip", AT).missing_documents == (sha256,)


def test_an_older_backup_is_upgraded_on_the_way(home: Path, tmp_path: Path) -> None:
    old = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    schema.upgrade(old, "0001")
    with pytest.raises(StoreError, match="nâng cấp"):
        back_up(old, home / "documents", tmp_path / "b.zip", AT)
    schema.upgrade(old)
    with Session(old) as session, session.begin():
        bring_in(session, item("I.1", "Rà soát"))
    back_up(old, home / "documents", tmp_path / "b.zip", AT)

    def as_0001(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        kept = set(_tables_of("0001", tmp_path))
        manifest["revision"] = "0001"
        for name in [name for name in manifest["tables"] if name not in kept]:
            del manifest["tables"][name], manifest["members"][f"tables/{name}.jsonl"]
            members.pop(f"tables/{name}.jsonl")
        members["manifest.json"] = json.dumps(manifest).encode()

    url, documents = _elsewhere(tmp_path)
    restore(_changed(tmp_path / "b.zip", as_0001), url, documents)
    there = make_engine(url)
    assert schema.current(there) == schema.newest()
    with Session(there) as session:
        assert session.scalars(select(Item.title)).all() == ["Rà soát"]
        assert len(session.scalars(select(AuditEvent)).all()) == 2


def _tables_of(revision: str, tmp_path: Path) -> list[str]:
    from sqlalchemy import inspect

    engine = make_engine(f"sqlite:///{tmp_path / f'at-{revision}.db'}")
    schema.upgrade(engine, revision)
    return inspect(engine).get_table_names()


def test_a_row_of_every_table_goes_round_whatever_its_columns_hold(
    engine: Engine, database_url: str, home: Path, tmp_path: Path
) -> None:
    """Exact decimals of scores, too."""
    with Session(engine) as session, session.begin():
        world = World(session)
        world.add_item("A.1", AT.date())
        fill(session, world, 1)
        audit.record(session, BY, AuditAction.PLAN_IMPORT, world.plan)
    before = _rows(engine)
    assert [name for name, rows in before.items() if not rows] == []
    back_up(engine, home / "documents", tmp_path / "b.zip", AT)
    restore(tmp_path / "b.zip", database_url, home / "documents")
    assert _rows(engine) == before


def office(tmp_path: Path, machine: str) -> dict[str, Path]:
    """Where the office's files stand on a machine."""
    return places(load_settings(home=tmp_path / machine))


def written(where: dict[str, Path], **texts: str) -> None:
    for name, text in texts.items():
        path = next(path for key, path in where.items() if key.startswith(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def texts_of(where: dict[str, Path]) -> dict[str, str]:
    return {name: path.read_text(encoding="utf-8") for name, path in where.items() if path.exists()}


def test_the_offices_own_files_come_along_and_the_key_only_where_asked(
    filled: Engine, home: Path, tmp_path: Path
) -> None:
    here, there = office(tmp_path, "here"), office(tmp_path, "there")
    written(here, policy="[mail]\n", working="# ngày nghỉ\n", prefect="deployments: []\n", portal="k" * 32)
    done = back_up(filled, home / "documents", tmp_path / "b.zip", AT, office=here)
    assert done.files == ("policy.toml", "working_days.toml", "prefect.yaml")
    url, documents = _elsewhere(tmp_path)
    restore(tmp_path / "b.zip", url, documents, office=there)
    assert texts_of(there) == {name: text for name, text in texts_of(here).items() if name != "portal.key"}
    back_up(filled, home / "documents", tmp_path / "b.zip", AT, office=here, with_key=True)
    restore(tmp_path / "b.zip", url, documents, office=there)
    assert "portal.key" not in texts_of(there), "a planted key lets its maker in as anybody"
    restore(tmp_path / "b.zip", url, documents, office=there, with_key=True)
    assert texts_of(there) == texts_of(here)
    assert there["portal.key"].stat().st_mode & 0o777 == 0o600


def test_a_restore_takes_away_rules_that_the_backup_did_not_have_but_never_the_key(
    filled: Engine, home: Path, tmp_path: Path
) -> None:
    here, there = office(tmp_path, "here"), office(tmp_path, "there")
    written(here, working="# bản sao\n")
    written(there, policy="# của máy này\n", working="# của máy này\n", portal="x" * 32)
    back_up(filled, home / "documents", tmp_path / "b.zip", AT, office=here)
    url, documents = _elsewhere(tmp_path)
    restore(tmp_path / "b.zip", url, documents, office=there)
    assert texts_of(there) == {"working_days.toml": "# bản sao\n", "portal.key": "x" * 32}


def test_an_older_backup_leaves_the_offices_files_alone(filled: Engine, home: Path, tmp_path: Path) -> None:
    there = office(tmp_path, "there")
    written(there, policy="# của máy này\n")
    back_up(filled, home / "documents", tmp_path / "b.zip", AT)

    def of_before(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), "format": 1}).encode()

    url, documents = _elsewhere(tmp_path)
    restore(_changed(tmp_path / "b.zip", of_before), url, documents, office=there)
    assert texts_of(there) == {"policy.toml": "# của máy này\n"}


@pytest.mark.parametrize("fault", ["the database fails", "a file has no room"])
def test_a_restore_that_fails_changes_neither_rows_nor_files(
    filled: Engine, database_url: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    here, there = office(tmp_path, "here"), office(tmp_path, "there")
    written(here, policy="# mới\n", working="# mới\n")
    written(there, policy="# cũ\n", prefect="deployments: []\n")
    back_up(filled, home / "documents", tmp_path / "b.zip", AT, office=here)
    with Session(filled) as session, session.begin():
        session.delete(session.scalars(select(Plan)).one())
    before, kept = _rows(filled), texts_of(there)
    if fault == "the database fails":
        monkeypatch.setattr("services.privacy.restore._fill", _breaks)
    else:
        there = {**there, "working_days.toml": there["policy.toml"] / "working_days.toml"}
    with pytest.raises((BadContentError, StoreError)):
        restore(tmp_path / "b.zip", database_url, home / "documents", office=there)
    assert (_rows(filled), texts_of(there)) == (before, kept)
    assert list((tmp_path / "there").glob(".*")) == []


def _breaks(*_: object) -> None:
    raise BadContentError("thiếu dòng")


def test_a_file_in_a_backup_that_is_none_of_the_offices_is_refused(filled: Engine, home: Path, tmp_path: Path) -> None:
    back_up(filled, home / "documents", tmp_path / "b.zip", AT)

    def smuggled(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["members"]["office/dondoc.env"] = hashlib.sha256(b"DONDOC_HOST=x").hexdigest()
        members["office/dondoc.env"] = b"DONDOC_HOST=x"
        members["manifest.json"] = json.dumps(manifest).encode()

    with pytest.raises(BadContentError, match="bản kê"):
        check(_changed(tmp_path / "b.zip", smuggled))


def test_what_a_killed_backup_or_restore_left_is_cleared_a_day_later(tmp_path: Path) -> None:
    left, fresh, folder, kept = (tmp_path / name for name in (".b.zip.x1", ".b.zip.x2", ".restore-x", "b.zip"))
    folder.mkdir()
    for path in (left, fresh, folder / "fresh.db", kept):
        path.write_text("x")
    for path in (left, folder, kept):
        os.utime(path, (AT.timestamp() - 2 * 24 * 3600,) * 2)
    os.utime(fresh, (AT.timestamp(),) * 2)
    assert clear_killed(tmp_path, ".b.zip.*", AT) == 1
    assert clear_killed(tmp_path, ".restore-*", AT) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.zip.x2", "b.zip"]
