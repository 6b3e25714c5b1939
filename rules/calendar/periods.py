"""Reporting periods (kỳ báo cáo). All dates are calendar days in Asia/Ho_Chi_Minh."""

# Which days a report covers, when it closes and when it is sent. Decree 09/2019/NĐ-CP, Art. 12: the month runs
# from the 15th of the month before to its 14th, the quarter from the 15th of the month before it to the 14th of
# its last month, likewise 6 months, 9 months and the year. Reform reports (581/BNV-CCHC) are four a year: Quý I,
# 6 tháng, Quý III and Năm. Cut-off and sending days differ by province, so they are settings. A week is an ISO
# week closed on a weekday.

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

ROMAN = ("", "I", "II", "III", "IV")


class PeriodKind(StrEnum):
    """The kinds of reporting period; the value names its table in `config/policy.toml`."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    NINE_MONTHS = "nine_months"
    YEAR = "year"


MONTHS_OF = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF: 6,
    PeriodKind.NINE_MONTHS: 9,
    PeriodKind.YEAR: 12,
}
"""How many months a period of the kind covers."""

DISJOINT = (PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
"""Kinds of which each day has exactly one period; of 6 and 9 months, cumulative from the year's start, at most one."""


@dataclass(frozen=True, slots=True)
class Closing:
    """When a kind of period closes and its report is sent."""

    # `cut_off` is the last day whose figures count, `sending` the day the report leaves, `months_after` months
    # after the period's last one. Days of the month, 31 meaning the last; for weeks ISO weekdays, and
    # `months_after` then counts weeks.

    cut_off: int = 14
    sending: int = 20
    months_after: int = 0


@dataclass(frozen=True, slots=True)
class Scheme:
    """The reports an office makes."""

    # Days for each kind, and which of them it makes (`reports`, by kind and number).

    closings: tuple[tuple[PeriodKind, Closing], ...] = ((PeriodKind.WEEK, Closing(5, 5, 0)),)
    reports: frozenset[tuple[PeriodKind, int]] = frozenset(
        {(PeriodKind.QUARTER, 1), (PeriodKind.HALF, 1), (PeriodKind.QUARTER, 3), (PeriodKind.YEAR, 1)}
    )
    every_month: bool = False
    every_week: bool = False
    _by_kind: dict[PeriodKind, Closing] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_kind.update(self.closings)

    def closing(self, kind: PeriodKind) -> Closing:
        """The closing of a kind; the Decree's 14th, sent on the 20th, unless set."""
        return self._by_kind.get(kind) or (Closing(5, 5, 0) if kind is PeriodKind.WEEK else Closing())

    def makes(self, kind: PeriodKind, number: int) -> bool:
        """Whether the office makes this report."""
        if kind is PeriodKind.WEEK:
            return self.every_week
        return self.every_month if kind is PeriodKind.MONTH else (kind, number) in self.reports


REFORM = Scheme()
"""The four reform reports with the days of Decree 09/2019/NĐ-CP."""


@dataclass(frozen=True, slots=True)
class Period:
    """One reporting period."""

    # Figures of `first_day` to `cut_off`, both included; the report leaves on `sending_day`. `sending_day` is the
    # day as set; an office closed on it sends on the working day before.

    key: str
    kind: PeriodKind
    year: int
    number: int
    label: str
    first_day: date
    cut_off: date
    sending_day: date


@dataclass(frozen=True, slots=True)
class ReviewWindow:
    """A stretch of days whose standing duties are looked at in the report `key`."""

    key: str
    label: str
    first_day: date
    last_day: date


_KEYS = (
    (re.compile(r"^(\d{4})-W(\d{2})$"), PeriodKind.WEEK),
    (re.compile(r"^(\d{4})-Q([1-4])$"), PeriodKind.QUARTER),
    (re.compile(r"^(\d{4})-6M$"), PeriodKind.HALF),
    (re.compile(r"^(\d{4})-9M$"), PeriodKind.NINE_MONTHS),
    (re.compile(r"^(\d{4})-(\d{2})$"), PeriodKind.MONTH),
    (re.compile(r"^(\d{4})$"), PeriodKind.YEAR),
)


def parse_period(key: str, scheme: Scheme = REFORM) -> Period:
    """The period a key names: 2025-Q1, 2025-6M, 2025-Q3, 2025-9M, 2025, 2025-09, 2025-W38.

    Raises ValueError with one Vietnamese sentence when there is no such period.
    """
    for pattern, kind in _KEYS:
        if found := pattern.match(key.strip().upper()):
            year = int(found[1])
            number = int(found[2]) if pattern.groups > 1 else 1
            if 1900 <= year <= 9000 and 1 <= number <= _count(kind, year):
                return period_of(kind, year, number, scheme)
    raise ValueError(
        f"Không có kỳ báo cáo “{key}”. Viết theo một trong các dạng: "
        "2025-Q1, 2025-6M, 2025-Q3, 2025-9M, 2025, 2025-09 (tháng), 2025-W38 (tuần)."
    )


