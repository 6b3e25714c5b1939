"""The rehearsal page: the same mails as the rehearsal itself, per day and unit, with an outage, of one's own plans."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from portal.office.rehearsal import Asked, months, weeks
from services.reminders.rehearsal import rehearsed
from tests.portal.town import TODAY, Town, text_of

PAGE = "/dien-tap?ke_hoach=song-mai-2025"


@pytest.fixture
def able(town: Town) -> Town:
    """Sông Mai with the rehearsal that `dondoc portal` hands in."""
    town.site = replace(town.site, rehearse=rehearsed)
    return town


def test_the_calendar_counts_the_mails_of_the_rehearsal_itself(able: Town) -> None:
    mails = rehearsed("song-mai-2025", TODAY, None, None)
    page = able.enter("admin").get(PAGE)
    words = text_of(page)
    assert f"{len(mails)} thư, {len({mail.date for mail in mails})} buổi sáng" in words
    december = [mail for mail in mails if mail.date.month == 12]
    assert f"Tháng 12/2025 {len(december)} thư" in words
    for day, count in Counter(mail.date for mail in december).items():
        assert f"{count} thư ngày {day:%d/%m/%Y}" in words
    assert "Chọn một ngày" in words
    assert all(mail.subject not in page for mail in december)


def test_a_day_opens_its_mails(able: Town) -> None:
    mails = [mail for mail in rehearsed("song-mai-2025", TODAY, None, None) if mail.date == date(2025, 12, 4)]
    page = able.enter("admin").get(f"{PAGE}&ngay=04/12/2025")
    assert f"({len(mails)} thư)" in text_of(page)
    assert page.count("<li><b>") == len(mails) + page.count("thư</b>")
    for mail in mails:
        assert mail.to is None or f"&lt;{mail.to}&gt;" in page
    assert "không có thư nào" in able.enter("admin").get(f"{PAGE}&ngay=06/12/2025")


def test_a_unit_and_an_outage_can_be_looked_at_alone(able: Town) -> None:
    browser = able.enter("leader")
    outage = (date(2025, 12, 2), date(2025, 12, 8))
    expected = [m for m in rehearsed("song-mai-2025", TODAY, None, outage) if m.unit == "PHONG_VHXH"]
    page = browser.get(f"{PAGE}&don_vi=PHONG_VHXH&ngung_tu=02/12/2025&ngung_den=08/12/2025")
    words = text_of(page)
    assert f"{len(expected)} thư" in words
    assert page.count("<span>máy ngừng</span>") == 7
    assert "ngày 03/12/2025" not in words
    assert "ngày 03/12/2025" in text_of(browser.get(PAGE))
    assert "ngung_tu=02%2F12%2F2025" in page, "the links keep what was asked"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("tu=mai", "cần viết như"),
        ("ngung_tu=02/12/2025", "cả ngày đầu và ngày cuối"),
        ("ngung_tu=05/12/2025&ngung_den=02/12/2025", "ngày cuối trước ngày đầu"),
        ("den=01/01/2025", "Ngày cuối không thể trước"),
    ],
)
def test_days_that_cannot_be_meant_are_told(able: Town, query: str, words: str) -> None:
    assert words in able.enter("admin").get(f"{PAGE}&{query}", status=422)


def test_only_ones_own_plans_are_rehearsed_and_only_by_those_who_read_all(able: Town) -> None:
    able.enter("admin").get("/dien-tap?ke_hoach=song-cau-2025", status=404)
    able.enter("officer").get(PAGE, status=403)


def test_a_portal_without_the_rehearsal_says_where_to_find_it(town: Town) -> None:
    assert "dondoc rehearse song-mai-2025" in text_of(town.enter("admin").get(PAGE))


def test_months_are_whole_weeks_from_monday(able: Town) -> None:
    mails = rehearsed("song-mai-2025", TODAY, None, None)
    found = months(mails)
    assert (found[0].key, found[0].name) == ("2025-12", "Tháng 12/2025")
    assert sum(month.count for month in found) == len(mails)
    nothing = dict.fromkeys(("tu", "den", "ngung_tu", "ngung_den"))
    for month in found:
        grid = weeks(mails, Asked(nothing, "", month.key, None))
        assert all(len(week) == 7 for week in grid)
        assert all(
            cell.day is None or cell.day.isoweekday() == place for week in grid for place, cell in enumerate(week, 1)
        )
        assert sum(cell.count for week in grid for cell in week) == month.count
    assert months([]) == []


def test_a_plan_whose_days_have_passed_is_an_empty_calendar_and_a_sentence(able: Town) -> None:
    able.clock.now = able.clock.now.replace(year=TODAY.year + 2)
    page = able.enter("admin").get(PAGE)
    assert "Mọi ngày của kế hoạch đã qua" in text_of(page)
