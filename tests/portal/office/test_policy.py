"""The policy's page: what is in force, a proposal checked and weighed, put in force as it was shown, and taken back."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from models import AuditEvent, Authority, Occurrence
from models.session import transaction
from services.actor import Actor
from services.audit import verify
from services.policy import office_policy
from services.reminders.effects import weigh
from services.reminders.rehearsal import rehearsed
from tests.portal.town import TODAY, Browser, Town, text_of

PROPOSED = '[ladder]\nrungs = [-30, -7, 0, 2]\n\n[mail]\ndigest_hour = "09:00"\n'


@pytest.fixture
def ruled(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Sông Mai above Sông Cầu, so that it rules for all, on the day of the portal's clock."""
    monkeypatch.setattr("services.reminders.effects.today", lambda: TODAY)
    with transaction(town.site.database) as session:
        owners = {one.code: one for one in session.scalars(select(Authority))}
        owners["song-cau"].name, owners["song-cau"].superior = "UBND xã Sông Cầu", owners["song-mai"].name
    town.site = replace(town.site, weigh=weigh)
    return town


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def proposed(browser: Browser, text: str, status: int = 200) -> str:
    seal = hidden(browser.get("/quy-dinh"), "dau")
    return str(browser.post("/quy-dinh/xem-truoc", {"noi_dung": text, "dau": seal}, status=status).text)


def test_the_page_says_the_policy_in_force_in_words(ruled: Town) -> None:
    words = text_of(ruled.enter("leader").get("/quy-dinh"))
    assert "trước hạn 30, 14, 7, 3, 1 ngày; đúng ngày đến hạn; quá hạn 1, 3, 7 ngày" in words
    assert "Giờ gửi thư buổi sáng 07:30" in words
    assert "Quý I/2025 15/12/2024 – 14/03/2025 20/03/2025" in words
    assert "Loại tệp nhận pdf docx xlsx jpg png" in words
    assert "Sửa quy định" not in words


def test_a_proposal_is_weighed_against_the_rehearsal_of_today(ruled: Town) -> None:
    before = rehearsed("song-mai-2025", TODAY, None, None)
    page = text_of(proposed(ruled.enter("admin"), PROPOSED))
    ruled.settings.own_policy.write_text(PROPOSED, encoding="utf-8")
    after = rehearsed("song-mai-2025", TODAY, None, None)
    assert f"{len(before)} thư thành {len(after)} thư" in page
    assert f"{sum(len(one.lines) for one in before)} lượt nhắc thành {sum(len(one.lines) for one in after)}" in page
    december = [sum(one.date.month == 12 for one in mails) for mails in (before, after)]
    assert f"Tháng 12/2025 {december[0]} → {december[1]}" in page
    assert "Quá hạn 2 ngày mốc thêm" in page
    assert "Nhắc trước 3 ngày mốc bỏ" in page
    assert "Giờ gửi thư buổi sáng: 07:30 → 09:00" in page


def test_weighing_keeps_nothing(ruled: Town) -> None:
    with ruled.read() as session:
        before = session.execute(select(Occurrence.id, Occurrence.next_rung_on)).all()
    proposed(ruled.enter("admin"), PROPOSED)
    with ruled.read() as session:
        assert session.execute(select(Occurrence.id, Occurrence.next_rung_on)).all() == before
        assert "policy.put" not in session.scalars(select(AuditEvent.action)).all()
    assert not ruled.settings.own_policy.exists()


def test_every_fault_is_told_with_its_line_and_nothing_typed_is_lost(ruled: Town) -> None:
    text = '[ladder]\nrungs = ["ba"]\nmoc = 3\n[mail]\ndigest_hour = "25:00" # <b>'
    page = proposed(ruled.enter("admin"), text, status=422)
    words = text_of(page)
    for said in (
        "Dòng 2: mục “ladder.rungs.1” phải là số nguyên.",
        "Dòng 3: mục “ladder.moc” không phải là tên mục được dùng",
        "Dòng 5: mục “mail.digest_hour” phải là giờ viết theo dạng “07:30”.",
    ):
        assert said in words
    assert "# &lt;b&gt;" in page
    assert "Áp dụng quy định này" not in words


