"""The office's policy: ladder, mail, states and reporting periods, from `policy.toml` and the office's own file.

Plain values only; `services.policy` turns them into those of the rules. The own file is
laid over the shipped one table by table, so it says only what differs.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, Strict, model_validator

from config.toml_files import (
    ConfigError,
    DayRange,
    Table,
    faults,
    parse_toml,
    read_toml,
    syntax_fault,
    validated,
)

SHIPPED = Path(__file__).with_name("policy.toml")
_WHAT = "tệp quy định đôn đốc"
_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


class PolicyError(ConfigError):
    """A policy file cannot be used. One Vietnamese sentence: what, where, what to do."""


def _iso_weekday(value: object) -> int:
    """ "thứ hai" is ISO weekday 1: names, because "thứ 2" is Monday to a reader and Tuesday to a counter."""
    name = value.strip().lower() if isinstance(value, str) else None
    if name not in _WEEKDAYS:
        raise ValueError(f"phải là một trong: {', '.join(_WEEKDAYS)}")
    return _WEEKDAYS.index(name) + 1


def _clock(value: object) -> time:
    """An hour of the day as people write it: "07:30", "7:30", "7h30"."""
    found = re.fullmatch(r"(\d{1,2})[:hH](\d{2})?", value.strip()) if isinstance(value, str) else None
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise ValueError("phải là giờ viết theo dạng “07:30”")
    return time(hour, minute)


def _since(value: object) -> object:
    """TOML has no empty value: `false` says never."""
    return None if value is False else value


Whole = Annotated[int, Strict()]
Offset = Annotated[Whole, Field(ge=-366, le=366)]
Weekday = Annotated[int, BeforeValidator(_iso_weekday)]
Since = Annotated[Offset | None, BeforeValidator(_since)]


class Ladder(Table):
    """When and whom to remind: days from the last day in time. `head_from`, `leader_from` None: never."""

    rungs: Annotated[tuple[Offset, ...], Field(min_length=1, max_length=60)]
    repeat_every_days: Annotated[Whole, Field(ge=0, le=366)]
    head_from: Since
    leader_from: Since
    coordinator_rungs: tuple[Offset, ...]

    @model_validator(mode="after")
    def _rungs_are_told_apart(self) -> Self:
        if len(set(self.rungs)) < len(self.rungs):
            raise ValueError("ghi một mốc hai lần ở “rungs”")
        unknown = sorted(set(self.coordinator_rungs) - set(self.rungs))
        if unknown:
            raise ValueError(f"có mốc {unknown[0]} ở “coordinator_rungs” nhưng không có ở “rungs”")
        return self


class Mail(Table):
    """The morning's digest. Weekdays are ISO (Monday 1); the hour is in Asia/Ho_Chi_Minh."""

    digest_hour: Annotated[time, BeforeValidator(_clock)]
    quiet_weekdays: frozenset[Weekday]
    quiet_days: tuple[DayRange, ...]
    ask_weekday: Weekday
    weekly_summary: bool

    @model_validator(mode="after")
    def _some_day_is_left(self) -> Self:
        if self.quiet_weekdays >= {1, 2, 3, 4, 5}:
            raise ValueError("không còn ngày làm việc nào để gửi thư ở “quiet_weekdays”")
        return self

    @property
    def quiet_dates(self) -> frozenset[date]:
        """All quiet days."""
        return frozenset(day for stretch in self.quiet_days for day in stretch.days())


class States(Table):
    """Days before the last day from which an item is "sắp đến hạn"."""

    soon_days: Annotated[Whole, Field(ge=0, le=366)]


class EvidenceRules(Table):
    """What a unit must bring with "done" (`required`), and how completely a document is named."""

    required: bool
    complete_references: bool


class ClosingDays(Table):
    """On which days of the month a report closes and leaves, `sending_months_after` months after its last one."""

    cut_off_day: Annotated[Whole, Field(ge=1, le=31)]
    sending_day: Annotated[Whole, Field(ge=1, le=31)]
    sending_months_after: Annotated[Whole, Field(ge=0, le=3)]

    @model_validator(mode="after")
    def _sent_after_it_is_closed(self) -> Self:
        if (self.sending_months_after, self.sending_day) < (0, self.cut_off_day):
            raise ValueError("có ngày gửi báo cáo trước ngày chốt số liệu")
        return self


class Quarters(ClosingDays):
    """Which of the four quarters have a report of their own, and their days."""

    quarters: frozenset[Annotated[Whole, Field(ge=1, le=4)]]


class Months(ClosingDays):
    """A report of a month or of several, and its days."""

    enabled: bool


class Week(Table):
    """A weekly report, and its weekdays (ISO)."""

    enabled: bool
    cut_off_weekday: Weekday
    sending_weekday: Weekday
    sending_weeks_after: Annotated[Whole, Field(ge=0, le=3)]

    @model_validator(mode="after")
    def _sent_after_it_is_closed(self) -> Self:
        if (self.sending_weeks_after, self.sending_weekday) < (0, self.cut_off_weekday):
            raise ValueError("có ngày gửi báo cáo trước ngày chốt số liệu")
        return self


class Collect(Table):
    """Working days: before the cut-off until units are first asked, and after the communes' sending day until the

    consolidated report of the authority above them leaves.
    """

    open_working_days: Annotated[Whole, Field(ge=1, le=60)]
    consolidate_working_days: Annotated[Whole, Field(ge=1, le=60)]


class Reports(Table):
    """The reporting periods an office has, and how it collects."""

    week: Week
    month: Months
    quarter: Quarters
    half: Months
    nine_months: Months
    year: Months
    collect: Collect


class Recipient(Table):
    """A line of "Nơi nhận", and the mailbox to which the report is sent, if any."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    mail: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)] | None = None


class Official(Table):
    """What stands around the text of the office's documents (Decree 30/2020/NĐ-CP).

    `deputy_signature` are the lines of authority where a deputy signs for the head (annex I, part II, 7: "KT.").
    """

    symbol: Annotated[str, Field(min_length=1, max_length=40)]
    above: str
    addressees: tuple[str, ...]
    signature: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
    signer: str
    deputy_signature: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
    recipients: tuple[Recipient, ...]
    archive: str


class Policy(Table):
    """The whole policy."""

    ladder: Ladder
    mail: Mail
    states: States
    evidence: EvidenceRules
    reports: Reports
    official: Official


def load_policy(own_file: Path | None = None) -> Policy:
    """The policy, with what `own_file` says laid over the shipped one. Raises PolicyError."""
    try:
        content = read_toml(SHIPPED, _WHAT)
        if own_file is not None:
            content = _laid_over(content, read_toml(own_file, _WHAT))
        return validated(Policy, content, own_file or SHIPPED, _WHAT)
    except ConfigError as error:
        raise PolicyError(str(error)) from None


def check_policy(own_text: str) -> tuple[Policy | None, tuple[str, ...]]:
    """The policy that a text of an own file would make, or every fault in it: one sentence each, with its line.

    The same checks as `load_policy`, before the text stands in any file.
    """
    try:
        content = _laid_over(read_toml(SHIPPED, _WHAT), parse_toml(own_text))
    except tomllib.TOMLDecodeError as error:
        return None, (syntax_fault(error),)
    found = faults(Policy, content, own_text)
    return (None, found) if found else (Policy.model_validate(content), ())


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged, anything else replaces what was there."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _laid_over(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged
