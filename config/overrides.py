"""The office's own days off and make-up days, as entries that can be added and taken away, and as the file's text.

The file stays the truth and stays readable by hand: one line an entry, by year. Lines
of comment above the first entry are kept. Dates are calendar days in Asia/Ho_Chi_Minh.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, takewhile

from config.toml_files import faults, parse_toml, syntax_fault
from config.working_days import WorkingDaysError, YearTables

LONGEST = 92
"""Days in one entry: a longer one is a mistyped year (the same limit as in the file)."""


@dataclass(frozen=True, slots=True, order=True)
class Override:
    """The days `first` to `last`, off or worked (làm bù), on what occasion (`label`), by which document (`source`)."""

    first: date
    last: date
    works: bool
    label: str
    source: str

    @property
    def words(self) -> str:
        """ "nghỉ 02/01/2026", "làm việc 10/01/2026"."""
        kind = "làm việc" if self.works else "nghỉ"
        return f"{kind} {self.first:%d/%m/%Y}" + (f" đến {self.last:%d/%m/%Y}" if self.last > self.first else "")

    @property
    def key(self) -> str:
        """Its name in a form: kind and days."""
        return f"{'work' if self.works else 'off'}:{self.first.isoformat()}:{self.last.isoformat()}"

    def by_year(self) -> Iterator["Override"]:
        """The same days, each entry inside one year: so the file has its tables."""
        for year in range(self.first.year, self.last.year + 1):
            first, last = max(self.first, date(year, 1, 1)), min(self.last, date(year, 12, 31))
            yield replace(self, first=first, last=last)


def check_working_days(text: str) -> tuple[str, ...]:
    """Every fault in a text of an own file, one sentence each; none: it can be used."""
    try:
        return faults(YearTables, parse_toml(text), text)
    except tomllib.TOMLDecodeError as error:
        return (syntax_fault(error),)


def overrides_in(text: str) -> list[Override]:
    """The entries of a text, in order of their days. Raises WorkingDaysError for a text that cannot be used."""
    if problems := check_working_days(text):
        raise WorkingDaysError(f"Tệp ngày nghỉ, ngày làm bù không dùng được. {problems[0]}")
    found = []
    for table in YearTables.model_validate(parse_toml(text)).years.values():
        for works, entries in ((False, table.off), (True, table.work)):
            for entry in entries:
                days = entry.days()
                found.append(Override(days[0], days[-1], works, entry.label, entry.source or table.source))
    return sorted(found)


def with_override(text: str, new: Override) -> str:
    """The text with one entry more. Raises WorkingDaysError saying why it cannot be added."""
    if not 0 <= (new.last - new.first).days < LONGEST:
        raise WorkingDaysError(f"Đợt {new.words} có ngày cuối trước ngày đầu hoặc dài quá {LONGEST} ngày.")
    if not (new.label and new.source):
        raise WorkingDaysError("Hãy ghi dịp nghỉ (hoặc làm bù) và số, ký hiệu, ngày của văn bản làm căn cứ.")
    there = overrides_in(text)
    for old in there:
        if old.first <= new.last and new.first <= old.last:
            raise WorkingDaysError(f"Tệp đã có “{old.words} ({old.label})” trùng ngày; hãy bỏ mục đó trước.")
    return as_text([*there, *new.by_year()], _head_of(text))


def without_override(text: str, key: str) -> str:
    """The text without the entry of that key. Raises WorkingDaysError when there is none."""
    there = overrides_in(text)
    left = [one for one in there if one.key != key]
    if len(left) == len(there):
        raise WorkingDaysError("Không có mục này trong tệp ngày nghỉ, ngày làm bù của cơ quan.")
    return as_text(left, _head_of(text))


def as_text(overrides: Iterable[Override], head: str = "") -> str:
    """The file's text of these entries."""
    parts = [head.rstrip("\n")] if head.strip() else []
    for year, of_year in groupby(sorted(overrides), key=lambda one: one.first.year):
        entries = list(of_year)
        lines = [f"[years.{year}]", f"source = {_quoted(entries[0].source)}"]
        for name, works in (("off", False), ("work", True)):
            lines += _array(name, [one for one in entries if one.works is works])
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n" if parts else ""


def _array(name: str, entries: Sequence[Override]) -> list[str]:
    return [f"{name} = [", *(f"    {_entry(one)}," for one in entries), "]"] if entries else []


def _entry(one: Override) -> str:
    stretch = one.last > one.first
    days = f"from = {one.first.isoformat()}, to = {one.last.isoformat()}" if stretch else f"date = {one.first}"
    return f"{{ {days}, label = {_quoted(one.label)}, source = {_quoted(one.source)} }}"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _head_of(text: str) -> str:
    """The comment above the first entry."""
    lines = takewhile(lambda line: not line.strip() or line.lstrip().startswith("#"), text.splitlines())
    return "\n".join(lines)
