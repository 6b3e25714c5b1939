"""The annexes of a report as tables of values: the same for .docx, PDF and .xlsx."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from documents.writing.official.markup import Column
from documents.writing.reports.wording import number_text
from rules.numbers import number_words
from rules.reporting.values import Comparison, DueLine, Figure, ItemLine, Report
from rules.work.states import ItemState

SOURCES_AGAIN = 5
"""So many sources are listed anew for each figure; a longer list stands once, where the same figures share it."""
Cell = str | int | float | None
Row = str | tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """A table with its title. A row that is a str is a heading over all columns; `names` are bookmarks by row."""

    title: str
    sheet: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    names: tuple[str | None, ...] = ()
    note: str = ""


def cell_text(cell: Cell) -> str:
    """A cell as it is printed."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else number_words(float(cell), 1)


def annexes_of(report: Report) -> tuple[Annex, ...]:
    """The report's annexes, in their order."""
    first = (_parts(report),) if report.parts or report.absent else (_items(report), _units(report))
    return (*first, _comparison(report), _sources(report))


def _items(report: Report) -> Annex:
    rows: list[Row] = []
    for part in report.fields:
        rows.append(part.title)
        rows.extend(_item_row(item) for item in report.items if item.field == part.code)
    columns = _fitted(_ITEM_COLUMNS, rows)
    note = "" if rows else "Tại ngày chốt số liệu, Kế hoạch không còn nhiệm vụ nào."
    return Annex("Tổng hợp kết quả thực hiện các nhiệm vụ", "Nhiệm vụ", columns, tuple(rows), note=note)


_ITEM_COLUMNS = (
    Column("Số TT", 6, True),
    Column("Nhiệm vụ", 14),
    Column("Cơ quan chủ trì (phối hợp)", 10),
    Column("Tiến độ theo Kế hoạch", 10),
    Column("Tình trạng", 9),
    Column("Kết quả thực hiện; số liệu so với chỉ tiêu", 14),
    Column("Tài liệu kiểm chứng", 10),
)
"""The annex of items with the least that each column needs, in percent; the rest goes where the words are."""
_NARROW = (0, 4)
"""Columns of it that never need more."""
LONG_CELL, LINE_OF_CELL = 600, 15
"""A cell counts up to so many characters, and a line break for so many, when widths are shared out."""


