"""Figures reported against targets, in Vietnamese words."""

from dataclasses import dataclass

from rules.numbers import number_words

SIGNS = {">=": "≥", "<=": "≤", "=": "=", ">": ">", "<": "<", "increase": "tăng", "decrease": "giảm"}
"""How an operator is written for people."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure is held against."""

    text: str
    operator: str | None
    value: float
    unit: str | None = None

    @property
    def is_share(self) -> bool:
        """Whether it is a percentage."""
        return (self.unit or "").strip() in ("%", "phần trăm")

    @property
    def words(self) -> str:
        """What is asked: "≥ 70 %"."""
        sign = SIGNS.get(self.operator or "=", self.operator or "")
        return " ".join(filter(None, (sign, number_words(self.value, 2), (self.unit or "").strip())))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in the goal's unit, with part and whole."""

    text: str
    value: float
    part: float | None = None
    whole: float | None = None
    met: bool | None = None


def reaches(value: float, goal: Goal) -> bool | None:
    """Whether a value reaches a goal; None where unknowable."""
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
    """The figure from a part of a whole, or a value.

    A whole is never 0.
    """
    value = part if whole is None else part / whole * 100
    return Figure(goal.text, value, part if whole is not None else None, whole, reaches(value, goal))


def figure_words(figure: Figure, goal: Goal | None = None) -> str:
    """A figure in words."""
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
