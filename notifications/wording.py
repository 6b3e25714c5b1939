"""Vietnamese wording and the cleaning of other people's text, shared by all mails.

Titles, names and results come from documents and forms: before they stand in a
mail they lose control characters, line breaks and direction marks, which could
forge a header, hide a word or turn a sentence round.
"""

import unicodedata
from datetime import date

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

TEXT_WIDTH = 76
"""Columns of the text part: below the 78 that RFC 5322 recommends, and unharmed by one level of quoting."""


def one_line(text: str) -> str:
    """Return the text as one clean line in NFC: no control, format or direction characters, single spaces."""
    if not (text.isprintable() and unicodedata.is_normalized("NFC", text)):
        text = "".join(_visible(char) for char in unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    category = unicodedata.category(char)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    # Cf holds the bidirectional overrides and zero-width characters, Cc the controls.
    return "" if category in ("Cc", "Cf") else char


def plain(text: str) -> str:
    """Text of a document as plain words of Markdown: no links, images, HTML or headings can come out of it."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|!~" else char for char in one_line(text))


def shorten(text: str, limit: int) -> str:
    """Cut the text to at most `limit` characters, at a space where there is one, and end it with an ellipsis."""
    if len(text) <= limit:
        return text
    at = text.rfind(" ", 0, limit)
    return text[: at if at > limit // 2 else limit - 1].rstrip(" ,;:.-–") + "…"


def weekday_date(day: date) -> str:
    """Return the day as people say it: "thứ Tư 31/12/2025"."""
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def days_left_words(days_left: int) -> str:
    """Say how far away the last day is, in calendar days: "còn 30 ngày", "đến hạn hôm nay", "quá hạn 3 ngày"."""
    if days_left > 0:
        return f"còn {days_left} ngày"
    return f"quá hạn {-days_left} ngày" if days_left < 0 else "đến hạn hôm nay"


def hour_words(due_time: str | None) -> str:
    """Name the hour before which something is due: "trước 10 giờ 00 "; "" where there is none."""
    return f"trước {due_time.replace(':', ' giờ ')} " if due_time else ""


def due_words(due_printed: date, last_day: date, due_time: str | None = None) -> str:
    """Name the due day as the plan prints it, and the last day in time where that is another one.

    "trước ngày 15/4" prints 15/4 but ends on 14/4 (see rules/timing.py): both are told.
    """
    if last_day == due_printed:  # a day put off has lost its hour
        return hour_words(due_time) + weekday_date(due_printed)
    if last_day < due_printed:
        return f"trước {weekday_date(due_printed)}, chậm nhất {weekday_date(last_day)}"
    return f"{weekday_date(due_printed)}, chậm nhất {weekday_date(last_day)}"


def wrap(text: str, indent: int = 0) -> str:
    """Break a line into lines of at most `TEXT_WIDTH` columns; lines after the first begin with `indent` spaces.

    The first line is taken to start at the indent already. Words longer than a line (web addresses) stay whole,
    because a broken address cannot be followed.
    """
    if len(text) <= (width := TEXT_WIDTH - indent):
        return text
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    return ("\n" + " " * indent).join(lines)
