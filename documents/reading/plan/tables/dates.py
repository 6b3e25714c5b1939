"""A column of dates proved as a whole: day/month or month/day."""

import re
from collections.abc import Iterable, Sequence

from documents.reading.plan.tables.cells import squeeze
from documents.reading.plan.tables.columns import Role
from documents.reading.plan.tables.rows import BodyRow
from rules.plan.values import Doubt

_ROLES = (Role.TIMING, Role.START, Role.END)
_DATE = re.compile(r"(?P<first>\d{1,2})(?P<stop>[/.-])(?P<second>\d{1,2})(?P=stop)(?P<year>\d{4})")
_MOMENT = re.compile(r"(\d{1,2}/\d{1,2}/\d{4}) (\d{1,2}):(\d{2})(?::\d{2})?")
_MONTHS = 12


def prove_dates(rows: Sequence[BodyRow]) -> list[Doubt]:
    """Turn round dates that are proved turned; doubt what stays open.

    Excel set to the USA stores "03/05" typed for 3 May as 5 March and leaves "15/3" a text. So where texts have days
    above 12 and no true date has, the true dates are turned. A column with months above 12 in the second place is
    month/day throughout.
    """
    doubts: list[Doubt] = []
    for role in _ROLES:
        dated = [row for row in rows if role in row.dated and _parts(row, role)]
        typed = [row for row in rows if role not in row.dated and _parts(row, role)]
        day_first = any(_first(row, role) > _MONTHS for row in typed)
        month_first = any(_second(row, role) > _MONTHS for row in typed)
        if day_first and month_first:
            for row in _either(typed, role):
                _ask(row, role, "cột này có cả ngày/tháng và tháng/ngày")
        elif month_first:
            changed = [row for row in typed if _turn(row, role, "cột này viết tháng/ngày")]
            doubts += _told(changed, "cột thời hạn viết tháng trước, ngày sau (kiểu Mỹ)")
        elif day_first and dated and all(_first(row, role) <= _MONTHS for row in dated):
            changed = [row for row in _either(dated, role) if _turn(row, role, "Excel kiểu Mỹ đã đảo ngày và tháng")]
            doubts += _told(changed, "có vẻ Excel kiểu Mỹ đã đảo ngày và tháng của các ô ngày trong cột thời hạn")
        elif _is_odd(dated, role):
            message = (
                f"Cả {len(dated)} ô ngày của cột thời hạn đều có ngày không quá 12; nếu tệp từng mở bằng Excel kiểu Mỹ "
                "thì ngày và tháng có thể đã bị đảo, hãy đối chiếu."
            )
            doubts.append(Doubt(code="timing.date_order", message=message))
        for row in rows:
            _with_hour(row, role)
    return list(dict.fromkeys(doubts))


_ODD_DATES, _ODD_DAYS = 5, 4
"""So many true dates, of so many different days, are hardly all in the first twelve days of a month by chance."""


def _is_odd(dated: Sequence[BodyRow], role: Role) -> bool:
    days = [_first(row, role) for row in dated]
    return len(days) >= _ODD_DATES and max(days) <= _MONTHS and len(set(days)) >= _ODD_DAYS


def _parts(row: BodyRow, role: Role) -> re.Match[str] | None:
    return _DATE.fullmatch(squeeze(row.values.get(role, "")))


def _first(row: BodyRow, role: Role) -> int:
    found = _parts(row, role)
    return int(found["first"]) if found else 0


def _second(row: BodyRow, role: Role) -> int:
    found = _parts(row, role)
    return int(found["second"]) if found else 0


def _either(rows: Iterable[BodyRow], role: Role) -> list[BodyRow]:
    """Rows whose date is another valid one when turned round."""
    return [
        row
        for row in rows
        if max(_first(row, role), _second(row, role)) <= _MONTHS and _first(row, role) != _second(row, role)
    ]


def _turn(row: BodyRow, role: Role, why: str) -> bool:
    found = _parts(row, role)
    if found is None or int(found["first"]) > _MONTHS or found["first"] == found["second"]:
        return False
    row.values[role] = f"{int(found['second']):02d}/{int(found['first']):02d}/{found['year']}"
    message = f"Ô ghi “{found.group()}” được hiểu là ngày {row.values[role]} vì {why}; hãy xác nhận."
    row.doubts.append(Doubt(code="timing.date_order", message=message))
    return True


def _ask(row: BodyRow, role: Role, why: str) -> None:
    found = _parts(row, role)
    if found is not None:
        message = (
            f"Chưa rõ “{found.group()}” là ngày {found['first']} hay ngày {found['second']} vì {why}; hãy xác nhận."
        )
        row.doubts.append(Doubt(code="timing.date_order", message=message))


def _told(changed: Sequence[BodyRow], why: str) -> list[Doubt]:
    if not changed:
        return []
    message = f"{len(changed)} thời hạn được đọc lại vì {why}; hãy đối chiếu với tệp gốc."
    return [Doubt(code="timing.date_order", message=message)]


def _with_hour(row: BodyRow, role: Role) -> None:
    """Write a date with an hour in the words of a plan."""
    if found := _MOMENT.fullmatch(squeeze(row.values.get(role, ""))):
        day, hour, minute = found.groups()
        row.values[role] = f"{int(hour)} giờ {minute} ngày {day}"
