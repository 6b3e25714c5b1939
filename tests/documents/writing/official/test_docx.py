"""Each row of the Decree's table (30/2020/NĐ-CP, annexes I and III) is looked for in the file's XML."""

import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from documents.writing.official.docx import Column, OfficialDocument, Run, roman
from documents.writing.official.form import Frame, Signature, bold_width, day_words, issuer_lines

FRAME = Frame(
    issuer="UBND phường Sông Mai",
    symbol="BC-UBND",
    place="Sông Mai",
    subject="Kết quả công tác cải cách hành chính Quý I năm 2026",
    signature=Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "Nguyễn Văn An"),
    number=5,
    issued=date(2026, 2, 5),
    superior="UBND tỉnh Khánh Hòa",
    addressees=("Sở Nội vụ",),
    bases=("Căn cứ Nghị định số 09/2019/NĐ-CP", "Căn cứ Kế hoạch số 12/KH-UBND."),
    recipients=("Như trên", "Thường trực Đảng ủy"),
    archive="VT, VHXH",
)


def written(frame: Frame = FRAME) -> OfficialDocument:
    document = OfficialDocument(frame)
    document.heading("I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH")
    document.paragraph("Ủy ban nhân dân phường đã ban hành kế hoạch.")
    document.close()
    document.annex("Danh mục nhiệm vụ")
    document.table([Column("STT", 1, True), Column("Nội dung", 9)], [["1", "Rà soát thủ tục"]])
    document.annex("Đơn vị")
    return document


@pytest.fixture(scope="module")
def opened() -> Any:
    return docx.Document(BytesIO(written().to_bytes()))


def paragraph(opened: Any, text: str) -> Any:
    """The paragraph whose text begins so, wherever it stands."""
    for element in opened.element.body.iter(qn("w:p")):
        if "".join(one.text or "" for one in element.iter(qn("w:t"))).startswith(text):
            return element
    raise AssertionError(f"no paragraph {text!r}")


def look(element: Any) -> dict[str, Any]:
    """Size (pt), weight and place of a paragraph: its first run, then its style."""
    run = element.find(f".//{qn('w:rPr')}/..")
    properties = run.find(qn("w:rPr"))
    return {
        "size": int(properties.find(qn("w:sz")).get(qn("w:val"))) / 2,
        "bold": properties.find(qn("w:b")) is not None,
        "italic": properties.find(qn("w:i")) is not None,
    }


def placed(opened: Any, element: Any) -> Any:
    """The paragraph properties of an element's style."""
    name = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}").get(qn("w:val"))
    (style,) = [s for s in opened.styles.element if s.get(qn("w:styleId")) == name]
    return style.find(qn("w:pPr"))


def alignment(opened: Any, element: Any) -> str:
    value: str = placed(opened, element).find(qn("w:jc")).get(qn("w:val"))
    return value


UPRIGHT, BOLD, ITALIC = (False, False), (True, False), (False, True)


@pytest.mark.parametrize(
    ("text", "sizes", "weight", "align"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (12, 13), BOLD, "center"),
        ("Độc lập - Tự do - Hạnh phúc", (13, 14), BOLD, "center"),
        ("UBND TỈNH KHÁNH HÒA", (12, 13), UPRIGHT, "center"),
        ("ỦY BAN NHÂN DÂN", (12, 13), BOLD, "center"),
        ("PHƯỜNG SÔNG MAI", (12, 13), BOLD, "center"),
        ("Số: 05/BC-UBND", (13, 13), UPRIGHT, "center"),
        ("Sông Mai, ngày 05 tháng 02 năm 2026", (13, 14), ITALIC, "center"),
        ("BÁO CÁO", (13, 14), BOLD, "center"),
        ("Kết quả công tác cải cách", (13, 14), BOLD, "center"),
        ("Kính gửi: Sở Nội vụ", (13, 14), UPRIGHT, "center"),
        ("Căn cứ Nghị định", (13, 14), ITALIC, "both"),
        ("I. CÔNG TÁC CHỈ ĐẠO", (13, 14), BOLD, "both"),
        ("Ủy ban nhân dân phường đã", (13, 14), UPRIGHT, "both"),
        ("TM. ỦY BAN NHÂN DÂN", (13, 14), BOLD, "center"),
        ("CHỦ TỊCH", (13, 14), BOLD, "center"),
        ("Nguyễn Văn An", (13, 14), BOLD, "center"),
        ("Nơi nhận:", (12, 12), (True, True), "left"),
        ("- Như trên;", (11, 11), UPRIGHT, "left"),
        ("Phụ lục I", (14, 14), BOLD, "center"),
        ("DANH MỤC NHIỆM VỤ", (13, 14), BOLD, "center"),
        ("(Kèm theo Báo cáo số 05/BC-UBND ngày 05 tháng 02 năm 2026 của Ủy ban nhân dân", (13, 14), ITALIC, "center"),
    ],
)
def test_each_element_has_the_size_weight_and_place_of_the_decree(
    opened: Any, text: str, sizes: tuple[float, float], weight: tuple[bool, bool], align: str
) -> None:
    element = paragraph(opened, text)
    seen = look(element)
    assert sizes[0] <= seen["size"] <= sizes[1]
    assert (seen["bold"], seen["italic"]) == weight
    assert alignment(opened, element) == align


