"""What a reader of a Word or OpenDocument text does not see is not read, and is told."""

import shutil
import subprocess
from pathlib import Path

import pytest

from documents.reading.formats.blocks import Document, Paragraph, RefusedDocument, Table
from documents.reading.sandbox.child import read_in_process
from documents.reading.sandbox.files import read_document
from tests.documents.reading.formats.test_word import (
    OTHER,
    TYPES,
    W,
    docx,
    grid,
    numbers,
    odf,
    p,
    r,
    tbl,
    tc,
    texts,
    tr,
    zipped,
)

STRIKE, DOUBLE = "<w:strike/>", "<w:dstrike/>"
OFF = '<w:strike w:val="0"/>'
RAISED = '<w:vertAlign w:val="superscript"/>'


def styles(*styles: str, defaults: str = "") -> str:
    default = f"<w:docDefaults><w:rPrDefault><w:rPr>{defaults}</w:rPr></w:rPrDefault></w:docDefaults>"
    return f"<w:styles {W}>{default}{''.join(styles)}</w:styles>"


def style(name: str, properties: str = "", base: str = "", kind: str = "paragraph", default: bool = False) -> str:
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    normal = ' w:default="1"' if default else ""
    return f'<w:style w:type="{kind}"{normal} w:styleId="{name}">{based}<w:rPr>{properties}</w:rPr></w:style>'


def character(style: str) -> str:
    return f'<w:rStyle w:val="{style}"/>'


def font(name: str, face: str = "hAnsi") -> str:
    return f'<w:rFonts w:{face}="{name}"/>'


def styled(text: str, style: str) -> str:
    return p(text, f'<w:pStyle w:val="{style}"/>')


def told(document: Document, part: str) -> bool:
    return any(part in note for note in document.notes)


# crossed out
@pytest.mark.parametrize("mark", [STRIKE, DOUBLE, '<w:strike w:val="true"/>'])
def test_words_crossed_out_are_no_text_and_are_told(mark: str) -> None:
    document = docx(f"<w:p>{r('Trước ngày ')}{r('15/3', mark)}{r('30/4')}</w:p>")
    assert texts(document) == ["Trước ngày 30/4"]
    assert document.notes == ("Bỏ 1 chỗ chữ bị gạch ngang: “15/3”.",)


def test_a_mark_that_is_switched_off_crosses_nothing_out() -> None:
    document = docx(f"<w:p>{r('15/3', OFF)}</w:p>")
    assert texts(document) == ["15/3"]
    assert document.notes == ()


def test_a_row_crossed_out_is_one_row_left_out_though_its_number_is_not_struck() -> None:
    struck = [tc(f"<w:p>{r(text, STRIKE)}</w:p>") for text in ("Rà soát thủ tục", "Quý II")]
    document = docx(tbl(tr(tc("1"), tc("Họp"), tc("Quý I")), tr(tc("2"), *struck), tr(tc("3"), tc("Gửi"), tc("Quý"))))
    assert grid(document) == [["1", "Họp", "Quý I"], ["3", "Gửi", "Quý"]]
    assert document.notes == ("Bỏ 1 dòng bị gạch ngang trong bảng: “Rà soát thủ tục · Quý II”.",)
    table = document.blocks[0]
    assert isinstance(table, Table)
    assert [row.row for row in table.rows] == [1, 3]


def test_the_owner_of_rows_merged_below_a_row_that_is_left_out_stays_theirs() -> None:
    first = tr(tc("1"), tc("Phòng A", '<w:vMerge w:val="restart"/>'))
    gone = tr(tc("2"), tc("Phòng B", '<w:vMerge w:val="restart"/>'), properties="<w:del/>")
    rest = tr(tc("3"), tc("", "<w:vMerge/>"))
    assert grid(docx(tbl(first, gone, rest))) == [["1", "Phòng A"], ["3", "Phòng B"]]
    owner = tc("Phòng B", '<w:vMerge w:val="restart"/>')
    struck = tr(tc("2"), tc(f"<w:p>{r('Việc cũ', STRIKE)}</w:p>"), owner)
    rest = tr(tc("3"), tc("Việc"), tc("", "<w:vMerge/>"))
    assert grid(docx(tbl(struck, rest))) == [["3", "Việc", "Phòng B"]]


def test_a_strike_may_come_from_a_style_its_parent_or_a_character_style_and_be_taken_back() -> None:
    sheet = styles(
        style("Bo", STRIKE), style("BoCon", base="Bo"), style("BoChu", STRIKE, kind="character"),
        style("Giu", '<w:strike w:val="0"/>', base="Bo"),
    )  # fmt: skip
    body = styled("a", "Bo") + styled("b", "BoCon") + styled("c", "Giu")
    body += f"<w:p>{r('d', character('BoChu'))}{r('e')}</w:p>"
    body += f'<w:p><w:pPr><w:pStyle w:val="Bo"/></w:pPr>{r("f", OFF)}</w:p>'
    assert texts(docx(body, styles=sheet)) == ["c", "e", "f"]


