"""Number and day in an edited Word text: found by the joined line, filled where room was left, else left alone."""

import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from documents.writing.official.docx import Column, OfficialDocument
from documents.writing.official.form import Frame, Signature
from documents.writing.official.stamping import read_printed, stamped
from rules.reporting.printed_number import Printed

DAY = date(2026, 2, 5)


def frame(number: int | None = None, issued: date | None = None) -> Frame:
    return Frame(
        issuer="UBND phường Sông Mai",
        symbol="BC-UBND",
        place="Sông Mai",
        subject="Kết quả",
        signature=Signature(("CHỦ TỊCH",), "An"),
        number=number,
        issued=issued,
        year=2026,
        bases=("Căn cứ Công văn số 12/SNV-CCHC, ngày 03 tháng 01 năm 2026",),
        recipients=("Như trên",),
    )


def own(number: int | None = None, issued: date | None = None) -> bytes:
    """Our own draft, with an annex that names it."""
    made = OfficialDocument(frame(number, issued))
    made.paragraph("Số liệu kỳ này ổn định.")
    made.close()
    made.annex("Danh mục")
    made.table((Column("Số TT", 1),), [("1",)])
    return made.to_bytes()


def typed(*lines: str | Sequence[str]) -> bytes:
    """A text as people type it; a line given as several pieces is cut into that many runs."""
    made, out = docx.Document(), BytesIO()
    for line in lines:
        paragraph = made.add_paragraph()
        for piece in [line] if isinstance(line, str) else line:
            paragraph.add_run(piece).italic = piece.startswith("ng")
    made.save(out)
    return out.getvalue()


def lines(content: bytes) -> list[str]:
    body: Any = docx.Document(BytesIO(content)).element.body
    return ["".join(t.text or "" for t in p.xpath(".//w:t")) for p in body.xpath(".//w:p")]


def test_our_own_draft_is_filled_in_its_head_and_its_annexes_and_nowhere_else() -> None:
    draft = own()
    assert read_printed(draft) == Printed(symbol="BC-UBND", number_open=True, day_open=True, year=2026)
    filled = stamped(draft, 5, DAY)
    assert lines(filled) == lines(own(5, DAY))
    assert "Căn cứ Công văn số 12/SNV-CCHC, ngày 03 tháng 01 năm 2026." in lines(filled)
    assert stamped(filled, 5, DAY) == filled


def test_every_other_member_of_the_file_stays_as_it_was() -> None:
    draft = own()
    with zipfile.ZipFile(BytesIO(draft)) as old, zipfile.ZipFile(BytesIO(stamped(draft, 5, DAY))) as new:
        assert old.namelist() == new.namelist()
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
    assert changed == ["word/document.xml"]


@pytest.mark.parametrize(
    ("head", "filled"),
    [
        ((["Số", ":", "  ", "   ", "/BC", "-UBND"],), ["Số: 05/BC-UBND"]),
        (("Số: ……/BC-UBND",), ["Số: 05/BC-UBND"]),
        (("Số:.../BC - UBND",), ["Số: 05/BC - UBND"]),
        (("Số /BC-UBND",), ["Số 05/BC-UBND"]),
        ((["Sông Mai, ", "ngày ", "     ", "tháng", "   năm 20", "26"],), ["Sông Mai, ngày 05 tháng 02 năm 2026"]),
        (("Sông Mai, ngày … tháng … năm 20…",), ["Sông Mai, ngày 05 tháng 02 năm 2026"]),
        (("Sông Mai, ngày     tháng 02 năm 2026",), ["Sông Mai, ngày 05 tháng 02 năm 2026"]),
        (
            ("Số:    /BC-UBND          Sông Mai, ngày    tháng    năm 2026",),
            ["Số: 05/BC-UBND          Sông Mai, ngày 05 tháng 02 năm 2026"],
        ),
    ],
)
def test_blanks_are_found_however_word_has_cut_the_line(head: Any, filled: list[str]) -> None:
    made = stamped(typed("UBND PHƯỜNG SÔNG MAI", *head, "BÁO CÁO"), 5, DAY)
    assert lines(made)[1:-1] == filled


def test_a_blank_made_with_a_tab_is_filled_too() -> None:
    made, out = docx.Document(), BytesIO()
    paragraph = made.add_paragraph()
    paragraph.add_run("Số:")
    paragraph.add_run("\t")
    paragraph.add_run("/BC-UBND")
    made.save(out)
    assert docx.Document(BytesIO(stamped(out.getvalue(), 12, DAY))).paragraphs[0].text == "Số: 12/BC-UBND"


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("Số: 05/BC-UBND", Printed(number=5, symbol="BC-UBND")),
        ("Số: 117/BC-VHXH", Printed(number=117, symbol="BC-VHXH")),
        ("Sông Mai, ngày 05 tháng 02 năm 2026", Printed(day=DAY)),
        ("Sông Mai, ngày 31 tháng 02 năm 2026", Printed(wrong_day="ngày 31 tháng 02 năm 2026")),
        ("Sông Mai, ngày    tháng 12 năm 2025", Printed(day_open=True, month=12, year=2025)),
        ("Kết quả thực hiện kế hoạch", Printed()),
        ("Số liệu đến ngày 14/12/2025", Printed()),
        ("Số lượng hồ sơ/BC-UBND", Printed()),
    ],
)
def test_what_is_typed_already_is_read_and_left_alone(line: str, printed: Printed) -> None:
    content = typed("ỦY BAN NHÂN DÂN", line, "BÁO CÁO", "Số:    /BC-UBND", "Sông Mai, ngày   tháng   năm 2026")
    assert read_printed(content) == printed
    if not (printed.number_open or printed.day_open):
        assert stamped(content, 9, DAY) == content


def test_deleted_words_do_not_count_and_inserted_ones_do() -> None:
    made, out = docx.Document(), BytesIO()
    paragraph = made.add_paragraph()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xml:space="preserve"'
    for xml in (
        f"<w:r {space}><w:t>Số: </w:t></w:r>",
        f'<w:del {space} w:id="1" w:author="a"><w:r><w:delText>04</w:delText></w:r></w:del>',
        f'<w:ins {space} w:id="2" w:author="a"><w:r><w:t>06</w:t></w:r></w:ins>',
        f"<w:r {space}><w:t>/BC-UBND</w:t></w:r>",
    ):
        paragraph._p.append(parse_xml(xml))
    made.save(out)
    assert read_printed(out.getvalue()).number == 6


def test_a_signed_text_is_never_touched() -> None:
    out = BytesIO(own())
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("_xmlsignatures/sig1.xml", "<x/>")
    content = out.getvalue()
    assert read_printed(content).signed
    assert stamped(content, 5, DAY) == content


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", own()[:2000]])
def test_what_is_no_word_text_says_nothing(content: bytes) -> None:
    assert read_printed(content) == Printed()


def test_a_declared_document_type_is_not_followed() -> None:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(own())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace(
                    b"<w:document", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document'
                )
            new.writestr(name, data)
    assert read_printed(out.getvalue()) == Printed()
