"""What the database already knows of a criterion: figures from the progress of its linked items, as of a day.

Nothing is guessed: an item that is neither done nor overdue is simply not there yet.
A linked item with a target gives the figure its unit reported; several items count by
how many of them are done, unless the set says how their figures are joined.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules.scoring.criteria.rules import (
    BandsRule,
    BonusRule,
    CasesRule,
    LateRule,
    PassFailRule,
    PenaltyRule,
    RatioRule,
    RelativeRule,
    Rule,
)
from rules.scoring.criteria.sets import Joining, Node
from rules.scoring.entry import NOTHING, Entry
from rules.scoring.linked_figures import ANY_NUMBER, SHARES, Joined, LinkedFigure, joined, newest_figure


@dataclass(frozen=True, slots=True)
class LinkedDue:
    """One occurrence of a linked item: when it was last in time, and when it was done (None: not yet).

    `closed_after` is the last day on which an answer is still taken, where a later period has replaced this one.
    """

    item_id: int
    item: str
    title: str
    unit: str
    last_day: date
    done_on: date | None = None
    closed_after: date | None = None

    def is_done(self, day: date) -> bool:
        """Whether it was done by a day."""
        return self.done_on is not None and self.done_on <= day

    def is_missed(self, day: date) -> bool:
        """Whether it was not done and cannot be done any more."""
        return not self.is_done(day) and self.closed_after is not None and self.closed_after < day

    def days_late(self, day: date) -> int:
        """Days late as of a day, counting on while it is not done; 0 while it is in time."""
        until = self.done_on if self.done_on is not None and self.done_on <= day else day
        return max((until - self.last_day).days, 0)


@dataclass(frozen=True, slots=True)
class Linked:
    """What is linked to a criterion: occurrences, the targets of its items with figures, and evidence filed."""

    dues: tuple[LinkedDue, ...] = ()
    figures: tuple[LinkedFigure, ...] = ()
    evidence: tuple[str, ...] = ()

    def open_dues(self, day: date) -> tuple[LinkedDue, ...]:
        """What is not done by a day."""
        return tuple(due for due in self.dues if not due.is_done(day))

    def doable_dues(self, day: date) -> tuple[LinkedDue, ...]:
        """What is not done by a day and still can be."""
        return tuple(due for due in self.open_dues(day) if not due.is_missed(day))


NOT_LINKED = Linked()


@dataclass(slots=True)
class Filled:
    """The entry now, and the entry as it would be if all that is open were done today or on its day."""

    now: Entry
    later: Entry | None
    missing: list[str] = field(default_factory=list)


def fill(leaf: Node, linked: Linked, day: date) -> Filled:
    """What is known of a leaf as of a day. `later` None: nothing linked says how it could become better."""
    if leaf.rule is None or not linked.dues:
        return Filled(NOTHING, None)
    figure = _figure(leaf, leaf.rule, linked)
    now = _entry(leaf.rule, linked, day, figure, done=False)
    later = _entry(leaf.rule, linked, day, figure, done=True)
    return Filled(
        now.model_copy(update={"evidence": linked.evidence}),
        None if later == NOTHING else later,
        [*_missing(linked, day), *(figure.missing if figure is not None else ())],
    )


def _figure(leaf: Node, rule: Rule, linked: Linked) -> Joined | None:
    """What the items' figures make; None where the days of the items count, not their figures."""
    match rule:
        case BandsRule() | RatioRule() | RelativeRule():
            unit = rule.unit
        case BonusRule() | PenaltyRule() if leaf.figures is Joining.SUM:
            unit = rule.measure or ANY_NUMBER
        case _:
            return None
    if leaf.figures is None:
        alone = len({due.item_id for due in linked.dues}) == 1 and bool(linked.figures)
        return newest_figure(linked.figures, unit) if alone else None
    return None if leaf.figures is Joining.DONE else joined(leaf.figures, linked.figures, unit)


def _entry(rule: Rule, linked: Linked, day: date, figure: Joined | None, *, done: bool) -> Entry:
    """The figure of a rule; with `done` as if everything open were done today, or on its last day if that is later."""
    match rule:
        case BandsRule() | RatioRule() | RelativeRule() if figure is None:
            return _done_share(rule.unit, linked, day, done=done)
        case BandsRule() | RatioRule() | RelativeRule():
            return NOTHING if done or figure is None else figure.entry
        case BonusRule() | PenaltyRule():
            return NOTHING if done or figure is None else Entry(count=figure.entry.value)
        case CasesRule():
            return _case(rule, linked.dues, day, done=done)
        case PassFailRule():
            return Entry(passed=done or not linked.open_dues(day))
        case LateRule():
            if linked.open_dues(day) and not done:
                return NOTHING
            return Entry(days_late=Decimal(sum(due.days_late(day) for due in linked.dues)))
        case _:
            return NOTHING


def _done_share(unit: str, linked: Linked, day: date, *, done: bool) -> Entry:
    """How many of the items' deadlines are done, for a rule that wants a rate."""
    if unit not in SHARES:
        return NOTHING
    count = sum(due.is_done(day) or (done and not due.is_missed(day)) for due in linked.dues)
    return Entry(part=Decimal(count), whole=Decimal(len(linked.dues)))


def _case(rule: CasesRule, dues: Sequence[LinkedDue], day: date, *, done: bool) -> Entry:
    open_dues = [due for due in dues if not due.is_done(day)]
    late = any(due.days_late(day) > 0 for due in dues)
    waiting = bool(open_dues) and not done
    when = {(True, True): "none", (True, False): None, (False, True): "late", (False, False): "on_time"}[waiting, late]
    found = next((case.case for case in rule.cases if when is not None and case.when == when), None)
    return Entry(case=found) if found else NOTHING


def _missing(linked: Linked, day: date) -> list[str]:
    """What keeps the leaf from its points, in words."""
    words = []
    waiting = linked.open_dues(day)
    if waiting:
        names = _names(due.item for due in waiting)
        missed = sum(due.is_missed(day) for due in waiting)
        closed = f", {missed} kỳ đã đóng" if missed else ""
        words.append(f"tiến độ: {len(waiting)}/{len(linked.dues)} kỳ chưa hoàn thành ({names}){closed}")
    return words


def _names(codes: Iterable[str], most: int = 6) -> str:
    every = list(dict.fromkeys(codes))
    rest = f" và {len(every) - most} nhiệm vụ nữa" if len(every) > most else ""
    return ", ".join(every[:most]) + rest
