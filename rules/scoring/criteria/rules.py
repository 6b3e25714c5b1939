"""How a criterion is scored: kinds of rules as data.

The names in a criteria file are those of the fields here. Points and figures are
exact decimals; a comma or a dot begins the decimals. Sources of the kinds: the
sets of criteria described in the facts of the field (bands, named cases, ratio to
a target, pass or fail, conditional, not applicable, bonus, penalty with a floor,
a point off per day late, relative to an average, by hand).
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from rules.base import Value

LIMIT = Decimal(10) ** 12
SMALLEST = -6


def read_decimal(value: Any) -> Decimal:
    """A number of stored data or YAML, exactly.

    A comma or a dot begins the decimals. Raises ValueError with a Vietnamese reason.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise ValueError("phải là một số")
    text = str(value).strip().replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"“{value}” không phải là số; viết như 4,5 hoặc 4.5, không tách hàng nghìn") from None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(number) > LIMIT or exponent < SMALLEST:
        raise ValueError(f"số “{value}” quá lớn hoặc có quá 6 chữ số thập phân")
    return number


def read_points(value: Any) -> Decimal:
    """Points: a number from 0 to 1,000 with at most 4 decimals."""
    number = read_decimal(value)
    if not 0 <= number <= 1000 or number != round(number, 4):
        raise ValueError(f"điểm “{value}” phải từ 0 đến 1000, nhiều nhất 4 chữ số thập phân")
    return number


Amount = Annotated[Decimal, BeforeValidator(read_decimal)]
Points = Annotated[Decimal, BeforeValidator(read_points)]
Words = Annotated[str, Field(max_length=4_000)]


class RoundingMode(StrEnum):
    """How points are rounded."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


class Rounding(Value):
    """Decimals of points and how they are rounded."""

    places: Annotated[int, Field(ge=0, le=4)] = 2
    mode: RoundingMode = RoundingMode.HALF_UP


class WhenNone(StrEnum):
    """What a rate is worth when nothing arose."""

    ZERO = "zero"
    FULL = "full"
    NOT_APPLICABLE = "not_applicable"


class Band(Value):
    """A stretch of values and its points; `from`, `to` inside."""

    model_config = ConfigDict(populate_by_name=True)

    lowest: Amount | None = Field(default=None, alias="from")
    over: Amount | None = None
    below: Amount | None = None
    highest: Amount | None = Field(default=None, alias="to")
    points: Points

    @model_validator(mode="after")
    def _has_ends(self) -> Self:
        if self.lowest is not None and self.over is not None:
            raise ValueError("nhóm chỉ ghi một trong hai: from (từ) hoặc over (trên)")
        if self.below is not None and self.highest is not None:
            raise ValueError("nhóm chỉ ghi một trong hai: below (dưới) hoặc to (đến)")
        if self.start is None and self.end is None:
            raise ValueError("nhóm chưa ghi từ đâu đến đâu (from, over, below, to)")
        if self.start is not None and self.end is not None:
            alone = self.lowest is not None and self.highest is not None
            if self.end < self.start or (self.end == self.start and not alone):
                raise ValueError("nhóm có cận trên không lớn hơn cận dưới")
        return self

    @property
    def start(self) -> Decimal | None:
        """The lower end, inside or outside; None: no end."""
        return self.lowest if self.lowest is not None else self.over

    @property
    def end(self) -> Decimal | None:
        """The upper end, inside or outside; None: no end."""
        return self.highest if self.highest is not None else self.below

    def holds(self, value: Fraction) -> bool:
        """Whether a value lies in the band, exactly."""
        if self.start is not None and (value < self.start or (self.over is not None and value == self.over)):
            return False
        return self.end is None or value < self.end or (self.highest is not None and value == self.highest)


class BandsRule(Value):
    """Points by the band of a value or rate.

    `unit` is "%" for a rate; `measure` is what is counted.
    """

    type: Literal["bands"]
    bands: Annotated[tuple[Band, ...], Field(min_length=1, max_length=50)]
    otherwise: Points | None = None
    unit: Words = "%"
    measure: Words = ""
    when_none: WhenNone | None = None


class Case(Value):
    """A named case and its points.

    `when` lets the database choose it by the linked items' days.
    """

    case: Annotated[Words, Field(min_length=1)]
    points: Points
    when: Literal["on_time", "late", "none"] | None = None


class CasesRule(Value):
    """Points by a named case."""

    type: Literal["cases"]
    cases: Annotated[tuple[Case, ...], Field(min_length=1, max_length=50)]


class RatioRule(Value):
    """`(rate / target) × max`, at most max; below `least` nothing."""

    type: Literal["ratio"]
    target: Amount = Decimal(100)
    least: Amount | None = None
    unit: Words = "%"
    measure: Words = ""
    rounding: Rounding | None = None
    when_none: WhenNone | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.target <= 0:
            raise ValueError("mục tiêu (target) phải lớn hơn 0")
        if self.least is not None and not 0 <= self.least <= self.target:
            raise ValueError("mức tối thiểu (least) phải từ 0 đến mục tiêu")
        return self


class PassFailRule(Value):
    """All or nothing; `failed` gives what a failure is still worth."""

    type: Literal["pass_fail"]
    question: Words = ""
    failed: Points = Decimal(0)


class LateRule(Value):
    """The maximum less `per_day` a day late, at least `floor`."""

    type: Literal["late"]
    per_day: Points
    floor: Amount = Decimal(0)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.per_day <= 0:
            raise ValueError("điểm trừ mỗi ngày (per_day) phải lớn hơn 0")
        return self


class BonusRule(Value):
    """`per` points for each, up to `cap`; beside the maximum."""

    type: Literal["bonus"]
    per: Points
    cap: Points
    measure: Words = ""


class PenaltyRule(Value):
    """`per` points off for each, down to `floor`."""

    type: Literal["penalty"]
    per: Points
    floor: Amount
    measure: Words = ""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not -1000 <= self.floor <= 0:
            raise ValueError("điểm trừ thấp nhất (floor) phải từ -1000 đến 0")
        return self


class RelativeRule(Value):
    """A value in % of an average, by bands or in proportion."""

    type: Literal["relative"]
    bands: Annotated[tuple[Band, ...], Field(max_length=50)] = ()
    otherwise: Points | None = None
    average_of: Words = "bình quân"
    unit: Words = "%"
    rounding: Rounding | None = None


class ManualRule(Value):
    """Points by hand, within 0 and max."""

    type: Literal["manual"]
    guidance: Words = ""


class FixedRule(Value):
    """A branch of a condition that is worth the same points always."""

    type: Literal["fixed"]
    points: Points


class NotApplicableRule(Value):
    """A branch of a condition whose maximum is deducted."""

    type: Literal["not_applicable"]


def _branch(value: Any) -> Any:
    """A branch written short: points alone, or the word not_applicable."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return {"type": "fixed", "points": value}
    if isinstance(value, str):
        return {"type": "not_applicable"} if value.strip() == "not_applicable" else {"type": "fixed", "points": value}
    return value


