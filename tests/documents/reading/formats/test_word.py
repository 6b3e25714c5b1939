"""Word and OpenDocument texts, made by hand, so that each case is in view."""

import io
import zipfile

import pytest

from documents.reading.formats.blocks import Document, Paragraph, RefusedDocument, Table
from documents.reading.sandbox.child import read_in_process

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OTHER = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def zipped(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def docx(body: str, **parts: str) -> Document:
    more = {f"word/{name}.xml": text for name, text in parts.items()}
    document = f"<w:document {W} {OTHER}><w:body>{body}</w:body></w:document>"
    return read_in_process("docx", zipped({"[Content_Types].xml": TYPES, "word/document.xml": document, **more}))


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tc(content: str, properties: str = "") -> str:
    content = content if content.startswith("<w:") else p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def grid(document: Document, index: int = 0) -> list[list[str]]:
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return [[cell.text for cell in row.cells] for row in tables[index].rows]


def numbers(document: Document) -> list[str | None]:
    return [block.number for block in document.blocks if isinstance(block, Paragraph)]


def test_inserted_text_is_read_and_deleted_or_moved_text_is_not() -> None:
    body = (
        f"<w:p>{r('Ban hành ')}<w:ins>{r('Kế hoạch ')}</w:ins><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del>"
        f"<w:moveFrom>{r('chuyển đi ')}</w:moveFrom><w:moveTo>{r('năm 2025')}</w:moveTo></w:p>"
    )
    assert texts(docx(body)) == ["Ban hành Kế hoạch năm 2025"]


def test_a_paragraph_whose_mark_was_deleted_joins_the_next() -> None:
    body = f"{p('Phòng Văn hóa ', '<w:rPr><w:del/></w:rPr>')}{p('- Xã hội')}{p('Văn phòng')}"
    assert texts(docx(body)) == ["Phòng Văn hóa - Xã hội", "Văn phòng"]


def test_a_deleted_row_is_gone_and_an_inserted_row_stays() -> None:
    rows = (tr(tc("1")), tr(tc("2"), properties="<w:del/>"), tr(tc("3"), properties="<w:ins/>"))
    assert grid(docx(tbl(*rows))) == [["1"], ["3"]]


def test_properties_before_a_tracked_change_do_not_count() -> None:
    change = '<w:pPrChange><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:pPrChange>'
    assert numbers(docx(p("Một", change), numbering=NUMBERING)) == [None]


def test_content_controls_links_and_smart_tags_are_part_of_the_text() -> None:
    body = (
        f"<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:hyperlink>{r('Trang thông tin')}</w:hyperlink>"
        f"<w:smartTag>{r(' điện tử')}</w:smartTag></w:p></w:sdtContent></w:sdt>"
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('Bấm để nhập')}</w:sdtContent></w:sdt>"
    )
    assert texts(docx(body)) == ["Trang thông tin điện tử"]


def test_a_row_inside_a_content_control_is_a_row() -> None:
    body = tbl(tr(tc("1")), f"<w:sdt><w:sdtContent>{tr(tc('2'))}</w:sdtContent></w:sdt>")
    assert grid(docx(body)) == [["1"], ["2"]]


def test_a_text_box_is_read_once_and_after_its_paragraph() -> None:
    box = f"<w:txbxContent>{p('Trong khung')}</w:txbxContent>"
    body = (
        f"<w:p>{r('Ngoài ')}<w:r><mc:AlternateContent><mc:Choice><wps:txbx>{box}</wps:txbx></mc:Choice>"
        f"<mc:Fallback><v:textbox>{box}</v:textbox></mc:Fallback></mc:AlternateContent></w:r>{r('khung')}</w:p>"
    )
    assert texts(docx(body)) == ["Ngoài khung", "Trong khung"]