def test_a_strike_of_the_paragraph_mark_alone_crosses_no_words_out() -> None:
    assert texts(docx(p("Họp giao ban", f"<w:rPr>{STRIKE}</w:rPr>"))) == ["Họp giao ban"]


def test_a_style_for_first_rows_says_nothing_of_the_other_rows() -> None:
    first = f'<w:tblStylePr w:type="firstRow"><w:rPr>{STRIKE}</w:rPr></w:tblStylePr>'
    sheet = styles(f'<w:style w:type="table" w:styleId="Luoi">{first}</w:style>')
    table = tbl(tr(tc("1"), tc("Họp"))).replace("<w:tblPr/>", '<w:tblPr><w:tblStyle w:val="Luoi"/></w:tblPr>')
    assert grid(docx(table, styles=sheet)) == [["1", "Họp"]]


# hidden
def test_hidden_words_rows_and_paragraph_marks() -> None:
    sheet = styles(style("An", "<w:vanish/>"))
    document = docx(styled("ẩn đi", "An") + p("Họp"), styles=sheet)
    assert texts(document) == ["Họp"]
    assert told(document, "Bỏ 1 chỗ chữ ẩn: “ẩn đi”")
    assert grid(docx(tbl(tr(tc("1"), tc("Họp")), tr(tc("2"), tc("Ẩn"), properties="<w:hidden/>")))) == [["1", "Họp"]]
    assert texts(docx(p("Phòng Văn hóa ", "<w:rPr><w:vanish/></w:rPr>") + p("- Xã hội"))) == ["Phòng Văn hóa - Xã hội"]


# raised
def test_raised_figures_are_note_marks_and_never_digits() -> None:
    document = docx(f"<w:p>{r('Tháng 1')}{r('2', RAISED)}</w:p><w:p>{r('15/3/2026')}{r('1', RAISED)}{r(' họp')}</w:p>")
    assert texts(document) == ["Tháng 1", "15/3/2026 họp"]
    assert document.notes == ("Bỏ 2 số nhỏ viết cao (dấu chú thích), sau “Tháng 1”, “15/3/2026”.",)


def test_raised_figures_come_from_styles_position_and_letters_of_unicode_too() -> None:
    sheet = styles(style("Chu", RAISED, kind="character"))
    marks = (character("Chu"), '<w:position w:val="8"/>')
    body = "".join(f"<w:p>{r('30/1')}{r('2', mark)}</w:p>" for mark in marks)
    assert texts(docx(f"{body}{p('Tháng 1²')}", styles=sheet)) == ["30/1", "30/1", "Tháng 1"]


def test_square_metres_and_raised_words_stay() -> None:
    body = f"<w:p>{r('100 m')}{r('2', RAISED)}</w:p><w:p>{r('Điều 1')}{r('bis', RAISED)}</w:p>{p('5 km² rừng')}"
    assert texts(docx(body)) == ["100 m²", "Điều 1bis", "5 km² rừng"]


# old fonts
@pytest.mark.parametrize(
    "sheet",
    [
        styles(style("Normal", font(".VnTime"), default=True)),
        styles(defaults=font(".VnTime", "ascii")),
        styles(style("Normal", default=True, base="Goc"), style("Goc", font(".VnArial"))),
    ],
)
def test_an_old_font_may_be_named_anywhere(sheet: str) -> None:
    body = p("nhiÖm vô n¨m") + f"<w:p>{r('ho')}{r('¹ch ®Þnh')}{r(' nh')}<w:r><w:softHyphen/></w:r></w:p>"
    assert texts(docx(body, styles=sheet)) == ["nhiệm vụ năm", "hoạch định như"]


def test_an_old_font_may_be_the_theme_and_a_vni_letter_may_stand_in_two_runs() -> None:
    theme = (
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:minorFont>'
        '<a:latin typeface="VNI-Times"/></a:minorFont></a:theme>'
    )
    sheet = styles(defaults='<w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/>')
    document = docx(f"<w:p>{r('Keá hoa')}{r('ïch ñònh kyø')}</w:p>", styles=sheet, **{"theme/theme1": theme})
    assert texts(document) == ["Kế hoạch định kỳ"]


def test_unicode_in_an_old_font_is_left_as_it_is() -> None:
    assert texts(docx(f"<w:p>{r('Kế hoạch của các phòng', font('.VnTime'))}</w:p>")) == ["Kế hoạch của các phòng"]


