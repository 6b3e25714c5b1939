"""The draft of a remedial plan is a plan like any other: every row of its annex is understood when it is read."""

from decimal import Decimal
from pathlib import Path

import pytest

from documents.reading.plan.interpret import read_plan
from documents.writing.scoring.remedial_plan import remedial_plan_docx
from rules.scoring.difference import Compared, PlanDraft, compare, remedial_plan
from rules.scoring.round import LOST_REASONS

AREAS = ("Công tác chỉ đạo, điều hành", "Cải cách thể chế", "Hiện đại hóa hành chính; chuyển đổi số")
FOCAL = "Văn phòng HĐND và UBND"


def lost(number: int, reason: str) -> Compared:
    """A criterion that lost its point, for a reason; every third one is the focal unit's own."""
    area = number % len(AREAS)
    unit = FOCAL if number % 3 == 0 else "Phòng Văn hóa - Xã hội"
    return Compared(
        f"{area + 1}.{number}", f"Tiêu chí thứ {number}; phần a) và phần b)", str(area + 1), AREAS[area], unit,
        Decimal(1), Decimal(1), Decimal(1), Decimal(0), reason, "Thiếu trang 1/2.", ("Quyết định, báo cáo",),
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 24])
def test_every_row_is_read_with_its_owner_timing_and_result(count: int, tmp_path: Path) -> None:
    reasons = list(LOST_REASONS)
    leaves = sorted((lost(n, reasons[n % len(reasons)]) for n in range(count)), key=lambda one: one.area_code)
    found = compare(2025, "BO", leaves, Decimal(count), Decimal(0))
    measures = remedial_plan(found, FOCAL)
    draft = PlanDraft("UBND phường Sông Mai", "Sông Mai", 2026, measures, *[Decimal(count)] * 4, count, count)
    path = tmp_path / "khac-phuc.docx"
    path.write_bytes(remedial_plan_docx(draft))
    read = read_plan(path)
    assert [item.title for item in read.items] == [one.measure for one in measures]
    assert [item.lead[0].printed for item in read.items] == [one.lead for one in measures]
    assert all(item.timing.last_day is not None and item.timing.last_day.year == 2026 for item in read.items)
    assert [list(item.results) for item in read.items] == [[one.result] for one in measures]
