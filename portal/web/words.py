"""Vietnamese words that several pages share."""

from datetime import date, datetime

from config.clock import ZONE
from notifications.wording import days_left_words, due_words, hour_words, shorten, weekday_date
from rules.work.answers import STATE_WORDS

ROLE_WORDS = {
    "admin": "Quản trị",
    "leader": "Lãnh đạo",
    "head": "Trưởng đơn vị",
    "officer": "Cán bộ",
    "auditor": "Kiểm tra",
}


def moment(at: datetime) -> str:
    """A moment in Vietnam: "14:05 ngày 01/12/2025"."""
    return at.astimezone(ZONE).strftime("%H:%M ngày %d/%m/%Y")


def day(value: date | None) -> str:
    """A day as offices write it."""
    return value.strftime("%d/%m/%Y") if value else ""


def left(last_day: date, today: date) -> str:
    """How far away a last day is: "còn 3 ngày"."""
    return days_left_words((last_day - today).days)


def size(count: int | None) -> str:
    """A file's size: "1,2 MB"."""
    if not count:
        return ""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} KB"
    return f"{count / 1024 / 1024:.1f} MB".replace(".", ",")


def filters() -> dict[str, object]:
    """What templates can write words with."""
    return {
        "moment": moment,
        "day": day,
        "size": size,
        "short": shorten,
        "weekday": weekday_date,
        "hour": hour_words,
        "state": lambda state: STATE_WORDS[str(state)],
    }


__all__ = ["ROLE_WORDS", "day", "due_words", "filters", "left", "moment", "size"]