class ConditionalRule(Value):
    """One rule where the condition holds, another where it does not."""

    type: Literal["conditional"]
    condition: Annotated[Words, Field(min_length=1)]
    then: Annotated["Rule", BeforeValidator(_branch)]
    otherwise: Annotated["Rule", BeforeValidator(_branch)]

    @model_validator(mode="after")
    def _within_the_maximum(self) -> Self:
        if any(isinstance(branch, (BonusRule, PenaltyRule)) for branch in (self.then, self.otherwise)):
            raise ValueError("điểm cộng, điểm trừ phải là một tiêu chí riêng, không đặt trong điều kiện")
        return self


Rule = Annotated[
    BandsRule
    | CasesRule
    | RatioRule
    | PassFailRule
    | LateRule
    | BonusRule
    | PenaltyRule
    | RelativeRule
    | ManualRule
    | FixedRule
    | NotApplicableRule
    | ConditionalRule,
    Field(discriminator="type"),
]

ConditionalRule.model_rebuild()

RULE_WORDS = {
    "bands": "theo nhóm tỷ lệ",
    "cases": "theo trường hợp",
    "ratio": "theo tỷ lệ so với mục tiêu",
    "pass_fail": "đạt hoặc không đạt",
    "late": "trừ điểm theo ngày chậm",
    "bonus": "điểm cộng",
    "penalty": "điểm trừ",
    "relative": "so với bình quân",
    "manual": "chấm trực tiếp",
    "fixed": "điểm cố định",
    "not_applicable": "không áp dụng",
    "conditional": "theo điều kiện",
}
"""The kinds of rules in words."""


def beside_the_maximum(rule: Rule) -> bool:
    """Whether the rule's points stand beside the maximum: bonus and penalty."""
    return isinstance(rule, (BonusRule, PenaltyRule))


def overlapping(bands: Iterable[Band]) -> tuple[Band, Band] | None:
    """Two bands with a common value; else None."""
    ordered = sorted(bands, key=_left)
    for first, second in pairwise(ordered):
        if first.end is None or second.start is None or second.start < first.end:
            return first, second
        if second.start == first.end and first.highest is not None and second.lowest is not None:
            return first, second
    return None


def gaps(bands: Iterable[Band]) -> list[tuple[Band, Band]]:
    """Neighbouring bands between which values lie that belong to neither."""
    ordered = sorted(bands, key=_left)
    found = []
    for first, second in pairwise(ordered):
        if first.end is None or second.start is None:
            continue
        touching = second.start == first.end and (first.highest is not None or second.lowest is not None)
        if second.start >= first.end and not touching:
            found.append((first, second))
    return found


def _left(band: Band) -> tuple[bool, Decimal, bool]:
    return (band.start is not None, band.start or Decimal(0), band.over is not None)
