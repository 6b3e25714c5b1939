"""PDF pages written by hand: text with places, and ruled lines."""

import pytest

from documents.reading.formats.blocks import Document, Paragraph, RefusedDocument, Table
from documents.reading.sandbox.child import read_in_process

CODES: list[str] = []  # the letters used so far: a letter's code in the page font is its place here


class Page:
    """Draws letters and lines on an A4 page, measured from its top left in points; letters are half as wide as high."""

    def __init__(self) -> None:
        self.operations: list[str] = []

    def text(self, x: float, top: float, words: str, size: float = 10) -> "Page":
        CODES.extend(letter for letter in dict.fromkeys(words) if letter not in CODES)
        codes = "".join(f"{CODES.index(letter) + 33:02x}" for letter in words)
        self.operations.append(f"BT /F1 {size} Tf {x} {842 - top - size} Td <{codes}> Tj ET")
        return self

    def line(self, x0: float, y0: float, x1: float, y1: float) -> "Page":
        self.operations.append(f"{x0} {842 - y0} m {x1} {842 - y1} l S")
        return self

    def bar(self, x0: float, y0: float, x1: float, y1: float) -> "Page":
        """A rule as Word draws it: a thin filled box."""
        self.operations.append(f"{x0} {842 - y1} {max(x1 - x0, 0.5)} {max(y1 - y0, 0.5)} re f")
        return self

    def ruled(self, xs: list[float], ys: list[float]) -> "Page":
        for x in xs:
            self.line(x, ys[0], x, ys[-1])
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        return self


def pdf(*pages: Page, face: str = "Plan") -> bytes:
    unicode = "".join(f"<{at + 33:02x}> <{ord(letter):04x}>\n" for at, letter in enumerate(CODES))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(CODES)} beginbfchar\n{unicode}endbfchar endcmap end end"
    )
    widths = " ".join(["500"] * len(CODES))
    font = (
        f"<< /Type /Font /Subtype /TrueType /BaseFont /{face} /FirstChar 33 /LastChar {32 + len(CODES)} "
        f"/Widths [{widths}] /ToUnicode 4 0 R /FontDescriptor << /Type /FontDescriptor /FontName /Plan /Flags 4 "
        "/FontBBox [0 -200 1000 800] /Ascent 800 /Descent -200 /CapHeight 700 /ItalicAngle 0 /StemV 80 >> >>"
    )
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        font,
        stream(cmap),
    ]
    for at, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {6 + 2 * at} 0 R >>"
        )
        objects.append(stream("\n".join(page.operations)))
    return assembled(objects)


def stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def assembled(objects: list[str]) -> bytes:
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF"
    return (out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}").encode("latin-1")


def read(*pages: Page) -> Document:
    return read_in_process("pdf", pdf(*pages))


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def grid(document: Document) -> list[list[str]]:
    table = next(block for block in document.blocks if isinstance(block, Table))
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_wrapped_lines_are_one_paragraph_and_a_short_line_ends_it() -> None:
    page = Page().text(80, 100, "Các cơ quan có trách nhiệm tổ chức thực hiện các việc").text(80, 114, "được giao.")
    page.text(80, 128, "Báo cáo hằng quý.")
    full = "Các cơ quan có trách nhiệm tổ chức thực hiện các việc được giao."
    assert texts(read(page)) == [full, "Báo cáo hằng quý."]


def test_text_in_two_columns_is_read_column_by_column() -> None:
    page = Page().text(80, 60, "UBND PHỐ").text(330, 60, "ĐỘC LẬP TỰ DO")
    page.text(80, 74, "Số: 5/KH").text(330, 74, "BA NGÒI, ngày 5")
    page.text(250, 110, "KẾ HOẠCH")
    assert texts(read(page)) == ["UBND PHỐ", "Số: 5/KH", "ĐỘC LẬP TỰ DO", "BA NGÒI, ngày 5", "KẾ HOẠCH"]


