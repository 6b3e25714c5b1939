"""The score of a set of criteria: every leaf with its explanation, sums that cannot depend on any order, the grade.

Sums are of exact decimals. A leaf that does not apply takes its maximum away; a
survey that is not yet known stands aside: the total is shown without it, and
`rescaled` says what the total would be of 100 (only to be used when asked for).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.numbers import number_words
from rules.scoring.apply_rules import LeafState, Outcome, Terms, apply, with_points
from rules.scoring.criteria.rules import LateRule, Rounding
from rules.scoring.criteria.sets import CriteriaSet, Grade, Node, Source
from rules.scoring.entry import NOTHING, Entry
from rules.scoring.words import points_words, rounded

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LeafScore:
    """The score of one leaf. `counted` is its maximum here: 0 where it does not apply or is not yet known."""

    code: str
    name: str
    area: str
    score: Decimal
    max: Decimal
    counted: Decimal
    state: LeafState
    explanation: str

    @property
    def lost(self) -> Decimal:
        """Points below the maximum that counts."""
        return max(self.counted - self.score, ZERO)


@dataclass(frozen=True, slots=True)
class GroupScore:
    """The sum of an area or criterion, held within its floor and cap."""

    code: str
    name: str
    depth: int
    score: Decimal
    max: Decimal
    counted: Decimal

    @property
    def below_max(self) -> bool:
        """Whether points are missing."""
        return self.score < self.counted


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """A scored set. `max` is of the whole set, `counted` what of it counts here, `pending` what is not yet known.

    There is no grade while a part is pending: it would be a grade of something else.
    """

    leaves: tuple[LeafScore, ...]
    groups: tuple[GroupScore, ...]
    total: Decimal
    max: Decimal
    counted: Decimal
    pending: Decimal
    grade: str | None

    @property
    def areas(self) -> tuple[GroupScore, ...]:
        """The groups at the top."""
        return tuple(group for group in self.groups if group.depth == 0)

    def percent(self, rounding: Rounding = Rounding()) -> Decimal | None:  # noqa: B008 - a frozen value
        """The total in per cent of what counts; None when nothing counts."""
        return rounded(Fraction(self.total) / Fraction(self.counted) * 100, rounding) if self.counted else None

    def rescaled(self, rounding: Rounding) -> Decimal | None:
        """The total as it would be of the whole maximum, as if what does not count were like the rest."""
        if not self.counted:
            return None
        return rounded(Fraction(self.total) * Fraction(self.max) / Fraction(self.counted), rounding)


def score_leaf(
    leaf: Node, entry: Entry, rounding: Rounding, area: str = "", require_evidence: bool = False
) -> LeafScore:
    """The score of a leaf. Raises ValueError for a node that is no leaf."""
    if leaf.rule is None:
        raise ValueError(f"{leaf.code} is not a leaf")
    terms = Terms(leaf.maximum, rounding)
    outcome = _not_applicable(leaf, entry) or _pending(leaf, entry, apply(leaf.rule, entry, terms))
    if require_evidence and outcome.state is LeafState.SCORED:
        outcome = _with_evidence(leaf, entry, outcome)
    counted = ZERO if outcome.state in (LeafState.NOT_APPLICABLE, LeafState.PENDING) else terms.maximum
    said = (
        f"{outcome.words or 'không áp dụng'} → không tính"
        if counted != terms.maximum
        else with_points(outcome, terms.maximum)
    )
    return LeafScore(leaf.code, leaf.name, area, outcome.points, terms.maximum, counted, outcome.state, _capital(said))


def _not_applicable(leaf: Node, entry: Entry) -> Outcome | None:
    if not entry.not_applicable:
        return None
    why = f" ({entry.reason})" if entry.reason else ""
    if not leaf.may_not_apply:
        return Outcome(ZERO, LeafState.WRONG, f"tiêu chí này không được ghi không áp dụng{why}")
    taken = f", trừ {number_words(leaf.maximum)} điểm khỏi tổng điểm tối đa"
    return Outcome(ZERO, LeafState.NOT_APPLICABLE, f"không áp dụng{why}{taken}")


def _pending(leaf: Node, entry: Entry, outcome: Outcome) -> Outcome:
    if leaf.source is Source.SURVEY and outcome.state is LeafState.MISSING:
        return Outcome(ZERO, LeafState.PENDING, "chưa có kết quả điều tra xã hội học")
    return outcome


def _with_evidence(leaf: Node, entry: Entry, outcome: Outcome) -> Outcome:
    """No evidence, no points: positive points stand only with evidence."""
    if outcome.points <= 0 or entry.evidence or not leaf.evidence_needed:
        return outcome
    words = f"{outcome.words} → lẽ ra {points_words(outcome.points, leaf.maximum)}, chưa có tài liệu kiểm chứng"
    return Outcome(ZERO, LeafState.NO_EVIDENCE, words)


def score_set(criteria: CriteriaSet, figures: Mapping[str, Entry], *, require_evidence: bool = False) -> ScoreSheet:
    """Score every leaf of a set from figures by code; leaves without a figure have no points and say so."""
    rounding = criteria.rounding
    leaves = tuple(
        score_leaf(leaf, figures.get(leaf.code, NOTHING), rounding, area.code, require_evidence)
        for area in criteria.areas
        for leaf in area.leaves()
    )
    return sum_up(criteria, leaves)


def sum_up(criteria: CriteriaSet, leaves: tuple[LeafScore, ...]) -> ScoreSheet:
    """The sums of scored leaves: groups, total, what counts, the grade."""
    by_code = {leaf.code: leaf for leaf in leaves}
    groups: list[GroupScore] = []
    for area in criteria.areas:
        _sum_node(area, 0, by_code, groups)
    areas = [group for group in groups if group.depth == 0]
    total = sum((group.score for group in areas), ZERO)
    counted = sum((leaf.counted for leaf in leaves), ZERO)
    pending = sum((leaf.max for leaf in leaves if leaf.state is LeafState.PENDING), ZERO)
    grade = None if pending else grade_of(criteria.grades, total, counted)
    return ScoreSheet(leaves, tuple(groups), total, criteria.maximum, counted, pending, grade)


def _sum_node(
    node: Node, depth: int, leaves: Mapping[str, LeafScore], groups: list[GroupScore]
) -> tuple[Decimal, Decimal]:
    """Score and counted maximum of a node; groups (and areas that are leaves) are listed, parents before children."""
    if node.is_leaf:
        leaf = leaves[node.code]
        if depth == 0:
            groups.append(GroupScore(node.code, node.name, 0, leaf.score, leaf.max, leaf.counted))
        return leaf.score, leaf.counted
    place = len(groups)
    sums = [_sum_node(child, depth + 1, leaves, groups) for child in node.children]
    score = held(node, sum((one for one, _ in sums), ZERO))
    counted = sum((one for _, one in sums), ZERO)
    groups.insert(place, GroupScore(node.code, node.name, depth, score, node.maximum, counted))
    return score, counted


def held(node: Node, score: Decimal) -> Decimal:
    """A group's sum within its floor (0 unless it says otherwise) and its cap (none unless it says so)."""
    score = max(score, lowest(node))
    return score if node.cap is None else min(score, node.cap)


def lowest(node: Node) -> Decimal:
    """The least a node can be worth."""
    if node.floor is not None:
        return node.floor
    if node.is_leaf:
        return node.rule.floor if isinstance(node.rule, LateRule) else ZERO
    return ZERO


def grade_of(grades: tuple[Grade, ...], total: Decimal, counted: Decimal) -> str | None:
    """The grade of a total in per cent of what counts; None without grades or when nothing counts."""
    if not counted or not grades:
        return None
    share = Fraction(total) / Fraction(counted) * 100
    for grade in sorted(grades, key=lambda one: one.lowest, reverse=True):
        if share >= grade.lowest:
            return grade.name
    return None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
