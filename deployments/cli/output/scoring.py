"""A scored set for the terminal and as JSON."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from deployments.cli.output.tables import table
from rules.numbers import number_words
from rules.scoring.words import points_words

if TYPE_CHECKING:
    from rules.scoring.criteria.sets import CriteriaSet
    from rules.scoring.score import ScoreSheet


def plain(number: Decimal | None) -> float | int | None:
    """A decimal as a JSON number, exact for points."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def sheet_json(sheet: "ScoreSheet", rescaled: Decimal | None = None) -> dict[str, Any]:
    """The sheet: total, areas, and each leaf."""
    return {
        "total": plain(sheet.total),
        "max": plain(sheet.max),
        "counted": plain(sheet.counted),
        "pending": plain(sheet.pending),
        "percent": plain(sheet.percent()),
        "rescaled": plain(rescaled),
        "grade": sheet.grade,
        "areas": [
            {
                "code": area.code,
                "name": area.name,
                "score": plain(area.score),
                "max": plain(area.max),
                "counted": plain(area.counted),
                "below_max": area.below_max,
            }
            for area in sheet.areas
        ],
        "leaves": [
            {
                "code": leaf.code,
                "name": leaf.name,
                "area": leaf.area,
                "score": plain(leaf.score),
                "max": plain(leaf.max),
                "counted": plain(leaf.counted),
                "state": leaf.state.value,
                "explanation": leaf.explanation,
            }
            for leaf in sheet.leaves
        ],
    }


def describe_sheet(criteria: "CriteriaSet", sheet: "ScoreSheet", rescaled: Decimal | None = None) -> str:
    """The sheet as a table with its totals."""
    rows = [(leaf.code, leaf.name, leaf.explanation) for leaf in sheet.leaves]
    lines = [
        f"{criteria.name} ({criteria.code}, năm {criteria.year})",
        "",
        table(("Mã", "Tiêu chí", "Điểm và cách tính"), rows, (0, 2, 3), lines=4),
        "",
    ]
    for area in sheet.areas:
        score = points_words(area.score, area.counted if area.max else area.max)
        aside = f" (tối đa {number_words(area.max)})" if area.counted != area.max else ""
        lines.append(f"{area.code:<5} {score:>14}{aside}  {area.name}")
    below = sum(area.below_max for area in sheet.areas)
    lines.append(f"\nTổng điểm: {number_words(sheet.total)}/{number_words(sheet.counted)}.")
    lines.append(f"{below}/{len(sheet.areas)} lĩnh vực chưa đạt điểm tối đa.")
    if sheet.counted != sheet.max:
        deducted = sheet.max - sheet.counted - sheet.pending
        if sheet.pending:
            lines.append(f"Chưa tính {number_words(sheet.pending)} điểm điều tra xã hội học chưa có kết quả.")
        if deducted:
            lines.append(f"Đã trừ {number_words(deducted)} điểm tối đa của tiêu chí không áp dụng.")
    if rescaled is not None:
        lines.append(f"Quy về thang {number_words(sheet.max)}: {number_words(rescaled)}.")
    if sheet.grade:
        lines.append(f"Xếp loại: {sheet.grade}.")
    return "\n".join(lines)
