"""What a reader does not see in a document and is not read: crossed out, hidden, filtered, note marks."""

import re
from dataclasses import dataclass, field

from documents.reading.formats.cleaning import tidy
from documents.reading.formats.old_fonts import Conversion

_SHOWN = 3
_LENGTH = 60
_NUMBER = re.compile(r"\s*(?:(?:\d{1,4}|[IVXLCivxlc]{1,5}|[A-Za-zĐđ])(?:[.-]\d{1,3}){0,4}[.)]?|[-+•*–—])?\s*")
_MARK = re.compile(r"[\s\d*†‡,;()\[\]a-e]{1,6}")
_METRES = re.compile(r"(?:^|[\s\d(/.,])(?:[kcdm]?m|dam|hm)$", re.IGNORECASE)
_POWERS = {"2": "²", "3": "³"}
_RAISED = re.compile(r"(?<=[^\s¹²³⁰⁴-⁹])\s?[¹²³⁰⁴-⁹]+(?!\w)")


def has_marks(text: str) -> bool:
    """Whether a text has raised figures that are letters of Unicode."""
    return not text.isascii() and _RAISED.search(text) is not None


def raised(before: str, text: str) -> str | None:
    """What a raised text reads as: "" for a note mark, "²" in "m²"; None where it is a text like others."""
    if text.strip() in _POWERS and _METRES.search(before[-8:]):
        return _POWERS[text.strip()]
    return "" if _MARK.fullmatch(text) and not text.isspace() else None


def only_number(text: str) -> bool:
    """Whether a cell holds nothing or no more than the number of its row ("3", "a)", "IV.", "-")."""
    return _NUMBER.fullmatch(text) is not None


def letters(column: int) -> str:
    """The name of a column counted from 0, as sheets show it: A, B … AA."""
    name, left = "", column + 1
    while left > 0:
        left, rest = divmod(left - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass(slots=True)
class Omitted:
    """Counts what is left out while a document is read, and says it in Vietnamese at the end."""

    struck: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    hidden_rows: dict[str, list[int]] = field(default_factory=dict)
    hidden_columns: dict[str, list[str]] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)
    conversion: Conversion = field(default_factory=Conversion)

    def strike(self, text: str) -> None:
        """A passage that is crossed out."""
        if text.strip():
            self.struck.append(tidy(text))

    def hide(self, text: str) -> None:
        """A passage of hidden text."""
        if text.strip():
            self.hidden.append(tidy(text))

    def strike_row(self, since: int) -> None:
        """A row that is crossed out: the passages struck from number `since` on are this one row."""
        passages = self.struck[since:]
        del self.struck[since:]
        self.rows.append(" · ".join(text for text in passages if not only_number(text)) or passages[0])

    def mark(self, before: str) -> None:
        """A raised note mark after a text."""
        self.marks.append(tidy(before[-24:]).rpartition("\n")[2])

    def without_marks(self, text: str) -> str:
        """The text without raised figures of Unicode that mark a note; "m²" stays."""
        if not has_marks(text):
            return text

        def kept(match: re.Match[str]) -> str:
            before = text[max(0, match.start() - 24) : match.start()]
            if match[0] in ("²", "³") and _METRES.search(before[-8:]):
                return match[0]
            self.mark(before)
            return ""

        return _RAISED.sub(kept, text)

    def hide_row(self, place: str, number: int) -> None:
        """A hidden or filtered row with content; `place` names the sheet or table."""
        self.hidden_rows.setdefault(place, []).append(number)

    def hide_column(self, place: str, name: str) -> None:
        """A hidden column with content."""
        names = self.hidden_columns.setdefault(place, [])
        if name not in names:
            names.append(name)

    def notes(self) -> tuple[str, ...]:
        """One sentence a kind."""
        said = list(self.conversion.notes())
        if self.rows:
            said.append(f"Bỏ {len(self.rows)} dòng bị gạch ngang trong bảng: {_some(self.rows)}.")
        if self.struck:
            said.append(f"Bỏ {len(self.struck)} chỗ chữ bị gạch ngang: {_some(self.struck)}.")
        for place, rows in self.hidden_rows.items():
            said.append(f"Bỏ {len(rows)} dòng ẩn hoặc bị lọc ở {place}: dòng {_numbers(list(map(str, rows)))}.")
        for place, names in self.hidden_columns.items():
            said.append(f"Bỏ {len(names)} cột ẩn ở {place}: cột {_numbers(names)}.")
        if self.hidden:
            said.append(f"Bỏ {len(self.hidden)} chỗ chữ ẩn: {_some(self.hidden)}.")
        if self.marks:
            said.append(f"Bỏ {len(self.marks)} số nhỏ viết cao (dấu chú thích), sau {_some(self.marks)}.")
        if self.pictures:
            said.append(
                f"Có {len(self.pictures)} ảnh trong văn bản ({_numbers(self.pictures)}); chữ trong ảnh không đọc được, "
                "nếu ảnh là phụ lục nhiệm vụ thì hãy nộp bản Word, Excel của phụ lục đó."
            )
        if self.embedded:
            said.append(
                f"Có {len(self.embedded)} tài liệu nhúng bên trong không được đọc ({_numbers(self.embedded)}); "
                "nếu đó là phụ lục nhiệm vụ thì hãy nộp riêng tệp đó."
            )
        return tuple(said)


def _some(texts: list[str]) -> str:
    shown = ", ".join(f"“{_short(text)}”" for text in texts[:_SHOWN])
    return f"{shown} …" if len(texts) > _SHOWN else shown


def _short(text: str) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= _LENGTH else line[:_LENGTH].rstrip() + "…"


def _numbers(names: list[str]) -> str:
    shown = ", ".join(dict.fromkeys(names[:10]))
    return f"{shown} …" if len(names) > 10 else shown
