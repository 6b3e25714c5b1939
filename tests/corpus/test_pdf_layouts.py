"""Every PDF layout of the corpus reads as its truth says; the same holds for what pdfplumber sees of the ruled ones."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from documents.reading.formats.blocks import RefusedDocument, Table
from documents.reading.sandbox.child import read_in_process
from tests.corpus.report import score_folder

FOLDER = Path(__file__).parent / "pdf"
LAYOUTS = sorted(FOLDER.glob("*.pdf"))
RULED = ("ruled", "landscape", "two-tables", "merged-owner")


def key(text: str | None) -> str:
    return re.sub(r"\W+", "", unicodedata.normalize("NFC", text or "").casefold())


def test_every_layout_is_read_exactly() -> None:
    score = score_folder(FOLDER)
    assert score.faults == []
    assert score.documents >= 15
    assert score.exact == score.items


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.stem)
def test_a_layout_warns_and_refuses_as_its_truth_says(layout: Path) -> None:
    truth: dict[str, Any] = json.loads(layout.with_suffix(".truth.json").read_text(encoding="utf-8"))
    if "refused" in truth:
        with pytest.raises(RefusedDocument, match=truth["refused"]):
            read_in_process("pdf", layout.read_bytes())
        return
    notes = read_in_process("pdf", layout.read_bytes()).notes
    if "warning" in truth:
        assert any(truth["warning"] in note for note in notes)
    else:
        assert notes == ()


@pytest.mark.parametrize("name", RULED)
def test_a_second_reader_sees_the_same_cells(name: str) -> None:
    import pdfplumber

    data = (FOLDER / f"{name}.pdf").read_bytes()
    own = [
        [key(cell.text) for cell in row.cells if cell.text]
        for block in read_in_process("pdf", data).blocks
        if isinstance(block, Table)
        for row in block.rows
    ]
    with pdfplumber.open(FOLDER / f"{name}.pdf") as pdf:
        other = [
            [key(cell) for cell in row if cell]
            for page in pdf.pages
            for table in page.extract_tables({"text_x_tolerance_ratio": 0.15})
            for row in table
        ]
    assert own == other
