"""Pasted text: encodings, tables between tabs or pipes, marks taken off."""

import pytest

from documents.reading.formats.blocks import Document, Paragraph, RefusedDocument, Table
from documents.reading.formats.old_fonts import from_tcvn3
from documents.reading.sandbox.child import read_in_process


def text(content: str, encoding: str = "utf-8") -> Document:
    return read_in_process("txt", content.encode(encoding))


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def grid(document: Document) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in tables(document)[0].rows]


PLAN = "KẾ HOẠCH công tác năm 2025\nỦy ban nhân dân phường thực hiện các nhiệm vụ"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_form_is_read(encoding: str) -> None:
    assert texts(text(PLAN, encoding)) == PLAN.split("\n")


def test_windows_1258_is_read_although_its_tones_stand_apart() -> None:
    typed = "Kê\u0301 hoa\u0323ch công ta\u0301c năm cu\u0309a pho\u0300ng"
    assert texts(text(typed, "cp1258")) == ["Kế hoạch công tác năm của phòng"]


def test_the_old_tcvn3_letters_are_read() -> None:
    assert texts(read_in_process("txt", b"K\xd5 ho\xb9ch c\xf1a ph\xdfng, n\xa8m 2025")) == [
        "Kế hoạch của phòng, năm 2025"
    ]
    assert from_tcvn3("KÕ ho¹ch", capitals=True) == "KẾ HOẠCH"


def test_bytes_of_no_known_encoding_are_refused() -> None:
    with pytest.raises(RefusedDocument, match="bảng mã"):
        read_in_process("txt", bytes(range(128, 256)) * 20)


def test_lines_keep_their_numbers_and_rules_are_dropped() -> None:
    document = text("\ufeffSố: 45/KH-UBND\n|\n\n---\n## I. MỤC ĐÍCH\n**Nơi nhận:**\nnhư trên*\n")
    read = [(block.line, block.text, block.bold) for block in document.blocks if isinstance(block, Paragraph)]
    assert read == [
        (1, "Số: 45/KH-UBND", False),
        (5, "I. MỤC ĐÍCH", True),
        (6, "Nơi nhận:", True),
        (7, "như trên*", False),
    ]


def test_marks_of_markdown_and_html_are_taken_off_and_signs_of_the_text_stay() -> None:
    marked = r"*(lồng ghép)* “ <i>Tiếp cận</i> ” ≥ 95 % &amp; a &lt; b, HĐND&UBND, 3 * 4 * 5, so_van_ban, \- x"
    assert texts(text(marked)) == [
        "(lồng ghép) “ Tiếp cận ” ≥ 95 % & a < b, HĐND&UBND, 3 * 4 * 5, so_van_ban, - x",
    ]


def test_pages_of_a_pasted_table_are_one_table_with_the_lines_they_stood_on() -> None:
    document = text("PHỤ LỤC\nTT\tViệc\tHạn\t\n1\tHọp\tQuý I\t\n\n\nTT\t\tViệc\tHạn\n\t2\tBáo cáo\tQuý II\n\nHết./.")
    assert grid(document) == [
        ["TT", "Việc", "Hạn", ""],
        ["1", "Họp", "Quý I", ""],
        ["TT", "", "Việc", "Hạn"],
        ["", "2", "Báo cáo", "Quý II"],
    ]
    assert [row.line for row in tables(document)[0].rows] == [2, 3, 6, 7]
    assert texts(document) == ["PHỤ LỤC", "Hết./."]


def test_list_items_of_html_begin_lines_of_the_cell() -> None:
    cell = '<p>Yêu cầu:</p> <ul style="list-style-type: none"><li>Biển hiệu</li><li>Ghế ngồi</li></ul>'
    assert grid(text(f"1\tĐầu tư\t{cell}"))[0][2] == "Yêu cầu:\n- Biển hiệu\n- Ghế ngồi"


def test_a_cell_broken_over_lines_is_put_together() -> None:
    document = text(
        "TT\tViệc\tHạn\tChủ trì\n1\tTổ chức hội nghị\nđối thoại\tQuý I\tVăn phòng\n2\tBáo cáo\tQuý II\tVăn phòng"
    )
    assert grid(document)[1] == ["1", "Tổ chức hội nghị\nđối thoại", "Quý I", "Văn phòng"]
    assert len(grid(document)) == 3


def test_a_heading_row_without_its_tabs_stays_a_row() -> None:
    document = text("TT\tViệc\tHạn\n1\tHọp\tQuý I\nII CẢI CÁCH THỂ CHẾ\n2\tBáo cáo\tQuý II")
    assert grid(document)[2] == ["II CẢI CÁCH THỂ CHẾ", "", ""]


def test_a_quoted_cell_of_a_spreadsheet_may_hold_breaks() -> None:
    document = text('1\tHọp\t"- Kế hoạch\n- Báo cáo ""quý"""\tVăn phòng\n2\tx\ty\tz')
    assert grid(document)[0] == ["1", "Họp", '- Kế hoạch\n- Báo cáo "quý"', "Văn phòng"]
    assert [row.line for row in tables(document)[0].rows] == [1, 3]


def test_a_markdown_table_is_a_table() -> None:
    document = text("| TT | Việc | Hạn |\n|---|:--:|---|\n| 1 | Họp<br>giao ban | Quý I |")
    assert grid(document) == [["TT", "Việc", "Hạn"], ["1", "Họp\ngiao ban", "Quý I"]]


def test_separated_values_are_a_table_and_sentences_with_commas_are_not() -> None:
    assert grid(text('TT;Việc;Hạn;Chủ trì\n1;"Họp; giao ban";Quý I;Văn phòng\n'))[1][1] == "Họp; giao ban"
    assert tables(text("Một, hai, ba, bốn\nMột câu khác\n- và một câu nữa, có phẩy")) == []


def test_two_columns_of_a_signature_are_no_table() -> None:
    assert tables(text("Nơi nhận:\tTM. ỦY BAN NHÂN DÂN\n- Như trên;\tCHỦ TỊCH")) == []


def test_form_feeds_of_a_pdf_tell_the_page() -> None:
    pages = [block.page for block in text("một\n\fhai").blocks if isinstance(block, Paragraph)]
    assert pages == [1, 2]