def test_paper_is_a4_with_the_margins_of_the_decree_and_annexes_lie_across(opened: Any) -> None:
    text, first, second = opened.sections
    assert (round(text.page_width.mm), round(text.page_height.mm)) == (210, 297)
    for annex in (first, second):
        assert (round(annex.page_width.mm), round(annex.page_height.mm)) == (297, 210)
        assert annex.orientation == 1
    for section in opened.sections:
        assert 20 <= round(section.top_margin.mm) <= 25
        assert 20 <= round(section.bottom_margin.mm) <= 25
        assert 30 <= round(section.left_margin.mm) <= 35
        assert 15 <= round(section.right_margin.mm) <= 20


def test_everything_is_times_new_roman_in_black(opened: Any) -> None:
    parts = (opened.element, opened.styles.element, opened.sections[0].header._element)
    fonts = [one for part in parts for one in part.iter(qn("w:rFonts"))]
    assert fonts
    assert {value for one in fonts for value in one.attrib.values()} == {"Times New Roman"}
    assert {one.get(qn("w:val")) for part in parts for one in part.iter(qn("w:color"))} == {"000000"}


def test_page_number_is_centred_on_top_and_hidden_on_the_first_page(opened: Any) -> None:
    section = opened.sections[0]
    assert section.different_first_page_header_footer
    header = section.header._element
    assert "PAGE" in "".join(one.text for one in header.iter(qn("w:instrText")))
    assert {int(one.get(qn("w:val"))) / 2 for one in header.iter(qn("w:sz"))} == {13}
    assert alignment(opened, header.find(qn("w:p"))) == "center"
    assert not list(section.first_page_header._element.iter(qn("w:instrText")))
    assert section.header_distance < section.top_margin


def test_annexes_are_counted_apart(opened: Any) -> None:
    starts = [section._sectPr.find(qn("w:pgNumType")) for section in opened.sections]
    assert starts[0] is None
    assert [one.get(qn("w:start")) for one in starts[1:]] == ["1", "1"]
    assert all(section.header.is_linked_to_previous for section in list(opened.sections)[1:])


@pytest.mark.parametrize(
    ("above", "shares"),
    [("Độc lập - Tự do - Hạnh phúc", (0.98, 1.02)), ("PHƯỜNG SÔNG MAI", (1 / 3, 1 / 2)), ("Kết quả", (1 / 3, 1 / 2))],
)
def test_rules_under_headings_have_their_lengths(opened: Any, above: str, shares: tuple[float, float]) -> None:
    element = paragraph(opened, above)
    text = "".join(one.text or "" for one in element.iter(qn("w:t")))
    rule = element.getnext().find(qn("w:pPr"))
    assert rule.find(f"{qn('w:pBdr')}/{qn('w:top')}").get(qn("w:val")) == "single"
    cell = next((one for one in element.iterancestors(qn("w:tc"))), None)
    width = int(cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}").get(qn("w:w"))) if cell is not None else 165 / 25.4 * 1440
    indent = rule.find(qn("w:ind"))
    assert indent.get(qn("w:left")) == indent.get(qn("w:right"))
    length = (width - 2 * int(indent.get(qn("w:left")))) / 1440 * 25.4
    assert shares[0] <= length / bold_width(text, look(element)["size"]) <= shares[1]


def test_body_is_spaced_and_indented_as_the_decree_wants(opened: Any) -> None:
    properties = placed(opened, paragraph(opened, "Ủy ban nhân dân phường đã"))
    spacing = properties.find(qn("w:spacing"))
    assert int(spacing.get(qn("w:after"))) + int(spacing.get(qn("w:before"))) >= 6 * 20
    assert 240 <= int(spacing.get(qn("w:line"))) <= 360
    first_line = int(properties.find(qn("w:ind")).get(qn("w:firstLine"))) / 1440 * 2.54
    assert round(first_line, 2) in (1.0, 1.27)


def test_text_ends_with_its_mark_and_recipients_with_the_archive(opened: Any) -> None:
    texts = ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in opened.element.body.iter(qn("w:p"))]
    assert "Ủy ban nhân dân phường đã ban hành kế hoạch./." in texts
    listed = texts[texts.index("Nơi nhận:") + 1 :][:3]
    assert listed == ["- Như trên;", "- Thường trực Đảng ủy;", "- Lưu: VT, VHXH."]
    assert [one for one in texts if one.startswith("Căn cứ")] == [
        "Căn cứ Nghị định số 09/2019/NĐ-CP;",
        "Căn cứ Kế hoạch số 12/KH-UBND.",
    ]


