"""Checks of a set: sums, codes, complete rules."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

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
    NotApplicableRule,
    PassFailRule,
    PenaltyRule,
    RatioRule,
    RelativeRule,
    Rule,
    gaps,
    overlapping,
)
from rules.scoring.criteria.sets import CriteriaSet, Joining, Node
from rules.scoring.words import band_words


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a node; "" for the whole set.

    Errors keep a set from being used, warnings do not.
    """

    code: str
    message: str
    error: bool = True


def check_criteria(criteria: CriteriaSet) -> tuple[Finding, ...]:
    """Everything wrong or doubtful with a set, errors first."""
    found = [*_codes(criteria), *_sums(criteria), *_grades(criteria)]
    for leaf in criteria.leaves:
        if leaf.rule is not None:
            found.extend(_rule(leaf, leaf.rule))
            found.extend(_reached(leaf, leaf.rule))
            found.extend(_leaf(leaf, leaf.rule))
    return tuple(sorted(found, key=lambda one: not one.error))


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that keep the set from being used."""
    return tuple(one for one in findings if one.error)


def _codes(criteria: CriteriaSet) -> Iterator[Finding]:
    counts = Counter(node.code for _, node in criteria.nodes())
    for code, count in counts.items():
        if count > 1:
            yield Finding(code, f"Mã “{code}” được dùng {count} lần; mỗi tiêu chí cần một mã riêng.")


def _sums(criteria: CriteriaSet) -> Iterator[Finding]:
    for _, node in criteria.nodes():
        if not node.is_leaf and node.max is not None:
            yield from _sum(node.code, f"“{node.code} {node.name}”", node.max, node.children)
        if node.is_beside and node.max:
            yield Finding(
                node.code, f"Tiêu chí {node.code} là điểm cộng hoặc điểm trừ nên không ghi điểm tối đa (max)."
            )
    if criteria.total is None:
        yield Finding("", "Bộ tiêu chí chưa ghi tổng điểm (total); tổng được tính từ các lĩnh vực.", error=False)
    else:
        yield from _sum("", "của bộ tiêu chí", criteria.total, criteria.areas)


def _sum(code: str, what: str, maximum: Decimal, children: tuple[Node, ...]) -> Iterator[Finding]:
    total = sum((child.maximum for child in children), Decimal(0))
    if total != maximum:
        parts = " + ".join(number_words(child.maximum) for child in children)
        yield Finding(
            code,
            f"Điểm tối đa {what} ghi {number_words(maximum)} nhưng các phần bên trong cộng lại là "
            f"{number_words(total)} ({parts}); sửa lại cho khớp.",
        )


def _grades(criteria: CriteriaSet) -> Iterator[Finding]:
    counts = Counter(grade.lowest for grade in criteria.grades)
    for lowest, count in counts.items():
        if count > 1:
            yield Finding("", f"Có {count} mức xếp loại cùng bắt đầu từ {number_words(lowest)} %; hãy tách ra.")


def _leaf(leaf: Node, rule: Rule) -> Iterator[Finding]:
    if leaf.maximum == 0 and not leaf.is_beside:
        yield Finding(leaf.code, f"Tiêu chí {leaf.code} có điểm tối đa bằng 0.")
    if leaf.evidence_needed and not leaf.evidence and not leaf.is_beside:
        yield Finding(leaf.code, f"Tiêu chí {leaf.code} chưa nêu tài liệu kiểm chứng cần nộp (evidence).", error=False)
    if leaf.figures is not None and not _takes(leaf.figures, rule):
        yield Finding(
            leaf.code,
            f"Tiêu chí {leaf.code} ghi figures: {leaf.figures.value}, nhưng cách tính “{rule.type}” không lấy được "
            "số liệu như vậy từ các nhiệm vụ; bỏ mục figures.",
        )


def _takes(how: Joining, rule: Rule) -> bool:
    """Whether a rule can be filled from joined figures."""
    if isinstance(rule, (BonusRule, PenaltyRule)):
        return how is Joining.SUM
    return isinstance(rule, (BandsRule, RatioRule, RelativeRule))


def _rule(leaf: Node, rule: Rule) -> Iterator[Finding]:
    """Whether a rule is complete and stays within the leaf's maximum."""
    where, top = f"Tiêu chí {leaf.code}", leaf.maximum
    match rule:
        case BandsRule() | RelativeRule():
            yield from _bands(leaf, rule.bands, rule.otherwise, top)
            if isinstance(rule, BandsRule) and rule.when_none is None and rule.unit == "%":
                yield Finding(
                    leaf.code, f"{where}: chưa nói tính thế nào khi không phát sinh (when_none).", error=False
                )
        case CasesRule():
            yield from _cases(leaf, rule, top)
        case PassFailRule() | FixedRule():
            points = rule.failed if isinstance(rule, PassFailRule) else rule.points
            if points > top:
                yield Finding(
                    leaf.code, f"{where}: {number_words(points)} điểm lớn hơn điểm tối đa {number_words(top)}."
                )
        case LateRule():
            if rule.floor > top:
                yield Finding(leaf.code, f"{where}: điểm thấp nhất (floor) lớn hơn điểm tối đa {number_words(top)}.")
        case BonusRule():
            if rule.per > rule.cap:
                yield Finding(leaf.code, f"{where}: mỗi lần cộng (per) lớn hơn mức cộng tối đa (cap).")
        case ConditionalRule():
            yield from _rule(leaf, rule.then)
            yield from _rule(leaf, rule.otherwise)


