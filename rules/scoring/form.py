"""The form of a criterion: which fields its rule asks for, what was typed as an entry, and an entry as fields."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from rules.numbers import typed_words
from rules.scoring.criteria.rules import (
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
    Rule,
)
from rules.scoring.criteria.sets import Node
from rules.scoring.entry import NOTHING, Entry, read_entry

YES, NO = "co", "khong"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks: the figure's label and hint, its choices (none: typed), and whether more fields are wanted."""

    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    condition: str = ""
    average: str = ""
    may_not_apply: bool = False


def asked_of(leaf: Node) -> Asked:
    """What the form of a criterion asks."""
    rule = leaf.rule
    if isinstance(rule, ConditionalRule):
        inner = rule.then if not isinstance(rule.then, (FixedRule, NotApplicableRule)) else rule.otherwise
        below = _figure(inner)
        return Asked(below.label, below.hint, below.choices, rule.condition, below.average, leaf.may_not_apply)
    found = _figure(rule)
    return Asked(found.label, found.hint, found.choices, "", found.average, leaf.may_not_apply)


def _figure(rule: Rule | None) -> Asked:
    match rule:
        case BandsRule() | RatioRule():
            if rule.unit == "%":
                noun = rule.measure or "đã thực hiện"
                return Asked(f"Số liệu ({noun})", "Ghi số thực hiện/tổng số, ví dụ 18/20, hoặc tỷ lệ phần trăm.")
            return Asked(f"Số liệu ({rule.unit})", "Ghi một số.")
        case RelativeRule():
            return Asked("Kết quả đạt được", "Ghi một số.", average=f"Mức {rule.average_of}")
        case CasesRule():
            return Asked("Trường hợp", choices=tuple((case.case, case.case) for case in rule.cases))
        case PassFailRule():
            return Asked(rule.question or "Kết quả", choices=((YES, "Đạt"), (NO, "Không đạt")))
        case LateRule():
            return Asked("Số ngày chậm", "Ghi 0 nếu đúng hạn.")
        case BonusRule() | PenaltyRule():
            return Asked(f"Số lần ({rule.measure or 'lần'})", "Ghi một số, 0 nếu không có.")
        case ManualRule():
            return Asked("Điểm chấm", rule.guidance[:300])
    return Asked("Số liệu")


def entry_of_form(fields: Mapping[str, str], leaf: Node) -> Entry:
    """The entry in what was typed: `figure`, `condition`, `average`, `not_applicable`, `reason`.

    Raises ValueError with one Vietnamese sentence.
    """
    try:
        return _entry(fields, leaf)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(str(first.get("ctx", {}).get("error", "Số liệu không đúng dạng.")).strip()) from None


def _entry(fields: Mapping[str, str], leaf: Node) -> Entry:
    if fields.get("not_applicable") and leaf.may_not_apply:
        return Entry(not_applicable=True, reason=fields.get("reason", "").strip())
    figure, rule = fields.get("figure", "").strip(), leaf.rule
    if rule is None:
        return NOTHING
    if isinstance(rule, ConditionalRule):
        return _conditional(fields.get("condition", ""), figure, rule)
    entry = read_entry(_plain(figure, rule), rule)
    average = fields.get("average", "").strip()
    if isinstance(rule, RelativeRule) and average:
        return read_entry({**entry.model_dump(exclude_defaults=True), "average": average}, rule)
    return entry


def _conditional(condition: str, figure: str, rule: ConditionalRule) -> Entry:
    if condition not in (YES, NO):
        return NOTHING
    branch = rule.then if condition == YES else rule.otherwise
    asks = not isinstance(branch, (FixedRule, NotApplicableRule))
    entry = read_entry(_plain(figure, branch), branch) if asks else NOTHING
    return entry.model_copy(update={"condition": condition == YES})


def _plain(figure: str, rule: Rule) -> str | bool:
    """A choice of the form as the rule reads it."""
    if isinstance(rule, PassFailRule) and figure in (YES, NO):
        return figure == YES
    return figure


def fields_of(entry: Entry) -> dict[str, str]:
    """The form's fields for an entry that is there already."""
    fields = {"condition": "", "average": typed_words(entry.average) if entry.average is not None else ""}
    if entry.condition is not None:
        fields["condition"] = YES if entry.condition else NO
    if entry.not_applicable:
        fields |= {"not_applicable": "1", "reason": entry.reason}
    return {**fields, "figure": _typed(entry)}


def entry_words(entry: Entry) -> str:
    """An entry in words: "18/20", "có; 3", "Không áp dụng (không phát sinh)"; "" where nothing is known."""
    if entry.not_applicable:
        return f"không áp dụng ({entry.reason})" if entry.reason else "không áp dụng"
    choices = {YES: "đạt", NO: "không đạt"}
    typed = _typed(entry)
    parts = [choices.get(typed, typed)] if typed else []
    if entry.condition is not None:
        parts.insert(0, "có" if entry.condition else "không")
    if entry.average is not None:
        parts.append(f"mức so sánh {typed_words(entry.average)}")
    return "; ".join(parts)


def _typed(entry: Entry) -> str:
    if entry.part is not None and entry.whole is not None:
        return f"{typed_words(entry.part)}/{typed_words(entry.whole)}"
    for number in (entry.value, entry.score, entry.days_late, entry.count):
        if number is not None:
            return typed_words(number)
    if entry.passed is not None:
        return YES if entry.passed else NO
    return entry.case or ""
