"""Figures reported against targets: "hồ sơ trực tuyến 1.234/1.600" is 77,1 %, beside "≥ 70 %"."""

from dataclasses import dataclass

from rules.numbers import number_words

SIGNS = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<", "increase": "tăng", "decrease": "giảm"}
"""How an operator is written for people."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure is held against: a target's words, operator, value and unit ("%", "sáng kiến")."""

    text: str
    operator: str | None
    value: float
    unit: str | None = None

    @property
    def is_share(self) -> bool:
        """Whether it is a percentage, so that a part and a whole can be given."""
        return (self.unit or "").strip() in ("%", "phần trăm")

    @property
    def words(self) -> str:
        """What is asked: "≥ 70 %"."""
        sign = SIGNS.get(self.operator or "=", self.operator or "")
        return " ".join(filter(None, (sign, number_words(self.value, 2), (self.unit or "").strip())))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure reported: `value` in the goal's unit, from `part` of `whole` where both were given."""

    text: str
    value: float
    part: float | None = None
    whole: float | None = None
    met: bool | None = None


def reaches(value: float, goal: Goal) -> bool | None:
    """Whether a value reaches a goal; None where that cannot be said of one value ("tăng 5 %")."""
    match goal.operator:
        case ">=":
            return value >= goal.value
        case ">":
            return value > goal.value
        case "<=":
            return value <= goal.value
        case "<":
            return value < goal.value
        case "=" | None:
            return value >= goal.value if goal.is_share else value == goal.value
        case _:
            return None


def figure_of(goal: Goal, part: float, whole: float | None = None) -> Figure:
    """The figure for a goal from what was given: a part of a whole (not 0), or the value itself."""
    value = part if whole is None else part / whole * 100
    return Figure(goal.text, value, part if whole is not None else None, whole, reaches(value, goal))


def figure_words(figure: Figure, goal: Goal | None = None) -> str:
    """A figure in words: "1.234/1.600 → 77,1 % (yêu cầu ≥ 70 %: đạt)"."""
    share = figure.whole is not None or (goal is not None and goal.is_share)
    value = f"{number_words(figure.value, 1 if share else 2)}{' %' if share else ''}"
    if figure.part is not None and figure.whole is not None:
        value = f"{number_words(figure.part, 2)}/{number_words(figure.whole, 2)} → {value}"
    elif goal is not None and goal.unit and not goal.is_share:
        value = f"{value} {goal.unit.strip()}"
    verdict = {True: "đạt", False: "chưa đạt", None: ""}[figure.met]
    asked = f"yêu cầu {goal.words}" if goal is not None else ""
    note = ": ".join(filter(None, (asked, verdict)))
    return f"{value} ({note})" if note else value