def test_a_file_can_be_chosen_instead_and_must_be_text(ruled: Town) -> None:
    browser = ruled.enter("admin")
    seal = hidden(browser.get("/quy-dinh"), "dau")
    good = browser.post(
        "/quy-dinh/xem-truoc", {"dau": seal, "noi_dung": ""}, status=200, files={"tep": ("p.toml", PROPOSED.encode())}
    )
    assert "07:30 → 09:00" in text_of(good.text)
    bad = browser.post("/quy-dinh/xem-truoc", {"dau": seal}, status=422, files={"tep": ("p.toml", b"\xd0\xf4")})
    assert "không phải mã UTF-8" in text_of(bad.text)


def test_what_was_shown_is_put_in_force_at_once_with_its_rungs_and_its_trail(ruled: Town) -> None:
    browser = ruled.enter("admin")
    seal = hidden(browser.get("/quy-dinh"), "dau")
    assert office_policy(ruled.settings).digest_hour.hour == 7
    browser.post("/quy-dinh/ap-dung", {"noi_dung": PROPOSED, "dau": seal, "ly_do": "Theo chỉ đạo của Chủ tịch"})
    assert office_policy(ruled.settings).digest_hour.hour == 9
    assert ruled.settings.own_policy.read_text(encoding="utf-8") == PROPOSED
    assert ruled.occurrence("A.I.2").next_rung_on == date(2025, 11, 5)
    with ruled.read() as session:
        row = session.scalars(select(AuditEvent).where(AuditEvent.action == "policy.put")).one()
        assert (row.note, (row.before or {})["text"], (row.after or {})["text"]) == (
            "Theo chỉ đạo của Chủ tịch",
            "",
            PROPOSED,
        )
        assert verify(session) is None
    page = browser.get("/quy-dinh?da=ap-dung")
    assert "Theo chỉ đạo của Chủ tịch" in text_of(page)
    older = browser.get(f"/quy-dinh?ban={row.id}")
    assert 'class="ma">\n</textarea>' in older


def test_a_file_that_changed_meanwhile_is_not_written_over(ruled: Town) -> None:
    browser = ruled.enter("admin")
    seal = hidden(browser.get("/quy-dinh"), "dau")
    ruled.settings.own_policy.write_text("[states]\nsoon_days = 5\n", encoding="utf-8")
    refused = browser.post("/quy-dinh/ap-dung", {"noi_dung": PROPOSED, "dau": seal}, status=409)
    assert "vừa được sửa ở nơi khác" in text_of(refused.text)
    assert office_policy(ruled.settings).soon_days == 5


def test_a_faulty_text_is_never_put_in_force(ruled: Town) -> None:
    browser = ruled.enter("admin")
    seal = hidden(browser.get("/quy-dinh"), "dau")
    refused = browser.post("/quy-dinh/ap-dung", {"noi_dung": "[ladder]\nrungs = []\n", "dau": seal}, status=409)
    assert "Dòng 2" in text_of(refused.text)
    assert not ruled.settings.own_policy.exists()


def test_an_authority_among_others_rules_only_for_itself_so_not_here(ruled: Town) -> None:
    with transaction(ruled.site.database) as session:
        for one in session.scalars(select(Authority)):
            one.superior = None
    browser = ruled.enter("admin")
    assert "dùng chung cho nhiều cơ quan" not in browser.get("/quy-dinh")
    refused = browser.post("/quy-dinh/xem-truoc", {"noi_dung": PROPOSED}, status=403)
    assert "dùng chung cho nhiều cơ quan" in text_of(refused.text)


def test_the_file_is_as_it_was_when_the_trail_cannot_be_written(ruled: Town) -> None:
    from services.office.files import OfficeFile, in_force, put_in_force

    own = ruled.settings.own_policy
    own.write_text("[states]\nsoon_days = 5\n", encoding="utf-8")
    actor = ruled.actor("admin")
    with pytest.raises(RuntimeError), transaction(ruled.site.database) as session:
        seal = in_force(ruled.settings, OfficeFile.POLICY).seal
        put_in_force(
            session, Actor(actor.visitor.who, actor.at), OfficeFile.POLICY, PROPOSED, seen=seal, settings=ruled.settings
        )
        assert own.read_text(encoding="utf-8") == PROPOSED
        raise RuntimeError
    assert own.read_text(encoding="utf-8") == "[states]\nsoon_days = 5\n"
    assert list(own.parent.glob(".policy*")) == []


def test_where_the_file_cannot_be_written_the_page_says_what_to_do(
    ruled: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.office.files.os.access", lambda *_: False)
    page = text_of(proposed(ruled.enter("admin"), PROPOSED))
    assert "không ghi được tệp" in page
    assert "DONDOC_POLICY_FILE" in page
    assert "Áp dụng quy định này" not in page
