"""From a timing to its occurrences (kỳ). All dates are calendar days in Asia/Ho_Chi_Minh."""

# One for each deadline, window, milestone, period or review. A deadline or window has one, milestones one each, a
# recurring item one a period, a standing duty one review in each reporting period; what has no date yet has none,
# and a person is asked (`needs_a_date`). Drafts are values: the same timing gives the same ones, with keys that
# are unique in the item.

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from rules.calendar.periods import REFORM, ReviewWindow, Scheme, review_windows
from rules.calendar.recurrence import Due, RecurrenceRule, dues, parse_recurrence
from rules.calendar.workdays import WorkCalendar
from rules.timing.values import Milestone, Timing, TimingKind

_DAY = timedelta(days=1)
_TWO_YEARS = 732
_TWO_PERIODS = {"DAILY": 2, "WEEKLY": 14, "MONTHLY": 62, "YEARLY": _TWO_YEARS}
"""Days that surely hold two periods of a frequency: so far around the bounds neighbours are looked for."""


class OccurrenceKind(StrEnum):
    """Why there is a due day."""

    DEADLINE = "deadline"
    MILESTONE = "milestone"
    PERIOD = "period"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class OccurrenceDraft:
    """One due day of an item."""

    # `due_on` is the day as printed, `last_day` the last one in time. `urge_until` is the last day on which it is
    # urged, where a later occurrence replaces it.

    key: str
    kind: OccurrenceKind
    opens_on: date
    due_on: date
    last_day: date
    label: str
    target: str | None = None
    urge_until: date | None = None


@dataclass(frozen=True, slots=True)
class _Bounds:
    # The plan's year and the days in which its item runs; `given` says that the end stands in the plan.

    year: int
    first: date
    last: date
    given: bool


def occurrences_of(
    timing: Timing, *, year: int, issued: date | None = None, scheme: Scheme = REFORM, until: date | None = None
) -> tuple[OccurrenceDraft, ...]:
    """The occurrences of a timing in the plan of `year`, signed on `issued`, in order of their last day.

    Raises ValueError when its recurrence is not a rule that `rules.calendar.recurrence` understands.
    """
    # `until` is the last day looked at when the timing itself is open-ended (default: the end of the plan's
    # year).
    if timing.kind is TimingKind.UNDETERMINED:
        return ()
    bounds = _bounds(timing, year, issued, until)
    drafts = [*_dated(timing, bounds), *_repeated(timing, bounds, scheme)]
    unique = {draft.key: draft for draft in reversed(drafts)}
    return tuple(sorted(unique.values(), key=lambda draft: (draft.last_day, draft.due_on, draft.key)))


def needs_a_date(timing: Timing) -> bool:
    """Whether a person must give the date."""
    # Undetermined, counted from an event without a day, or without an end.
    if timing.kind in (TimingKind.RECURRING, TimingKind.CONTINUOUS):
        return False
    dated = timing.due is not None or timing.last_day is not None or any(m.due for m in timing.milestones)
    return timing.kind is TimingKind.UNDETERMINED or not (dated or timing.recurrence)