def test_a_fallback_is_read_where_the_choice_has_no_text() -> None:
    box = f"<w:txbxContent>{p('Dự thảo')}</w:txbxContent>"
    body = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><wps:txbx/></mc:Choice>"
        f"<mc:Fallback><v:textbox>{box}</v:textbox></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert texts(docx(body)) == ["Dự thảo"]


def test_a_field_shows_its_result_and_not_its_instruction() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    body = (
        f"<w:p>{mark('begin')}<w:r><w:instrText> DATE \\@ </w:instrText></w:r>{r('ẩn')}{mark('separate')}"
        f"{r('05/9/2025')}{mark('end')}{r(' là hạn')}</w:p>"
    )
    assert texts(docx(body)) == ["05/9/2025 là hạn"]


def test_breaks_tabs_hyphens_and_symbols_become_plain_letters() -> None:
    body = (
        f"<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{r('a')}<w:r><w:br/></w:r>{r('b')}<w:r><w:tab/></w:r>{r('c')}"
        "<w:r><w:noBreakHyphen/><w:softHyphen/></w:r>"
        f'{r("d ")}<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>{r(" 95%")}</w:p>'
    )
    assert texts(docx(body)) == ["a\nb\tc-d ≥ 95%"]


def test_formulas_are_read_and_hidden_text_is_not() -> None:
    body = f"<w:p><m:oMath><m:r><m:t>≥ 95</m:t></m:r></m:oMath>{r(' điểm')}{r('bí mật', '<w:vanish/>')}</w:p>"
    assert texts(docx(body)) == ["≥ 95 điểm"]


def test_text_in_an_old_vietnamese_font_is_read() -> None:
    small, large = ('<w:rFonts w:ascii="' + name + '"/>' for name in (".VnTime", ".VnTimeH"))
    body = f"<w:p>{r('Kế hoạch ')}{r('n¨m cña ', small)}{r('phßng', large)}</w:p>"
    assert texts(docx(body)) == ["Kế hoạch năm của PHÒNG"]


def test_a_paragraph_is_bold_when_all_its_letters_are() -> None:
    body = f"<w:p>{r('A', '<w:b/>')}{r(' ')}</w:p><w:p>{r('A', '<w:b/>')}{r('b')}</w:p>"
    body += "<w:p>" + r("c", '<w:b w:val="0"/>') + "</w:p>"
    assert [block.bold for block in docx(body).blocks if isinstance(block, Paragraph)] == [True, False, False]


def test_merged_cells_are_covered_and_lie_on_the_grid() -> None:
    document = docx(
        tbl(
            tr(tc("Số TT", '<w:gridSpan w:val="2"/>'), tc("Nhiệm vụ")),
            tr(tc("1", '<w:vMerge w:val="restart"/>'), tc("a"), tc("x")),
            tr(tc("", "<w:vMerge/>"), tc("b"), tc("y")),
            tr(tc("z"), properties='<w:gridBefore w:val="2"/>'),
        )
    )
    assert grid(document) == [["Số TT", "", "Nhiệm vụ"], ["1", "a", "x"], ["", "b", "y"], ["", "", "z"]]
    table = document.blocks[0]
    assert isinstance(table, Table)
    assert [[cell.covered for cell in row.cells] for row in table.rows] == [
        [False, True, False],
        [False, False, False],
        [True, False, False],
        [True, True, False],
    ]
    assert table.rows[0].cells[0].span == 2
    assert [row.row for row in table.rows] == [1, 2, 3, 4]


def test_a_real_table_inside_a_cell_follows_and_a_small_one_stays_text() -> None:
    inner = tbl(tr(tc("TT"), tc("Việc"), tc("Hạn")), tr(tc("1"), tc("Họp"), tc("Quý I")))
    small = tbl(tr(tc("Họp"), tc("giao ban")))
    document = docx(tbl(tr(tc(f"{p('ngoài')}{inner}"), tc(f"{p('nhỏ')}{small}"))))
    assert grid(document, 0) == [["ngoài", "nhỏ\nHọp giao ban"]]
    assert grid(document, 1) == [["TT", "Việc", "Hạn"], ["1", "Họp", "Quý I"]]
    assert [block.index for block in document.blocks if isinstance(block, Table)] == [1, 2]


NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="7">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2."/><w:isLgl/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="7"/>
 <w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
</w:numbering>"""


def listed(text: str, level: int = 0, num: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def test_automatic_numbers_are_counted_by_level_and_start_again_below() -> None:
    levels = (0, 1, 1, 2, 2, 0, 1, 2)
    document = docx("".join(listed("x", level) for level in levels), numbering=NUMBERING)
    assert numbers(document) == ["I.", "1.1.", "1.2.", "a)", "b)", "II.", "2.1.", "a)"]


def test_bullets_overrides_and_no_list_are_told_apart() -> None:
    body = listed("x", 0, 2) + listed("x", 0, 1) + listed("x", 0, 3) + listed("x", 0, 1) + listed("x", 0, 0)
    assert numbers(docx(body, numbering=NUMBERING)) == ["-", "I.", "V.", "VI.", None]


def test_a_style_may_bring_the_number() -> None:
    styles = (
        f'<w:styles {W}><w:style w:styleId="Muc"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="MucCon"><w:basedOn w:val="Muc"/></w:style></w:styles>'
    )
    body = p("x", '<w:pStyle w:val="Muc"/>') + p("y", '<w:pStyle w:val="MucCon"/>')
    assert numbers(docx(body, numbering=NUMBERING, styles=styles)) == ["I.", "II."]


def test_an_automatic_number_alone_in_a_cell_is_the_cells_number() -> None:
    several = listed("một", 0, 2) + listed("hai", 0, 2)
    document = docx(tbl(tr(tc(listed("")), tc(several))), numbering=NUMBERING)
    table = document.blocks[0]
    assert isinstance(table, Table)
    first, second = table.rows[0].cells
    assert (first.text, first.number) == ("", "I.")
    assert (second.text, second.number) == ("- một\n- hai", None)


def test_pages_are_told_only_where_word_marked_them() -> None:
    turned = "<w:r><w:lastRenderedPageBreak/></w:r>"
    broken = "<w:p><w:r><w:br w:type='page'/></w:r></w:p>"
    body = f"{p('một')}{broken}<w:p>{turned}{r('hai')}</w:p><w:p>{turned}{r('ba')}</w:p>"
    assert [block.page for block in docx(body).blocks if isinstance(block, Paragraph)] == [1, 2, 3]
    unmarked = f"{p('một')}{broken}{p('hai')}"
    assert [block.page for block in docx(unmarked).blocks if isinstance(block, Paragraph)] == [None, None]


def test_letters_are_composed_and_what_deceives_is_taken_off() -> None:
    body = p("Phòng Va\u0306n ho\u0301a\u00a0–\u200b Xa\u0303 hội\u202e gpj.") + p("Ðại")
    assert texts(docx(body)) == ["Phòng Văn hóa – Xã hội gpj.", "Đại"]


def test_a_document_saved_as_strict_open_xml_is_read() -> None:
    document = (
        '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>'
        f"{p('Kế hoạch')}</w:body></w:document>"
    )
    data = zipped({"[Content_Types].xml": TYPES, "word/document.xml": document})
    assert texts(read_in_process("docx", data)) == ["Kế hoạch"]


def test_a_row_of_endless_columns_is_refused() -> None:
    with pytest.raises(RefusedDocument, match="40 cột"):
        docx(tbl(tr(tc("x", '<w:gridSpan w:val="999999999"/>'))))


ODF = "urn:oasis:names:tc:opendocument:xmlns:"
NAMESPACES = " ".join(
    f'xmlns:{short}="{ODF}{long}:1.0"'
    for short, long in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style"),
        ("fo", "xsl-fo-compatible"),
    )
)  # fmt: skip


def odf(body: str, kind: str = "text", styles: str = "", form: str = "odt") -> Document:
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    return read_in_process(
        form, zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content})
    )


def test_opendocument_text_has_its_spaces_and_breaks_and_not_its_deleted_text() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>đã xóa</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:p>Ban <text:span>hành<text:s text:c="1000000000"/>kế</text:span><text:line-break/>hoạch'
        "<text:note><text:note-body><text:p>chú thích</text:p></text:note-body></text:note>"
        "<office:annotation><text:p>nhận xét</text:p></office:annotation></text:p>"
    )
    assert texts(odf(body)) == ["Ban hành kế\nhoạch"]


def test_opendocument_lists_count_and_go_on() -> None:
    styles = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
        'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
        "</text:list-style>"
    )
    item = "<text:list-item><text:p>x</text:p>{}</text:list-item>"
    inner = f"<text:list>{item.format('') * 2}</text:list>"
    body = (
        f'<text:list text:style-name="L">{item.format(inner)}{item.format("")}</text:list><text:p>giữa</text:p>'
        f'<text:list text:style-name="L" text:continue-numbering="true">{item.format("")}</text:list>'
    )
    assert numbers(odf(body, styles=styles)) == ["1.", "a)", "b)", "2.", None, "3."]


def test_opendocument_cells_are_repeated_and_covered_as_written() -> None:
    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
    covered = "<table:covered-table-cell/>"
    head = cell.format(' table:number-columns-spanned="2"', "Số TT")
    second = cell.format("", "Việc")
    repeated = cell.format(' table:number-columns-repeated="2"', "1")
    body = (
        "<table:table><table:table-header-rows><table:table-row>"
        f"{head}{covered}{second}"
        "</table:table-row></table:table-header-rows><table:table-row>"
        f"{repeated}<table:table-cell/></table:table-row></table:table>"
    )
    document = odf(body)
    assert grid(document) == [["Số TT", "", "Việc"], ["1", "1", ""]]
    table = document.blocks[0]
    assert isinstance(table, Table)
    assert [cell.covered for cell in table.rows[0].cells] == [False, True, False]


def test_an_opendocument_sheet_keeps_its_row_numbers_and_shown_values() -> None:
    styles = '<style:style style:name="an"><style:table-properties table:display="false"/></style:style>'
    wide = '<table:table-cell table:number-columns-repeated="16384"/>'
    empty = '<table:table-row table:number-rows-repeated="{}">' + wide + "</table:table-row>"
    day = '<table:table-cell office:value-type="date" office:date-value="2025-12-31"><text:p>12/31/25</text:p>'
    body = (
        f'<table:table table:name="Theo dõi">{empty.format(3)}<table:table-row>'
        f"{day}</table:table-cell>"
        '<table:table-cell office:value-type="percentage" office:value="0.9"><text:p>90%</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
        f"{empty.format(1048572)}</table:table>"
        '<table:table table:name="Ẩn" table:style-name="an"><table:table-row><table:table-cell><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    )
    document = odf(body, "spreadsheet", styles, "ods")
    assert grid(document) == [["31/12/2025", "90%"]]
    assert len(document.blocks) == 1
    table = document.blocks[0]
    assert isinstance(table, Table)
    assert (table.name, table.rows[0].row) == ("Theo dõi", 4)


def test_a_repeated_cell_or_row_with_text_is_bounded() -> None:
    for row, cell in (("999999", "1"), ("1", "999999")):
        body = (
            f'<table:table><table:table-row table:number-rows-repeated="{row}">'
            f'<table:table-cell table:number-columns-repeated="{cell}"><text:p>x</text:p></table:table-cell>'
            "</table:table-row></table:table>"
        )
        with pytest.raises(RefusedDocument, match="một bảng có quá"):
            odf(body, "spreadsheet", form="ods")
