"""From what was read to the timing."""

# Its kind, its dates, and what a person must do.

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from rules.timing.doubts import (
    ENTER_DATE,
    capital,
    clashing,
    clock,
    contrary,
    is_deadline_term,
    left_over,
    loose_letters,
    relative_of,
    undetermined,
    why,
)
from rules.timing.labels import Labels, trimmed
from rules.timing.lexer import Phrase, code_of
from rules.timing.marks import DAY, Fixed, ImpossibleError, fix_marks, merged, narrowed, without_names
from rules.timing.parser import Reading, RhythmHit, Term
from rules.timing.recurring import days_of, hits_of, is_recurring, recurring
from rules.timing.values import Milestone, Relative, Timing, TimingKind

_CHECK = "cần người phụ trách kiểm tra"
_AND_THEN = {code_of("và"), "," + code_of("và"), "," + code_of("sau") + code_of("đó"), code_of("rồi")}
_HALF_A_YEAR = 183
_WINDOWS = ("", "in", "window")


def decide(phrase: Phrase, reading: Reading, year: int, issued: date | None) -> Timing:
    """The timing of a phrase in the plan of `year`, issued on `issued`."""
    if reading.bad:
        return undetermined(phrase.original, f"{capital(reading.bad[0])}; {ENTER_DATE}")
    try:
        fixed = fix_marks(reading, year, issued)
    except ImpossibleError as impossible:
        return undetermined(phrase.original, f"{capital(str(impossible))}; {ENTER_DATE}")
    except OverflowError:
        return undetermined(phrase.original, f"Ngày tháng ngoài khoảng tính được; {ENTER_DATE}")
    return _Decision(phrase, reading, fixed, year, issued).timing()


def milestones_in(phrase: Phrase, reading: Reading, year: int, issued: date | None) -> tuple[Milestone, ...]:
    """The dated milestones of a result text."""
    # Days that something is due on, or periods with a colon after them.
    try:
        fixed = fix_marks(reading, year, issued)
    except (ImpossibleError, OverflowError):
        return ()
    labels = Labels(phrase, reading, fixed)
    return tuple(
        labels.milestone(period)
        for period in fixed
        if period.op in ("before", "by", "to")
        or (period.is_deadline and period.dated)
        or (period.op in _WINDOWS and phrase.text(period.mark.end, period.mark.end + 1) == ":")
    )


_valid: Callable[[dict[str, object]], Timing] = Timing.__pydantic_validator__.validate_python