def resolve_relative(timing: Timing, event_day: date, calendar: WorkCalendar) -> Timing:
    """The deadline counted from the day of its event, which is not counted itself (Civil Code 2015, Art. 147)."""
    # Hours are counted as days begun. A term of calendar days that ends on a day off ends on the next working day
    # (Art. 148): that is the last day in time, `due` stays as counted. A timing without a countable term comes
    # back unchanged.
    relative = timing.relative
    if relative is None or (relative.days is None and relative.hours is None):
        return timing
    count = relative.days if relative.days is not None else -(-(relative.hours or 0) // 24)
    if relative.working_days:
        due = last_day = calendar.add_working_days(event_day, count)
    else:
        due = event_day + timedelta(days=count)
        last_day = calendar.next_working_day(due)
    found = {"kind": TimingKind.DEADLINE, "start": event_day, "due": due, "last_day": last_day, "reason": None}
    return timing.model_copy(update=found)


def _bounds(timing: Timing, year: int, issued: date | None, until: date | None) -> _Bounds:
    # An item runs from its start or the new year, but not before its plan was signed, to its end.
    first = timing.start or date(year, 1, 1)
    end = timing.last_day or timing.due
    horizon = until or date(max(year, first.year), 12, 31)
    return _Bounds(year, max(first, issued or first), end or horizon, given=end is not None)


def _dated(timing: Timing, bounds: _Bounds) -> Iterator[OccurrenceDraft]:
    # The occurrences whose day stands in the plan.
    yield from _milestones(timing.milestones, bounds)
    last_day = timing.last_day or timing.due
    if last_day is None or timing.kind in (TimingKind.RECURRING, TimingKind.CONTINUOUS):
        return
    due = timing.due or last_day
    if all(milestone.due != due for milestone in timing.milestones):
        opens_on = min(bounds.first, last_day)
        yield OccurrenceDraft(due.isoformat(), OccurrenceKind.DEADLINE, opens_on, due, last_day, f"Hạn {due:%d/%m/%Y}")


def _milestones(milestones: Iterable[Milestone], bounds: _Bounds) -> Iterator[OccurrenceDraft]:
    # One for each day; what must be reached on the same day is one occurrence.
    by_day: dict[date, list[Milestone]] = {}
    for milestone in milestones:
        if milestone.due is not None:
            by_day.setdefault(milestone.due, []).append(milestone)
    for due, group in by_day.items():
        last_day = min(milestone.last_day or due for milestone in group)
        starts = [milestone.start for milestone in group if milestone.start is not None]
        opens_on = min(max(bounds.first, min(starts, default=bounds.first)), last_day)
        target = "; ".join(dict.fromkeys(m.target for m in group if m.target)) or None
        label = f"Mốc {due:%d/%m/%Y}"
        yield OccurrenceDraft(due.isoformat(), OccurrenceKind.MILESTONE, opens_on, due, last_day, label, target)


def _repeated(timing: Timing, bounds: _Bounds, scheme: Scheme) -> Iterator[OccurrenceDraft]:
    # The occurrences that come again: by the timing's rules, or with each report.
    rules = parse_recurrence(timing.recurrence) if timing.recurrence else ()
    periodic = [rule for rule in rules if not rule.standing]
    if periodic:
        yield from _periods(periodic, bounds, exclusive=timing.exclusive)
    elif rules:  # a mail every day would be read by nobody: a daily duty is looked at with each report
        yield from _reviews(bounds, scheme, OccurrenceKind.REVIEW, "{} (nhiệm vụ hằng ngày, rà soát theo kỳ báo cáo)")
    elif timing.kind is TimingKind.CONTINUOUS:
        yield from _reviews(bounds, scheme, OccurrenceKind.REVIEW, "{} (nhiệm vụ thường xuyên)")
    elif timing.kind is TimingKind.RECURRING:
        yield from _reviews(bounds, scheme, OccurrenceKind.PERIOD, "{}")


def _periods(rules: list[RecurrenceRule], bounds: _Bounds, *, exclusive: bool) -> Iterator[OccurrenceDraft]:
    # One occurrence for each due day of each rule; where two periods share a name, both are named by date.
    expanded = [(rule, _around(rule, bounds)) for rule in rules]
    names = Counter(due.key for _, found in expanded for due in found)
    for rule, found in expanded:
        for draft in _of_rule(rule, found, bounds, exclusive):
            if names[draft.key] == 1:
                yield draft
            else:
                yield replace(draft, key=draft.due_on.isoformat(), label=f"{draft.label}, hạn {draft.due_on:%d/%m/%Y}")


def _around(rule: RecurrenceRule, bounds: _Bounds) -> list[Due]:
    # The due days of a rule in the bounds, with at least one neighbour before and after them.
    reach = timedelta(days=_TWO_YEARS if rule.months else _TWO_PERIODS[rule.frequency] * rule.interval)
    endless = replace(rule, until=None)
    end = max(bounds.last, rule.until or bounds.last)
    return list(dues(endless, bounds.first - reach, end + reach, plan_year=bounds.year))


def _of_rule(rule: RecurrenceRule, found: list[Due], bounds: _Bounds, exclusive: bool) -> Iterator[OccurrenceDraft]:
    # The occurrences of one rule, each looked at between its neighbours.
    early = _DAY if exclusive else timedelta()
    end = bounds.last if bounds.given or rule.until is None else rule.until
    for before, due, after in zip(found, found[1:], found[2:], strict=False):
        last_day = due.day - early
        if not bounds.first <= last_day <= end or (rule.until is not None and due.day > rule.until):
            continue
        opens_on = max(_opening(before, due, early), bounds.first)
        yield OccurrenceDraft(
            due.key, OccurrenceKind.PERIOD, opens_on, due.day, last_day, due.label, None, after.day - _DAY
        )


def _opening(before: Due, due: Due, early: timedelta) -> date:
    # The first day of the work that is due: the start of the period it closes, or the day after the last due one.
    #
    # A day early in its period ("trước ngày 05 hằng tháng") closes the work of the one before: it opens when the
    # last one closed. So does the second of two days in one period.
    last_day = due.day - early
    follows = before.day - early + _DAY
    late_in_period = 2 * (last_day - due.period_start).days >= due.period_days
    return max(follows, due.period_start) if late_in_period else follows


def _reviews(bounds: _Bounds, scheme: Scheme, kind: OccurrenceKind, words: str) -> Iterator[OccurrenceDraft]:
    # One for each reporting period: due when its figures close.
    #
    # An end inside a period closes it early when half of the period is over; a shorter rest (15–31 December
    # of a duty of the year) belongs to the report before, unless it is all there is.
    years = range(bounds.first.year, bounds.last.year + 2)
    windows = [window for year in years for window in review_windows(year, scheme)]
    pieces = [_Piece.of(window, following, bounds) for window, following in pairwise(windows)]
    open_pieces = [piece for piece in pieces if piece.opens_on <= piece.last_day]
    for piece in [piece for piece in open_pieces if piece.counts(bounds)] or open_pieces[:1]:
        label = words.format(piece.window.label)
        yield OccurrenceDraft(
            piece.window.key, kind, piece.opens_on, piece.last_day, piece.last_day, label, None, piece.urge_until
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    # The part of a review window that lies in an item's bounds.

    window: ReviewWindow
    opens_on: date
    last_day: date
    urge_until: date

    @classmethod
    def of(cls, window: ReviewWindow, following: ReviewWindow, bounds: _Bounds) -> "_Piece":
        # What the bounds leave of a window; opens after its last day where they leave nothing.
        opens_on, last_day = max(window.first_day, bounds.first), min(window.last_day, bounds.last)
        return cls(window, opens_on, last_day, following.last_day - _DAY)

    def counts(self, bounds: _Bounds) -> bool:
        # Whether the window closes in the bounds, or the item itself ends when half of it is over.
        if self.last_day == self.window.last_day:
            return True
        return bounds.given and 2 * (self.last_day - self.window.first_day) >= (
            self.window.last_day - self.window.first_day
        )
