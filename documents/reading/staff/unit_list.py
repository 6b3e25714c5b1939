"""The list of units and people from YAML, CSV or tables.

Columns and keys may be English (name, aliases, mailbox, head, superior) or
Vietnamese (Tên đơn vị, Tên gọi khác, Hộp thư, Trưởng đơn vị, Cấp trên). What
does not fit is refused with its row and column, before anything is stored.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import ValidationError

from config.os_words import reason
from documents.reading.formats.blocks import Document, RefusedDocument, Table
from documents.reading.sandbox.files import read_document
from rules.plan.unit_names import fold
from rules.staff.values import StaffList, UnitEntry

MAX_BYTES = 2 * 1024 * 1024
MAX_UNITS = 2_000

FIELDS = {
    "name": ("name", "ten", "ten don vi", "don vi", "co quan", "co quan, don vi", "ten co quan", "ho ten", "ho va ten"),
    "code": ("code", "ma", "ma don vi", "ky hieu"),
    "aliases": ("aliases", "alias", "ten goi khac", "ten khac", "ten viet tat", "viet tat", "cach viet khac"),
    "mailbox": ("mailbox", "hop thu", "hop thu don vi", "hop thu dien tu", "thu dien tu", "email don vi", "email"),
    "head": ("head", "truong don vi", "nguoi dung dau", "thu truong", "lanh dao don vi", "truong phong"),
    "head_email": (
        "head_email", "head email", "head mailbox", "thu cua truong don vi", "email truong don vi",
        "hop thu truong don vi", "email nguoi dung dau", "hop thu nguoi dung dau", "email lanh dao",
    ),
    "superior": ("superior", "cap tren", "co quan cap tren", "don vi cap tren"),
    "active": ("active", "hoat dong"),
}  # fmt: skip
SHOWN = {
    "name": "Tên đơn vị",
    "code": "Mã",
    "aliases": "Tên gọi khác",
    "mailbox": "Hộp thư",
    "head": "Trưởng đơn vị",
    "head_email": "Thư của trưởng đơn vị",
    "superior": "Cấp trên",
    "active": "Hoạt động",
    "email": "Thư điện tử",
    "role": "Vai trò",
    "unit": "Đơn vị",
    "place": "Địa danh",
    "superior_mailbox": "Hộp thư cấp trên",
    "focal_unit": "Đơn vị đầu mối",
}
_PARTS = {"authority": "phần authority", "units": "đơn vị thứ {}", "people": "người thứ {}"}
_BY_NAME = {fold(name): field for field, names in FIELDS.items() for name in names}
_YES = {"", "x", "co", "true", "1", "yes", "dang hoat dong"}


def read_unit_list(path: Path) -> StaffList:
    """Read a list of units. Raises RefusedDocument naming the row."""
    suffix = path.suffix.lower()
    try:
        if suffix in (".yaml", ".yml"):
            return _from_yaml(_text(path))
        rows = _csv_rows(_text(path)) if suffix in (".csv", ".tsv", ".txt") else _table_rows(read_document(path))
        return _from_rows(rows)
    except _BadListError as bad:
        raise RefusedDocument(f"Danh sách đơn vị “{path.name}” chưa dùng được: {bad}.") from None


class _BadListError(Exception):
    """What is wrong: a Vietnamese clause without a full stop."""


def _text(path: Path) -> str:
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise _BadListError(f"không mở được tệp ({reason(error)}); kiểm tra đường dẫn và quyền đọc") from None
    if data is None:
        raise _BadListError("tệp lớn hơn 2 MB; một danh sách đơn vị chỉ vài chục dòng")
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise _BadListError("chữ trong tệp không phải UTF-8; trong Excel hãy lưu dạng “CSV UTF-8” hoặc nộp tệp .xlsx")


def _from_yaml(text: str) -> StaffList:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise _BadListError("tệp dùng tham chiếu YAML (*tên); hãy viết đủ nội dung ở từng chỗ")
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = f", dòng {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise _BadListError(f"sai cú pháp YAML{line}; kiểm tra dấu hai chấm và thụt đầu dòng") from None
    except yaml.YAMLError:
        raise _BadListError("tệp có ký tự không đọc được; hãy lưu lại dạng văn bản UTF-8") from None
    if isinstance(content, list):
        content = {"units": content}
    if not isinstance(content, dict) or not content:
        raise _BadListError("tệp cần có mục units: danh sách các đơn vị")
    content["units"] = [_named_fields(entry) for entry in _listed(content, "units")]
    content["people"] = _listed(content, "people")
    return _checked(content)


def _listed(content: dict[str, Any], key: str) -> list[Any]:
    value = content.get(key) or []
    if not isinstance(value, list):
        raise _BadListError(f"mục {key} phải là một danh sách (mỗi dòng bắt đầu bằng dấu gạch ngang)")
    return value


def _named_fields(entry: Any) -> Any:
    """A YAML entry's keys in English; bare text is a name."""
    if isinstance(entry, str):
        return {"name": entry}
    if not isinstance(entry, dict):
        return entry
    return _with_head({_BY_NAME.get(fold(str(key)), str(key)): value for key, value in entry.items()})


