"""What the reader of a timing phrase found: values, not yet decided on. Token ranges are (start, end)."""

from dataclasses import dataclass, field

from rules.timing.parts import Duration
from rules.timing.rhythms import Rhythm
from rules.timing.spans import Span


@dataclass(slots=True)
class Mark:
    """A date or period with the word that governs it. `op`: before by to from after in window count, or "" for none."""

    op: str
    first: Span
    last: Span
    clause: int
    start: int
    end: int
    time: tuple[int, int] | None = None
    loose: bool = False
    note: str | None = None
    term: Duration | None = None
    until_event: bool = False
    described: bool = False


@dataclass(slots=True)
class Beat:
    """A rhythm with the word that governs it. `weak`: only a noun says it ("báo cáo quý")."""

    rhythm: Rhythm
    op: str
    clause: int
    start: int
    end: int
    weak: bool = False


@dataclass(slots=True)
class Term:
    """A length of time and the event it is counted from: tokens `event_start` to `event_end`, 0 and 0 for none."""

    duration: Duration
    op: str
    start: int
    end: int
    event_start: int = 0
    event_end: int = 0
    before: bool = False


@dataclass(slots=True)
class Reading:
    """Everything found in a phrase, not yet decided on. Token ranges are (start, end)."""

    marks: list[Mark] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    weekdays: list[tuple[tuple[int, ...], bool, str]] = field(default_factory=list)
    doms: list[tuple[list[int], str]] = field(default_factory=list)
    times: list[tuple[int, int]] = field(default_factory=list)
    events: list[tuple[int, int]] = field(default_factory=list)
    sources: list[tuple[int, int]] = field(default_factory=list)
    cites: list[tuple[int, int]] = field(default_factory=list)
    exceptions: list[tuple[int, int]] = field(default_factory=list)
    clauses: list[tuple[int, int, int]] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    standing_at: tuple[int, int] | None = None

    def only_dates(self) -> bool:
        """Whether there is nothing but dates in one clause: the most common phrase by far."""
        return len(self.clauses) == 1 and not (
            self.beats or self.flags or self.terms or self.events or self.weekdays or self.doms or self.exceptions
        )
