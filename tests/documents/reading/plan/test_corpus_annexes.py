"""Every annex of the corpus is read exactly as its truth says, with no task too many and every doubt said."""

import json
from pathlib import Path
from typing import Any

import pytest

from documents.reading.plan.interpret import read_plan
from rules.plan.values import ItemRead, PlanReading
from rules.timing.values import TimingKind
from tests.corpus.annex_tables import ANNEXES, Annex
from tests.corpus.making import made

FOLDER = Path(__file__).resolve().parents[3] / "corpus" / "annexes"
_NO_LAST_DAY = (TimingKind.RECURRING, TimingKind.CONTINUOUS, TimingKind.UNDETERMINED)


def said(item: ItemRead) -> dict[str, Any]:
    """An item as a truth writes it."""
    timing = item.timing
    last = None if timing.kind in _NO_LAST_DAY else timing.last_day or timing.due
    return {
        "code": item.code,
        "title": item.title,
        "lead": [ref.printed for ref in item.lead],
        "coordinating": [ref.printed for ref in item.coordinating],
        "due": last.isoformat() if last else None,
        "warns": sorted({doubt.code.partition(".")[0] for doubt in item.warnings}),
    }


def read(name: str) -> PlanReading:
    """One document of the corpus."""
    return read_plan(next(path for path in FOLDER.glob(f"{name}.*") if not path.name.endswith(".json")))


@pytest.mark.parametrize("annex", ANNEXES, ids=lambda annex: annex.name)
def test_an_annex_is_read_as_its_truth_says(annex: Annex) -> None:
    assert [said(item) for item in read(annex.name).items] == annex.truth["items"]


@pytest.mark.parametrize("annex", ANNEXES, ids=lambda annex: annex.name)
def test_the_stored_document_and_truth_are_what_the_tables_make(annex: Annex) -> None:
    stored = json.loads((FOLDER / f"{annex.name}.truth.json").read_text(encoding="utf-8"))
    assert stored == annex.truth
    if annex.form != "xlsx":  # the bytes of a workbook change with the library that writes it
        assert (FOLDER / f"{annex.name}.{annex.form}").read_bytes() == made(annex.form, annex.blocks, annex.sheets)


def test_a_turned_column_is_told_of_the_whole_document_too() -> None:
    assert [doubt.code for doubt in read("a23-dates-turned-by-excel").warnings if "đảo ngày" in doubt.message] == [
        "timing.date_order"
    ]


def test_a_table_that_is_no_list_of_tasks_is_counted_aloud() -> None:
    (told,) = [doubt.message for doubt in read("a39-unread-table-beside").warnings if doubt.code == "table.unread"]
    assert "Bảng 2 (4 dòng, đầu bảng “Thôn | Số hộ | Số khẩu | Diện tích”)" in told


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        ("a09-own-codes-in-groups", ["Thể chế", "Số hóa"]),
        ("a20-group-column-merged", ["Thể chế", "Chuyển đổi số"]),
        ("a14-merged-sections-from-unit", ["KHỐI PHÒNG CHUYÊN MÔN", "PHÒNG KINH TẾ", "PHÒNG VĂN HÓA - XÃ HỘI"]),
        ("a16-section-in-the-unit-column", ["CÔNG AN XÃ", "TRẠM Y TẾ"]),
    ],
)
def test_groups_and_merged_rows_are_sections(name: str, sections: list[str]) -> None:
    reading = read(name)
    assert [section.title for section in reading.sections] == sections
    assert {item.section for item in reading.items} <= {section.code for section in reading.sections}
