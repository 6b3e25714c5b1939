"""Reading an office's TOML files: what is wrong is told in one Vietnamese sentence, with the file and the place.

Windows editors put a byte order mark before UTF-8 text; it is no error here.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

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
        return tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except OSError as error:
        raise ConfigError(
            f"Không đọc được {what} {path} ({reason(error)}). Kiểm tra đường dẫn và quyền đọc của tệp."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{_capital(what)} {path} không phải mã UTF-8. Lưu lại tệp với mã UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"dòng {line[1]}" if line else "cuối tệp"
        raise ConfigError(f"{_capital(what)} {path} viết sai cú pháp TOML ở {place}. Sửa lại chỗ đó.") from None


def validated(table: type[TableT], content: Mapping[str, Any], path: Path, what: str) -> TableT:
    """The content as a table. Raises ConfigError naming the first bad entry."""
    try:
        return table.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
        words = said(first["type"], first.get("ctx", {}))
        where = f"mục “{place}” {words}" if place else words
        raise ConfigError(f"{_capital(what)} {path}: {where}. Sửa lại mục đó rồi chạy lại.") from None


def said(kind: str, context: Mapping[str, Any]) -> str:
    """What is wrong, in Vietnamese; errors raised by our own checks already are."""
    if kind == "value_error":
        return str(context["error"]).rstrip(".")
    words = _MESSAGES.get(kind, "có giá trị không dùng được")
    return words.format_map({name: str(value).replace(" or ", " hoặc ") for name, value in context.items()})


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
