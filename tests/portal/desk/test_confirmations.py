"""What cannot be undone takes two steps: asked in the portal, confirmed from the asker's own mail, once, in time."""

import re
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from models import AuditEvent, Authority, Message, PendingAct, Person, Plan, Role
from models.mail import MessageKind
from models.session import transaction
from services.audit import verify
from tests.portal.town import Browser, Town, text_of


@pytest.fixture
def admin(town: Town) -> Browser:
    return town.enter("admin")


def mailed(town: Town) -> str:
    """The path of the link in the newest mail of a pending act, which went out at once."""
    with town.read() as session:
        row = session.scalars(
            select(Message).where(Message.kind == MessageKind.ACT).order_by(Message.id.desc())
        ).first()
        assert row is not None
        assert row.to_address == session.get_one(Person, town.people["admin"]).email
        assert town.delivered[-1] == [row.id]
        text, html = town.as_sent(session, row)
        assert not re.search(r"/xac-nhan/[\w~-]{30}", row.text + row.html), "kept with a placeholder"
    found = re.search(r"http://127\.0\.0\.1:4100(/xac-nhan/\S+)", text)
    assert found
    assert found[1] in html
    return found[1]


def asked(town: Town, admin: Browser, who: str = "head") -> str:
    admin.post(f"/nguoi/{town.people[who]}/xoa-du-lieu")
    assert "Chưa xóa gì" in text_of(admin.get("/don-vi?da=xac-nhan"))
    return mailed(town)


def name_of(town: Town, who: str) -> str:
    with town.read() as session:
        return session.get_one(Person, town.people[who]).name


def test_looking_changes_nothing_and_confirming_does_it_once(town: Town, admin: Browser) -> None:
    path = asked(town, admin)
    for _ in range(3):
        shown = text_of(admin.get(path))
    assert "không hoàn tác được" in shown
    assert "Trưởng PHONG_VHXH" in shown
    assert name_of(town, "head") == "Trưởng PHONG_VHXH"
    assert "Đã xóa dữ liệu cá nhân" in admin.post(path, status=200).text
    assert name_of(town, "head").startswith("Người số")
    assert "đã dùng" in text_of(admin.get(path, status=410))
    admin.post(path, status=410)
    with town.read() as session:
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert [one for one in actions if one.startswith(("act.", "person."))] == [
            "act.ask", "act.confirm", "person.erase",
        ]  # fmt: skip
        assert verify(session) is None
        mail = session.scalars(select(Message).where(Message.kind == MessageKind.ACT)).one()
        assert "Trưởng PHONG_VHXH" not in mail.text + mail.html + mail.subject
        assert "truong.phong-vhxh" not in mail.text + mail.html


def test_only_the_hash_of_the_token_is_kept_beside_the_mail(town: Town, admin: Browser) -> None:
    token = asked(town, admin).rpartition("/")[2]
    with town.read() as session:
        row = session.scalars(select(PendingAct)).one()
        assert token not in str(vars(row))
        assert (row.expires_at - row.created_at).total_seconds() == 1800


def test_the_link_is_good_for_its_asker_alone(town: Town, admin: Browser) -> None:
    path = asked(town, admin)
    assert town.anybody().get(path).status_code == 401
    with transaction(town.site.database) as session:
        session.get_one(Person, town.people["office"]).role = Role.ADMIN
    for who in ("office", "head", "leader", "auditor", "stranger"):
        other = town.enter(who)
        other.get(path, status=404)
        other.post(path, status=404)
    assert admin.client.post(path).status_code == 403  # without the form's own token
    assert name_of(town, "head") == "Trưởng PHONG_VHXH"
    admin.post(path, status=200)


def test_the_link_lapses_and_a_newer_one_takes_its_place(town: Town, admin: Browser) -> None:
    first = asked(town, admin)
    second = asked(town, admin)
    admin.get(first, status=410)
    town.clock.go_on(minutes=30)
    assert "quá 30 phút" in text_of(admin.get(second, status=410))
    admin.post(second, status=410)
    assert name_of(town, "head") == "Trưởng PHONG_VHXH"


def test_an_asker_who_is_no_administrator_any_more_confirms_nothing(town: Town, admin: Browser) -> None:
    path = asked(town, admin)
    with transaction(town.site.database) as session:
        session.get_one(Person, town.people["admin"]).role = Role.LEADER
    admin.get(path, status=404)
    admin.post(path, status=404)


def test_what_would_be_refused_is_refused_when_it_is_asked(town: Town, admin: Browser) -> None:
    for who, words in (("admin", "chính mình"), ("officer", "hộp thư chung")):
        assert words in admin.post(f"/nguoi/{town.people[who]}/xoa-du-lieu", status=403).text
    admin.post(f"/nguoi/{town.people['stranger']}/xoa-du-lieu", status=404)
    admin.post("/ke-hoach/go", {"ma": "song-cau-2025"}, status=404)
    assert town.delivered == []
    with town.read() as session:
        assert session.scalars(select(PendingAct)).all() == []


def test_a_refusal_at_the_second_step_leaves_the_link_good(town: Town, admin: Browser) -> None:
    path = asked(town, admin)
    with transaction(town.site.database) as session:
        session.get_one(Person, town.people["head"]).is_mailbox = True
    assert "hộp thư chung" in admin.post(path, status=403).text
    with transaction(town.site.database) as session:
        session.get_one(Person, town.people["head"]).is_mailbox = False
    admin.post(path, status=200)


def test_a_whole_plan_is_dropped_in_two_steps(town: Town, admin: Browser) -> None:
    admin.post("/ke-hoach/go", {"ma": "song-mai-2025"})
    path = mailed(town)
    assert "5 nhiệm vụ" in text_of(admin.get(path))
    assert "Đã gỡ kế hoạch: 5 nhiệm vụ" in admin.post(path, status=200).text
    with town.read() as session:
        assert session.scalars(select(Plan.code)).all() == ["song-cau-2025"]


def test_the_authority_leaves_in_two_steps_with_its_data_written_down_first(town: Town, admin: Browser) -> None:
    admin.post("/co-quan/xoa")
    path = mailed(town)
    assert "5 nhiệm vụ" in text_of(admin.get(path))
    done = text_of(admin.post(path, status=200).text)
    export = next(Path(town.settings.home / "exports").glob("song-mai-*.zip"))
    assert str(export) in done
    with zipfile.ZipFile(export) as archive:
        assert "Trưởng PHONG_VHXH" in archive.read("tables/person.jsonl").decode()
    assert admin.client.get("/hom-nay").status_code == 401
    with town.read() as session:
        assert session.scalars(select(Authority.code)).all() == ["song-cau"]
        assert verify(session) is None
        assert not any("song-mai.example" in actor for actor in session.scalars(select(AuditEvent.actor)))
    town.enter("stranger").get("/hom-nay")
