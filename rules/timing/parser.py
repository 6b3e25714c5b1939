"""The items of a phrase put together."""

# Which word governs which date, what belongs to which clause. The reader goes once from left to right. A date
# keeps the operator before it (trước, chậm nhất, đến, từ, trong, sau); two joined by "đến" or a dash become one
# window. What follows "theo …" or an event ("sau khi …") in its clause is part of a description and no date of
# its own, unless a word such as "trước ngày" or "chậm nhất" says otherwise.

from collections.abc import Callable
from dataclasses import dataclass

from rules.timing import spans
from rules.timing.rhythms import Rhythm, edge_day, every
from rules.timing.spans import Duration, Item, Periods, Span

_HARD = ("before", "by", "to")
_CLASHES = frozenset(
    {
        ("before", "from"), ("before", "after"), ("before", "to"), ("in", "from"), ("in", "to"), ("in", "after"),
        ("from", "before"), ("from", "to"), ("to", "after"), ("to", "from"), ("by", "from"), ("by", "after"),
        ("after", "before"), ("after", "to"), ("after", "from"),
    }
)  # fmt: skip
"""Pairs of words that no date can follow with one meaning ("trước từ ngày")."""
_OPEN = ("", "in", "from", "count")


@dataclass(slots=True)
class Mark:
    """A date or period with the word that governs it."""

    # `op`: before by to from after in window count, or "" for none.

    op: str
    first: Span
    last: Span
    clause: int
    start: int
    end: int
    at: int
    time: tuple[int, int] | None = None
    loose: bool = False
    described: bool = False
    note: str | None = None
    term: Duration | None = None
    until_event: bool = False


@dataclass(slots=True)
class RhythmHit:
    """A rhythm with the word that governs it."""

    # `weak`: only a noun says it ("báo cáo quý").

    rhythm: Rhythm
    op: str
    clause: int
    start: int
    end: int
    weak: bool = False


@dataclass(slots=True)
class Term:
    """A length of time and the event it is counted from."""

    # Tokens `event_start` to `event_end`, 0 and 0 for none.

    duration: Duration
    op: str
    start: int
    end: int
    event_start: int = 0
    event_end: int = 0
    before: bool = False


class Reading:
    """Everything found in a phrase, not yet decided on. Token ranges are (start, end)."""

    __slots__ = (
        "bad", "cites", "clash", "clauses", "doms", "events", "exceptions", "flags", "hits", "items", "left", "marks",
        "sources", "standing_at", "superseded", "terms", "times", "touching", "weekdays",
    )  # fmt: skip

    def __init__(self) -> None:  # by hand: default factories cost a tenth of the reading
        self.marks: list[Mark] = []
        self.hits: list[RhythmHit] = []
        self.terms: list[Term] = []
        self.weekdays: list[tuple[tuple[int, ...], bool, str]] = []
        self.doms: list[tuple[list[int], str]] = []
        self.times: list[tuple[int, int]] = []
        self.events: list[tuple[int, int]] = []
        self.sources: list[tuple[int, int]] = []
        self.cites: list[tuple[int, int]] = []
        self.exceptions: list[tuple[int, int]] = []
        self.clauses: list[tuple[int, int, int]] = []
        self.superseded: list[tuple[int, int]] = []
        self.bad: list[str] = []
        self.left: list[int] = []
        self.flags: set[str] = set()
        self.standing_at: tuple[int, int] | None = None
        self.clash: tuple[int, int] | None = None
        self.items: tuple[Item, ...] = ()
        self.touching = False

    def only_dates(self) -> bool:
        """Whether there is nothing but dates in one clause."""
        # The most common phrase by far.
        return len(self.clauses) == 1 and not (
            self.hits or self.flags or self.terms or self.events or self.weekdays or self.doms or self.exceptions
        )


