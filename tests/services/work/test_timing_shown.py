"""Whatever a timing holds is told: in the mail's line, the unit's list, the calendar and the Prefect page."""

from datetime import UTC, date, datetime, time

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Item, Occurrence
from notifications.wording import due_words
from portal.work.ics import calendar_text
from rules.timing import read_timing
from rules.timing.values import Timing
from services.actor import Visitor
from services.figures.item_page import sentence
from services.figures.items import overviews
from services.figures.rungs import ScheduleTerms
from services.plans.occurrences import sync_occurrences
from services.policy import Terms
from services.reminders.compose import line_of
from services.reminders.notices import OccurrenceFacts, item_facts
from services.work.calendar_feeds import calendar_of
from services.work.worklist import Filter, worklist
from tasks.schedule.item_deployment import description
from tests.world import CALENDAR, POLICY, World

TODAY = date(2025, 9, 1)
TERMS = Terms(CALENDAR, POLICY, TODAY, datetime(2025, 9, 1, 1, tzinfo=UTC))

SHOWN = {
    # field: phrase, words in the mail's line, in the calendar, in the Prefect page
    "phrase": ("Chậm nhất ngày 10/12/2025", "thứ Tư 10/12/2025", "thứ Tư 10/12/2025", "Chậm nhất ngày 10/12/2025"),
    "kind": ("Thường xuyên", "(nhiệm vụ thường xuyên)", "(nhiệm vụ thường xuyên)", "(nhiệm vụ thường xuyên)"),
    "start": ("Từ 01/11/2025 đến 10/12/2025", "thứ Tư 10/12/2025", "thứ Tư 10/12/2025", "Từ 01/11/2025"),
    "due": ("Trước ngày 10/12/2025", "trước thứ Tư 10/12/2025", "trước thứ Tư 10/12/2025", "10/12/2025"),
    "last_day": ("Trước ngày 10/12/2025", "chậm nhất thứ Ba 09/12/2025", "chậm nhất thứ Ba 09/12/2025", "09/12/2025"),
    "exclusive": ("Trước ngày 20 hằng tháng", "chậm nhất", "chậm nhất", "ngày cuối còn đúng hạn"),
    "due_time": (
        "Trước 10 giờ ngày 10/12/2025",
        "trước 10 giờ 00 thứ Tư 10/12/2025",
        "trước 10 giờ 00",
        "hạn trước 10 giờ 00 thứ Tư 10/12/2025",
    ),
    "recurrence": ("Hằng quý", "Quý IV/2025", "Quý IV/2025", "Quý IV/2025"),
    "milestones": ("Đến 10/10/2025: đạt 50%; trước 9 giờ ngày 10/12/2025: đạt 90%", "(trước 09 giờ 00)", "Mốc", "Mốc"),
    "relative": ("05 ngày làm việc kể từ ngày nhận văn bản", "", "", "05 ngày làm việc kể từ ngày nhận văn bản"),
    "reason": ("Sau khi có hướng dẫn", "", "", "cần người phụ trách nhập ngày cụ thể"),
}


def test_every_field_of_a_timing_has_its_place() -> None:
    assert set(SHOWN) == set(Timing.model_fields)


def _told(session: Session, world: World, item: Item) -> tuple[str, str, str, str]:
    """What the mail, the calendar, the Prefect page and the unit's list say of an item."""
    unit = world.units["PHONG_VHXH"]
    facts = item_facts(session, [item.id])[item.id]
    rows = session.scalars(select(Occurrence).where(Occurrence.item_id == item.id)).all()
    lines = [
        line_of(
            facts,
            OccurrenceFacts(row.id, unit.name, row.due_on, row.last_day, row.kind, row.label, row.target),
            "lead",
            TODAY,
            TODAY,
        )
        for row in rows
    ]
    mail = "\n".join(f"{line.due_words} {line.period_label} {line.result}" for line in lines)
    feed = Calendar.from_ical(calendar_text(unit.name, calendar_of(session, unit, TODAY), "x", "https://x"))
    calendar = "\n".join(f"{event['SUMMARY']} {event['DESCRIPTION']}" for event in feed.walk("VEVENT"))
    (overview,) = overviews(session, [item.id])
    page = description(overview, ScheduleTerms(CALENDAR, POLICY, time(7, 30)), None)
    visitor = Visitor(1, "Cán bộ", "a@x.example", "officer", unit.id, unit.name, world.authority.id, "UBND")
    entries = worklist(session, visitor, Filter()).entries
    listed = "\n".join(due_words(entry.due_on, entry.last_day, entry.due_time) for entry in entries)
    return mail, calendar, page, listed


def _item(session: Session, world: World, phrase: str) -> Item:
    world.add_item("A.I.1", None)
    item = session.scalars(select(Item).where(Item.code == "A.I.1")).one()
    item.timing = read_timing(phrase, 2025)
    session.flush()
    sync_occurrences(session, world.plan, TERMS)
    return item


@pytest.mark.parametrize("field", list(SHOWN))
def test_a_field_of_a_timing_is_told_everywhere(db: Session, field: str) -> None:
    phrase, in_mail, in_calendar, on_page = SHOWN[field]
    world = World(db)
    item = _item(db, world, phrase)
    assert getattr(item.timing, field)
    mail, calendar, page, _ = _told(db, world, item)
    assert in_mail in mail
    assert in_calendar in calendar
    assert on_page in page


def test_an_hour_stands_in_the_list_and_in_the_sentence_of_a_run(db: Session) -> None:
    world = World(db)
    item = _item(db, world, "Trước 16h30 ngày 10/12/2025")
    *_, listed = _told(db, world, item)
    assert listed == "trước 16 giờ 30 thứ Tư 10/12/2025"
    (overview,) = overviews(db, [item.id])
    assert "hạn trước 16 giờ 30 thứ Tư 10/12/2025" in sentence(overview, overview.state(TODAY, 7), TODAY)


def test_a_day_put_off_has_lost_its_hour(db: Session) -> None:
    world = World(db)
    item = _item(db, world, "Trước 16h30 ngày 10/12/2025")
    row = db.scalars(select(Occurrence).where(Occurrence.item_id == item.id)).one()
    row.last_day = row.extended_to = date(2025, 12, 19)
    db.flush()
    mail, calendar, page, listed = _told(db, world, item)
    for text in (mail, calendar, page, listed):
        assert "16 giờ 30" not in text.replace(item.timing_phrase, "")
