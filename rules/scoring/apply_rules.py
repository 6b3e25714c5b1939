"""What a rule gives for a figure, and why: exact from the figure to the points, rounded once where the rule says so."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from rules.numbers import number_words
from rules.plan.unit_names import fold
from rules.scoring.criteria.rules import (
    Band,
    BandsRule,
    BonusRule,
    CasesRule,
    ConditionalRule,
    FixedRule,
    LateRule,
    ManualRule,
    NotApplicableRule,
    PassFailRule,
    PenaltyRule,
    RatioRule,
    RelativeRule,
    Rounding,
    Rule,
    WhenNone,
)
from rules.scoring.entry import Entry
from rules.scoring.words import band_words, points_words, rounded, rounding_words, value_words, with_unit

ZERO = Decimal(0)


class LeafState(StrEnum):
    """How a leaf stands."""

    SCORED = "scored"
    MISSING = "missing"
    WRONG = "wrong"
    NO_EVIDENCE = "no_evidence"
    NOT_APPLICABLE = "not_applicable"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Points (0 unless scored), the state, and how they came about, without the points themselves."""

    points: Decimal
    state: LeafState
    words: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule is applied with: the leaf's maximum and the set's rounding."""

    maximum: Decimal
    rounding: Rounding


def missing(what: str) -> Outcome:
    """No figure: no points yet."""
    return Outcome(ZERO, LeafState.MISSING, f"chưa có {what}")


def wrong(words: str) -> Outcome:
    """A figure that the rule cannot take: no points, and a person must look."""
    return Outcome(ZERO, LeafState.WRONG, words)


def _scored(points: Decimal, words: str) -> Outcome:
    return Outcome(points, LeafState.SCORED, words)


def apply(rule: Rule, entry: Entry, terms: Terms) -> Outcome:
    """What a rule gives. Points lie within 0 and the maximum; bonus within its cap, late and penalty their floor."""
    return _APPLY[type(rule)](rule, entry, terms)


def _bands(rule: BandsRule, entry: Entry, terms: Terms) -> Outcome:
    if nothing := _nothing_arose(rule, entry, terms):
        return nothing
    value, words = _value(rule, entry)
    return missing(_wanted(rule)) if value is None else _banded(rule.bands, rule.otherwise, value, words, rule.unit)


def _banded(bands: tuple[Band, ...], otherwise: Decimal | None, value: Fraction, words: str, unit: str) -> Outcome:
    for band in bands:
        if band.holds(value):
            return _scored(band.points, f"{words} → nhóm {band_words(band, unit)}")
    if otherwise is not None:
        return _scored(otherwise, f"{words} → trường hợp còn lại")
    return _scored(ZERO, f"{words} → không thuộc nhóm nào")


def _cases(rule: CasesRule, entry: Entry, terms: Terms) -> Outcome:
    if entry.case is None:
        return missing(f"trường hợp ({'; '.join(case.case for case in rule.cases)})")
    wanted = _plain(entry.case)
    for case in rule.cases:
        if _plain(case.case) == wanted:
            return _scored(case.points, f"trường hợp “{case.case}”")
    known = "; ".join(case.case for case in rule.cases)
    return wrong(f"không có trường hợp “{entry.case}”; các trường hợp: {known}")


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _ratio(rule: RatioRule, entry: Entry, terms: Terms) -> Outcome:
    if nothing := _nothing_arose(rule, entry, terms):
        return nothing
    value, words = _value(rule, entry)
    if value is None:
        return missing(_wanted(rule))
    if rule.least is not None and value < rule.least:
        least = with_unit(number_words(rule.least), rule.unit)
        return _scored(ZERO, f"{words} → dưới mức tối thiểu {least}")
    goal = with_unit(number_words(rule.target), rule.unit)
    if value >= rule.target:
        return _scored(terms.maximum, f"{words} → đạt mục tiêu {goal}")
    rounding = rule.rounding or terms.rounding
    points = min(rounded(value / Fraction(rule.target) * Fraction(terms.maximum), rounding), terms.maximum)
    sum_words = f"({value_words(value)} / {number_words(rule.target)}) × {number_words(terms.maximum)}"
    return _scored(points, f"{words} → {sum_words}, {rounding_words(rounding)}")


def _pass_fail(rule: PassFailRule, entry: Entry, terms: Terms) -> Outcome:
    if entry.passed is None:
        return missing("kết luận đạt hay không đạt")
    about = f"{rule.question}: " if rule.question else ""
    return _scored(terms.maximum if entry.passed else rule.failed, f"{about}{'đạt' if entry.passed else 'không đạt'}")


def _late(rule: LateRule, entry: Entry, terms: Terms) -> Outcome:
    if entry.days_late is None:
        return missing("số ngày chậm (0 là đúng hạn)")
    if entry.days_late == 0:
        return _scored(terms.maximum, "đúng hạn")
    points = max(terms.maximum - rule.per_day * entry.days_late, rule.floor)
    words = f"chậm {number_words(entry.days_late)} ngày × {number_words(rule.per_day)} điểm"
    held = f", không dưới {number_words(rule.floor)}" if points == rule.floor else ""
    return _scored(points, f"{words} trừ từ {number_words(terms.maximum)}{held}")


def _bonus(rule: BonusRule, entry: Entry, terms: Terms) -> Outcome:
    count = entry.count if entry.count is not None else ZERO
    points = min(count * rule.per, rule.cap)
    held = f", tối đa {number_words(rule.cap)}" if points == rule.cap and count else ""
    return _scored(points, f"{_counted(count, rule.measure)} × {number_words(rule.per)} điểm cộng{held}")


def _penalty(rule: PenaltyRule, entry: Entry, terms: Terms) -> Outcome:
    count = entry.count if entry.count is not None else ZERO
    points = max(-count * rule.per, rule.floor) + ZERO
    held = f", không dưới {number_words(rule.floor)}" if points == rule.floor and count else ""
    return _scored(points, f"{_counted(count, rule.measure)} × {number_words(rule.per)} điểm trừ{held}")


def _counted(count: Decimal, measure: str) -> str:
    return with_unit(number_words(count), measure)


def _relative(rule: RelativeRule, entry: Entry, terms: Terms) -> Outcome:
    value = _rate(entry)
    if value is None:
        return missing("kết quả đạt được")
    if entry.average is None:
        return missing(f"mức {rule.average_of} để so sánh")
    if entry.average == 0:
        return wrong(f"mức {rule.average_of} bằng 0, không so sánh được")
    share = value / Fraction(entry.average) * 100
    words = (
        f"{with_unit(value_words(value), rule.unit)} so với {rule.average_of} "
        f"{with_unit(number_words(entry.average), rule.unit)} → {value_words(share)} % mức {rule.average_of}"
    )
    if rule.bands:
        return _banded(rule.bands, rule.otherwise, share, words, "%")
    if share >= 100:
        return _scored(terms.maximum, words)
    rounding = rule.rounding or terms.rounding
    points = min(rounded(share * Fraction(terms.maximum) / 100, rounding), terms.maximum)
    return _scored(points, f"{words} → × {number_words(terms.maximum)}, {rounding_words(rounding)}")


def _manual(rule: ManualRule, entry: Entry, terms: Terms) -> Outcome:
    if entry.score is None:
        return missing("điểm chấm")
    if not 0 <= entry.score <= terms.maximum:
        return wrong(f"điểm chấm {number_words(entry.score)} nằm ngoài 0–{number_words(terms.maximum)}")
    return _scored(entry.score, "chấm trực tiếp" + (f" ({entry.reason})" if entry.reason else ""))


def _fixed(rule: FixedRule, entry: Entry, terms: Terms) -> Outcome:
    return _scored(min(rule.points, terms.maximum), "")


def _not_applicable(rule: NotApplicableRule, entry: Entry, terms: Terms) -> Outcome:
    return Outcome(ZERO, LeafState.NOT_APPLICABLE, "")


def _conditional(rule: ConditionalRule, entry: Entry, terms: Terms) -> Outcome:
    if entry.condition is None:
        return missing(f"câu trả lời cho điều kiện “{rule.condition}”")
    branch = apply(rule.then if entry.condition else rule.otherwise, entry, terms)
    said = f"{rule.condition}: {'có' if entry.condition else 'không'}"
    return Outcome(branch.points, branch.state, f"{said} → {branch.words}" if branch.words else said)


_APPLY: dict[type, Callable[[Any, Entry, Terms], Outcome]] = {
    BandsRule: _bands,
    CasesRule: _cases,
    RatioRule: _ratio,
    PassFailRule: _pass_fail,
    LateRule: _late,
    BonusRule: _bonus,
    PenaltyRule: _penalty,
    RelativeRule: _relative,
    ManualRule: _manual,
    FixedRule: _fixed,
    NotApplicableRule: _not_applicable,
    ConditionalRule: _conditional,
}


def _rate(entry: Entry) -> Fraction | None:
    """The value, or part of whole in per cent; None when unknown."""
    if entry.value is not None:
        return Fraction(entry.value)
    if entry.part is None or not entry.whole:
        return None
    return Fraction(entry.part) / Fraction(entry.whole) * 100


def _value(rule: BandsRule | RatioRule, entry: Entry) -> tuple[Fraction | None, str]:
    """The value a rule looks at, and how it came about: "18/20 kế hoạch → 90 %"."""
    value = _rate(entry)
    if value is None:
        return None, ""
    shown = with_unit(value_words(value), rule.unit)
    if entry.part is None or entry.whole is None:
        return value, shown
    counts = f"{number_words(entry.part)}/{number_words(entry.whole)}"
    return value, f"{with_unit(counts, rule.measure)} → {shown}"


def _wanted(rule: BandsRule | RatioRule) -> str:
    return f"số liệu {rule.measure}".strip() if rule.measure else "số liệu"


def _nothing_arose(rule: BandsRule | RatioRule, entry: Entry, terms: Terms) -> Outcome | None:
    """What 0 of 0 is worth: as the rule says; without a word a person must decide."""
    if entry.whole is None or entry.whole != 0:
        return None
    if entry.part:
        counts = with_unit(f"{number_words(entry.part)}/0", rule.measure)
        return wrong(f"{counts} → tổng số bằng 0 nhưng số thực hiện khác 0")
    words = with_unit("0/0", rule.measure) + " → không phát sinh"
    match rule.when_none:
        case WhenNone.FULL:
            return _scored(terms.maximum, f"{words}, tính điểm tối đa")
        case WhenNone.ZERO:
            return _scored(ZERO, f"{words}, không tính điểm")
        case WhenNone.NOT_APPLICABLE:
            return Outcome(ZERO, LeafState.NOT_APPLICABLE, words)
    return wrong(f"{words}, bộ tiêu chí chưa nói tính thế nào (when_none)")


def with_points(outcome: Outcome, maximum: Decimal) -> str:
    """The whole explanation: "18/20 kế hoạch → 90 % → nhóm 80–<100 % → 0,5/1"."""
    return f"{outcome.words or 'điểm cố định'} → {points_words(outcome.points, maximum)}"
