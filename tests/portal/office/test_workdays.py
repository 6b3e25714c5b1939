"""The year's working days: what is special and why, days added and taken away, and which reminders move."""

from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from models import AuditEvent, Authority
from models.session import transaction
from services.policy import office_calendar
from services.reminders.effects import weigh
from tests.portal.office.test_policy import hidden
from tests.portal.town import TODAY, Browser, Town, text_of

NEW = {
    "loai": "nghi",
    "tu": "05/12/2025",
    "den": "",
    "dip": "Nghỉ do bão",
    "can_cu": "Công điện số 9/CĐ-UBND",
    "nam": "2025",
}


@pytest.fixture
def ruled(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Sông Mai above Sông Cầu, so that it rules for all."""
    monkeypatch.setattr("services.reminders.effects.today", lambda: TODAY)
    with transaction(town.site.database) as session:
        owners = {one.code: one for one in session.scalars(select(Authority))}
        owners["song-cau"].name, owners["song-cau"].superior = "UBND xã Sông Cầu", owners["song-mai"].name
    town.site = replace(town.site, weigh=weigh)
    return town


def put(browser: Browser, fields: dict[str, str]) -> None:
    """Look at what it would do, then put it in force as the page offers it."""
    seen = browser.post("/ngay-lam-viec/xem-truoc", fields, status=200).text
    text = seen.split('<textarea name="noi_dung" hidden>\n')[1].split("</textarea>")[0]
    data = {"noi_dung": unescape(text), "nam": fields["nam"]}
    browser.post("/ngay-lam-viec/ap-dung", {**data, **{name: hidden(seen, name) for name in ("dau", "viec")}})


def test_the_year_shows_holidays_swapped_days_and_their_sources(ruled: Town) -> None:
    words = text_of(ruled.enter("leader").get("/ngay-lam-viec?nam=2026"))
    assert "thứ Bảy 14/02/2026 đến Chủ nhật 22/02/2026 : nghỉ, Tết Nguyên đán Bính Ngọ" in words
    assert "thứ Bảy 10/01/2026 : làm việc , Làm bù cho ngày 02/01 Văn bản số 12729/VPCP-KGVX" in words
    assert "10 làm việc: Làm bù cho ngày 02/01" in words
    assert "Xem ảnh hưởng" not in words
    assert "Chưa có ngày hoán đổi của năm 2031" in text_of(ruled.enter("admin").get("/ngay-lam-viec?nam=2031"))


def test_a_day_off_is_weighed_put_in_force_and_taken_away_again(ruled: Town) -> None:
    browser = ruled.enter("admin")
    seen = text_of(browser.post("/ngay-lam-viec/xem-truoc", NEW, status=200).text)
    assert "A.I.2 Đơn vị PHONG_VHXH, hạn 05/12/2025, mốc đúng hạn : thứ Sáu 05/12/2025 → thứ Năm 04/12/2025" in seen
    assert office_calendar(ruled.settings).is_working_day(date(2025, 12, 5))
    put(browser, NEW)
    assert not office_calendar(ruled.settings).is_working_day(date(2025, 12, 5))
    words = text_of(browser.get("/ngay-lam-viec?nam=2025"))
    assert "thứ Sáu 05/12/2025 : nghỉ, Nghỉ do bão Công điện số 9/CĐ-UBND" in words
    assert "Chủ tịch" not in words
    with ruled.read() as session:
        notes = session.scalars(select(AuditEvent.note).where(AuditEvent.action == "working_days.put")).all()
    assert notes == ["Ngày nghỉ 05/12/2025: Nghỉ do bão (Công điện số 9/CĐ-UBND)"]
    put(browser, {"nam": "2025", "bo": "off:2025-12-05:2025-12-05", "ten_muc": "nghỉ 05/12/2025"})
    assert office_calendar(ruled.settings).is_working_day(date(2025, 12, 5))


def test_a_saturday_becomes_a_day_of_work(ruled: Town) -> None:
    browser = ruled.enter("admin")
    put(browser, {**NEW, "loai": "lam", "tu": "06/12/2025", "dip": "Làm bù"})
    assert office_calendar(ruled.settings).is_working_day(date(2025, 12, 6))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tu": "mai"}, "Ngày cần viết như"),
        ({"dip": " "}, "Hãy ghi dịp nghỉ"),
        ({"can_cu": ""}, "văn bản làm căn cứ"),
        ({"den": "04/12/2025"}, "ngày cuối trước ngày đầu"),
        ({"tu": "06/12/2025"}, "không có gì thay đổi"),
        ({"bo": "off:2025-12-05:2025-12-05"}, "Không có mục này"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_typed_is_lost(
    ruled: Town, fields: dict[str, str], words: str
) -> None:
    seen = ruled.enter("admin").post("/ngay-lam-viec/xem-truoc", {**NEW, **fields}, status=422).text
    assert words in text_of(seen)
    assert "Áp dụng" not in text_of(seen)
    if "bo" not in fields and "can_cu" not in fields:
        assert 'value="Công điện số 9/CĐ-UBND"' in seen
    assert not ruled.settings.own_working_days.exists()