def test_letters_of_an_old_font_that_is_not_named_are_turned_and_told() -> None:
    document = docx(p("KÕ ho¹ch c¶i c¸ch hµnh chÝnh n¨m 2026 cña phêng") + p("Th¸ng 9") + p("Quý II"))
    assert texts(document)[1:] == ["Tháng 9", "Quý II"]
    assert told(document, "phông chữ cũ")


def test_a_text_that_is_garbled_beside_good_ones_is_told() -> None:
    document = docx(p("Kế hoạch cải cách hành chính của phường, các đơn vị thực hiện") + p("đã ho¹ch c¶i c¸ch n¨m"))
    assert told(document, "phông chữ cũ")


# old Word files
def test_cells_that_a_converter_ran_together_are_parted_by_the_marks_of_the_old_file() -> None:
    import json

    from documents.reading.formats.word.cells import PART

    cells = [["TT", "Việc", "Hạn"], ["1", "Bỏ", "Quý I"], ["2", "Họp", "Quý II"]]
    glued = r("TTVi") + r("ệcHạn") + r("1BỏQuý I", STRIKE) + r("2HọpQuý") + r(" II")
    document = with_parts(p("trên") + f"<w:p>{glued}</w:p>", {PART: json.dumps([cells])})
    assert grid(document) == [cells[0], cells[2]]
    assert document.notes == ("Bỏ 1 dòng bị gạch ngang trong bảng: “Bỏ · Quý I”.",)
    assert texts(with_parts(p("TTViệc"), {PART: '[[["x", 1]], 3]'})) == ["TTViệc"]


