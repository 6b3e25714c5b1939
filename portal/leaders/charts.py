"""Pictures made on the server: where the bars end and the lines run. The templates draw them as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rules.work.states import ItemState
from services.figures.status import UnitFigures
from services.figures.trend import TrendPoint

ORDER = (
    ItemState.OVERDUE,
    ItemState.DUE_SOON,
    ItemState.ON_TRACK,
    ItemState.DONE,
    ItemState.DONE_LATE,
    ItemState.UNDETERMINED,
)
"""The states as leaders read them: what presses first."""

KEYS = {state: state.name.lower().replace("_", "-") for state in ItemState}
"""The word of each state in addresses and stylesheets."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar: its state, its count, where it begins and how wide it is (in hundredths)."""

    state: ItemState
    key: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of all states, and the words that say the same."""

    pieces: tuple[Piece, ...]
    total: int
    words: str


def bar(states: Mapping[ItemState, int], widest: int | None = None) -> Bar:
    """A bar of some states; `widest` is the count that fills the whole width (default: its own)."""
    total = sum(states.get(state, 0) for state in ORDER)
    whole = max(widest or total, 1)
    pieces, x = [], 0.0
    for state in ORDER:
        count = states.get(state, 0)
        if count:
            width = 100 * count / whole
            pieces.append(Piece(state, KEYS[state], count, round(x, 2), round(width, 2)))
            x += width
    words = ", ".join(f"{piece.state.value.lower()} {piece.count}" for piece in pieces) or "chưa có gì"
    return Bar(tuple(pieces), total, words)


def unit_states(unit: UnitFigures) -> dict[ItemState, int]:
    """A unit's occurrences by state; undetermined items have none and are told in words."""
    return {
        ItemState.OVERDUE: unit.overdue,
        ItemState.DUE_SOON: unit.due_soon,
        ItemState.ON_TRACK: unit.on_track,
        ItemState.DONE: unit.done,
        ItemState.DONE_LATE: unit.done_late,
    }


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line."""

    x: float
    y: float
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The trend: a line of what is done and one of what is overdue, and the words that say the same."""

    done: tuple[Dot, ...]
    overdue: tuple[Dot, ...]
    top: int
    words: str

    def path(self, name: str) -> str:
        """A line's points as SVG writes them."""
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in getattr(self, name))


WIDTH, HEIGHT, LEFT, FOOT = 320, 120, 28, 20


def lines(points: Sequence[TrendPoint]) -> Lines | None:
    """The trend's lines; None where there are fewer than two points."""
    if len(points) < 2:
        return None
    top = max(*(max(point.done, point.overdue) for point in points), 1)
    step = (WIDTH - LEFT - 24) / (len(points) - 1)

    def dots(name: str) -> tuple[Dot, ...]:
        return tuple(
            Dot(
                round(LEFT + number * step, 1),
                round(8 + (HEIGHT - FOOT - 8) * (1 - getattr(point, name) / top), 1),
                point.day,
                getattr(point, name),
            )
            for number, point in enumerate(points)
        )

    first, last = points[0], points[-1]
    words = (
        f"Từ {first.day:%d/%m/%Y} đến {last.day:%d/%m/%Y}: quá hạn từ {first.overdue} thành {last.overdue}, "
        f"hoàn thành từ {first.done} thành {last.done} trên {last.items} nhiệm vụ."
    )
    return Lines(dots("done"), dots("overdue"), top, words)
