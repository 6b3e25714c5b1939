"""Figures that a score is computed from: what a unit reports of each criterion, as values.

A figure may be written short: a number (value, points by hand, or days late, as the
rule asks), "18/20" (part of a whole), a word (a case, or "không áp dụng"), true or false.
Numbers in text are read as people type them (`rules.numbers`): "1.234" is a thousand and
more, but where only per cents or points can stand.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from rules.base import Value
from rules.numbers import read_signed, read_small
from rules.plan.unit_names import fold
from rules.scoring.criteria.rules import (
    Amount,
    BandsRule,
    BonusRule,
    CasesRule,
    ConditionalRule,
    LateRule,
    ManualRule,
    PenaltyRule,
    RatioRule,
    Rule,
    Words,
    read_decimal,
)
from rules.scoring.criteria.sets import CriteriaSet, Lines

_SHARE = re.compile(r"^\s*([\d.,\s]+)\s*/\s*([\d.,\s]+)\s*$")
_NOT_APPLICABLE = {"khong ap dung", "khong phat sinh", "not_applicable", "n/a"}
_NUMBERS = ("value", "part", "whole", "days_late", "average", "count", "score")
_YES = {"co", "dat", "dung", "yes", "true", "x"}
_NO = {"khong", "khong dat", "chua dat", "sai", "no", "false"}


def _positive(value: Any) -> Decimal:
    number = read_decimal(value)
    if number < 0:
        raise ValueError(f"số “{value}” không được âm")
    return number


Positive = Annotated[Decimal, BeforeValidator(_positive)]


class Entry(Value):
    """What is known of one leaf. Unknown is None: nothing is guessed.

    `value` a rate or number; `part` of `whole`; `case` a named case; `passed`;
    `condition` whether a conditional rule's condition holds; `days_late` (0: in time);
    `average` for a relative rule; `count` for bonus and penalty; `score` by hand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Positive | None = None
    part: Positive | None = None
    whole: Positive | None = None
    case: Words | None = None
    passed: bool | None = None
    condition: bool | None = None
    days_late: Positive | None = None
    average: Positive | None = None
    count: Positive | None = None
    score: Amount | None = None
    not_applicable: bool = False
    reason: Words = ""
    evidence: Lines = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.part is None) != (self.whole is None):
            raise ValueError("cần cả số thực hiện (part) và tổng số (whole)")
        if self.part is not None and self.value is not None:
            raise ValueError("chỉ ghi value, hoặc part và whole")
        if self.not_applicable and self.has_figure:
            raise ValueError("ghi không áp dụng nhưng lại có số liệu; bỏ một trong hai")
        return self

    @property
    def has_figure(self) -> bool:
        """Whether anything to score was given."""
        given = (self.value, self.part, self.case, self.passed, self.days_late, self.count, self.score, self.condition)
        return any(one is not None for one in given)


NOTHING = Entry()
"""A leaf of which nothing is known."""


class Figures(Value):
    """Figures of a set, by the leaf's code. With `require_evidence` a leaf without evidence gets no points."""

    criteria: Words = ""
    year: int | None = None
    authority: Words = ""
    require_evidence: bool = False
    figures: dict[str, Entry] = Field(default_factory=dict)


def read_entry(raw: Any, rule: Rule) -> Entry:
    """A figure written short or in full, as the rule understands it. Raises ValueError or pydantic.ValidationError."""
    if raw is None or raw == "":
        return NOTHING
    if isinstance(raw, Entry):
        return raw
    if isinstance(raw, dict):
        return Entry.model_validate({name: _typed(value, name, rule) for name, value in raw.items()})
    if isinstance(raw, bool):
        return Entry(condition=raw) if isinstance(rule, ConditionalRule) else Entry(passed=raw)
    if isinstance(raw, (int, float, Decimal)):
        return Entry.model_validate({_number_field(rule): raw})
    if isinstance(raw, str):
        return _from_text(raw.strip(), rule)
    raise ValueError("không đúng dạng; ghi một số, “18/20”, tên trường hợp, true/false hoặc các mục có tên")


def _from_text(text: str, rule: Rule) -> Entry:
    folded = fold(text)
    if folded in _NOT_APPLICABLE:
        return Entry(not_applicable=True)
    if isinstance(rule, CasesRule):
        return Entry(case=text)
    if share := _SHARE.match(text):
        return Entry.model_validate({"part": _typed(share[1], "part", rule), "whole": _typed(share[2], "whole", rule)})
    if folded in _YES | _NO:
        field = "condition" if isinstance(rule, ConditionalRule) else "passed"
        return Entry.model_validate({field: folded in _YES})
    name = _number_field(rule)
    return Entry.model_validate({name: _typed(text.removesuffix("%").strip(), name, rule)})


def _typed(value: Any, name: Any, rule: Rule) -> Any:
    """The number in a text typed by a person; whatever is none is left for the checks to name."""
    if name not in _NUMBERS or not isinstance(value, str):
        return value
    small = name == "score" or (name == "value" and isinstance(rule, (BandsRule, RatioRule)) and rule.unit == "%")
    number = (read_small if small else read_signed)(value)
    return value if number is None else number


def _number_field(rule: Rule) -> str:
    """What a bare number means to a rule."""
    match rule:
        case ManualRule():
            return "score"
        case LateRule():
            return "days_late"
        case BonusRule() | PenaltyRule():
            return "count"
        case _:
            return "value"


def unknown_codes(criteria: CriteriaSet, codes: Iterable[str]) -> list[str]:
    """Codes of figures that are no leaf of the set."""
    return [code for code in codes if code not in criteria.by_code]
