"""Figures as offices write them, and whether they reach a target.

"hồ sơ trực tuyến 1.234/1.600" is 77,1 %, looked at beside "≥ 70 %". In Vietnamese a
dot groups thousands and a comma begins the decimals; one dot that groups nothing
("77.1") is read as a comma, because people type it so.
"""

import math
import re
from dataclasses import dataclass

_GROUPED = re.compile(r"^\d{1,3}(\.\d{3})+(,\d+)?$", re.ASCII)
_PLAIN = re.compile(r"^\d+([.,]\d+)?$", re.ASCII)
_BLANKS = re.compile(r"[\s\u00a0\u202f]")

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
        return " ".join(filter(None, (sign, number_words(self.value), (self.unit or "").strip())))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure reported: `value` in the goal's unit, from `part` of `whole` where both were given."""

    text: str
    value: float
    part: float | None = None
    whole: float | None = None
    met: bool | None = None


def read_number(text: str) -> float | None:
    """The number a person typed; None when it is none. Never negative, infinite or above 10^15."""
    compact = _BLANKS.sub("", text)
    if _GROUPED.match(compact):
        compact = compact.replace(".", "")
    elif not _PLAIN.match(compact):
        return None
    value = float(compact.replace(",", "."))
    return value if math.isfinite(value) and value <= 1e15 else None


def number_words(value: float, decimals: int = 2) -> str:
    """A number as offices write it: 1234 -> "1.234", 77.08 -> "77,08"."""
    text = f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return text.rstrip("0").rstrip(",") if "," in text else text


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
        value = f"{number_words(figure.part)}/{number_words(figure.whole)} → {value}"
    elif goal is not None and goal.unit and not goal.is_share:
        value = f"{value} {goal.unit.strip()}"
    verdict = {True: "đạt", False: "chưa đạt", None: ""}[figure.met]
    asked = f"yêu cầu {goal.words}" if goal is not None else ""
    note = ": ".join(filter(None, (asked, verdict)))
    return f"{value} ({note})" if note else value