def _fitted(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[Column, ...]:
    """The columns with the width to spare shared out by their text: even rows, fewer pages."""
    written = [row for row in rows if not isinstance(row, str)]
    loads = [
        0 if number in _NARROW else sum(_load(cell_text(row[number])) for row in written)
        for number in range(len(columns))
    ]
    spare, whole = 100 - sum(column.share for column in columns), sum(loads) or 1
    return tuple(
        replace(column, share=round(column.share + spare * load / whole, 1))
        for column, load in zip(columns, loads, strict=True)
    )


def _load(text: str) -> int:
    return min(LONG_CELL, len(text) + LINE_OF_CELL * text.count("\n"))


def _item_row(item: ItemLine) -> Row:
    who = item.leads + (f"\n(phối hợp: {item.coordinators})" if item.coordinators else "")
    results = [f"Sản phẩm: {'; '.join(item.results)}"] if item.results else []
    asked = [target for target in item.targets if not any(target in words for words in (item.title, *item.results))]
    targets = [f"Chỉ tiêu: {'; '.join(asked)}"] if asked else []
    several = len({due.unit for due in item.dues}) > 1
    done = [line for due in item.dues for line in _due_lines(due, several)]
    proofs = [words for due in item.dues for words in due.evidence]
    return (
        item.code,
        "\n".join([item.title, *results]),
        who,
        item.timing,
        _state(item),
        "\n".join([*targets, *(done or (["Chưa có báo cáo trong kỳ."] if item.dues else []))]),
        "\n".join(dict.fromkeys(proofs)),
    )


def _state(item: ItemLine) -> str:
    """The item's state, with the days late of what presses."""
    late = max((due.days for due in item.dues if due.state is ItemState.OVERDUE), default=0)
    if item.state is ItemState.OVERDUE and late:
        return f"{item.state.value} {late} ngày"
    return item.state.value


def _due_lines(due: DueLine, several: bool) -> Iterator[str]:
    """What one due day adds to the item's cell: nothing where nothing was answered."""
    if due.answered_on is None:
        return
    what = due.said or ""
    if due.done_on is not None:
        what = f"Hoàn thành ngày {_day(due.done_on)}{f' (muộn {due.days} ngày)' if due.days else ''}"
    elif due.percent:
        what = f"{what}, đạt {due.percent}%"
    where = [due.unit_name] if several else []
    where += [due.label] if due.label else []
    yield ": ".join([*filter(None, [", ".join(where)]), what])
    yield from (f"Số liệu: {one.words}" for one in due.figures)
    if due.note:
        yield due.note


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _units(report: Report) -> Annex:
    columns = (
        Column("Số TT", 6, True),
        Column("Đơn vị", 30),
        Column("Số việc phải báo cáo", 10, True),
        Column("Báo cáo đúng hạn", 10, True),
        Column("Báo cáo sau ngày chốt", 10, True),
        Column("Chưa báo cáo", 10, True),
        Column("Số lần được nhắc báo cáo", 10, True),
        Column("Việc đến hạn trong kỳ", 10, True),
        Column("Hoàn thành đúng hạn", 10, True),
        Column("Tỷ lệ đúng hạn (%)", 10, True),
        Column("Việc đang quá hạn", 10, True),
    )
    rows: list[Row] = [
        (
            number,
            unit.name,
            unit.owed,
            unit.in_time,
            unit.late,
            unit.missing,
            unit.asked,
            unit.due,
            unit.done_in_time,
            round(100 * unit.done_in_time / unit.due, 1) if unit.due else None,
            unit.overdue,
        )
        for number, unit in enumerate(report.units, 1)
    ]
    if report.units:
        sums = [sum(getattr(unit, name) for unit in report.units) for name in _SUMMED]
        share = round(100 * sums[6] / sums[5], 1) if sums[5] else None
        rows.append((None, "Tổng cộng", *sums[:7], share, sums[7]))
    note = "" if rows else "Chưa có đơn vị nào được giao chủ trì việc có thời hạn."
    return Annex("Tình hình báo cáo và thực hiện của các đơn vị", "Đơn vị", columns, tuple(rows), note=note)


_SUMMED = ("owed", "in_time", "late", "missing", "asked", "due", "done_in_time", "overdue")


def _comparison(report: Report) -> Annex:
    period = report.period
    before, last_year = period.before_label or "kỳ trước", period.last_year_label or "cùng kỳ năm trước"
    columns = (
        Column("Số TT", 6, True),
        Column("Nội dung", 40),
        Column(f"Kỳ này ({period.label})", 14, True),
        Column(f"Kỳ trước ({before})" if period.before_label else "Kỳ trước", 14, True),
        Column("Tăng, giảm so với kỳ trước", 14, True),
        Column(f"Cùng kỳ năm trước ({last_year})" if period.last_year_label else "Cùng kỳ năm trước", 14, True),
        Column("Tăng, giảm so với cùng kỳ", 14, True),
    )
    rows: list[Row] = [_comparison_row(number, one) for number, one in enumerate(report.comparison, 1)]
    unknown = [
        words
        for words, known in (
            ("kỳ trước", any(one.before is not None for one in report.comparison)),
            ("cùng kỳ năm trước", any(one.last_year is not None for one in report.comparison)),
        )
        if not known
    ]
    note = f"Chưa có số liệu {' và '.join(unknown)} trong hệ thống để so sánh." if unknown else ""
    return Annex("So sánh với kỳ trước và cùng kỳ năm trước", "So sánh", columns, tuple(rows), note=note)


def _comparison_row(number: int, one: Comparison) -> Row:
    label = f"{one.label} (%)" if one.unit == "%" else one.label
    return (
        number,
        label,
        one.now,
        one.before,
        _change(one.now, one.before),
        one.last_year,
        _change(one.now, one.last_year),
    )


def _change(now: float, then: float | None) -> str | None:
    if then is None:
        return None
    gap = round(now - then, 1)
    return f"{'+' if gap > 0 else '−' if gap < 0 else ''}{number_words(abs(gap), 1)}"


def _sources(report: Report) -> Annex:
    """Where each figure comes from; each row is what the figure in the text links to."""
    source = Column("Nguồn: mã nhiệm vụ (số việc của nhiệm vụ)", 57)
    columns = (Column("Số liệu", 34), Column("Giá trị", 9, True), source)
    everything = tuple(item.code for item in report.items)
    rows: list[Row] = []
    names: list[str | None] = []
    told: dict[tuple[str, ...], str] = {everything: ""}
    for key, figure in report.figures.items():
        if key.startswith("field.") and not figure.value:
            continue
        same = told.setdefault(figure.sources, figure.label) if len(figure.sources) > SOURCES_AGAIN else figure.label
        words = _source_words(figure, everything) if same in ("", figure.label) else f"như số liệu “{same}”"
        rows.append((figure.label, number_text(figure), words))
        names.append(f"nguon_{key}")
    return Annex("Nguồn số liệu của báo cáo", "Nguồn số liệu", columns, tuple(rows), tuple(names))


def _source_words(figure: Figure, everything: Sequence[str]) -> str:
    if not figure.sources:
        return "không có" if not figure.value else "đếm theo nhật ký nhắc việc, thư đã lập"
    if len(everything) > 1 and figure.sources == everything:
        return "toàn bộ nhiệm vụ nêu tại Phụ lục I"
    return "; ".join(_gathered(figure.sources))


def _gathered(sources: Sequence[str]) -> Iterator[str]:
    """Due days of one item together: "A.I.4 (3 việc)"; the JSON form names each with its unit and key."""
    by_item = Counter(source.split(" · ", 1)[0] for source in sources)
    whole = not any(" · " in source for source in sources)
    for code, count in by_item.items():
        yield code if whole or count == 1 else f"{code} ({count} việc)"


def _parts(report: Report) -> Annex:
    """A consolidated report's communes, one a row."""
    names = ("items", "done", "done_share", "in_progress", "overdue", "undetermined", "due", "due_in_time", "missing")
    titles = (
        "Tổng số nhiệm vụ", "Đã hoàn thành", "Tỷ lệ hoàn thành (%)", "Đang thực hiện trong hạn", "Quá hạn",
        "Chưa xác định thời hạn", "Việc đến hạn trong kỳ", "Hoàn thành đúng hạn", "Việc chưa được báo cáo",
    )  # fmt: skip
    columns = (Column("Số TT", 6, True), Column("Cơ quan", 30), *(Column(title, 9, True) for title in titles))
    rows: list[Row] = [
        (number, part.name, *(part.figures.get(name) for name in names)) for number, part in enumerate(report.parts, 1)
    ]
    rows.extend((None, name, *([None] * len(names))) for name in report.absent)
    note = "Dòng để trống: cơ quan chưa có báo cáo của kỳ này." if report.absent else ""
    return Annex("Số liệu của từng địa phương", "Địa phương", columns, tuple(rows), note=note)