def test_a_ruled_table_stands_between_its_paragraphs_with_the_page_it_is_on() -> None:
    page = Page().text(80, 60, "PHỤ LỤC").ruled([80, 120, 300, 400], [90, 120, 160])
    page.text(84, 95, "TT").text(124, 95, "Việc").text(304, 95, "Hạn")
    page.text(84, 125, "1").text(124, 125, "Họp giao ban tháng của các phòng").text(124, 139, "trực thuộc")
    page.text(304, 125, "Quý I").text(80, 200, "Hết./.")
    document = read(page)
    assert grid(document) == [["TT", "Việc", "Hạn"], ["1", "Họp giao ban tháng của các phòng trực thuộc", "Quý I"]]
    assert [type(block) for block in document.blocks] == [Paragraph, Table, Paragraph]
    table = document.blocks[1]
    assert isinstance(table, Table)
    assert [row.page for row in table.rows] == [1, 1]


def test_rules_drawn_as_thin_boxes_are_rules_too() -> None:
    page = Page().text(84, 95, "TT").text(124, 95, "Việc").text(84, 125, "1").text(124, 125, "Họp")
    for x in (80, 120, 300):
        page.bar(x, 90, x, 120).bar(x, 120, x, 160)
    for y in (90, 120, 160):
        page.bar(80, y, 120, y).bar(120, y, 300, y)
    assert grid(read(page)) == [["TT", "Việc"], ["1", "Họp"]]


def test_a_row_without_rules_keeps_its_columns_apart_by_tabs() -> None:
    page = Page().text(80, 100, "1").text(130, 100, "Họp giao ban").text(300, 100, "Quý I").text(420, 100, "Văn phòng")
    assert texts(read(page)) == ["1\tHọp giao ban\tQuý I\tVăn phòng"]


def test_merged_cells_are_covered() -> None:
    page = Page().ruled([80, 120, 300, 400], [120, 150, 180]).line(80, 90, 400, 90)
    for x in (80, 300, 400):
        page.line(x, 90, x, 120)
    page.text(84, 95, "Số TT và việc").text(304, 95, "Hạn").text(84, 125, "1").text(304, 125, "Quý")
    page.text(84, 155, "2").text(124, 155, "x").text(304, 155, "Quý")
    document = read(page)
    assert grid(document) == [["Số TT và việc", "", "Hạn"], ["1", "", "Quý"], ["2", "x", "Quý"]]
    table = document.blocks[0]
    assert isinstance(table, Table)
    assert (table.rows[0].cells[0].span, table.rows[0].cells[1].covered, table.rows[1].cells[1].covered) == (
        2,
        True,
        False,
    )


def head(page: Page) -> Page:
    page.ruled([80, 120, 300, 400], [60, 90, 130, 170])
    return page.text(84, 65, "TT").text(124, 65, "Việc").text(304, 65, "Chủ trì")


def test_a_row_that_the_page_break_cut_in_two_is_one_row_of_one_table() -> None:
    one = head(Page()).text(84, 95, "1").text(124, 95, "Họp").text(304, 95, "Phòng A")
    one.text(84, 135, "2").text(124, 135, "Tổ chức hội nghị với các tổ chức").text(304, 135, "Văn phòng, các")
    two = head(Page()).text(124, 95, "và người dân").text(304, 95, "phòng")
    two.text(84, 135, "3").text(124, 135, "Báo cáo").text(304, 135, "Phòng A")
    document = read(one, two)
    assert grid(document) == [
        ["TT", "Việc", "Chủ trì"],
        ["1", "Họp", "Phòng A"],
        ["2", "Tổ chức hội nghị với các tổ chức và người dân", "Văn phòng, các phòng"],
        ["TT", "Việc", "Chủ trì"],
        ["3", "Báo cáo", "Phòng A"],
    ]
    assert len(document.blocks) == 1


def test_a_row_that_only_begins_without_a_number_stays_a_row() -> None:
    one = head(Page()).text(84, 95, "1").text(124, 95, "Họp.").text(304, 95, "Phòng A")
    one.text(84, 135, "2").text(124, 135, "Tổ chức hội nghị.").text(304, 135, "Phòng A")
    two = head(Page()).text(124, 95, "Báo cáo").text(304, 95, "Phòng B").text(84, 135, "3").text(124, 135, "x")
    assert ["", "Báo cáo", "Phòng B"] in grid(read(one, two))