def _bands(leaf: Node, bands: tuple[Band, ...], otherwise: Decimal | None, top: Decimal) -> Iterator[Finding]:
    where = f"Tiêu chí {leaf.code}"
    if not bands:
        return
    points = [band.points for band in bands] + ([otherwise] if otherwise is not None else [])
    yield from _within(leaf, points, top)
    if clash := overlapping(bands):
        first, second = (band_words(band, "%") for band in clash)
        yield Finding(
            leaf.code, f"{where}: hai nhóm {first} và {second} chồng lên nhau; một giá trị chỉ thuộc một nhóm."
        )
    elif otherwise is None:
        for one, other in gaps(bands):
            first, second = band_words(one, "%"), band_words(other, "%")
            yield Finding(
                leaf.code, f"{where}: giữa nhóm {first} và nhóm {second} còn khoảng trống, sẽ tính 0 điểm.", False
            )


def _cases(leaf: Node, rule: CasesRule, top: Decimal) -> Iterator[Finding]:
    yield from _within(leaf, [case.points for case in rule.cases], top)
    counts = Counter(" ".join(fold(case.case).split()) for case in rule.cases)
    for name, count in counts.items():
        if count > 1:
            yield Finding(leaf.code, f"Tiêu chí {leaf.code}: trường hợp “{name}” ghi {count} lần.")


def _within(leaf: Node, points: list[Decimal], top: Decimal) -> Iterator[Finding]:
    most = max(points)
    where = f"Tiêu chí {leaf.code}"
    if most > top:
        yield Finding(leaf.code, f"{where}: có mức {number_words(most)} điểm lớn hơn điểm tối đa {number_words(top)}.")


def _reached(leaf: Node, rule: Rule) -> Iterator[Finding]:
    """An error where nobody can reach the maximum."""
    most = _best(rule, leaf.maximum)
    if most is not None and most < leaf.maximum:
        yield Finding(
            leaf.code,
            f"Tiêu chí {leaf.code}: mức cao nhất là {number_words(most)} điểm, không ai đạt được điểm tối đa "
            f"{number_words(leaf.maximum)}; sửa lại các mức hoặc điểm tối đa.",
        )


def _best(rule: Rule, top: Decimal) -> Decimal | None:
    """The most a rule can be worth; None without maximum."""
    match rule:
        case BandsRule() | RelativeRule():
            points = [band.points for band in rule.bands] + ([rule.otherwise] if rule.otherwise is not None else [])
            return max(points) if rule.bands else top
        case CasesRule():
            return max(case.points for case in rule.cases)
        case FixedRule():
            return rule.points
        case ConditionalRule():
            branches = [_best(branch, top) for branch in (rule.then, rule.otherwise)]
            return max((most for most in branches if most is not None), default=None)
        case NotApplicableRule() | BonusRule() | PenaltyRule():
            return None
        case _:
            return top