class _Reader:
    # The state while reading; what a phrase does not touch stays as it stands here.

    op, op_start, op_end, dated_end = "", 0, -1, -1
    time: tuple[int, int] | None = None
    prev: Mark | None = None
    from_mark: Mark | None = None
    duration: Term | None = None
    late_term: Term | None = None
    from_dom: tuple[int, int] | None = None
    dash = bracket = after_comma = naming = choosing = named_day = False
    swallow = old = ""
    clause = clause_start = fillers = 0
    event_text, event_before = 0, False

    def __init__(self, year: int) -> None:
        self.reading = Reading()
        self.year = year

    # -- operators and punctuation ---------------------------------------------------------------------------

    def operator(self, item: Item) -> None:
        if self.dash:
            self.new_clause(item.start)
        if self.op and self.op_end == item.start and (self.op, item.kind) in _CLASHES:
            self.reading.clash = (self.op_start, item.end)
        if item.kind == "in" and self.op in _HARD:
            return
        if item.kind == "to" and self.op in ("by", "before"):
            return
        if not self.op:
            self.op_start = item.start
        self.op, self.op_end = item.kind, item.end
        if item.kind == "from":
            self.prev = None

    def glue(self, item: Item) -> None:
        # Words that change nothing between an operator and its date.
        if self.op_end == item.start:
            self.op_end = item.end

    def join(self, item: Item) -> None:
        self.dash = False

    def choose(self, item: Item) -> None:
        # A word "hoặc": what comes next may be instead of what was read.
        self.dash = False
        reading = self.reading
        self.choosing = not self.swallow and bool(
            reading.marks or reading.hits or reading.doms or reading.weekdays or reading.terms
        )

    def chosen(self, item: Item) -> None:
        self.reading.flags.add("choice")

    def chose(self) -> None:
        # Note a choice between two dates, once the second one is read.
        if self.choosing:
            self.reading.flags.add("choice")
            self.choosing = False

    def comma(self, item: Item) -> None:
        if self.swallow == "source":
            self.close_swallowed(item.start)
        self.after_comma = True
        self.old, self.choosing = "", False
        if self.op and self.op_end == item.start:  # "trước, ngày 15/12"
            self.op_end = item.end
        elif self.op != "by" and not self.named_day:
            self.op = ""

    def open(self, item: Item) -> None:
        if self.swallow == "source":
            self.close_swallowed(item.start)
        due = self.prev is not None and (self.prev.op in _HARD or self.prev.last.unit == "D")
        self.op, self.prev, self.bracket, self.duration = "", None, True, None
        self.naming = due

    def close(self, item: Item) -> None:
        self.settle_time()
        self.old, self.choosing = "", False
        self.op, self.prev, self.bracket, self.naming = "", None, False, False

    def stop(self, item: Item) -> None:
        self.new_clause(item.end, at=item.start)

    def dashed(self, item: Item) -> None:
        if self.op and self.op_end == item.start:
            self.op_end = item.end
        elif self.prev is None:
            if self.dated_end == item.start:
                self.dated_end = item.end
            self.new_clause(item.end, at=item.start)
        else:
            self.dash = True

    def end_clause(self, end: int) -> None:
        if self.late_term is not None:  # "trước ngày khai mạc 15 ngày"
            self.reading.terms.append(self.late_term)
            self.late_term = None
        if self.swallow or self.reading.terms:
            self.close_swallowed(end)
        if self.time is not None:
            self.settle_time()
        if end > self.clause_start:
            self.reading.clauses.append((self.clause_start, end, self.fillers))
            self.clause += 1

    def new_clause(self, start: int, at: int | None = None) -> None:
        self.end_clause(start if at is None else at)
        self.clause_start, self.fillers = start, 0
        self.op, self.prev, self.from_mark, self.duration, self.dash = "", None, None, None, False
        self.from_dom = None
        self.old, self.choosing, self.named_day = "", False, False

    def other(self, item: Item) -> None:
        if self.dash:
            self.new_clause(item.start)
        self.fillers += item.end - item.start
        self.late_term = None
        self.old, self.named_day = "", False
        term = self.duration
        if term is not None and term.op == "after" and term.end == item.start and not self.swallow:
            self.begin_event(term.start, item.start)
        if self.op in ("before", "after") and not self.swallow:
            self.begin_event(self.op_start, item.start, before=self.op == "before")
        elif self.op == "to" and self.from_mark is not None and self.prev is self.from_mark:
            self.from_mark.until_event = True
            self.begin_event(self.op_start, item.start)
        self.op, self.prev = "", None

    def left(self, item: Item) -> None:
        # A number or word of a date that no alternative took.
        if self.swallow != "event":
            self.reading.left.append(item.start)
        if self.dated_end == item.start:
            self.dated_end = item.end
        self.other(item)

    def vision(self, item: Item) -> None:
        # "tầm nhìn đến năm 2045": no date of the task.
        self.op, self.prev, self.dash = "", None, False

    def extended(self, item: Item) -> None:
        # "gia hạn đến": the dates before it count no more; of "gia hạn từ" the next one.
        if self.swallow == "event":
            return
        reading = self.reading
        reading.superseded.extend((mark.start, mark.end) for mark in reading.marks)
        reading.marks.clear()
        self.prev = self.from_mark = None
        self.dash = False
        self.old = "once" if item.value == "from" else ""
        self.op, self.op_start = ("" if item.value == "from" else item.value), item.start

    def instead(self, item: Item) -> None:
        # "thay cho", "hạn cũ": the dates after it count no more.
        self.old, self.op = "until", ""

    def of_year(self, item: Item) -> None:
        # "30/9 của năm báo cáo": every year.
        self.reading.hits.append(RhythmHit(every("năm"), "", self.clause, item.start, item.end))

    def nameless(self, item: Item) -> None:
        # A month, week or quarter without its number: "Tháng Thanh niên năm 2026" is not the whole year.
        self.reading.flags.add("nameless")
        self.left(item)

    # -- what swallows -----------------------------------------------------------------------------------------

    def begin_event(self, start: int, text_start: int, *, before: bool = False) -> None:
        if self.swallow == "event":
            return
        self.close_swallowed(start)
        self.swallow, self.after_comma = "event", False
        self.event_text, self.event_before = text_start, before
        self.reading.events.append((start, -1))
        term = self.duration
        if term is not None and not term.event_end:
            term.event_start, term.event_end, term.before = text_start, -1, before or term.op == "before"

    def event(self, item: Item) -> None:
        mark = self.prev or self.from_mark
        words_before = self.op == "to" or item.value == "until"
        if words_before and mark is not None and mark.op in ("", "in", "from"):
            mark.until_event = True
        start = self.op_start if self.op in ("before", "after", "by") else item.start
        self.begin_event(start, item.end, before=item.value == "before" or self.op == "before")
        self.op, self.prev = "", None

    def source(self, item: Item) -> None:
        if not self.swallow:
            self.swallow = "source"
            self.reading.sources.append((item.start, -1))
        self.op = ""

    def close_swallowed(self, end: int) -> None:
        reading = self.reading
        for found in (reading.events, reading.sources):
            if found and found[-1][1] < 0:
                found[-1] = (found[-1][0], end)
        for term in reading.terms:
            if term.event_end < 0:
                term.event_end = end
        self.swallow = ""

    # -- dates -------------------------------------------------------------------------------------------------

    def period(self, item: Item) -> None:
        value: Periods = item.value
        if self.swallow and self.swallowed():
            return
        if len(value.ranges) > 1 and self.op in ("from", "to", "after") and value.ranges[0][0].unit != "D":
            self.reading.clash = (self.op_start, item.end)  # "đến quý I, III"
        if self.dated_end == item.start:
            self.reading.touching = True
        for first, last in value.ranges:
            self.add_mark(first, last, item)
        self.dated_end = item.end

    def swallowed(self) -> bool:
        # Whether a date here only belongs to the description of an event or a source.
        accepted = (*_HARD, "in") if self.after_comma else _HARD
        if self.swallow == "event" and self.op not in accepted:
            self.op = ""
            self.reading.flags.add("hidden")
            return True
        if self.swallow == "source" and not self.op:
            return True
        if self.swallow:
            self.close_swallowed(self.op_start)
        return False

    def add_mark(self, first: Span, last: Span, item: Item) -> None:
        if self.choosing:
            self.chose()
        self.named_day = False
        prev = self.prev
        if self.old:
            self.reading.superseded.append((item.start, item.end))
            self.old = self.old if self.old == "until" else ""
            self.op, self.prev, self.dash = "", None, False
            return
        if self.dash and prev is not None and not self.op:
            self.extend(prev, last, item)
            return
        if self.op == "to":
            begun = prev if prev is not None and prev.op in _OPEN else self.from_mark
            if begun is not None and begun.op != "window":
                self.extend(begun, last, item)
                return
        if self.op == "to" and self.from_dom is not None and last.unit == "D":  # "từ ngày 01 đến hết ngày 05/6"
            number, at = self.from_dom
            first = last._replace(first_day=number, last_day=number)
            self.op, self.op_start = "from", at
            self.reading.doms.pop()
            self.from_dom = None
        op = self.op or (prev.op if prev is not None and prev.op in ("before", "by", "in") else "")
        loose = not self.op and prev is None and self.fillers > 0 and not self.bracket
        loose = loose or (self.naming and not self.op and last.unit != "D")  # "trước ngày 10/3 (quý I)"
        start = self.op_start if self.op else item.start
        if op == "from" and first is not last:
            op = "window"
        described = self.fillers > 0
        mark = Mark(op, first, last, self.clause, start, item.end, item.start, self.time, loose, described)
        if self.duration is not None and op == "from" and not self.duration.event_end:
            mark.op, mark.term = "count", self.duration.duration
            self.reading.terms.remove(self.duration)
            self.duration = None
        self.reading.marks.append(mark)
        self.prev = mark
        self.from_mark = mark if op in ("from", "count") else self.from_mark
        self.op, self.time, self.dash = "", None, False

    def extend(self, mark: Mark, last: Span, item: Item) -> None:
        marks = self.reading.marks
        if len(marks) > 1 and marks[-2].end == mark.end:  # "quý I, III đến năm 2027"
            self.reading.clash = (mark.start, item.end)
        mark.last, mark.op, mark.end = last, "window", item.end
        mark.time, mark.term = self.time or mark.time, None
        self.op, self.time, self.dash, self.from_mark = "", None, False, None
        self.prev = mark

    def edge(self, item: Item) -> None:
        whole, part = item.value
        found = spans.pinned(whole, self.year)
        if found is None or (self.swallow and self.swallowed()):
            return
        day = found.last if part == "cuối" else found.first
        if item.kind == "workday":
            while day.weekday() > 4:
                day = day.fromordinal(day.toordinal() + (-1 if part == "cuối" else 1))
        span = spans.day(day.day, day.month, day.year)
        self.op = self.op or "by"
        self.op_start = self.op_start if self.op != "by" else item.start
        self.add_mark(span, span, item)
        if item.kind == "workday":
            self.reading.marks[-1].note = edge_day("cuối", "tháng", working=True).note

    def nthday(self, item: Item) -> None:
        days, place, month = item.value
        found = spans.pinned(month, self.year)
        if found is None or (self.swallow and self.swallowed()):
            return
        matching = [
            at for at in range(found.first.toordinal(), found.last.toordinal() + 1) if (at - 1) % 7 + 1 == days[0]
        ]
        index = place - 1 if place > 0 else place
        if not -len(matching) <= index < len(matching):
            self.reading.bad.append("tháng không có ngày thứ như đã ghi")
            return
        day = found.first.fromordinal(matching[index])
        span = spans.day(day.day, day.month, day.year)
        self.add_mark(span, span, item)

    def at_time(self, item: Item) -> None:
        if self.op == "after":
            return
        if self.op_end == item.start and self.op != "from":
            self.op_end = item.end
        if self.dated_end == item.start:
            self.dated_end = item.end
        self.time = item.value
        self.reading.times.append(item.value)
        if self.op == "":
            self.op_start = item.start

    def settle_time(self) -> None:
        # A time of day printed after its date belongs to it.
        if self.time is not None and self.reading.marks and self.reading.marks[-1].time is None:
            mark = self.reading.marks[-1]
            if mark.clause == self.clause:
                mark.time = self.time
        self.time = None

    # -- rhythms, terms, flags ---------------------------------------------------------------------------------

    def rhythms(self, item: Item) -> None:
        if self.swallow and (self.swallow == "event" or not self.op):
            self.reading.flags.add("swallowed")
            return
        self.chose()
        if self.dated_end == item.start:
            self.reading.touching = True
        self.dated_end = item.end
        for rhythm in item.value:
            self.reading.hits.append(RhythmHit(rhythm, self.op, self.clause, item.start, item.end, item.kind == "weak"))
        self.op, self.dash = "", False

    def weekday(self, item: Item) -> None:
        if self.swallow and self.swallowed():
            return
        days, weekly = item.value
        self.chose()
        self.reading.weekdays.append((days, weekly, self.op))
        if weekly:
            self.op = ""
        else:
            self.named_day = True  # "đến thứ Bảy ngày 21/3": the date that follows keeps its word

    def dom(self, item: Item) -> None:
        if self.swallow and self.swallowed():
            return
        if self.op == "from":
            self.from_dom = (item.value[0], self.op_start)
        self.chose()
        self.reading.doms.append((item.value, self.op))
        self.op = ""

    def term(self, item: Item) -> None:
        if self.swallow == "event":
            if item.start > self.event_text and not self.reading.terms:
                self.late_term = Term(
                    item.value, "", item.start, item.end, self.event_text, item.start, self.event_before
                )
            return
        if self.swallow == "source" and not self.op:
            return
        self.duration = Term(item.value, self.op, self.op_start if self.op else item.start, item.end)
        self.reading.terms.append(self.duration)
        self.op, self.prev = "", None

    def flag(self, item: Item) -> None:
        if self.op and isinstance(item.value, Span):  # "trước 24/7" is a day
            self.add_mark(item.value, item.value, item)
            return
        if item.kind == "standing" and self.op in _HARD:
            self.reading.clash = (self.op_start, item.end)
        if self.swallow != "event":
            self.reading.flags.add(item.kind)
            if item.value == "lasting":
                self.reading.flags.add("lasting")
            if item.kind == "standing" and self.reading.standing_at is None:
                self.reading.standing_at = (self.clause, item.start)

    def now(self, item: Item) -> None:
        span = spans.whole_year(self.year)
        mark = Mark("from", span, span, self.clause, item.start, item.end, item.start, note="now")
        self.reading.marks.append(mark)
        self.prev = self.from_mark = mark
        self.op = ""

    def cite(self, item: Item) -> None:
        self.reading.cites.append((item.start, item.end))
        self.other(item)

    def exception(self, item: Item) -> None:
        self.reading.exceptions.append((item.start, item.end))

    def wrong(self, item: Item) -> None:
        self.reading.bad.append(str(item.value) if item.kind == "bad" else _BAD[item.kind])


