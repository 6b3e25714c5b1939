"""Values of mails for the tests of this room; keywords change single fields."""

from datetime import date, timedelta
from typing import Any

from notifications.messages import Ask, Digest, DigestLine

MONDAY = date(2025, 12, 1)


def line(days_left: int, /, **fields: Any) -> DigestLine:
    """A line due so many days after Monday 1 December 2025."""
    last_day = MONDAY + timedelta(days_left)
    values: dict[str, Any] = {
        "item_code": f"A.I.{days_left}",
        "title": "Rà soát thủ tục hành chính",
        "plan_title": "Kế hoạch cải cách hành chính năm 2025",
        "due_printed": last_day,
        "last_day": last_day,
        "days_left": days_left,
        "rung_words": "nhắc trước 30 ngày",
        "role": "lead",
        "unit_name": "Phòng Kinh tế",
    }
    return DigestLine(**(values | fields))


def ask(**fields: Any) -> Ask:
    """An item without a date."""
    values: dict[str, Any] = {
        "item_code": "A.II.5",
        "title": "Báo cáo chuyên đề",
        "printed_timing": "Theo tiến độ của Sở Nội vụ",
        "reason": "kế hoạch không ghi ngày",
        "plan_title": "Kế hoạch cải cách hành chính năm 2025",
    }
    return Ask(**(values | fields))


def digest(*lines: DigestLine, **fields: Any) -> Digest:
    """A person's mail of Monday 1 December 2025."""
    values: dict[str, Any] = {
        "recipient_name": "Nguyễn Văn An",
        "recipient_role": "officer",
        "unit_name": "Phòng Văn hóa - Xã hội",
        "authority_name": "Ủy ban nhân dân phường Hòa Bình",
        "today": MONDAY,
        "lines": lines,
    }
    return Digest(**(values | fields))
