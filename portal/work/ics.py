"""Due days as an iCalendar (RFC 5545): all-day events that calendar programmes follow through changes.

Each event keeps its UID for ever; SEQUENCE grows with each change (the database counts
it), a cancelled one stays with STATUS:CANCELLED so that programmes take it out.
"""

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, Event

from notifications.wording import due_words, hour_words, one_line
from services.work.calendar_feeds import Entry

REFRESH = "PT4H"
"""How often programmes should look again."""


def calendar_text(unit: str, entries: Iterable[Entry], domain: str, base: str) -> bytes:
    """The calendar of a unit, folded and escaped as the standard asks."""
    calendar = Calendar()
    calendar.add("prodid", "-//dondoc//Lich don doc//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Đôn đốc – {one_line(unit)}")
    calendar.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    calendar.add("refresh-interval", timedelta(hours=4), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    for entry in entries:
        calendar.add_component(_event(entry, domain, base))
    text: bytes = calendar.to_ical()
    return text


def _event(entry: Entry, domain: str, base: str) -> Event:
    event = Event()
    event.add("uid", f"ky-{entry.id}@{domain}")
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.revision)
    event.add("dtstart", entry.last_day)
    event.add("dtend", entry.last_day + timedelta(days=1))
    event.add("summary", _summary(entry))
    event.add("description", _description(entry))
    event.add("url", f"{base}/viec/{entry.id}")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["Đôn đốc"])
    return event


def _summary(entry: Entry) -> str:
    done = "Đã xong: " if entry.done_on else "Đã bỏ: " if entry.cancelled else ""  # many programmes show no STATUS
    part = "" if entry.leads else " (phối hợp)"
    hour = f" ({hour_words(entry.due_time).rstrip()})" if entry.due_time else ""
    return f"{done}[{entry.code}] {one_line(entry.title)}{part}{hour}"


def _description(entry: Entry) -> str:
    lines = [f"Hạn: {due_words(entry.due_on, entry.last_day, entry.due_time)}", entry.label]
    if not entry.leads:
        lines.append(f"Chủ trì: {entry.lead_name}")
    if entry.results:
        lines.append(f"Sản phẩm: {'; '.join(entry.results)}")
    if entry.done_on:
        lines.append(f"Đã báo hoàn thành ngày {entry.done_on:%d/%m/%Y}")
    return "\n".join([*filter(None, lines), entry.plan_title])