def period_of(kind: PeriodKind, year: int, number: int = 1, scheme: Scheme = REFORM) -> Period:
    """The `number`-th period of a kind in a year (weeks: the ISO week)."""
    closing = scheme.closing(kind)
    key, label = _names(kind, year, number)
    if kind is PeriodKind.WEEK:
        cut_off = date.fromisocalendar(year, number, closing.cut_off)
        sending = date.fromisocalendar(year, number, closing.sending) + timedelta(weeks=closing.months_after)
        return Period(key, kind, year, number, label, cut_off - timedelta(days=6), cut_off, sending)
    months = MONTHS_OF[kind]
    before = _day_of(year, (number - 1) * months, closing.cut_off)
    cut_off = _day_of(year, number * months, closing.cut_off)
    sending = _day_of(year, number * months + closing.months_after, closing.sending)
    return Period(key, kind, year, number, label, before + timedelta(days=1), cut_off, sending)


def periods_of_year(
    year: int, kinds: Iterable[PeriodKind] | None = None, scheme: Scheme = REFORM
) -> tuple[Period, ...]:
    """All periods of the kinds in a year, by cut-off, shorter first."""
    # Without kinds those the office reports on.
    every = (period_of(kind, year, n, scheme) for kind in PeriodKind for n in range(1, _count(kind, year) + 1))
    wanted = None if kinds is None else frozenset(kinds)
    chosen = [p for p in every if (scheme.makes(p.kind, p.number) if wanted is None else p.kind in wanted)]
    return tuple(sorted(chosen, key=lambda period: (period.cut_off, -period.first_day.toordinal())))


@lru_cache(maxsize=256)
def review_windows(year: int, scheme: Scheme = REFORM) -> tuple[ReviewWindow, ...]:
    """The consecutive windows in which standing duties are reviewed, one for each report of the year."""
    # Reports of 6 months and the year cover earlier ones; a duty is reviewed only for the days since the report
    # before: …→14/3, 15/3→14/6, 15/6→14/9, 15/9→14/12. Weeks and months are too short for a review of standing
    # duties, unless nothing longer is reported.
    last_before = _reviewed(year - 1, scheme)[-1].cut_off
    windows = []
    for period in _reviewed(year, scheme):
        windows.append(ReviewWindow(period.key, period.label, last_before + timedelta(days=1), period.cut_off))
        last_before = period.cut_off
    return tuple(windows)


def _reviewed(year: int, scheme: Scheme) -> list[Period]:
    # The reports that review standing duties; of several ending in one month the longest (6 tháng, not Quý II).
    made = [p for p in periods_of_year(year, scheme=scheme) if p.kind not in (PeriodKind.WEEK, PeriodKind.MONTH)]
    if not made:
        kind = PeriodKind.MONTH if scheme.every_month else PeriodKind.YEAR
        made = list(periods_of_year(year, [kind], scheme))
    by_month: dict[int, Period] = {}
    for period in sorted(made, key=lambda p: MONTHS_OF[p.kind]):
        by_month[period.number * MONTHS_OF[period.kind]] = period
    return [by_month[month] for month in sorted(by_month)]


def _count(kind: PeriodKind, year: int) -> int:
    # How many periods of a kind a year has.
    if kind is PeriodKind.WEEK:
        return date(year, 12, 28).isocalendar().week
    return {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4}.get(kind, 1)


def _day_of(year: int, month: int, day: int) -> date:
    # A day of the `month`-th month counted from January of `year` (0: December before); 31 is the last day.
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def _names(kind: PeriodKind, year: int, number: int) -> tuple[str, str]:
    # Key and Vietnamese label of a period.
    match kind:
        case PeriodKind.WEEK:
            return f"{year}-W{number:02}", f"Tuần {number}/{year}"
        case PeriodKind.MONTH:
            return f"{year}-{number:02}", f"Tháng {number}/{year}"
        case PeriodKind.QUARTER:
            return f"{year}-Q{number}", f"Quý {ROMAN[number]}/{year}"
        case PeriodKind.HALF:
            return f"{year}-6M", f"6 tháng đầu năm {year}"
        case PeriodKind.NINE_MONTHS:
            return f"{year}-9M", f"9 tháng đầu năm {year}"
        case PeriodKind.YEAR:
            return f"{year}", f"Năm {year}"