def test_words_that_a_line_crosses_out_are_no_text_and_an_underline_is_no_such_line() -> None:
    page = head(Page()).text(84, 95, "1").text(124, 95, "Hop").text(304, 95, "15/3 30/4").line(303, 101.2, 325, 101.2)
    page.text(84, 135, "2").text(124, 135, "Viec bo").text(304, 135, "Quy I")
    page.line(123, 141.2, 163, 141.2).line(303, 141.2, 330, 141.2)
    page.text(80, 200, "Con hieu luc").line(80, 211.5, 140, 211.5)
    document = read(page)
    assert grid(document) == [["TT", "Việc", "Chủ trì"], ["1", "Hop", "30/4"]]
    assert texts(document) == ["Con hieu luc"]
    assert document.notes == (
        "Bỏ 1 dòng bị gạch ngang trong bảng: “Viec bo · Quy I”.",
        "Bỏ 1 chỗ chữ bị gạch ngang: “15/3”.",
    )


def test_small_raised_figures_are_note_marks() -> None:
    page = Page().text(80, 100, "Thang 1").text(115, 99, "2", 6).text(80, 130, "dat 100 m").text(125, 129, "2", 6)
    document = read(page)
    assert texts(document) == ["Thang 1 dat 100 m²"]
    assert any("dấu chú thích" in note for note in document.notes)


def test_letters_of_an_old_font_are_turned_by_its_name() -> None:
    data = pdf(Page().text(80, 100, "nhiÖm vô n¨m"), face="ABCDEF+.VnTime")
    assert texts(read_in_process("pdf", data)) == ["nhiệm vụ năm"]


def test_text_that_is_not_drawn_is_hidden() -> None:
    page = Page().text(80, 100, "Hop giao ban")
    page.operations.append("3 Tr")
    document = read(page.text(80, 130, "khong thay"))
    assert texts(document) == ["Hop giao ban"]
    assert any("chữ ẩn" in note for note in document.notes)


def test_a_letter_drawn_after_the_rest_of_its_word_stands_in_its_place() -> None:
    page = Page().text(80, 100, "Ti").text(95, 100, "n đ").text(90, 100, "ế").text(110, 100, "ộ")
    assert texts(read(page)) == ["Tiến độ"]


def test_columns_without_rules_are_told_by_the_blanks_between_them() -> None:
    page = Page()
    lines = (
        ("TT", "Viec", "Han", "Chu tri"), ("1", "Hop giao", "Quy I", "Phong A"), ("", "ban", "", ""),
        ("2", "Bao cao", "Quy II", "Phong B"), ("3", "Kiem tra", "", "Phong A"),
    )  # fmt: skip
    for at, cells in enumerate(lines):
        for x, cell in zip((80, 110, 250, 350), cells, strict=True):
            if cell:
                page.text(x, 100 + 13 * at, cell)
    assert grid(read(page)) == [
        ["TT", "Viec", "Han", "Chu tri"], ["1", "Hop giao ban", "Quy I", "Phong A"],
        ["2", "Bao cao", "Quy II", "Phong B"], ["3", "Kiem tra", "", "Phong A"],
    ]  # fmt: skip


def test_columns_that_cannot_be_told_are_refused_and_say_so() -> None:
    page = Page()
    for at in range(6):
        for x, cell in zip((80, 150 + 31 * at, 300 + 17 * at), ("Hop giao ban", "Quy I", "Phong Kinh te"), strict=True):
            page.text(x, 100 + 13 * at, cell)
    with pytest.raises(RefusedDocument, match="không có đường kẻ và không tách được cột"):
        read(page)


def test_page_numbers_are_left_out_and_figures_of_the_text_are_not() -> None:
    page = Page().text(290, 30, "2").text(80, 100, "2025").text(290, 815, "Trang 2/18")
    assert texts(read(page)) == ["2025"]


def test_a_page_without_text_or_picture_is_refused_in_plain_words() -> None:
    with pytest.raises(RefusedDocument, match="không có chữ"):
        read(Page().line(80, 80, 400, 80))