class _Decision:
    # One decision: the questions in the order they are asked.

    __slots__ = ("fixed", "issued", "labels", "notes", "phrase", "reading", "year")

    def __init__(self, phrase: Phrase, reading: Reading, fixed: list[Fixed], year: int, issued: date | None) -> None:
        self.phrase, self.reading, self.fixed, self.year, self.issued = phrase, reading, fixed, year, issued
        self.notes: list[str] = []

    def timing(self) -> Timing:
        reading, fixed = self.reading, self.fixed
        self.remarks()
        if len(fixed) == 1 and reading.only_dates():
            if fixed[0].is_deadline:
                return self.deadline(fixed)
            if fixed[0].op in _WINDOWS:
                return self.windows(fixed)
        self.labels = Labels(self.phrase, reading, fixed)
        if "choice" in reading.flags and (fixed or reading.hits or reading.weekdays):
            return undetermined(self.phrase.original, f"Ghi nhiều thời gian để lựa chọn; {ENTER_DATE}")
        counted = None
        if reading.terms and len(fixed) > 1:
            counted = self.counted_months() or self.reported_quarters()
        if counted is not None:
            return counted
        hits = hits_of(reading, fixed)
        if is_recurring(reading, hits, fixed):
            again = self.first_and_again(hits)
            if again is not None:
                return again
            rhythm_clauses = {hit.clause for hit in hits}
            apart = [p for p in fixed if p.dated and p.mark.clause not in rhythm_clauses and p.op != "from"]
            if (
                hits
                and apart
                and len({p.mark.clause for p in apart} | rhythm_clauses) > 1
                and not all(p.mark.first.unit == "Y" and p.mark.start == 0 for p in apart)
            ):
                return self.milestones(apart, recurrence=recurring(reading, hits, self.without(apart), self.year).rules)
            return self.recurring(hits)
        if "standing" in reading.flags:
            return self.standing()
        return self.dated()

    def first_and_again(self, hits: list[RhythmHit]) -> Timing | None:
        # "trước ngày 20/11/2026 và hằng tháng": a first day, then one a period.
        if len(self.fixed) != 1 or len(hits) != 1:
            return None
        first, hit = self.fixed[0], hits[0]
        codes = self.phrase.tokens.codes[first.mark.end : hit.start]
        if not (first.a_day and first.op in ("before", "by", "") and codes in _AND_THEN and not hit.rhythm.dated):
            return None
        months, day = hit.rhythm.months, first.due
        if months == 12:
            return None
        text = self.phrase.text(first.mark.start, hit.end)
        if not months or 12 % months:
            return undetermined(self.phrase.original, f"“{text}”: không rõ ngày của các kỳ sau; {ENTER_DATE}")
        numbers = sorted({(day.month - 1 + step) % 12 + 1 for step in range(0, 12, months)})
        rule = f"FREQ=YEARLY;BYMONTH={','.join(map(str, numbers))};BYMONTHDAY={day.day}"
        rule = rule if months > 1 else f"FREQ=MONTHLY;BYMONTHDAY={day.day}"
        self.notes.append(f"“{text}”: các kỳ sau tạm tính ngày {day.day}; cần người phụ trách xác nhận")
        return self.made(
            TimingKind.RECURRING,
            start=day.replace(day=1),
            due=date(day.year, 12, 31),
            recurrence=rule,
            exclusive=first.exclusive,
        )

    def reported_quarters(self) -> Timing | None:
        # "Quý II và 6 tháng, quý III và 9 tháng, quý IV và cả năm": the reports of a year.
        lengths = {term.duration.months for term in self.reading.terms}
        quarters = [p for p in self.fixed if p.mark.first.unit == "Q" and p.op in _WINDOWS]
        others = [p for p in self.fixed if p not in quarters]
        if (
            len(quarters) < 2
            or not lengths
            or not lengths <= {3, 6, 9, 12}
            or any(p.mark.first.unit != "Y" for p in others)
        ):
            return None
        rule = "FREQ=YEARLY;BYMONTH=" + ",".join(str(month) for month in sorted({p.last.month for p in quarters}))
        start, due = min(p.first for p in quarters), max(p.last for p in quarters)
        return self.made(TimingKind.RECURRING, start=start, due=due, recurrence=rule)

    def without(self, apart: list[Fixed]) -> list[Fixed]:
        return [period for period in self.fixed if period not in apart]

    # -- remarks -----------------------------------------------------------------------------------------------

    def remarks(self) -> None:
        reading = self.reading
        for period in self.fixed:
            mark = period.mark
            if mark.note and mark.note != "now":
                self.notes.append(mark.note)
            if (mark.first.vague or mark.last.vague) and period.interpreted:
                text = self.phrase.text(mark.start, mark.end)
                self.notes.append(f"“{text}” được hiểu là đến {period.last:%d/%m/%Y}; cần người phụ trách xác nhận")
        for start, end in reading.superseded:
            self.notes.append(f"“{self.phrase.text(start, end)}” là hạn cũ, đã được thay; {_CHECK}")
        for before, after in self.phrase.blurred:
            self.notes.append(f"“{before}” được đọc là “{after}”; {_CHECK}")
        left = left_over(self.phrase, reading) if reading.left else []
        if self.phrase.loose:
            left += loose_letters(self.phrase, reading)
        if self.fixed or reading.hits or reading.weekdays:
            left += contrary(self.phrase)
        if reading.touching or reading.clash:
            left += clashing(self.phrase, reading, self.fixed, self.year)
        if left:
            self.notes.append(f"không rõ “{left[0]}” bên cạnh ngày tháng nghĩa là gì; {_CHECK}")
        if "planned" in reading.flags and self.fixed:
            self.notes.append("thời gian mới là dự kiến")
        for start, end in reading.exceptions:
            text = self.phrase.text(start, end)
            if not any(word in text.lower() for word in ("nghỉ", "lễ", "tết", "chủ nhật", "thứ bảy", "thứ 7")):
                self.notes.append(f"có ngoại lệ “{text}”; cần người phụ trách kiểm tra")

    def reason(self) -> str | None:
        return capital("; ".join(dict.fromkeys(self.notes))) if self.notes else None

    def depends(self) -> None:
        for start, end in self.reading.events:
            self.notes.append(f"còn phụ thuộc “{self.phrase.text(start, end)}”; cần người phụ trách theo dõi")

    # -- recurring ---------------------------------------------------------------------------------------------

    def counted_months(self) -> Timing | None:
        # "02 tháng (tháng 4 và tháng 8)": as many single months as are listed, one occurrence each.
        months = [period for period in self.fixed if period.mark.first.unit == "M" and period.op in _WINDOWS]
        lengths = {term.duration.months for term in self.reading.terms if not term.event_end}
        if len(months) < 2 or len(months) not in lengths or len(merged(months)) != len(months):
            return None
        rule = "FREQ=YEARLY;BYMONTH=" + ",".join(str(period.first.month) for period in months)
        return self.made(TimingKind.RECURRING, start=months[0].first, due=months[-1].last, recurrence=rule)

    def recurring(self, hits: list[RhythmHit]) -> Timing:
        found = recurring(self.reading, hits, self.fixed, self.year)
        self.notes.extend(found.notes)
        if self.reading.doms or len(hits) > 1:
            lost = sorted(days_of(rule for hit in hits for rule in hit.rhythm.rules) - days_of(found.rules))
            self.notes.extend(f"không rõ “ngày {day}” là của kỳ nào; {_CHECK}" for day in lost if day > 0)
        if found.start and found.due and found.due < found.start:
            return undetermined(self.phrase.original, f"Thời hạn kết thúc trước khi bắt đầu; {ENTER_DATE}")
        times = self.reading.times
        only_times = times and not (hits or self.reading.weekdays or "periodic" in self.reading.flags)
        if only_times and ("hidden" in self.reading.flags or self.reading.left):
            return undetermined(self.phrase.original, why(self.phrase, self.reading))
        return self.made(
            TimingKind.RECURRING,
            start=found.start,
            due=found.due,
            recurrence="\n".join(found.rules) or None,
            exclusive=found.exclusive and bool(found.rules),
            due_time=clock(times[-1]) if times else None,
        )

    # -- standing ----------------------------------------------------------------------------------------------

    def standing(self) -> Timing:
        deadlines = [period for period in self.fixed if period.op in ("before", "by", "count")]
        if deadlines:
            self.notes.append(
                "việc làm thường xuyên; ngày ghi là hạn báo cáo hoặc hoàn thành, cần người phụ trách xác nhận"
            )
            return self.dated()
        start: date | None = date(self.year, 1, 1)
        due: date | None = date(self.year, 12, 31)
        if self.reading.flags & {"openend", "lasting"}:
            due = None
        own = [period for period in self.fixed if self.has_own_work(period)]
        for period in self.fixed:
            if period in own:
                continue
            if period.op not in ("to", "after"):
                start = period.first
            if period.op not in ("from", "after") and "openend" not in self.reading.flags:
                due = period.last
            elif period.op == "from" and due is not None and due < period.first:
                due = None
        if start and due and due < start:
            return undetermined(self.phrase.original, f"Thời hạn kết thúc trước khi bắt đầu; {ENTER_DATE}")
        milestones = tuple(self.labels.milestone(period) for period in own)
        return self.made(TimingKind.CONTINUOUS, start=start, due=due, milestones=milestones)

    def has_own_work(self, period: Fixed) -> bool:
        # Whether a window beside a standing duty is for something else: "Ban hành quý I; triển khai thường xuyên".
        clause, at = self.reading.standing_at or (0, 0)
        mark = period.mark
        if mark.first.unit in "YD" or period.op not in _WINDOWS:
            return False
        return mark.clause != clause or mark.start < at or mark.described

    # -- dates -------------------------------------------------------------------------------------------------

    def dated(self) -> Timing:
        fixed = self.fixed
        fixed = without_names(fixed)
        self.left_out(fixed)
        self.unused()
        if len(fixed) > 1:
            self.far_year(fixed)
        self.labels = Labels(self.phrase, self.reading, fixed)
        if not fixed or ("nameless" in self.reading.flags and all(p.mark.first.unit == "Y" for p in fixed)):
            return self.without_dates()
        deadlines = [period for period in fixed if period.is_deadline]
        begins = [period for period in fixed if period.op == "from"]
        after = [period for period in fixed if period.op == "after"]
        windows = [period for period in fixed if period.op in _WINDOWS and not period.is_deadline]
        if "openend" in self.reading.flags:
            return self.open_ended(fixed)
        if begins and not deadlines and not windows:
            return self.begun(begins)
        if after and (windows or deadlines):
            return self.milestones([*windows, *deadlines], after=after)
        if after:
            self.notes.append(f"chỉ biết là sau {after[0].last:%d/%m/%Y}; {ENTER_DATE}")
            return undetermined(self.phrase.original, self.reason() or ENTER_DATE)
        if begins:
            return self.begun_and_due(begins, deadlines, windows)
        if deadlines and windows:
            return self.windows_and_deadlines(windows, deadlines)
        if windows:
            return self.windows(windows)
        return self.deadline(deadlines) if len({p.due for p in deadlines}) == 1 else self.milestones(deadlines)

    def left_out(self, kept: list[Fixed]) -> None:
        # A later year that was taken for a name ("…, hoàn thành toàn bộ năm 2026") is told to a person.
        for period in self.fixed:
            if period not in kept and kept and period.mark.start > kept[0].mark.start and period.last > kept[-1].last:
                text = self.phrase.text(period.mark.start, period.mark.end)
                self.notes.append(f"văn bản còn nhắc đến “{text}”; cần người phụ trách kiểm tra")

    def unused(self) -> None:
        # A day of a month or a length of time beside the dates that none of them takes.
        reading = self.reading
        if reading.doms and self.fixed:
            days = ", ".join(f"ngày {day}" for numbers, _ in reading.doms for day in numbers)
            self.notes.append(f"không rõ “{days}” của tháng nào; {_CHECK}")
        for term in reading.terms:
            if len(self.fixed) == 1 and not term.event_end and not self.lasts(term):
                self.notes.append(f"không rõ “{self.phrase.text(term.start, term.end)}” tính từ ngày nào; {_CHECK}")

    def far_year(self, fixed: list[Fixed]) -> None:
        # A year without a word of its own beside a finer date of another year: "2030 trước ngày 15/12/2026".
        codes = self.phrase.tokens.codes
        for whole in fixed:
            if whole.mark.first is not whole.mark.last or codes[whole.mark.at] != "Y":
                continue
            others = [p for p in fixed if p.mark.clause == whole.mark.clause and codes[p.mark.at] != "Y"]
            if any(period.last.year != whole.first.year for period in others):
                text = self.phrase.text(whole.mark.start, whole.mark.end)
                self.notes.append(f"“{text}” khác năm của ngày ghi bên cạnh; {_CHECK}")
                return

    def lasts(self, term: Term) -> bool:
        # Whether a length of time is that of the window beside it: "12 tháng (01/01–31/12/2026)".
        days = term.duration.days
        windows = [period for period in self.fixed if not period.a_day]
        if days is None or not windows or term.end == windows[0].mark.at:
            return False
        return abs((windows[-1].last - windows[0].first).days + 1 - days) <= max(2, days // 20)

    def open_ended(self, fixed: list[Fixed]) -> Timing:
        # "năm 2025 và các năm tiếp theo"; with a day ("trước ngày 15/12/2025 và …") that day comes every year.
        found = fixed[0]
        if not found.is_deadline:
            return self.made(TimingKind.CONTINUOUS, start=min(period.first for period in fixed))
        if not found.a_day or found.op == "to":
            return self.made(TimingKind.CONTINUOUS, start=date(self.year, 1, 1))
        rule = f"FREQ=YEARLY;BYMONTH={found.due.month};BYMONTHDAY={found.due.day}"
        start = date(found.due.year, 1, 1)
        return self.made(TimingKind.RECURRING, start=start, recurrence=rule, exclusive=found.exclusive)

    def begun(self, begins: list[Fixed]) -> Timing:
        # Only a beginning: a standing duty from then on, or a window up to an event.
        begin = begins[0]
        if begin.mark.until_event:
            self.notes.append(f"ngày kết thúc phụ thuộc sự kiện; {ENTER_DATE}")
            return self.made(TimingKind.WINDOW, start=begin.first if begin.mark.note != "now" else self.issued)
        if begin.mark.note == "now":
            return self.made(TimingKind.CONTINUOUS, start=self.issued)
        self.depends()
        return self.made(TimingKind.CONTINUOUS, start=begin.first)

    def begun_and_due(self, begins: list[Fixed], deadlines: list[Fixed], windows: list[Fixed]) -> Timing:
        last = max([*deadlines, *windows], key=lambda period: period.last)
        if len(windows) > 1 or (begins[0].mark.first.unit == "Y" and begins[0].mark.start > last.mark.start):
            text = self.phrase.text(begins[0].mark.start, begins[0].mark.end)
            self.notes.append(f"không rõ “{text}” là bắt đầu của việc nào; {_CHECK}")
        if last.last < begins[0].first:
            return undetermined(self.phrase.original, f"Ngày kết thúc đứng trước ngày bắt đầu; {ENTER_DATE}")
        return self.window(begins[0].first, last.due if last in deadlines else last.last, last)

    def deadline(self, deadlines: list[Fixed], start: date | None = None) -> Timing:
        found = deadlines[0]
        reading = self.reading
        if reading.events:
            self.depends()
        term = next((term for term in reading.terms if term.event_end), None) if reading.terms else None
        if found.op == "count":
            return self.counted(found)
        self.past(found.last_day, found)
        if reading.weekdays:
            self.weekday(found.due)
        if not found.dated and self.next_year_meant(found):
            return undetermined(self.phrase.original, self.year_missing(found))
        return self.made(
            TimingKind.DEADLINE,
            start=start,
            due=found.due,
            last_day=found.last_day,
            exclusive=found.exclusive,
            due_time=clock(found.mark.time) if found.mark.time else None,
            relative=relative_of(self.phrase, term) if term else None,
        )

    def weekday(self, *days: date) -> None:
        # Tell of a day of the week that is not that of its date.
        printed = [weekday for weekdays, _, _ in self.reading.weekdays for weekday in weekdays]
        if [day.isoweekday() for day in days][: len(printed)] != printed[: len(days)]:
            text = " và ".join(f"{day:%d/%m/%Y}" for day in days)
            self.notes.append(f"ngày {text} không đúng thứ đã ghi; {_CHECK}")

    def year_missing(self, found: Fixed) -> str:
        text = self.phrase.text(found.mark.start, found.mark.end)
        return f"“{text}” không ghi năm mà trong năm {self.year} thì đã qua từ lâu khi ban hành; {ENTER_DATE}"

    def next_year_meant(self, found: Fixed) -> bool:
        issued = self.issued
        return issued is not None and (issued - found.last_day).days > _HALF_A_YEAR

    def counted(self, found: Fixed) -> Timing:
        # "05 ngày kể từ ngày 01/6/2025": counted here; working days need the office's calendar.
        term = found.mark.term
        event = self.phrase.text(found.mark.start, found.mark.end)
        if term is None:
            return undetermined(self.phrase.original, ENTER_DATE)
        relative = Relative(event=event, days=term.days, working_days=term.working, hours=term.hours)
        if term.working or term.days is None:
            self.notes.append("cần người phụ trách nhập ngày xảy ra để tính hạn theo ngày làm việc")
            return self.made(TimingKind.DEADLINE, start=found.first, relative=relative)
        due = found.first + timedelta(days=term.days)
        if term.note:
            self.notes.append(term.note)
        return self.made(TimingKind.DEADLINE, start=found.first, due=due, last_day=due, relative=relative)

    def windows(self, windows: list[Fixed]) -> Timing:
        if " và " not in self.phrase.normal:
            windows = narrowed(windows)
        texts = self.labels.undated_sentences(windows) if len(self.reading.clauses) > 1 else []
        spans = merged(windows)
        if len(windows) > 2 and not texts and self.is_month_list(windows):
            return self.made(
                TimingKind.RECURRING,
                start=spans[0][0],
                due=spans[-1][1],
                recurrence="FREQ=YEARLY;BYMONTH=" + ",".join(str(window.first.month) for window in windows),
            )
        if len(windows) > 1 and self.labels.described(windows):
            return self.milestones(windows)
        if texts:
            return self.milestones(windows, undated=texts)
        if " và " in self.phrase.normal and len(windows) > 1 and windows != narrowed(windows):
            spans = list(dict.fromkeys((window.first, window.last) for window in windows))  # each keeps its own end
        if len(spans) == 1:
            first, last = spans[0]
            found = windows[-1]
            if not found.dated and found.mark.first.unit != "Y" and self.next_year_meant(found):
                return undetermined(self.phrase.original, self.year_missing(found))
            return self.window(first, last, found)
        if " hoặc " in self.phrase.normal:
            return undetermined(self.phrase.original, f"Ghi nhiều thời gian để lựa chọn; {ENTER_DATE}")
        marks = tuple(Milestone(due=last, start=first, last_day=last) for first, last in spans)
        first, last = min(first for first, _ in spans), max(last for _, last in spans)
        return self.made(TimingKind.WINDOW, start=first, due=last, milestones=marks)

    @staticmethod
    def is_month_list(windows: list[Fixed]) -> bool:
        # "Tháng 3, 6, 9, 12": single months of one list, evenly apart, are a rhythm.
        months = [window.first.month for window in windows]
        steps = {after - before for before, after in pairwise(months)}
        single = all(w.mark.first is w.mark.last and w.mark.first.unit == "M" for w in windows)
        return single and len(steps) == 1 and min(steps) > 1 and len({w.mark.end for w in windows}) == 1

    def window(self, first: date, last: date, mark: Fixed) -> Timing:
        issued = self.issued
        start: date | None = first
        if mark.mark.first.unit == "Y" and issued is not None and first < issued <= last and mark.op != "from":
            start = issued
        if any(period.mark.note == "now" for period in self.fixed):
            start = issued
        if start is not None and start > last:  # signed when the end was already past
            start = None
        self.past(last, mark)
        if self.reading.weekdays and mark.mark.last.unit == "D":
            self.weekday(first, last)
        self.depends()
        exclusive = mark.exclusive and mark.is_deadline
        if mark.mark.time and mark.mark.last.unit != "D":
            self.notes.append(f"có giờ nhưng không rõ của ngày nào; {_CHECK}")
        return self.made(
            TimingKind.WINDOW,
            start=start,
            due=last,
            last_day=last - DAY if exclusive else last,
            exclusive=exclusive,
            due_time=clock(mark.mark.time) if mark.mark.time else None,
        )

    def past(self, last: date, mark: Fixed) -> None:
        if self.issued is not None and last < self.issued:
            signed = f"đã qua khi ban hành ngày {self.issued:%d/%m/%Y}"
            self.notes.append(f"thời hạn {last:%d/%m/%Y} {signed}; cần người phụ trách kiểm tra")
        elif last.year < self.year and mark.dated:
            self.notes.append(f"năm {last.year} đứng trước năm kế hoạch {self.year}; cần người phụ trách kiểm tra")

    def windows_and_deadlines(self, windows: list[Fixed], deadlines: list[Fixed]) -> Timing:
        if len({p.due for p in deadlines}) == 1 and len({p.mark.clause for p in [*windows, *deadlines]}) == 1:
            first, last = merged(windows)[0][0], merged(windows)[-1][1]
            if first <= deadlines[0].last_day <= last and " và " not in self.phrase.normal:
                return self.deadline(deadlines, start=first)
        return self.milestones([*windows, *deadlines])

    # -- milestones --------------------------------------------------------------------------------------------

    def milestones(
        self,
        periods: list[Fixed],
        *,
        recurrence: list[str] | None = None,
        after: list[Fixed] | None = None,
        undated: list[str] | None = None,
    ) -> Timing:
        ordered = sorted(periods, key=lambda period: period.mark.start)
        found = [self.labels.milestone(period) for period in ordered]
        for period in after or []:
            text = trimmed(self.phrase.text(self.labels.label_start(period), period.mark.end))
            found.append(Milestone(due=None, target=text, start=period.last + DAY))
            self.notes.append(f"chưa rõ ngày kết thúc của “{text}”; {ENTER_DATE}")
        found.extend(Milestone(due=None, target=text) for text in undated or [])
        starts = [milestone.start for milestone in found if milestone.start is not None and milestone.due]
        dues = [milestone.due for milestone in found if milestone.due is not None]
        last_days = [period.last_day if period.is_deadline else period.last for period in ordered]
        for period in ordered:
            self.past(period.last_day if period.is_deadline else period.last, period)
        return self.made(
            TimingKind.MILESTONES,
            start=min(starts) if starts else None,
            due=max(dues),
            last_day=max(last_days),
            recurrence="\n".join(recurrence) if recurrence else None,
            milestones=tuple(found),
        )

    # -- no dates ----------------------------------------------------------------------------------------------

    def without_dates(self) -> Timing:
        reading = self.reading
        if "openend" in reading.flags:
            return self.made(TimingKind.CONTINUOUS, start=date(self.year, 1, 1))
        term = next((term for term in reading.terms if term.event_end), None)
        if term is None and reading.terms and not (reading.sources or reading.events or reading.doms):
            term = reading.terms[0]
        if term is not None and is_deadline_term(term):
            relative = relative_of(self.phrase, term)
            what = f"xảy ra “{relative.event}”" if relative.event else "bắt đầu"
            self.notes.append(f"cần người phụ trách nhập ngày {what} để tính hạn")
            if term.duration.note:
                self.notes.append(term.duration.note)
            return self.made(TimingKind.DEADLINE, relative=relative)
        return undetermined(self.phrase.original, why(self.phrase, reading))

    def made(self, kind: TimingKind, **values: object) -> Timing:
        if "due" in values and "last_day" not in values:
            values["last_day"] = values["due"]
        return _valid(
            {"phrase": self.phrase.original, "kind": kind, "reason": self.reason() if self.notes else None, **values}
        )
