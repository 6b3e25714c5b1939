"""The figures that units reported with the items of a criterion, joined as the set says.

Nothing is guessed: an item that has not reported is named. Only a number against a
printed target ("20 cán bộ") counts as 0 of it while nothing is reported.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rules.plan.unit_names import fold
from rules.scoring.criteria.rules import Rounding
from rules.scoring.criteria.sets import Joining
from rules.scoring.entry import NOTHING, Entry
from rules.scoring.words import rounded

SHARES = ("%", "phần trăm")
ANY_NUMBER = "số"
"""A unit that stands for every number."""
_AVERAGE = Rounding(places=4)


@dataclass(frozen=True, slots=True)
class LinkedFigure:
    """One target of a linked item and what was last reported of it (`value` None: nothing yet).

    `part` of `whole` where both were given; `goal` is the number to reach, where more is
    better; `order` grows with each answer.
    """

    value: Decimal | None
    part: Decimal | None = None
    whole: Decimal | None = None
    unit: str = ""
    item: str = ""
    goal: Decimal | None = None
    order: int = 0

    @property
    def is_share(self) -> bool:
        """Whether it is a percentage."""
        return self.whole is not None or self.unit.strip() in SHARES

    @property
    def counts(self) -> tuple[Decimal, Decimal] | None:
        """Done and to be done: part and whole, or the number reported of the number to reach."""
        if self.part is not None and self.whole is not None:
            return self.part, self.whole
        if self.is_share or not self.goal:
            return None
        return self.value or Decimal(0), self.goal


@dataclass(frozen=True, slots=True)
class Joined:
    """The entry that the figures make, or in words what keeps them from making one."""

    entry: Entry
    missing: tuple[str, ...] = ()


def newest_figure(figures: Sequence[LinkedFigure], unit: str) -> Joined:
    """The figure of the only item, of those in the rule's unit the one reported last."""
    chosen = _per_item(figures, lambda one: one.is_share is (unit in SHARES), unit)
    found = next((one for one in chosen if one.value is not None), None)
    if found is None:
        return Joined(NOTHING, _unreported(chosen or figures))
    if found.part is not None and found.whole is not None:
        return Joined(Entry(part=found.part, whole=found.whole))
    return Joined(Entry(value=found.value))


def joined(how: Joining, figures: Sequence[LinkedFigure], unit: str) -> Joined:
    """Several items' figures as one, for a rule that wants a rate (`unit` "%") or a number."""
    if how is Joining.AVERAGE:
        return _average(_per_item(figures, lambda one: one.is_share is (unit in SHARES), unit))
    if unit in SHARES:
        return _sum_of_counts(_per_item(figures, lambda one: one.is_share or one.counts is not None, unit))
    return _sum(_per_item(figures, lambda one: not one.is_share and _same_unit(one.unit, unit), unit))


def _same_unit(reported: str, wanted: str) -> bool:
    """Whether a number may be added: "sáng kiến" to "sáng kiến được công nhận", to no other thing."""
    first, second = fold(reported), fold(wanted)
    return wanted == ANY_NUMBER or bool(first and second and (first in second or second in first))


def _per_item(figures: Sequence[LinkedFigure], fits: Callable[[LinkedFigure], bool], unit: str) -> list[LinkedFigure]:
    """One fitting figure of each item: in the very unit if there is one, then the one reported last."""
    chosen: dict[str, LinkedFigure] = {}
    for figure in figures:
        known = chosen.get(figure.item)
        if fits(figure) and (known is None or _rank(figure, unit) > _rank(known, unit)):
            chosen[figure.item] = figure
    return list(chosen.values())


def _rank(figure: LinkedFigure, unit: str) -> tuple[bool, bool, int]:
    return figure.value is not None, fold(figure.unit) == fold(unit), figure.order


def _sum_of_counts(figures: Sequence[LinkedFigure]) -> Joined:
    counts = [figure.counts for figure in figures]
    bare = [one.item for one, known in zip(figures, counts, strict=True) if known is None and one.value is not None]
    if missing := _unreported([one for one, known in zip(figures, counts, strict=True) if known is None]):
        return Joined(NOTHING, missing)
    if bare:
        words = f"số liệu: cần số thực hiện trên tổng số, không chỉ tỷ lệ ({', '.join(bare)})"
        return Joined(NOTHING, (words,))
    known_counts = [one for one in counts if one is not None]
    if not known_counts:
        return Joined(NOTHING)
    part = sum((done for done, _ in known_counts), Decimal(0))
    return Joined(Entry(part=part, whole=sum((whole for _, whole in known_counts), Decimal(0))), _unreported(figures))


def _sum(figures: Sequence[LinkedFigure]) -> Joined:
    """Numbers added; an item that has not reported adds nothing yet."""
    known = [figure.value for figure in figures if figure.value is not None]
    entry = Entry(value=sum(known, Decimal(0))) if known else NOTHING
    return Joined(entry, _unreported(figures))


def _average(figures: Sequence[LinkedFigure]) -> Joined:
    """The mean of the items' figures, once all have reported."""
    if missing := _unreported(figures):
        return Joined(NOTHING, missing)
    values = [_value(figure) for figure in figures]
    known = [value for value in values if value is not None]
    if not known:
        return Joined(NOTHING)
    return Joined(Entry(value=rounded(sum(known, Fraction(0)) / len(known), _AVERAGE)))


def _value(figure: LinkedFigure) -> Fraction | None:
    if figure.part is not None and figure.whole:
        return Fraction(figure.part) / Fraction(figure.whole) * 100
    return None if figure.value is None else Fraction(figure.value)


def _unreported(figures: Sequence[LinkedFigure]) -> tuple[str, ...]:
    items = list(dict.fromkeys(one.item for one in figures if one.value is None and one.item))
    if not items:
        return ("số liệu: chưa có số liệu so với chỉ tiêu",) if any(one.value is None for one in figures) else ()
    rest = f" và {len(items) - 6} nhiệm vụ nữa" if len(items) > 6 else ""
    return (f"số liệu: chưa có số liệu so với chỉ tiêu ({', '.join(items[:6])}{rest})",)