def _with_head(fields: dict[str, Any]) -> dict[str, Any]:
    """The head's name and address, from two columns, as one value."""
    email = fields.pop("head_email", None)
    if isinstance(email, str) and email.strip():
        name = fields.get("head")
        fields["head"] = {"name": name if isinstance(name, str) and name.strip() else email, "email": email}
    return fields


def _checked(content: dict[str, Any]) -> StaffList:
    if len(content["units"]) > MAX_UNITS:
        raise _BadListError(f"có hơn {MAX_UNITS} đơn vị; hãy kiểm tra lại tệp")
    try:
        return StaffList.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise _BadListError(f"{_place(first['loc'])}: {_reason(first)}") from None


def _place(location: tuple[int | str, ...]) -> str:
    part = _PARTS.get(str(location[0]), f"mục {location[0]}") if location else "tệp"
    if len(location) > 1 and isinstance(location[1], int):
        part = part.format(location[1] + 1)
    names = [str(step) for step in location[1:] if isinstance(step, str)]
    return f"{part}, mục {'.'.join(names)}" if names else part


def _reason(error: Any) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "missing":
        return "còn thiếu"
    if kind == "extra_forbidden":
        return "không có mục này; các mục dùng được: " + ", ".join(UnitEntry.model_fields)
    if kind == "literal_error":
        return f"“{error['input']}” không phải là vai trò; chọn admin, leader, head, officer hoặc auditor"
    if kind == "string_too_long":
        return "dài quá 300 ký tự"
    return f"giá trị {error['input']!r} không đúng dạng"


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.splitlines()
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error:
        raise _BadListError(f"dòng {reader.line_num} không đúng dạng CSV; kiểm tra dấu ngoặc kép") from None


def _table_rows(document: Document) -> Iterator[tuple[int, list[str]]]:
    table = next((block for block in document.blocks if isinstance(block, Table) and block.rows), None)
    if table is None:
        raise _BadListError("tệp không có bảng nào; cần một bảng có cột Tên đơn vị và Hộp thư")
    for number, row in enumerate(table.rows, 1):
        yield row.row or number, [cell.text for cell in row.cells]


def _from_rows(rows: Iterable[tuple[int, list[str]]]) -> StaffList:
    """Rows under the first row with a name column."""
    head: list[str | None] | None = None
    units: list[UnitEntry] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if head is None:
            head = _heading(cells)
            continue
        units.append(_row(number, head, cells))
        if len(units) > MAX_UNITS:
            raise _BadListError(f"có hơn {MAX_UNITS} đơn vị; hãy kiểm tra lại tệp")
    if head is None or not units:
        raise _BadListError(
            "không tìm thấy đơn vị nào; dòng đầu cần có cột Tên đơn vị, Tên gọi khác, Hộp thư, Trưởng đơn vị"
        )
    return StaffList(units=tuple(units))


def _heading(cells: list[str]) -> list[str | None] | None:
    """The field of each column; None without a heading row."""
    fields = [_BY_NAME.get(" ".join(fold(cell).replace("-", " ").split())) for cell in cells]
    known = [field for field in fields if field]
    if "name" not in known or len(known) < min(2, len([c for c in cells if c.strip()])):
        return None
    twice = next((field for field in known if known.count(field) > 1), None)
    if twice:
        raise _BadListError(f"có hai cột {SHOWN[twice]}; hãy bỏ bớt một cột")
    return fields


def _row(number: int, head: list[str | None], cells: list[str]) -> UnitEntry:
    fields: dict[str, Any] = {}
    for field, cell in zip(head, cells, strict=False):
        if field:
            fields[field] = cell.strip()
    if "active" in fields:
        fields["active"] = fold(fields["active"]) in _YES
    try:
        return UnitEntry.model_validate(_with_head({"name": "", **fields}))
    except ValidationError as error:
        _refuse_cell(number, fields, error)


def _refuse_cell(number: int, fields: dict[str, Any], error: ValidationError) -> NoReturn:
    first = error.errors()[0]
    names = [str(step) for step in first["loc"] if isinstance(step, str)]
    column = "head_email" if names == ["head", "email"] and "head_email" in fields else (names or ["name"])[0]
    raise _BadListError(f"dòng {number}, cột {SHOWN.get(column, column)}: {_reason(first)}") from None