def test_what_is_not_known_yet_is_left_to_be_written_in() -> None:
    frame = Frame("UBND xã A", "BC-UBND", "A", "Kết quả", Signature(("CHỦ TỊCH",)), year=2026)
    opened = docx.Document(BytesIO(written(frame).to_bytes()))
    assert look(paragraph(opened, "Số:        /BC-UBND"))["size"] == 13
    assert paragraph(opened, "A, ngày       tháng       năm 2026") is not None


def test_an_official_letter_has_its_subject_under_the_number() -> None:
    frame = Frame("UBND xã A", "UBND-VP", "A", "đề nghị thẩm định", Signature(("CHỦ TỊCH",)), kind=None, number=12)
    opened = docx.Document(BytesIO(written(frame).to_bytes()))
    assert look(paragraph(opened, "V/v đề nghị thẩm định"))["size"] in (12, 13)
    assert paragraph(opened, "Số: 12/UBND-VP") is not None
    with pytest.raises(AssertionError):
        paragraph(opened, "BÁO CÁO")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 12), "ngày 12 tháng 3 năm 2026"),
        (date(2025, 12, 1), "ngày 01 tháng 12 năm 2025"),
    ],
)
def test_days_and_the_first_two_months_take_a_nought(day: date, words: str) -> None:
    assert day_words(day) == words


def test_names_of_committees_are_written_in_full_on_two_lines() -> None:
    assert issuer_lines("UBND xã Đại Lãnh") == ("ỦY BAN NHÂN DÂN", "XÃ ĐẠI LÃNH")
    assert issuer_lines("Sở Nội vụ") == ("SỞ NỘI VỤ",)
    assert [roman(n) for n in (1, 2, 4, 9, 14)] == ["I", "II", "IV", "IX", "XIV"]


def test_the_same_calls_give_the_same_bytes() -> None:
    assert written().to_bytes() == written().to_bytes()


def test_links_lead_to_bookmarks_and_each_bookmark_stands_once() -> None:
    document = OfficialDocument(FRAME)
    document.paragraph([Run("Có "), Run("59", anchor="nguon.a", bookmark="so.a"), Run("59", bookmark="so.a")])
    document.close()
    document.annex("Nguồn", alone=True)
    document.table([Column("Số", 1)], [["59"]], bookmarks=["nguon.a"])
    body = docx.Document(BytesIO(document.to_bytes())).element.body
    names = [one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))]
    assert sorted(names) == ["nguon_a", "phu_luc_1", "so_a"]
    assert [one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))] == ["nguon_a"]
    assert len({one.get(qn("w:id")) for one in body.iter(qn("w:bookmarkStart"))}) == 3


HOSTILE = "<&> \"'{{ 7*7 }}{% x %} \x00\x07\x1b \u202engược\u202c \u200f\ud800 \ufdd0 =1+1\tA\tB\r\nC ]]> &amp; <w:p/>"


def test_hostile_text_stays_as_typed_and_the_file_valid() -> None:
    document = OfficialDocument(FRAME)
    document.heading(HOSTILE)
    document.paragraph(HOSTILE)
    document.paragraph("x" * 10_000)
    document.close()
    document.annex(HOSTILE, alone=True)
    document.table([Column(HOSTILE, 1), Column("b", 1)], [[HOSTILE, "y" * 10_000], HOSTILE])
    content = document.to_bytes()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
    (seen, *_rest) = [p.text for p in docx.Document(BytesIO(content)).paragraphs if "{{ 7*7 }}" in p.text][1:]
    assert seen == "<&> \"'{{ 7*7 }}{% x %}  \u202engược\u202c \u200f  =1+1\tA\tB\nC ]]> &amp; <w:p/>"


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_any_text_at_all_makes_a_file_that_opens(text: str) -> None:
    document = OfficialDocument(FRAME)
    document.paragraph(text)
    document.close()
    docx.Document(BytesIO(document.to_bytes()))


def test_a_row_that_heads_others_keeps_to_the_row_below_it() -> None:
    document = OfficialDocument(FRAME)
    columns = [Column("Mã", 1, True), Column("Tiêu chí", 9)]
    document.table(columns, [("1", "Chỉ đạo"), ("1.1", "Kế hoạch"), "II. Thể chế", ("2.1", "Rà soát")], headings=[0])
    rows = docx.Document(BytesIO(document.to_bytes())).tables[-1]._tbl.tr_lst
    kept = [all(p.find(qn("w:pPr")).find(qn("w:keepNext")) is not None for p in row.iter(qn("w:p"))) for row in rows]
    assert kept == [False, True, False, True, False]
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
