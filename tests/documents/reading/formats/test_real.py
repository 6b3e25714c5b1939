"""The real Ba Ngòi plan in every form it is found in, against its hand-made truth."""

import json
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

from documents.reading.formats.blocks import Document, Paragraph, RefusedDocument, Table
from documents.reading.sandbox.files import read_document

FIELDS = ("title_raw", "lead_raw", "coordinating_raw", "result_raw")


def plain(text: str) -> str:
    """What must be equal in every form: letters and figures, without tags, list signs and the way lines break."""
    return re.sub(r"[\s•\-–]+", "", re.sub(r"<[^>]+>", "", unicodedata.normalize("NFC", text))).lower()


def missing(document: Document, truth: Path, leave_out: tuple[str, ...] = ()) -> list[str]:
    rows = [
        [plain(cell.text) for cell in row.cells]
        for block in document.blocks
        if isinstance(block, Table)
        for row in block.rows
    ]
    items = json.loads(truth.read_text(encoding="utf-8"))["items"]
    assert len(items) == 59
    wanted = {item["code"]: [plain(item[key]) for key in FIELDS if item[key]] for item in items}
    return [
        code
        for code, cells in wanted.items()
        if code not in leave_out and not any(set(cells) <= set(row) for row in rows)
    ]


@pytest.mark.parametrize(
    "name",
    [
        "ba-ngoi-2025.txt", "files/ba-ngoi-2025.docx", "files/ba-ngoi-2025.odt", "files/ba-ngoi-2025.xlsx",
        "files/ba-ngoi-2025.pdf", "files/tracked-changes.docx", "files/decomposed-unicode.docx",
        "files/other-headers.docx", "files/other-headers.pdf", "hostile/wrongext_pdf.docx",
    ],
)  # fmt: skip
def test_all_59_items_stand_in_rows_of_the_document(shared: Path, name: str) -> None:
    document = read_document(shared / "plans" / name)
    assert missing(document, shared / "truth" / "ba-ngoi-2025.json") == []
    words = json.dumps([str(block) for block in document.blocks], ensure_ascii=False)
    assert unicodedata.is_normalized("NFC", words)
    assert "ĐÃXOÁ" not in words


def test_an_old_word_file_is_read_where_libreoffice_is(shared: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    document = read_document(shared / "plans/files/ba-ngoi-2025.doc")
    assert document.format == "doc"
    assert missing(document, shared / "truth" / "ba-ngoi-2025.json") == []


def test_an_old_word_file_asks_for_a_new_one_where_libreoffice_is_not(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RefusedDocument, match=r"cần LibreOffice.*lưu lại dạng \.docx"):
        read_document(shared / "plans/files/ba-ngoi-2025.doc")


@pytest.mark.parametrize("form", ["xls", "ods"])
def test_other_workbooks_hold_the_same_items(shared: Path, tmp_path: Path, form: str) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    source = shared / "plans/files/ba-ngoi-2025.xlsx"
    options = ["--headless", "--convert-to", form, "--outdir", str(tmp_path), str(source)]
    subprocess.run(["soffice", profile, *options], capture_output=True, check=True, timeout=60)
    document = read_document(tmp_path / f"ba-ngoi-2025.{form}")
    assert document.format == form
    assert missing(document, shared / "truth" / "ba-ngoi-2025.json") == []
    original = read_document(source)
    assert document.blocks == original.blocks


def test_formulas_are_not_run_and_text_that_looks_like_one_stays(shared: Path) -> None:
    document = read_document(shared / "plans/files/formula-text.xlsx")
    replaced = tuple(f"A.I.{number}" for number in range(1, 6))
    assert missing(document, shared / "truth" / "ba-ngoi-2025.json", replaced) == []
    results = [row.cells[6].text for row in document.blocks[0].rows[6:11]]  # type: ignore[union-attr]
    assert results == ["", "", "@SUM(1+1)", "+84 258 123", "=1+1"]
    assert "ô G9" in document.notes[0]


def test_a_plan_of_paragraphs_reads_the_same_from_word_and_pdf(shared: Path) -> None:
    forms = [read_document(shared / f"plans/files/toc-tien-2021.{form}") for form in ("docx", "pdf")]
    word, pdf = ([block.text for block in form.blocks if isinstance(block, Paragraph)] for form in forms)
    assert len(word) > 100
    assert [text for text in word if text not in pdf] == []


def test_rows_of_the_pasted_text_know_their_lines(shared: Path) -> None:
    document = read_document(shared / "plans/ba-ngoi-2025.txt")
    truth = json.loads((shared / "truth/ba-ngoi-2025.json").read_text(encoding="utf-8"))
    lines = {row.line for block in document.blocks if isinstance(block, Table) for row in block.rows}
    assert {item["source_line"] for item in truth["items"]} <= lines


def test_the_pages_of_the_pdf_are_known_and_unreliable_ones_are_not_told(shared: Path) -> None:
    pdf = read_document(shared / "plans/files/ba-ngoi-2025.pdf")
    pages = [row.page for block in pdf.blocks if isinstance(block, Table) for row in block.rows]
    assert (pdf.pages, pages[0], pages[-1]) == (18, 3, 18)
    odt = read_document(shared / "plans/files/ba-ngoi-2025.odt")
    assert {block.page for block in odt.blocks if isinstance(block, Paragraph)} == {None}
