"""The list of units and people of an authority, as values (danh sách cơ quan, đơn vị).

`documents` reads it from YAML, CSV or Excel, `models` stores it. Messages are
Vietnamese and finish the sentence "dòng 4, cột Hộp thư: …".
"""

import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from rules.base import Value
from rules.plan.unit_names import fold
from rules.plan.values import ALL_UNITS, RELATED_UNITS

_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?P<domain>[a-z0-9.-]+)", re.ASCII
)
_DOMAIN_PART = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_NAMED = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<email>[^<>]+)>")


def check_email(text: str) -> str:
    """A mail address in lower case, without blanks around it. Raises ValueError with a Vietnamese reason."""
    address = text.strip().lower()
    found = _ADDRESS.fullmatch(address)
    parts = found["domain"].split(".") if found else []
    if not found or len(address) > 254 or len(address.split("@")[0]) > 64:
        raise ValueError(f"“{text.strip()}” không phải là địa chỉ thư điện tử; viết như ten@co-quan.gov.vn")
    if len(parts) < 2 or not all(_DOMAIN_PART.fullmatch(part) for part in parts):
        raise ValueError(f"tên miền của “{text.strip()}” không hợp lệ; viết như ten@co-quan.gov.vn")
    return address


def slug(name: str, separator: str = "_") -> str:
    """A code from a name: letters without diacritics and digits ("Trạm Y tế số 2" -> "TRAM_Y_TE_SO_2")."""
    return separator.join(re.findall(r"[a-z0-9]+", fold(name))).upper()[:60].strip(separator)


def _one_line(text: str) -> str:
    joined = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    if any(ord(letter) < 32 for letter in joined):
        raise ValueError("có ký tự điều khiển không hiển thị được; hãy gõ lại")
    return joined


def _required(text: str) -> str:
    if not text:
        raise ValueError("còn trống")
    return text


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Line = Annotated[str, AfterValidator(_one_line), Field(max_length=300)]
Name = Annotated[Line, AfterValidator(_required)]
Email = Annotated[str, AfterValidator(check_email)]
MaybeLine = Annotated[Line | None, BeforeValidator(_blank_is_none)]
MaybeEmail = Annotated[Email | None, BeforeValidator(_blank_is_none)]
RoleName = Literal["admin", "leader", "head", "officer", "auditor"]

_ROLES = {
    "quan tri": "admin",
    "quan tri vien": "admin",
    "lanh dao": "leader",
    "truong don vi": "head",
    "can bo": "officer",
    "chuyen vien": "officer",
    "kiem tra": "auditor",
    "chi xem": "auditor",
}


class HeadEntry(Value):
    """The head of a unit (người đứng đầu). May be written "Nguyễn Văn A <a@x.gov.vn>"."""

    name: Name
    email: Email

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        named = _NAMED.fullmatch(value.strip())
        if named:
            return {"name": named["name"] or named["email"], "email": named["email"]}
        if "@" in value:
            return {"name": value, "email": value}
        raise ValueError(f"“{value}” thiếu địa chỉ thư; viết như Nguyễn Văn A <a@co-quan.gov.vn>")


class UnitEntry(Value):
    """One unit of the list. `code` only where the usual or generated one does not fit."""

    name: Name
    code: Annotated[str | None, BeforeValidator(_blank_is_none)] = None
    aliases: tuple[Name, ...] = ()
    mailbox: MaybeEmail = None
    head: Annotated[HeadEntry | None, BeforeValidator(_blank_is_none)] = None
    superior: MaybeLine = None
    active: bool = True

    @field_validator("aliases", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        if value is None:
            return ()
        if isinstance(value, str):
            return tuple(part for part in (p.strip() for p in re.split(r"[;|\n]", value)) if part)
        return value

    @field_validator("code")
    @classmethod
    def _plain_code(cls, value: str | None) -> str | None:
        if value is None:
            return None
        code = value.strip().upper()
        if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,62}", code, re.ASCII) or code in (ALL_UNITS, RELATED_UNITS):
            raise ValueError(
                f"mã “{value}” không dùng được; chỉ gồm chữ không dấu, số và gạch dưới, không dùng ALL, RELATED"
            )
        return code


class PersonEntry(Value):
    """A leader, administrator or other person. `unit` names a unit of the list, by name, alias or code."""

    name: Name
    email: Email
    role: RoleName
    unit: MaybeLine = None

    @field_validator("role", mode="before")
    @classmethod
    def _vietnamese_role(cls, value: Any) -> Any:
        return _ROLES.get(fold(value.strip()), value.strip().lower()) if isinstance(value, str) else value


class AuthorityEntry(Value):
    """The authority itself: its superior and the unit that answers for the plan (đơn vị đầu mối)."""

    name: Name
    place: MaybeLine = None
    superior: MaybeLine = None
    superior_mailbox: MaybeEmail = None
    focal_unit: MaybeLine = None


class StaffList(Value):
    """What one file of units says."""

    authority: AuthorityEntry | None = None
    units: tuple[UnitEntry, ...] = ()
    people: tuple[PersonEntry, ...] = ()
