"""Public holidays and swapped working days, as plain dates.

From the PyPI package `holidays` (Labour Code 2019, Art. 112, lunar days included),
corrected by `working_days.toml` and then by the office's own file: each year's swaps
are decided by a notice that the package may not know (0.109 is wrong on 2026-01-02
and 2026-01-10). Dates are calendar days in Asia/Ho_Chi_Minh.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from config.toml_files import ConfigError, DayRange, Table, parse_toml, read_toml, validated

SHIPPED = Path(__file__).with_name("working_days.toml")
FIRST_YEAR, LAST_YEAR = 2015, 2050
"""The span of years prepared: plans of the past are imported too, programmes run to 2045."""

_WHAT = "tệp ngày nghỉ, ngày làm bù"
_SOURCE = "Bộ luật Lao động 2019, Điều 112 (theo gói “holidays”)"


class WorkingDaysError(ConfigError):
    """A table of working days cannot be used. One Vietnamese sentence: what, where, what to do."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not what its weekday says: off, or worked (làm bù), by `source`."""

    day: date
    works: bool
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """All special days of a span of years, and the years whose yearly notice was entered."""

    days: tuple[SpecialDay, ...]
    override_years: frozenset[int]

    @property
    def off(self) -> frozenset[date]:
        """Days without work."""
        return frozenset(special.day for special in self.days if not special.works)

    @property
    def worked(self) -> frozenset[date]:
        """Days of work although the weekday is a rest day."""
        return frozenset(special.day for special in self.days if special.works)

    def missing_override_years(self, years: Iterable[int]) -> tuple[int, ...]:
        """Those of the years that have no table yet: usable, but swapped days are not known."""
        return tuple(sorted(set(years) - self.override_years))


class Entry(DayRange):
    """One line of a table."""

    label: Annotated[str, Field(min_length=1)]
    source: str | None = None


class YearTable(Table):
    """One year's days, and the document that decides them."""

    source: Annotated[str, Field(min_length=1)]
    off: tuple[Entry, ...] = ()
    work: tuple[Entry, ...] = ()


class YearTables(Table):
    """A whole file: one table a year."""

    years: dict[Annotated[int, Field(ge=1990, le=2100)], YearTable] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _days_stand_in_their_year(self) -> Self:
        for year, table in self.years.items():
            for entry in (*table.off, *table.work):
                wrong = next((day for day in entry.days() if day.year != year), None)
                if wrong:
                    raise ValueError(f"ngày {wrong:%d/%m/%Y} nằm trong bảng của năm {year}")
            both = {d for e in table.off for d in e.days()} & {d for e in table.work for d in e.days()}
            if both:
                raise ValueError(f"ngày {min(both):%d/%m/%Y} vừa là ngày nghỉ vừa là ngày làm bù")
        return self

    def special_days(self) -> Iterator[SpecialDay]:
        """Every day of every table."""
        for table in self.years.values():
            for works, entries in ((False, table.off), (True, table.work)):
                for entry in entries:
                    for day in entry.days():
                        yield SpecialDay(day, works, entry.label, entry.source or table.source)


def load_special_days(
    own_file: Path | None = None, first: int = FIRST_YEAR, last: int = LAST_YEAR, *, own_text: str | None = None
) -> SpecialDays:
    """The special days of the years `first` to `last`; what `own_file` says comes before everything else.

    `own_text` stands for an own file that is not (yet) there. Raises WorkingDaysError.
    """
    known = {special.day: special for special in _by_law(first, last)}
    years: set[int] = set()
    own = [_tables(own_file)] if own_file is not None else []
    if own_text is not None:
        own.append(validated(YearTables, parse_toml(own_text), Path(), _WHAT))
    for tables in (_tables(SHIPPED), *own):
        years.update(tables.years)
        known.update((special.day, special) for special in tables.special_days())
    return SpecialDays(tuple(known[day] for day in sorted(known)), frozenset(years))


def _by_law(first: int, last: int) -> Iterator[SpecialDay]:
    """What the package knows. It costs 0.1 s to import, so only where working days are asked for."""
    from holidays import country_holidays

    known = country_holidays("VN", years=range(first, last + 1), language="vi")
    for day, name in known.items():
        yield SpecialDay(day, False, name, _SOURCE)
    for day in known.weekend_workdays:
        yield SpecialDay(day, True, "Làm bù", _SOURCE)


def _tables(path: Path) -> YearTables:
    try:
        return validated(YearTables, read_toml(path, _WHAT), path, _WHAT)
    except ConfigError as error:
        raise WorkingDaysError(str(error)) from None