_BAD = {
    "lunar": "ngày ghi theo âm lịch",
    "school": "thời gian ghi theo năm học hoặc mùa vụ",
    "done": "văn bản ghi việc đã làm",
    "negated": "văn bản ghi không thực hiện hoặc tạm dừng",
}

_READERS: dict[str, Callable[[_Reader, Item], None]] = {
    **dict.fromkeys(("before", "by", "to", "from", "in", "after"), _Reader.operator),
    "left": _Reader.left, "vision": _Reader.vision, "extended": _Reader.extended, "instead": _Reader.instead,
    "ofyear": _Reader.of_year, "or": _Reader.choose, "choice": _Reader.chosen,
    **dict.fromkeys(("plain", "ordinal", "watch", "share", "other"), _Reader.other),
    **dict.fromkeys(("standing", "openend", "periodic", "demand", "planned"), _Reader.flag),
    **dict.fromkeys(("bad", "done", "lunar", "school", "negated"), _Reader.wrong),
    **dict.fromkeys(("edge", "workday"), _Reader.edge),
    **dict.fromkeys(("rhythms", "weak"), _Reader.rhythms),
    "glue": _Reader.glue, "and": _Reader.join, "comma": _Reader.comma, "open": _Reader.open, "close": _Reader.close,
    "stop": _Reader.stop, "dash": _Reader.dashed, "event": _Reader.event, "according": _Reader.source,
    "period": _Reader.period, "nthday": _Reader.nthday, "time": _Reader.at_time, "weekday": _Reader.weekday,
    "dom": _Reader.dom, "duration": _Reader.term, "now": _Reader.now, "cite": _Reader.cite,
    "except": _Reader.exception, "unit": _Reader.nameless,
}  # fmt: skip


def read_together(items: list[Item], year: int) -> Reading:
    """What a phrase says, item by item; `year` is the plan's."""
    reader = _Reader(year)
    for item in items:
        _READERS[item.kind](reader, item)
    end = items[-1].end if items else 0
    if reader.op in ("before", "after") and items and not reader.swallow:
        reader.begin_event(reader.op_start, reader.op_start)
    reader.end_clause(end)
    if reader.reading.left:
        reader.reading.items = tuple(items)
    return reader.reading
