"""The twelve-column sheet that offices keep: out, filled in by hand, in again and out again, without loss."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.deployments.plan_files import NOON, Dondoc, plan_file, set_clock

REAL = ["ba-ngoi-2025.docx", "ba-ngoi-2025.pdf", "ba-ngoi-2025.xlsx", "toc-tien-2021.docx", "tracked-changes.docx"]
KEPT = ("Số VB", "Ngày BH", "Lãnh đạo", "Tiến độ", "Kết quả", "Ghi chú")
"""The columns that only the office writes."""


@pytest.fixture
def dondoc(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> Dondoc:
    """The command line on a fresh database."""
    assert sqlite_url
    set_clock(monkeypatch, NOON)
    return Dondoc(capsys)


def code_of(dondoc: Dondoc) -> str:
    """The code of the only plan there is."""
    return str(dondoc.json("plan", "list")[0]["code"])


def cells(sheet: Path) -> list[tuple[Any, ...]]:
    """Every row of a sheet, its header first."""
    return list(openpyxl.load_workbook(sheet).active.iter_rows(values_only=True))


def out(dondoc: Dondoc, code: str, path: Path) -> list[tuple[Any, ...]]:
    dondoc("plan", "export", code, "-o", path)
    return cells(path)


@pytest.mark.parametrize("name", REAL)
def test_a_real_plan_goes_out_and_in_and_nothing_has_changed(
    dondoc: Dondoc,
    shared: Path,
    tmp_path: Path,
    name: str,
) -> None:
    dondoc("plan", "import", shared / "plans" / "files" / name, "--yes")
    code = code_of(dondoc)
    before, first = dondoc.json("item", "list", code), out(dondoc, code, tmp_path / "1.xlsx")
    assert len(first) == len(before) + 1
    done = dondoc.json("plan", "import", tmp_path / "1.xlsx", "--code", code, "--yes")
    assert done["changed"] is False
    assert dondoc.json("item", "list", code) == before
    assert out(dondoc, code, tmp_path / "2.xlsx") == first


def test_every_column_that_the_office_fills_in_comes_back_as_it_was(
    dondoc: Dondoc,
    tmp_path: Path,
) -> None:
    dondoc("plan", "import", plan_file(tmp_path / "k.docx"), "--yes")
    code, sheet = code_of(dondoc), tmp_path / "sheet.xlsx"
    out(dondoc, code, sheet)
    book = openpyxl.load_workbook(sheet)
    head = [cell.value for cell in book.active[1]]
    for number, row in enumerate(book.active.iter_rows(min_row=2), 1):
        said = {
            "Số VB": f"{number}/QĐ-UBND",
            "Ngày BH": date(2026, 2, number),
            "Lãnh đạo": f"PCT Nguyễn Thị Hoa {number}",
            "Tiến độ": f"{number}0%",
            "Kết quả": f"=Đã ban hành {number}\nvà công khai",
            "Ghi chú": f"Ghi chú “{number}” <b>",
        }
        for name, value in said.items():
            row[head.index(name)].value = value
            row[head.index(name)].data_type = "d" if name == "Ngày BH" else "s"
    book.save(sheet)
    dondoc("plan", "import", sheet, "--code", code, "--yes")
    filled, again = cells(sheet), out(dondoc, code, tmp_path / "again.xlsx")
    for column, name in enumerate(head):
        if name != "Trạng thái":  # the state is ours: it follows the days
            assert [row[column] for row in again] == [row[column] for row in filled], name
    assert set(KEPT) <= set(head)
    assert dondoc.json("plan", "import", tmp_path / "again.xlsx", "--code", code, "--yes")["changed"] is False
    assert out(dondoc, code, tmp_path / "third.xlsx") == again
