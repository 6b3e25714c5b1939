"""`dondoc token`, `export-person`, `erase-person` and `messages proof` at the command line."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import load_settings
from models import ApiToken, Occurrence, Person, PortalLink
from models.session import reading, transaction
from services.access.api_tokens import token_behind
from services.access.links import door_of
from tests.deployments.plan_files import NOON, Dondoc, set_clock
from tests.world import World


@pytest.fixture
def dondoc(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> Dondoc:
    """The command line in a ward with two items."""
    set_clock(monkeypatch, NOON)
    with transaction(sqlite_url) as session:
        world = World(session)
        world.add_item("A.1", date(2026, 11, 19), title="Rà soát thủ tục")
        world.add_item("A.2", None)
    return Dondoc(capsys)


def test_a_token_is_printed_once_listed_and_revoked(dondoc: Dondoc) -> None:
    made = dondoc("token", "create", "Trục tỉnh", "--scope", "read", "--days", "30").strip()
    with reading() as session:
        row = session.scalars(select(ApiToken)).one()
        assert made not in str(vars(row))
        assert token_behind(session, made, NOON) is not None
        assert token_behind(session, made, row.expires_at) is None
    assert dondoc.json("token", "list")[0]["state"] == "open"
    assert "còn hiệu lực" in dondoc("token", "list")
    assert "Đã thu hồi" in dondoc("token", "revoke", "Trục tỉnh")
    with reading() as session:
        assert token_behind(session, made, NOON) is None
    assert dondoc.json("token", "list")[0]["state"] == "revoked"


def test_names_of_tokens_are_unique_and_known(dondoc: Dondoc) -> None:
    dondoc("token", "create", "x")
    dondoc("token", "create", "x", code=1)
    assert "Đã có khóa" in dondoc.err
    dondoc("token", "revoke", "y", code=2)
    dondoc("token", "create", "z", "--scope", "write", code=2)
    dondoc("token", "create", "z", "--authority", "không có", code=2)


def test_a_person_is_exported_and_erased_and_the_chain_holds(dondoc: Dondoc, tmp_path: Path) -> None:
    email = "truong.phong-vhxh@song-mai.example"
    found = json.loads(dondoc("export-person", email))
    assert found["person"][0]["email"] == email
    dondoc("export-person", email, "-o", tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_text())["person"] == found["person"]
    assert (tmp_path / "x.json").stat().st_mode & 0o077 == 0
    dondoc("erase-person", email, code=2)  # nobody to ask
    assert "Đã xóa" in dondoc("erase-person", email, "--yes")
    assert "nguyên vẹn" in dondoc("audit", "verify")
    dondoc("export-person", email, code=2)


def test_the_proof_says_who_was_told_when_and_what_became_of_it(dondoc: Dondoc) -> None:
    from models.mail import Message, MessageState
    from services.mail.letterhead import letterhead
    from services.reminders.compose import compose_messages
    from services.reminders.decide import decide_notices
    from tests.world import sweep

    with transaction() as session:
        row = session.scalars(select(Occurrence)).one()
        door = door_of(load_settings())
        owner = row.item.plan.authority_id
        decide_notices(session, sweep(owner, date(2026, 11, 20)))
        compose_messages(session, owner, date(2026, 11, 20), NOON, letterhead(session, owner, None, "x.example", door))
        mail = session.scalars(select(Message)).one()
        mail.state, mail.sent_at, mail.server_code, mail.server_reply = MessageState.SENT, NOON, 250, "OK"
        session.scalars(select(PortalLink)).one().last_used_at = NOON
        assert session.scalars(select(Person).where(Person.id == mail.person_id)).one().is_mailbox
    shown = dondoc("messages", "proof", "song-mai-2025", "A.1")
    assert "ngày → Đơn vị PHONG_VHXH (chủ trì): thư số" in shown
    assert "đã gửi lúc 12:00 20/11/2026" in shown
    assert "mở trang lúc 12:00 20/11/2026" in shown
    assert "Chưa có trả lời" in shown
    told = dondoc.json("messages", "proof", "song-mai-2025", "A.1")[0]["told"]
    newest = next(rung for rung in told if rung["state"] == "told")
    assert (newest["offset"], newest["mail_state"], newest["server_code"]) == (1, "sent", 250)
    dondoc("item", "done", "song-mai-2025", "A.1")
    assert "Đã hoàn thành, 100 %" in dondoc("messages", "proof", "song-mai-2025", "A.1")
    dondoc("messages", "proof", "song-mai-2025", "Z.9", code=2)


def test_an_authority_is_exported_and_erased_and_another_stays(
    dondoc: Dondoc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models import Authority

    with transaction() as session:
        World(session, "song-cau")
    export = tmp_path / "x.zip"
    dondoc("erase-authority", "song-mai", "-o", export, code=2)  # nobody to ask
    dondoc("erase-authority", "song-mai", "-o", tmp_path / "x.txt", "--yes", code=2)
    dondoc("erase-authority", "không có", "-o", export, "--yes", code=2)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for typed, word in (("song-cau", "Chưa thay đổi gì"), ("Song-Mai", "Đã xóa")):
        monkeypatch.setattr("click.prompt", lambda *_, typed=typed, **__: typed)
        assert word in dondoc("erase-authority", "song-mai", "-o", export)
    assert export.stat().st_mode & 0o077 == 0
    dondoc("erase-authority", "song-cau", "-o", export, "--yes", code=2)
    assert "không ghi đè" in dondoc.err
    assert "nguyên vẹn" in dondoc("audit", "verify")
    with reading() as session:
        assert session.scalars(select(Authority.code)).all() == ["song-cau"]
