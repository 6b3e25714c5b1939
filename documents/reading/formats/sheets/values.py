"""Values of sheet cells as the office sees them: dates, percents, whole numbers."""

import re
from datetime import date, datetime, time, timedelta

Value = str | float | bool | date | datetime | time | timedelta

_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DECIMALS = re.compile(r"0\.(0+)")
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_FIRST_DAY = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - a sheet knows no time zone
_LAST_SERIAL = 2_958_466  # 01/01/10000
_LEAP_ERROR = 61  # Excel counts a 29/02/1900 that never was


def is_date(number_format: int, code: str) -> bool:
    """Whether a number format shows a date or a time."""
    if number_format in _BUILT_IN_DATES and not code:
        return True
    bare = _QUOTED.sub("", code.partition(";")[0]).lower()
    return (
        bool(bare) and bare != "general" and any(letter in bare for letter in "dmyh") and "0" not in bare.rstrip("0.")
    )


def is_elapsed(code: str) -> bool:
    """Whether a number format shows how long something takes ("[h]:mm")."""
    return _ELAPSED.search(code) is not None


def from_serial(serial: float, since_1904: bool) -> datetime | time | None:
    """The moment of a serial number; a time of day below 1; None beyond what dates reach."""
    if not 0 <= serial < _LAST_SERIAL:
        return None
    if not since_1904 and serial < _LEAP_ERROR:
        serial += serial >= 1
    moment = _FIRST_DAY[since_1904] + timedelta(seconds=round(serial * 86_400))
    return moment.time() if serial < 1 and not since_1904 else moment


def shown(value: Value, form: str = "") -> str:
    """A value as text: dates dd/mm/yyyy, whole numbers without ".0", and percents where the cell is formatted so."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(float(value), _QUOTED.sub("", form.partition(";")[0]))
    if isinstance(value, (date, time)):
        return _moment(value, _QUOTED.sub("", form.partition(";")[0]).lower())
    hours, seconds = divmod(int(value.total_seconds()), 3600)
    return f"{hours}:{seconds // 60:02d}"


def _number(value: float, form: str) -> str:
    percent = "%" in form
    if percent:
        value = round(value * 100, 10)
    if form and (percent or set(form) <= set("0#.,")):
        decimals = _DECIMALS.search(form)
        places = len(decimals[1]) if decimals else 0
        if places or value == int(value):
            return f"{value:.{places}f}" + "%" * percent
    text = f"{value:.15g}"
    if "e" in text and abs(value) < 1e21:
        text = f"{value:.15f}".rstrip("0").rstrip(".")
    return text + "%" * percent


def _moment(value: date | time, form: str) -> str:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if form and "d" not in form and "y" in form:
        return value.strftime("%m/%Y") if "m" in form else value.strftime("%Y")
    if isinstance(value, datetime) and (value.hour or value.minute):
        return value.strftime("%d/%m/%Y %H:%M")
    return value.strftime("%d/%m/%Y")