def test_an_old_word_file_whose_tables_give_no_widths_keeps_its_cells(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    rows = (("TT", "Việc", "Hạn"), ("1", "Họp", ""), ("2", "Gửi", "Quý II"))
    table = tbl(*(tr(*(tc(cell) for cell in row)) for row in rows)).replace("<w:tblGrid/>", "")
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    main = f"<w:document {W} {OTHER}><w:body>{p('Kế hoạch')}{table}{p('Hết')}</w:body></w:document>"
    parts = {"[Content_Types].xml": TYPES, "_rels/.rels": relations, "word/document.xml": main}
    (tmp_path / "plan.docx").write_bytes(zipped(parts))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
    command += ["doc:MS Word 97", "--outdir", str(tmp_path), str(tmp_path / "plan.docx")]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    assert grid(read_document(tmp_path / "plan.doc")) == [list(row) for row in rows]


# what stands inside
def test_a_part_of_html_is_read_in_its_place() -> None:
    page = (
        "<html><meta charset=utf-8><style>p{}</style><p>Danh mục<table><tr><th>TT<th>Việc<th>Hạn</tr>"
        '<tr><td rowspan=2>1<td>Họp &amp; bàn<td><s>15/3</s> 30/4<sup>1</sup></tr><tr><td style="font-family:.VnTime">'
        "n¨m<td>x</tr><tr><td>2<td><del>cũ</del><td></tr></table></html>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://x/aFChunk" Target="a.htm"/></Relationships>'
    )
    body = p("trên") + (
        '<w:altChunk xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="r1"/>'
    )
    document = with_parts(body + p("dưới"), {"word/_rels/document.xml.rels": relations, "word/a.htm": page})
    assert texts(document) == ["trên", "Danh mục", "dưới"]
    assert grid(document) == [["TT", "Việc", "Hạn"], ["1", "Họp & bàn", "30/4"], ["", "năm", "x"]]
    assert told(document, "1 dòng bị gạch ngang")
    other = with_parts(body + p("dưới"), {"word/_rels/document.xml.rels": relations, "word/a.htm": "{\\rtf1 x}"})
    assert told(other, "tài liệu nhúng")


def with_parts(body: str, parts: dict[str, str]) -> Document:
    main = f"<w:document {W} {OTHER}><w:body>{body}</w:body></w:document>"
    return read_in_process("docx", zipped({"[Content_Types].xml": TYPES, "word/document.xml": main, **parts}))


def picture(width: int, height: int) -> str:
    return (
        '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><wp:extent cx="{width}" cy="{height}"/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"/></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def test_a_large_picture_and_an_embedded_document_are_named_and_a_seal_is_not() -> None:
    document = docx(p("PHỤ LỤC") + f"<w:p>{picture(5_400_000, 7_000_000)}</w:p>")
    assert told(document, "Có 1 ảnh trong văn bản (sau “PHỤ LỤC”)")
    assert docx(p("CHỦ TỊCH") + f"<w:p>{picture(1_400_000, 1_400_000)}</w:p>").notes == ()
    ole = '<w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" ProgID="{}"/></w:object></w:r>'
    document = docx(p("Phụ lục kèm theo") + f"<w:p>{ole.format('Excel.Sheet.12')}{ole.format('Equation.3')}</w:p>")
    assert told(document, "Có 1 tài liệu nhúng bên trong không được đọc (bảng Excel sau “Phụ lục kèm theo”)")


def test_a_file_of_pictures_alone_is_refused_as_what_it_is() -> None:
    with pytest.raises(RefusedDocument, match="chỉ có ảnh"):
        docx(f"<w:p>{picture(5_400_000, 7_000_000)}</w:p>")


# OpenDocument
ODF_STYLES = (
    '<style:style style:name="Bo" style:family="text"><style:text-properties style:text-line-through-style="solid"/>'
    '</style:style><style:style style:name="BoCon" style:family="text" style:parent-style-name="Bo"/>'
    '<style:style style:name="Cao" style:family="text"><style:text-properties style:text-position="33% 58%"/>'
    '</style:style><style:style style:name="An" style:family="text"><style:text-properties text:display="none"/>'
    '</style:style><style:style style:name="Cu" style:family="paragraph">'
    "<style:text-properties fo:font-family=\"'.VnTime'\"/>"
    '</style:style><style:style style:name="CuCon" style:family="paragraph" style:parent-style-name="Cu"/>'
)


SVG = 'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'


def span(style: str, text: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


def test_opendocument_text_crossed_out_hidden_raised_or_in_an_old_font() -> None:
    body = (
        f"<text:p>Trước {span('BoCon', '15/3 ')}30/4{span('Cao', '1')}{span('An', 'bí mật')}</text:p>"
        '<text:p text:style-name="CuCon">nhiÖm vô</text:p>'
    )
    document = odf(body, styles=ODF_STYLES)
    assert texts(document) == ["Trước 30/4", "nhiệm vụ"]
    assert [note.partition(":")[0] for note in document.notes] == [
        "Bỏ 1 chỗ chữ bị gạch ngang", "Bỏ 1 chỗ chữ ẩn", "Bỏ 1 số nhỏ viết cao (dấu chú thích), sau “Trước 30/4”.",
    ]  # fmt: skip


def test_opendocument_rows_and_columns_that_are_not_seen() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell{more}><text:p>{text}</text:p></table:table-cell>"

    def row(*cells: str, more: str = "") -> str:
        return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"

    spanned, filtered = ' table:number-rows-spanned="2"', ' table:visibility="filter"'
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    body = (
        f'<table:table table:name="KH">{columns}{row(cell("TT"), cell("Mật"), cell("Việc"))}'
        f"{row(cell('1'), cell('x'), cell('Họp'))}"
        f"{row(cell('2'), cell('x'), cell('Lọc', spanned), more=filtered)}"
        f"{row(cell('3'), cell('x'), '<table:covered-table-cell/>')}"
        f"{row(cell('4'), cell(''), cell(span('Bo', 'Bỏ')))}</table:table>"
    )
    document = odf(body, "spreadsheet", ODF_STYLES, "ods")
    assert grid(document) == [["TT", "", "Việc"], ["1", "", "Họp"], ["3", "", "Lọc"]]
    assert document.notes == (
        "Bỏ 1 dòng bị gạch ngang trong bảng: “Bỏ”.",
        "Bỏ 1 dòng ẩn hoặc bị lọc ở sheet “KH”: dòng 3.",
        "Bỏ 1 cột ẩn ở sheet “KH”: cột B.",
    )


def test_a_large_picture_in_an_opendocument_text_is_named_and_a_seal_is_not() -> None:
    def framed(width: str, height: str) -> str:
        sizes = f'svg:width="{width}" svg:height="{height}"'
        return f"<text:p>PHỤ LỤC<draw:frame {SVG} {sizes}><draw:image/></draw:frame></text:p>"

    assert told(odf(framed("16cm", "9.5in")), "Có 1 ảnh trong văn bản (sau “PHỤ LỤC”)")
    assert odf(framed("30mm", "90pt")).notes == ()


def test_empty_cells_repeated_to_the_edge_of_a_sheet_are_nothing() -> None:
    merged = '<table:covered-table-cell table:number-columns-repeated="16370"/>'
    body = (
        "<table:table><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell "
        'table:number-columns-repeated="13"/><table:table-cell table:number-columns-spanned="16370"/>'
        f"{merged}</table:table-row><table:table-row><table:table-cell><text:p>2</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="16000"/>' + merged + "</table:table-row></table:table>"
    )
    assert [row[0] for row in grid(odf(body, "spreadsheet", form="ods"))] == ["1", "2"]


def test_numbers_of_paragraphs_are_counted_though_one_is_crossed_out() -> None:
    from tests.documents.reading.formats.test_word import NUMBERING

    listed = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    body = "".join(f"<w:p>{listed}{run}</w:p>" for run in (r("a"), r("b", STRIKE), r("c")))
    document = docx(body, numbering=NUMBERING)
    assert (texts(document), numbers(document)) == (["a", "c"], ["I.", "III."])
    assert all(isinstance(block, Paragraph) for block in document.blocks)
