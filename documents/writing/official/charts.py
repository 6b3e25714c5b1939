"""Native Word charts (DrawingML): bars with their values written on them, and the workbook behind "Edit data"."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import BytesIO

import xlsxwriter

from documents.writing.official.clean import clean_line
from documents.writing.official.form import FONT
from rules.reporting.values import Report
from rules.work.states import ItemState

LABEL_LENGTH = 46
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - a fixed date in the file: the same figures, the same bytes
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True, slots=True)
class Series:
    """A row of values with its name, colour, and whether its labels are light (on a dark bar)."""

    name: str
    values: tuple[float, ...]
    colour: str
    light: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars: one a category; several series are stacked. `unit` is "%" for shares."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""

    @property
    def height(self) -> float:
        """Millimetres that let every category's name stand."""
        return min(200.0, 24 + 9.5 * len(self.categories))


_STATES = (
    (ItemState.DONE, "1B5E20", True),
    (ItemState.DONE_LATE, "7CB342", False),
    (ItemState.ON_TRACK, "1565C0", True),
    (ItemState.DUE_SOON, "90CAF9", False),
    (ItemState.OVERDUE, "B71C1C", True),
    (ItemState.UNDETERMINED, "BDBDBD", False),
)


def field_chart(report: Report) -> Chart | None:
    """Items by field and state; None where there is no item."""
    if not report.fields:
        return None
    series = tuple(
        Series(state.value, tuple(part.states.get(state.value, 0) for part in report.fields), colour, light)
        for state, colour, light in _STATES
        if any(part.states.get(state.value, 0) for part in report.fields)
    )
    return Chart("Tình trạng nhiệm vụ theo lĩnh vực", tuple(part.title for part in report.fields), series)


def unit_chart(report: Report) -> Chart | None:
    """The share done in time of what fell due, by unit; None where nothing fell due."""
    units = [unit for unit in report.units if unit.due]
    if not units:
        return None
    shares = tuple(round(100 * unit.done_in_time / unit.due, 1) for unit in units)
    names = tuple(f"{unit.name} ({unit.done_in_time}/{unit.due})" for unit in units)
    return Chart(
        "Tỷ lệ việc đến hạn được hoàn thành đúng hạn, theo đơn vị (%)",
        names,
        (Series("Tỷ lệ đúng hạn", shares, "1565C0"),),
        "%",
    )


def part_chart(report: Report) -> Chart | None:
    """The share of items done, by commune; None where no commune has reported."""
    parts = [part for part in report.parts if "done_share" in part.figures][:30]
    if not parts:
        return None
    shares = tuple(part.figures["done_share"] for part in parts)
    return Chart(
        "Tỷ lệ nhiệm vụ đã hoàn thành, theo địa phương (%)",
        tuple(part.name for part in parts),
        (Series("Tỷ lệ hoàn thành", shares, "1B5E20"),),
        "%",
    )


CHARTS = {"bieu-do-linh-vuc": field_chart, "bieu-do-don-vi": unit_chart, "bieu-do-dia-phuong": part_chart}
"""What "@name" in a template stands for."""


def label(text: str) -> str:
    """A category's name, short enough to stand beside its bar."""
    line = clean_line(text)
    if len(line) <= LABEL_LENGTH:
        return line
    at = line.rfind(" ", LABEL_LENGTH // 2, LABEL_LENGTH)
    return f"{line[: at if at > 0 else LABEL_LENGTH]}…"


def workbook(chart: Chart) -> bytes:
    """The chart's numbers as a workbook: Word opens it for "Edit data"."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _EPOCH})
    sheet = book.add_worksheet("So lieu")
    for column, series in enumerate(chart.series, 1):
        sheet.write_string(0, column, series.name)
        for row, value in enumerate(series.values, 1):
            sheet.write_number(row, column, value)
    for row, name in enumerate(chart.categories, 1):
        sheet.write_string(row, 0, clean_line(name)[:32_000])
    book.close()
    return out.getvalue()


def chart_xml(chart: Chart) -> bytes:
    """The chart part. Its caches hold the same numbers as the workbook, so it shows without being recalculated."""
    stacked = len(chart.series) > 1
    series = "".join(_series(chart, number) for number in range(len(chart.series)))
    legend = '<c:legend><c:legendPos val="b"/><c:overlay val="0"/>' + _text(10) + "</c:legend>" if stacked else ""
    overlap = '<c:overlap val="100"/>' if stacked else ""
    top = '<c:max val="100"/>' if chart.unit == "%" else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{_C}" xmlns:a="{_A}" xmlns:r="{_R}"><c:lang val="vi-VN"/><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="{"stacked" if stacked else "clustered"}"/>'
        f'<c:varyColors val="0"/>{series}<c:gapWidth val="40"/>{overlap}'
        '<c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{_text(10)}<c:crossAx val="2"/>'
        '<c:crosses val="autoZero"/><c:auto val="1"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/>{top}<c:min val="0"/></c:scaling>'
        '<c:delete val="1"/><c:axPos val="t"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/>'
        '<c:crossAx val="1"/><c:crosses val="autoZero"/></c:valAx>'
        f'</c:plotArea>{legend}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    ).encode()


def _series(chart: Chart, number: int) -> str:
    series, letter = chart.series[number], chr(ord("B") + number)
    rows = len(chart.categories) + 1
    names = "".join(
        f'<c:pt idx="{at}"><c:v>{escape(label(name))}</c:v></c:pt>' for at, name in enumerate(chart.categories)
    )
    values = "".join(f'<c:pt idx="{at}"><c:v>{value:g}</c:v></c:pt>' for at, value in enumerate(series.values))
    count = f'<c:ptCount val="{len(chart.categories)}"/>'
    number_format = "0.#&quot;%&quot;" if chart.unit == "%" else "0;;"
    if chart.unit == "%" and all(value == int(value) for value in series.values):
        number_format = "0&quot;%&quot;"
    light = "FFFFFF" if series.light and len(chart.series) > 1 else "000000"
    place = "ctr" if len(chart.series) > 1 else "outEnd"
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/><c:tx><c:strRef><c:f>\'So lieu\'!${letter}$1</c:f>'
        f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(series.name)}</c:v></c:pt></c:strCache>'
        f'</c:strRef></c:tx><c:spPr><a:solidFill><a:srgbClr val="{series.colour}"/></a:solidFill></c:spPr>'
        f'<c:invertIfNegative val="0"/><c:dLbls><c:numFmt formatCode="{number_format}" sourceLinked="0"/>'
        f'<c:spPr><a:noFill/></c:spPr>{_text(10, light)}<c:dLblPos val="{place}"/><c:showLegendKey val="0"/>'
        '<c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/>'
        f"<c:showBubbleSize val=\"0\"/></c:dLbls><c:cat><c:strRef><c:f>'So lieu'!$A$2:$A${rows}</c:f>"
        f"<c:strCache>{count}{names}</c:strCache></c:strRef></c:cat><c:val><c:numRef>"
        f"<c:f>'So lieu'!${letter}$2:${letter}${rows}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f"{count}{values}</c:numCache></c:numRef></c:val></c:ser>"
    )


def _text(size: int, colour: str = "000000") -> str:
    return (
        "<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>"
        f'<a:defRPr sz="{size * 100}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
        f'<a:latin typeface="{FONT}"/><a:cs typeface="{FONT}"/></a:defRPr></a:pPr>'
        '<a:endParaRPr lang="vi-VN"/></a:p></c:txPr>'
    )
