"""The week's summary for leaders: values only, the same figures as their page, one screen long."""

from datetime import date

from notifications.digest import Digest, Line, Link, Told

MOST = 5
"""Lines of each list: the mail fits one screen, the page behind the link has all."""
MOST_WORTH = 3
"""Items to do first for the score's sake."""


class WeeklySlip(Told):
    """One of the most overdue items."""

    item_code: Line
    title: Line
    unit_name: Line
    days_late: int


class WeeklyUnit(Told):
    """One unit that has something overdue."""

    name: Line
    overdue: int
    due_soon: int


class WeeklyWorth(Told):
    """One open item and the points that hang on it; `days_late` 0 while it is in time."""

    item_code: Line
    title: Line
    unit_name: Line
    last_day: date
    days_late: int
    points: Line


class WeeklyScore(Told):
    """The forecast of the yearly score, in points as they are written: now, of how many, what can still be reached."""

    total: Line
    counted: Line
    reachable: Line
    at_risk: Line
    first: tuple[WeeklyWorth, ...] = ()


class WeeklyHead(Told):
    """What the subject of a week's summary says: counts of items on `today`."""

    authority_name: Line
    today: date
    items: int
    overdue: int
    due_soon: int


class WeeklySummary(WeeklyHead):
    """How the plans stand on the first working morning of a week. Counts are of items, but for `unproven`
    (finished occurrences without evidence) and `units` (occurrences of each unit).

    `overdue_before` and `done_before` are of a week ago; None where the plan is younger. `morning` is what this
    leader is told today besides, under the summary and in the same mail.
    """

    recipient_name: Line
    on_track: int
    undetermined: int
    done: int
    done_late: int
    overdue_before: int | None = None
    done_before: int | None = None
    unproven: int = 0
    waiting: int = 0
    slips: tuple[WeeklySlip, ...] = ()
    units: tuple[WeeklyUnit, ...] = ()
    score: WeeklyScore | None = None
    link: Link | None = None
    contact: Line = ""
    morning: Digest | None = None

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """The states in the order in which a leader reads them; the last two only where there are any."""
        every = (
            ("Quá hạn", self.overdue),
            ("Sắp đến hạn", self.due_soon),
            ("Đúng tiến độ", self.on_track),
            ("Hoàn thành", self.done),
            ("Hoàn thành muộn", self.done_late),
            ("Chờ xác định thời hạn", self.undetermined),
        )
        return tuple(row for number, row in enumerate(every) if row[1] or number < 4)

    @property
    def change_words(self) -> str:
        """Against a week ago: "quá hạn tăng 2 (từ 1 lên 3), hoàn thành không đổi (4)"; "" for a young plan."""
        if self.overdue_before is None or self.done_before is None:
            return ""
        over = _change("quá hạn", self.overdue_before, self.overdue)
        done = _change("hoàn thành", self.done_before, self.done + self.done_late)
        return f"{over}, {done}"

    @property
    def waits_words(self) -> tuple[str, ...]:
        """What waits for the leader or the administrators."""
        return tuple(
            words
            for count, words in (
                (self.waiting, f"{self.waiting} yêu cầu gia hạn chờ quyết định"),
                (self.unproven, f"{self.unproven} kỳ đã hoàn thành chưa có tài liệu kiểm chứng"),
                (self.undetermined, f"{self.undetermined} nhiệm vụ chưa xác định thời hạn nên chưa được nhắc"),
            )
            if count
        )


def _change(name: str, before: int, after: int) -> str:
    if before == after:
        return f"{name} không đổi ({after})"
    word = "tăng" if after > before else "giảm"
    return f"{name} {word} {abs(after - before)} (từ {before} {'lên' if after > before else 'xuống'} {after})"
