"""What a calendar programme shows of a unit's due days."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from portal.work.ics import calendar_text
from services.work.calendar_feeds import Entry

ENTRY = Entry(
    id=12, code="A.I.1", title="Rà soát", results=(), plan_title="KH", label="Tháng 12", due_on=date(2025, 12, 10),
    last_day=date(2025, 12, 10), done_on=None, cancelled=False, leads=True, lead_name="P", revision=0,
    changed_at=datetime(2025, 12, 1, tzinfo=UTC),
)  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "begins"),
    [
        (ENTRY, "[A.I.1]"),
        (replace(ENTRY, cancelled=True), "Đã bỏ: [A.I.1]"),
        (replace(ENTRY, done_on=date(2025, 12, 2)), "Đã xong: [A.I.1]"),
        (replace(ENTRY, done_on=date(2025, 12, 2), cancelled=True), "Đã xong: [A.I.1]"),
    ],
)
def test_an_event_says_in_its_title_what_became_of_it(entry: Entry, begins: str) -> None:
    (event,) = Calendar.from_ical(calendar_text("Phòng", [entry], "anbinh.gov.vn", "https://x")).walk("VEVENT")
    assert str(event["SUMMARY"]).startswith(begins)
    assert event["UID"] == "ky-12@anbinh.gov.vn"
