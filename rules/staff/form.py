"""What a form or command line says of one unit or person, read field by field: problems stand beside their field.

Pure; the same checks as the list of units (rules/staff.py).
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from rules.staff.values import PersonEntry, UnitEntry
from rules.work.answers import Problem

UNIT_FIELDS = ("name", "aliases", "mailbox", "active")
PERSON_FIELDS = ("name", "email", "role")
_MISSING = {
    "name": "Hãy nhập tên.",
    "email": "Hãy nhập địa chỉ thư, ví dụ ten@co-quan.gov.vn.",
    "role": "Hãy chọn vai trò.",
}


def read_unit(fields: Mapping[str, Any], code: str | None = None) -> tuple[UnitEntry | None, tuple[Problem, ...]]:
    """A unit from its fields; aliases one a line or parted by semicolons. None where something is wrong."""
    given = {name: fields[name] for name in UNIT_FIELDS if name in fields}
    try:
        return UnitEntry.model_validate({**given, **({"code": code} if code else {})}), ()
    except ValidationError as error:
        return None, problems_of(error)


def read_person(fields: Mapping[str, Any]) -> tuple[PersonEntry | None, tuple[Problem, ...]]:
    """A person from their fields. None where something is wrong."""
    try:
        return PersonEntry.model_validate({name: fields.get(name, "") for name in PERSON_FIELDS}), ()
    except ValidationError as error:
        return None, problems_of(error)


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """The first problem of each field, as a Vietnamese sentence."""
    found: dict[str, Problem] = {}
    for one in error.errors():
        name = str(one["loc"][0]) if one["loc"] else "name"
        found.setdefault(name, Problem(name, _sentence(name, one)))
    return tuple(found.values())


def _sentence(name: str, error: Any) -> str:
    if name in _MISSING and not str(error.get("input") or "").strip():
        return _MISSING[name]
    if error["type"] == "value_error":
        said = str(error["ctx"]["error"])
        return f"{said[:1].upper()}{said[1:].rstrip('.')}."
    if error["type"] == "string_too_long":
        return "Dài quá 300 ký tự; hãy viết ngắn lại."
    if error["type"] == "literal_error":
        return "Vai trò này không có; hãy chọn một vai trò trong danh sách."
    return "Nội dung không đúng dạng; hãy nhập lại."
