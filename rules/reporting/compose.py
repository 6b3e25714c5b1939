"""Composing a report's figures for a period from the stored facts. Pure: the cut-off is the only "today".

Items are counted by their state on the cut-off day, due days by whether their last day lies
in the period; an answer counts on the day it was given (rules.reporting.facts). Nothing is
estimated: what was not answered is "not answered".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from rules.reporting.facts import (
    DueFact,
    Facts,
    ItemFact,
    Standing,
    done_on,
    newest_answer,
    replaced,
    standing,
    stands,
    state_of,
)
from rules.reporting.values import (
    Change,
    Comparison,
    DueLine,
    FieldPart,
    Figure,
    ItemLine,
    PeriodWords,
    Report,
    UnitRecord,
)
from rules.work.answers import STATE_WORDS
from rules.work.states import ItemState

IN_TIME = (ItemState.ON_TRACK, ItemState.DUE_SOON)
FINISHED = (ItemState.DONE, ItemState.DONE_LATE)
COMPARED = ("items", "done", "done_share", "in_progress", "overdue", "undetermined", "due", "in_time_share", "answers")
"""Figures that are set beside those of earlier periods."""

ROWS = {
    "done": FINISHED,
    "done_late": (ItemState.DONE_LATE,),
    "in_progress": IN_TIME,
    "overdue": (ItemState.OVERDUE,),
    "undetermined": (ItemState.UNDETERMINED,),
}
"""Figures of items and the states they count."""

LABELS = {
    "items": "Nhiệm vụ của Kế hoạch",
    "done": "Nhiệm vụ đã hoàn thành",
    "done_late": "Nhiệm vụ hoàn thành muộn",
    "in_progress": "Nhiệm vụ đang thực hiện trong hạn",
    "overdue": "Nhiệm vụ quá hạn",
    "undetermined": "Nhiệm vụ chưa xác định thời hạn",
    "done_share": "Tỷ lệ nhiệm vụ đã hoàn thành",
    "due": "Việc đến hạn trong kỳ",
    "due_in_time": "Việc đến hạn trong kỳ, hoàn thành đúng hạn",
    "due_late": "Việc đến hạn trong kỳ, hoàn thành muộn",
    "due_open": "Việc đến hạn trong kỳ, chưa hoàn thành",
    "in_time_share": "Tỷ lệ việc đến hạn trong kỳ được hoàn thành đúng hạn",
    "carried": "Việc quá hạn từ kỳ trước chuyển sang",
    "carried_done": "Việc quá hạn từ kỳ trước, đã hoàn thành trong kỳ",
    "done_now": "Việc hoàn thành trong kỳ",
    "overdue_dues": "Việc quá hạn tại ngày chốt số liệu",
    "next_due": "Việc đến hạn trong kỳ tới",
    "owed": "Việc phải báo cáo trong kỳ",
    "answers": "Việc được báo cáo trong kỳ",
    "answers_late": "Việc được báo cáo sau ngày chốt số liệu",
    "missing": "Việc chưa được báo cáo trong kỳ",
    "units": "Đơn vị được giao chủ trì",
    "units_missing": "Đơn vị còn việc chưa báo cáo",
    "evidence": "Tài liệu kiểm chứng cung cấp trong kỳ",
    "targets_met": "Chỉ tiêu có số liệu: đạt",
    "targets_unmet": "Chỉ tiêu có số liệu: chưa đạt",
    "reminders": "Lượt nhắc việc, đôn đốc trong kỳ",
    "extended": "Việc được gia hạn trong kỳ",
    "dropped": "Nhiệm vụ đưa ra khỏi Kế hoạch trong kỳ",
}
"""What each figure is called; the order of the list of sources."""


@dataclass(slots=True)
class _Due:
    """A due day with what the period makes of it.

    `passed`: not done, and a later one has taken its place. It was due, but it presses no more and nobody is asked.
    """

    item: ItemFact
    due: DueFact
    then: Standing
    line: DueLine
    in_period: bool
    carried: bool
    passed: bool
    owed: bool
    answered: bool
    late: bool


@dataclass(slots=True)
class _Counted:
    """Figures being collected: each a list of sources."""

    figures: dict[str, Figure] = field(default_factory=dict)

    def count(self, key: str, sources: Iterable[str], label: str | None = None) -> None:
        listed = tuple(sources)
        self.figures[key] = Figure(label=label or LABELS[key], value=len(listed), sources=listed)

    def number(self, key: str, value: float) -> None:
        self.figures[key] = Figure(label=LABELS[key], value=value)

    def share(self, key: str, part: str, whole: str) -> None:
        """A percentage with one decimal; there is none where there is nothing to take a share of."""
        below = self.figures[whole].value
        if below:
            value = round(100 * self.figures[part].value / below, 1)
            self.figures[key] = Figure(label=LABELS[key], value=value, unit="%", sources=self.figures[part].sources)


def compose(
    facts: Facts,
    period: PeriodWords,
    *,
    before: Mapping[str, float] | None = None,
    last_year: Mapping[str, float] | None = None,
) -> Report:
    """The report of a period. `before` and `last_year` are the figures of earlier reports, where there are any."""
    items = [_as_of(item, period.cut_off) for item in facts.items if stands(item, period.cut_off)]
    states = {item.code: state_of(item, period.cut_off, facts.soon_days) for item in items}
    dues = [made for item in items for made in _dues(item, period, facts)]
    counted = _figures(facts, period, states, dues)
    units = _units(facts, dues)
    counted.count("units", (unit.code for unit in units))
    counted.count("units_missing", (unit.code for unit in units if unit.missing))
    figures = {key: counted.figures[key] for key in LABELS if key in counted.figures}
    return Report(
        plan_code=facts.plan_code,
        plan_title=facts.plan_title,
        plan_number=facts.plan_number,
        issued_on=facts.issued_on,
        authority_code=facts.authority_code,
        authority_name=facts.authority_name,
        period=period,
        figures=figures | _field_figures(facts, items, states),
        fields=tuple(_fields(facts, items, states)),
        items=_item_lines(items, states, dues),
        units=units,
        comparison=compared(figures, before, last_year),
        extended=_extended(facts, period),
        dropped=_dropped(facts, period),
    )


def _as_of(item: ItemFact, day: date) -> ItemFact:
    """The item with the due days that stood on a day."""
    if all(due.cancelled_on is None or due.cancelled_on > day for due in item.dues):
        return item
    return replace(item, dues=tuple(due for due in item.dues if due.cancelled_on is None or due.cancelled_on > day))


def _dues(item: ItemFact, period: PeriodWords, facts: Facts) -> Iterator[_Due]:
    yesterday = period.first_day - timedelta(days=1)
    for due in item.dues:
        then = standing(due, period.cut_off, facts.soon_days)
        in_period = period.first_day <= then.last_day <= period.cut_off
        if done_on(due, yesterday) is not None or replaced(item, due, yesterday):
            continue
        passed = replaced(item, due, period.cut_off)
        if passed and not in_period:
            continue
        answer = newest_answer(due, period.cut_off, period.first_day)
        owed = due.opens_on <= period.cut_off and (answer is not None or not passed)
        yield _Due(
            item=item,
            due=due,
            then=then,
            line=_due_line(item, due, then, period, facts),
            in_period=in_period,
            carried=then.last_day < period.first_day,
            passed=passed,
            owed=owed,
            answered=owed and answer is not None,
            late=answer is not None and answer.answered_on > period.cut_off,
        )


def _due_line(item: ItemFact, due: DueFact, then: Standing, period: PeriodWords, facts: Facts) -> DueLine:
    answer = newest_answer(due, period.cut_off)
    ended = then.done_on or period.cut_off
    evidence = [
        one.words
        for one in due.evidence
        if one.brought_on <= period.cut_off and (one.removed_on is None or one.removed_on > period.cut_off)
    ]
    return DueLine(
        ref=f"{item.code} · {due.unit} · {due.key}",
        unit=due.unit,
        unit_name=facts.units.get(due.unit, due.unit),
        label=due.label,
        due_on=due.due_on,
        last_day=then.last_day,
        state=then.state,
        days=max(0, (ended - then.last_day).days),
        done_on=then.done_on,
        said=STATE_WORDS[answer.state] if answer else None,
        percent=answer.percent if answer else None,
        note=answer.note if answer else None,
        figures=answer.figures if answer else (),
        evidence=tuple(evidence),
        answered_on=answer.answered_on if answer else None,
        done_now=then.done_on is not None,
        next_due=then.done_on is None and period.cut_off < then.last_day <= period.next_until,
    )


def _figures(facts: Facts, period: PeriodWords, states: Mapping[str, ItemState], dues: list[_Due]) -> _Counted:
    counted = _Counted()
    counted.count("items", states)
    for key, wanted in ROWS.items():
        counted.count(key, (code for code, state in states.items() if state in wanted))
    counted.share("done_share", "done", "items")
    _count_dues(counted, dues)
    counted.share("in_time_share", "due_in_time", "due")
    evidence = (
        f"{made.line.ref} · {one.words}"
        for made in dues
        for one in made.due.evidence
        if period.first_day <= one.brought_on <= period.cut_off and one.words in made.line.evidence
    )
    counted.count("evidence", evidence)
    for key, wanted_result in (("targets_met", True), ("targets_unmet", False)):
        counted.count(
            key,
            (f"{made.line.ref} · {one.goal}" for made in dues for one in made.line.figures if one.met is wanted_result),
        )
    told = sum(count for day, count in facts.reminders.items() if period.first_day <= day <= period.cut_off)
    counted.number("reminders", told)
    counted.count("extended", (change.item for change in _extended(facts, period)))
    counted.count("dropped", _dropped(facts, period))
    return counted


_DUE_FIGURES: Mapping[str, Callable[[_Due], bool]] = {
    "due": lambda d: d.in_period,
    "due_in_time": lambda d: d.in_period and d.then.state is ItemState.DONE,
    "due_late": lambda d: d.in_period and d.then.state is ItemState.DONE_LATE,
    "due_open": lambda d: d.in_period and d.then.done_on is None,
    "carried": lambda d: d.carried,
    "carried_done": lambda d: d.carried and d.then.done_on is not None,
    "done_now": lambda d: d.then.done_on is not None,
    "overdue_dues": lambda d: d.then.state is ItemState.OVERDUE and not d.passed,
    "next_due": lambda d: d.line.next_due,
    "owed": lambda d: d.owed,
    "answers": lambda d: d.answered,
    "answers_late": lambda d: d.answered and d.late,
    "missing": lambda d: d.owed and not d.answered,
}


def _count_dues(counted: _Counted, dues: list[_Due]) -> None:
    for key, wanted in _DUE_FIGURES.items():
        counted.count(key, (made.line.ref for made in dues if wanted(made)))


def _field_figures(facts: Facts, items: Iterable[ItemFact], states: Mapping[str, ItemState]) -> dict[str, Figure]:
    counted = _Counted()
    by_field: dict[str, list[str]] = {}
    for item in items:
        by_field.setdefault(item.field, []).append(item.code)
    for code, title in facts.fields.items():
        codes = by_field.get(code, [])
        if codes:
            counted.count(f"field.{code}.items", codes, f"{title}: nhiệm vụ")
            for key, wanted in ROWS.items():
                chosen = [one for one in codes if states[one] in wanted]
                label = LABELS[key].removeprefix("Nhiệm vụ ")
                counted.count(f"field.{code}.{key}", chosen, f"{title}: {label}")
    return counted.figures


def _fields(facts: Facts, items: Iterable[ItemFact], states: Mapping[str, ItemState]) -> Iterator[FieldPart]:
    by_field: dict[str, list[ItemState]] = {}
    for item in items:
        by_field.setdefault(item.field, []).append(states[item.code])
    for code, title in facts.fields.items():
        found = by_field.get(code, [])
        if found:
            counts = {state.value: found.count(state) for state in ItemState}
            yield FieldPart(code=code, title=title, items=len(found), states=counts)


def _item_lines(
    items: Iterable[ItemFact], states: Mapping[str, ItemState], dues: Iterable[_Due]
) -> tuple[ItemLine, ...]:
    by_item: dict[str, list[_Due]] = {}
    for made in dues:
        by_item.setdefault(made.item.code, []).append(made)
    return tuple(_item_line(item, states[item.code], by_item.get(item.code, [])) for item in items)


def _item_line(item: ItemFact, state: ItemState, dues: Iterable[_Due]) -> ItemLine:
    return ItemLine(
        code=item.code,
        title=item.title,
        field=item.field,
        leads=item.leads,
        coordinators=item.coordinators,
        timing=item.timing,
        results=item.results,
        targets=item.targets,
        state=state,
        reason=item.undetermined,
        dues=tuple(made.line for made in dues if made.owed or made.line.next_due or made.line.done_now),
    )


def _units(facts: Facts, dues: Iterable[_Due]) -> tuple[UnitRecord, ...]:
    by_unit: dict[str, list[_Due]] = {}
    for made in dues:
        by_unit.setdefault(made.due.unit, []).append(made)
    leading = {due.unit for item in facts.items for due in item.dues}
    return tuple(
        _unit(code, name, by_unit.get(code, []), facts.asked.get(code, 0))
        for code, name in facts.units.items()
        if code in leading
    )


def _unit(code: str, name: str, dues: Iterable[_Due], asked: int) -> UnitRecord:
    owed = [made for made in dues if made.owed]
    due = [made for made in dues if made.in_period]
    return UnitRecord(
        code=code,
        name=name,
        owed=len(owed),
        in_time=sum(made.answered and not made.late for made in owed),
        late=sum(made.answered and made.late for made in owed),
        missing=sum(not made.answered for made in owed),
        due=len(due),
        done_in_time=sum(made.then.state is ItemState.DONE for made in due),
        overdue=sum(made.then.state is ItemState.OVERDUE and not made.passed for made in dues),
        asked=asked,
    )


def compared(
    figures: Mapping[str, Figure], before: Mapping[str, float] | None, last_year: Mapping[str, float] | None
) -> tuple[Comparison, ...]:
    """The figures of `COMPARED` beside those of earlier periods."""
    return tuple(
        Comparison(
            label=figures[key].label,
            unit=figures[key].unit,
            now=figures[key].value,
            before=None if before is None else before.get(key),
            last_year=None if last_year is None else last_year.get(key),
        )
        for key in COMPARED
        if key in figures
    )


def _extended(facts: Facts, period: PeriodWords) -> tuple[Change, ...]:
    return tuple(
        Change(item=one.item, unit_name=facts.units.get(one.unit, one.unit), before=one.before, after=one.after)
        for one in facts.extensions
        if period.first_day <= one.decided_on <= period.cut_off
    )


def _dropped(facts: Facts, period: PeriodWords) -> tuple[str, ...]:
    return tuple(
        item.code
        for item in facts.items
        if item.dropped_on is not None and period.first_day <= item.dropped_on <= period.cut_off
    )


def missing_dues(facts: Facts, period: PeriodWords, today: date) -> dict[str, list[tuple[ItemFact, DueLine]]]:
    """By unit: the due days for which this period has no answer yet, as known today."""
    seen = period.model_copy(update={"cut_off": min(today, period.cut_off)})
    found: dict[str, list[tuple[ItemFact, DueLine]]] = {}
    for item in facts.items:
        if stands(item, seen.cut_off):
            for made in _dues(_as_of(item, seen.cut_off), seen, facts):
                if made.due.opens_on <= period.cut_off and not (made.answered or made.passed):
                    found.setdefault(made.due.unit, []).append((item, made.line))
    return found
