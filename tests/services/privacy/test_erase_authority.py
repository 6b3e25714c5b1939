"""An authority leaves: exported, erased whole, other authorities untouched, the chain still verifiable."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models import ApiToken, AuditEvent, Deployed, Message, MessageState, Morning, Person, Plan, StoredDocument
from models.access import TokenScope
from models.base import Base
from rules.audit import AuditAction, SubjectKind
from services.actor import Actor
from services.audit import Subject, record, verify
from services.documents import place_of
from services.errors import StoreError
from services.privacy.authority_data import KEPT, belonging, counts, owned
from services.privacy.erase_authority import busy, erase_authority, must_rest, remove_files
from services.privacy.erase_person import GONE, erase_person
from tests.every_table import fill
from tests.services.readings import AT, TODAY
from tests.world import World

BY = Actor("dòng lệnh: quản trị", AT)


@pytest.fixture
def two(db: Session) -> tuple[World, World]:
    """Two authorities, each with a row in every table."""
    worlds = World(db), World(db, "song-cau")
    for number, world in enumerate(worlds, 1):
        world.add_item("A.1", TODAY, title=f"Rà soát {number}")
        fill(db, world, 1000 + number)
    record(
        db,
        Actor("Quản trị <admin@song-mai.example>", AT),
        AuditAction.ANSWER,
        Subject(SubjectKind.ITEM, 1, "song-mai-2025 A.1"),
        after={"note": "mật"},
    )
    record(db, BY, AuditAction.PLAN_IMPORT, worlds[0].plan, after={"title": "mật"})
    record(db, BY, AuditAction.PLAN_IMPORT, worlds[1].plan, after={"title": "của người khác"})
    record(db, BY, AuditAction.HANDOVER, worlds[0].units["VAN_PHONG"], after={"to": "mật"})
    record(db, BY, AuditAction.SCORE_ENTER, Subject(SubjectKind.SCORE, 1, "song-mai CCHC 1.1"), note="mật")
    return worlds


def everything(db: Session) -> dict[str, int]:
    db.flush()
    tables = Base.metadata.sorted_tables
    return {table.name: db.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def erase(db: Session, world: World, folder: Path) -> tuple[Any, Path]:
    export = folder / "xuat.zip"
    return erase_authority(db, world.authority, BY, folder / "documents", export), export


def test_every_table_is_either_an_authoritys_or_kept_for_a_reason() -> None:
    """Whoever adds a table without a way to its authority must say here why it stays."""
    assert {table.name for table in owned()} | set(KEPT) == set(Base.metadata.tables)
    assert not {table.name for table in owned()} & set(KEPT)


def test_each_table_had_rows_of_both_before(db: Session, two: tuple[World, World]) -> None:
    for world in two:
        assert [name for name, count in counts(db, world.authority.id).items() if not count] == []
    assert [name for name, count in everything(db).items() if not count] == []


def test_nothing_of_one_is_left_and_nothing_of_the_other_is_gone(
    db: Session, two: tuple[World, World], tmp_path: Path
) -> None:
    gone, stays = two[0].authority.id, two[1].authority.id
    mine, theirs = counts(db, gone), counts(db, stays)
    done, _ = erase(db, two[0], tmp_path)
    assert {name: count for name, count in counts(db, gone).items() if count} == {}
    assert counts(db, stays) == theirs
    assert done.rows == mine
    after = everything(db)
    assert {name: after[name] for name in theirs} == theirs
    assert db.scalars(select(Plan.code)).all() == ["song-cau-2025"]


def test_the_trail_says_no_more_what_it_said_and_still_holds(
    db: Session, two: tuple[World, World], tmp_path: Path
) -> None:
    erase_person(db, two[0].units["VAN_PHONG"].head or two[0].leader, BY)
    done, _ = erase(db, two[0], tmp_path)
    db.expire_all()
    assert verify(db) is None
    said = "\n".join(
        json.dumps([row.actor, row.subject, row.before, row.after, row.note], ensure_ascii=False)
        for row in db.scalars(select(AuditEvent))
    )
    assert "mật" not in said
    assert "@song-mai" not in said
    assert "của người khác" in said
    assert done.audit_rows >= 4
    subjects = db.scalars(select(AuditEvent.subject).order_by(AuditEvent.id)).all()
    assert subjects[-1] == "authority song-mai"
    assert f"plan {GONE}" in subjects
    assert "plan song-cau-2025" in subjects
    with pytest.raises(Exception, match="append-only"), db.begin_nested():
        db.execute(text("UPDATE audit_event SET note = 'x'"))


def test_the_export_holds_every_row_the_trail_and_the_documents_but_no_token(
    db: Session, two: tuple[World, World], tmp_path: Path
) -> None:
    document = db.scalars(select(StoredDocument).order_by(StoredDocument.id)).first()
    assert document is not None
    place = place_of(tmp_path / "documents", document.sha256)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"ke hoach")
    mine = counts(db, two[0].authority.id)
    done, export = erase(db, two[0], tmp_path)
    assert export.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(export) as archive:
        head = json.loads(archive.read("manifest.json"))
        tables = {name.split("/")[1].removesuffix(".jsonl"): archive.read(name).decode() for name in archive.namelist()
                  if name.startswith("tables/")}  # fmt: skip
        assert archive.read(f"documents/{document.sha256}") == b"ke hoach"
    assert {name: text.count("\n") for name, text in tables.items() if name != "audit_event"} == mine
    assert head["tables"]["audit_event"] == done.audit_rows
    assert "token_hash" not in "".join(tables.values())
    assert "Rà soát 1" in tables["item"]
    assert document.sha256 in done.documents
    assert remove_files(db, tmp_path / "documents") == 1
    assert not place.exists()


def test_a_document_that_another_authority_needs_stays(db: Session, two: tuple[World, World], tmp_path: Path) -> None:
    document = db.scalars(select(StoredDocument).order_by(StoredDocument.id)).first()
    assert document is not None
    two[1].plan.document_id = document.id
    db.flush()
    done, _ = erase(db, two[0], tmp_path)
    assert document.sha256 not in done.documents
    assert db.get(StoredDocument, document.id) is not None


def test_deployments_keep_their_row_so_that_the_next_deploy_takes_them_down(
    db: Session, two: tuple[World, World], tmp_path: Path
) -> None:
    erase(db, two[0], tmp_path)
    db.expire_all()
    rows = db.execute(select(Deployed.item_id, Deployed.plan_id).order_by(Deployed.id)).all()
    assert [(item is None, plan is None) for item, plan in rows] == [(True, True), (False, False)]


def test_nobody_of_another_authority_is_silenced_for_sharing_an_address(
    db: Session, two: tuple[World, World], tmp_path: Path
) -> None:
    two[0].leader.email = two[1].leader.email
    db.flush()
    record(
        db, Actor(f"Chủ tịch <{two[1].leader.email}>", AT), AuditAction.PLAN_STATUS, two[1].plan, after={"status": "x"}
    )
    erase(db, two[0], tmp_path)
    assert verify(db) is None
    row = db.scalars(select(AuditEvent).where(AuditEvent.action == "plan.status")).one()
    assert (row.actor, row.after) == (f"Chủ tịch <{two[1].leader.email}>", {"status": "x"})
    assert db.scalars(select(Person.email).where(Person.email == two[1].leader.email)).all() == [two[1].leader.email]


def test_a_token_for_all_authorities_forgets_who_made_it(db: Session, two: tuple[World, World], tmp_path: Path) -> None:
    db.add(
        ApiToken(
            name="chung", token_hash="x", scope=TokenScope.READ, authority_id=None, created_at=AT, expires_at=AT,
            created_by="Quản trị <admin@song-mai.example>",
        )
    )  # fmt: skip
    db.flush()
    erase(db, two[0], tmp_path)
    assert db.scalars(select(ApiToken.created_by).where(ApiToken.name == "chung")).one() == GONE


def test_while_something_runs_it_is_refused_and_what_was_killed_long_ago_does_not_run(db: Session) -> None:
    world = World(db)
    must_rest(db, world.authority, AT)
    row = Message(
        authority_id=world.authority.id, person_id=world.leader.id, kind="digest", day=TODAY, to_address="x@x.example",
        to_name="x", subject="x", text="", html="", message_id="<1@x>", state=MessageState.SENDING, created_at=AT,
        claimed_at=AT,
    )  # fmt: skip
    db.add_all([row, Morning(authority_id=world.authority.id, day=TODAY, started_at=AT)])
    db.flush()
    assert busy(db, world.authority.id, AT).count("đang") == 2
    with pytest.raises(StoreError, match="Chờ xong"):
        must_rest(db, world.authority, AT)
    must_rest(db, world.authority, AT + timedelta(hours=2))


def test_the_conditions_name_a_row_once_whatever_ways_lead_to_it(db: Session, two: tuple[World, World]) -> None:
    totals = dict.fromkeys(belonging(two[0].authority.id), 0)
    for world in two:
        for name, count in counts(db, world.authority.id).items():
            totals[name] += count
    assert totals == {name: everything(db)[name] for name in totals}
