"""Reading an office's TOML files: what is wrong is told in one Vietnamese sentence, with the file and the place.

Windows editors put a byte order mark before UTF-8 text; it is no error here.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from config.os_words import reason

_LONGEST = 92
"""Days in one range: a longer one is a mistyped year."""


class ConfigError(Exception):
    """A configuration file cannot be used. The message is for people: what, where, what to do."""


class Table(BaseModel):
    """A table of a file: unknown keys are refused, so that a misspelt one is not silently without effect."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DayRange(Table):
    """One day (`date`), or the days `from` … `to` …, both included."""

    only: date | None = Field(default=None, alias="date")
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _one_or_a_stretch(self) -> Self:
        single, stretch = self.only is not None, self.first is not None and self.last is not None
        if single == (self.first is not None or self.last is not None) or not (single or stretch):
            raise ValueError("phải có “date”, hoặc cả “from” và “to”")
        if self.first and self.last and not 0 <= (self.last - self.first).days < _LONGEST:
            raise ValueError(f"có “to” trước “from” hoặc dài quá {_LONGEST} ngày")
        return self

    def days(self) -> tuple[date, ...]:
        """The days, in order."""
        first, last = self.only or self.first, self.only or self.last
        if first is None or last is None:
            return ()
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


TableT = TypeVar("TableT", bound=Table)

_MESSAGES = {
    "missing": "còn thiếu",
    "extra_forbidden": "không phải là tên mục được dùng (kiểm tra lại chính tả)",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "int_from_float": "phải là số nguyên",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "string_type": "phải là chữ đặt trong dấu ngoặc kép",
    "tuple_type": "phải là danh sách đặt trong dấu ngoặc vuông",
    "list_type": "phải là danh sách đặt trong dấu ngoặc vuông",
    "dict_type": "phải là một bảng",
    "model_type": "phải là một bảng",
    "date_type": "phải là ngày viết theo dạng 2026-01-31",
    "date_parsing": "phải là ngày viết theo dạng 2026-01-31",
    "date_from_datetime_parsing": "phải là ngày viết theo dạng 2026-01-31",
    "date_from_datetime_inexact": "phải là ngày viết theo dạng 2026-01-31, không kèm giờ",
    "float_parsing": "phải là số",
    "greater_than": "phải lớn hơn {gt}",
    "greater_than_equal": "phải từ {ge} trở lên",
    "less_than_equal": "không được quá {le}",
    "too_short": "phải có ít nhất {min_length} giá trị",
    "too_long": "không được quá {max_length} giá trị",
    "string_too_short": "không được để trống",
    "literal_error": "chỉ được là {expected}",
}


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """The content of a TOML file; `what` names its subject in the sentence. Raises ConfigError."""
    try:
        return parse_toml(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            f"Không đọc được {what} {path} ({reason(error)}). Kiểm tra đường dẫn và quyền đọc của tệp."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{_capital(what)} {path} không phải mã UTF-8. Lưu lại tệp với mã UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{_capital(what)} {path} viết sai cú pháp TOML ở {_place_of(error)}. Sửa lại chỗ đó."
        ) from None


def parse_toml(text: str) -> dict[str, Any]:
    """The content of a text as people write it, on whatever system. Raises tomllib.TOMLDecodeError."""
    return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))


def _place_of(error: tomllib.TOMLDecodeError) -> str:
    line = re.search(r"line (\d+)", str(error))
    return f"dòng {line[1]}" if line else "cuối tệp"


def validated(table: type[TableT], content: Mapping[str, Any], path: Path, what: str) -> TableT:
    """The content as a table. Raises ConfigError naming the first bad entry."""
    try:
        return table.model_validate(content)
    except ValidationError as error:
        where = _complaint(error.errors()[0])
        raise ConfigError(f"{_capital(what)} {path}: {where}. Sửa lại mục đó rồi chạy lại.") from None


def syntax_fault(error: tomllib.TOMLDecodeError) -> str:
    """What is wrong with a text that is no TOML, in one sentence with its line."""
    return f"Viết sai cú pháp TOML ở {_place_of(error)}: kiểm tra dấu ngoặc, dấu phẩy, mục ghi hai lần."


def faults(table: type[Table], content: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """Every bad entry of a content in one sentence each, with the line of `text` on which it stands."""
    try:
        table.model_validate(content)
    except ValidationError as error:
        places = [one["loc"] for one in error.errors()]
        plain = [one for one in error.errors() if not _follows(one["loc"], places)]
        found = [(line_of(text, one["loc"]), _complaint(one)) for one in plain]
        placed = [f"Dòng {line}: {words}." if line else f"{_capital(words)}." for line, words in found]
        return tuple(dict.fromkeys(placed))
    return ()


def _follows(place: tuple[str | int, ...], places: Sequence[tuple[str | int, ...]]) -> bool:
    """Whether a complaint only follows from one inside it (a list is "too short" because its value is none)."""
    return any(len(other) > len(place) and other[: len(place)] == place for other in places)


_HEADER = re.compile(r"\s*\[\[?([^\]]+)\]")
_ENTRY = re.compile(r"\s*([\w.\"-]+)\s*=")


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """The line (from 1) on which a text names as much as it does of a place; None: nothing of it."""
    wanted = [str(part) for part in place]
    table: list[str] = []
    best, deepest = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        header, entry = _HEADER.match(line), _ENTRY.match(line)
        if header:
            table = _names(header[1])
        here = table if header else [*table, *_names(entry[1])] if entry else []
        if len(here) > deepest and here == wanted[: len(here)]:
            best, deepest = number, len(here)
    return best


def _names(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _complaint(error: ErrorDetails) -> str:
    """Which entry, and what is wrong with it."""
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in error["loc"])
    words = said(error["type"], error.get("ctx", {}))
    return f"mục “{place}” {words}" if place else words


def said(kind: str, context: Mapping[str, Any]) -> str:
    """What is wrong, in Vietnamese; errors raised by our own checks already are."""
    if kind == "value_error":
        return str(context["error"]).rstrip(".")
    words = _MESSAGES.get(kind, "có giá trị không dùng được")
    return words.format_map({name: str(value).replace(" or ", " hoặc ") for name, value in context.items()})


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
