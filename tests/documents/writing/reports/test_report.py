"""The words and files of a report: nothing that the data do not hold, and text of people as they typed it."""

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from documents.writing.official.charts import Chart, Series, chart_xml, field_chart, unit_chart, workbook
from documents.writing.official.form import Frame, Signature
from documents.writing.official.markup import bookmark_name
from documents.writing.reports.annexes import annexes_of
from documents.writing.reports.docx import report_docx
from documents.writing.reports.pdf import report_pdf
from documents.writing.reports.wording import Wording, WordingError, word_report
from documents.writing.reports.xlsx import report_xlsx
from rules.reporting.compose import compose
from rules.reporting.consolidate import consolidate
from rules.reporting.facts import DueFact, Facts, GivenAnswer, GivenEvidence, ItemFact
from rules.reporting.values import Measured, PeriodWords, Report

PERIOD = PeriodWords(
    key="2025-Q1",
    label="Quý I/2025",
    first_day=date(2024, 12, 15),
    cut_off=date(2025, 3, 14),
    next_label="6 tháng đầu năm 2025",
    next_until=date(2025, 6, 14),
)
HOSTILE = "<&> \"'{{ 7*7 }}{% for %} # I. GIẢ @bieu-do \x00\x07 \u202eđảo =1+1\tô 1\tô 2\n- dòng hai ]]> #let x"
TYPED = "<&> \"'{{ 7*7 }}{% for %} # I. GIẢ @bieu-do  \u202eđảo =1+1"


def build(note: str = "Đã ban hành", title: str = "Rà soát thủ tục hành chính", count: int = 6, **more: Any) -> Report:
    items = []
    for number in range(count):
        last_day = date(2025, 1 + number % 5, 10)
        given = (
            GivenAnswer(
                counts_on=date(2025, 2, 20),
                answered_on=date(2025, 2, 20),
                state=("done", "under_way", "cannot")[number % 3],
                percent=60,
                note=note,
                done_on=date(2025, 2, 20) if number % 3 == 0 else None,
                figures=(Measured(goal="≥ 70 %", words="1.234/1.600 → 77,1 % (yêu cầu ≥ 70 %: đạt)", met=True),),
            ),
        )
        due = DueFact(
            key=last_day.isoformat(),
            unit=f"U{number % 2}",
            label="",
            opens_on=date(2024, 12, 20),
            due_on=last_day,
            last_day=last_day,
            answers=given if number % 4 != 3 else (),
            evidence=(GivenEvidence(date(2025, 2, 20), f"Văn bản số {number}/BC-UBND"),),
        )
        items.append(
            ItemFact(
                code=f"A.{number}",
                title=title,
                field=f"F{number % 2}",
                leads="Phòng",
                timing="Quý I",
                results=("Báo cáo",),
                targets=("≥ 70 %",),
                dues=(due,),
            )
        )
    facts = Facts(
        plan_code="P",
        plan_title=more.get("plan", "Kế hoạch cải cách hành chính năm 2025"),
        plan_number="12/KH-UBND",
        issued_on=date(2024, 12, 1),
        authority_code="X",
        authority_name="UBND phường Sông Mai",
        units={"U0": more.get("unit", "Phòng Kinh tế"), "U1": "Văn phòng"},
        fields={"F0": more.get("field", "CẢI CÁCH THỂ CHẾ"), "F1": "TÀI CHÍNH CÔNG"},
        items=tuple(items),
    )
    return compose(facts, PERIOD)


def frame(wording: Wording) -> Frame:
    return Frame(
        issuer="UBND phường Sông Mai",
        symbol="BC-UBND",
        place="Sông Mai",
        subject=wording.subject,
        signature=Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "Nguyễn Văn An"),
        number=5,
        issued=date(2025, 3, 20),
        addressees=("UBND tỉnh",),
        bases=wording.bases,
        recipients=("Như trên",),
    )


def made(report: Report, write: Callable[..., bytes] = report_docx) -> bytes:
    wording = word_report(report)
    return write(report, frame(wording)) if write is report_xlsx else write(report, wording, frame(wording))


def paragraphs(content: bytes) -> list[str]:
    return [
        "".join(t.text or "" for t in p.iter(qn("w:t")))
        for p in docx.Document(BytesIO(content)).element.body.iter(qn("w:p"))
    ]


def words_of(report: Report) -> str:
    return "\n".join(block.text for block in word_report(report).blocks)


def parts_are_valid(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))


def test_all_five_chapters_stand_in_their_order() -> None:
    heads = [block.text for block in word_report(build()).blocks if block.kind == "h1"]
    assert heads == [
        "I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH",
        "II. KẾT QUẢ THỰC HIỆN",
        "III. ĐÁNH GIÁ CHUNG",
        "IV. PHƯƠNG HƯỚNG, NHIỆM VỤ KỲ TỚI",
        "V. KIẾN NGHỊ, ĐỀ XUẤT",
    ]


def test_the_text_says_what_the_figures_say() -> None:
    report = build()
    text = words_of(report)
    value = {key: figure.value for key, figure in report.figures.items()}
    assert f"trong tổng số 06 nhiệm vụ có 0{value['done']:.0f} nhiệm vụ đã hoàn thành" in text
    assert "Đơn vị nêu" in text or "đơn vị nêu: “Đã ban hành”" in text
    assert "Văn bản số 0/BC-UBND" in text
    assert "A.5" in text.split("IV. PHƯƠNG HƯỚNG")[1] or value["next_due"] == 2


@pytest.mark.parametrize(
    "sentence",
    [
        "Trong kỳ không ghi nhận lượt nhắc việc, đôn đốc nào.",
        "Trong kỳ không có việc nào đến hạn.",
        "Trong kỳ chưa ghi nhận việc nào hoàn thành.",
        "Tại ngày chốt số liệu không có việc quá hạn.",
        "Trong kỳ không có việc chậm tiến độ.",
        "Trong kỳ, các đơn vị không có kiến nghị, đề xuất.",
    ],
)
def test_where_there_are_no_data_the_report_says_so(sentence: str) -> None:
    assert sentence in words_of(build(count=0))


def test_a_period_with_nothing_and_one_with_500_items_make_whole_files() -> None:
    for count in (0, 500):
        report = build(count=count)
        content = made(report)
        parts_are_valid(content)
        assert made(report, report_pdf).startswith(b"%PDF")
        load_workbook(BytesIO(made(report, report_xlsx)))
    rows = [one for one in paragraphs(content) if one.startswith("A.")]
    assert len([one for one in rows if one.count(".") == 1]) >= 500


def test_hostile_text_is_shown_as_typed_everywhere_and_files_stay_valid(tmp_path: Path) -> None:
    report = build(note=HOSTILE, title=HOSTILE, unit=HOSTILE, field=HOSTILE, plan=HOSTILE)
    content = made(report)
    parts_are_valid(content)
    texts = paragraphs(content)
    assert any(TYPED in one for one in texts)
    assert not any(one.startswith("I. GIẢ") for one in texts)
    assert not any("49" in one and "7*7" not in one and "{{" in one for one in texts)
    heads = [block.text for block in word_report(report).blocks if block.kind == "h1"]
    assert len(heads) == 5
    pdf = tmp_path / "r.pdf"
    pdf.write_bytes(made(report, report_pdf))
    with pdfplumber.open(pdf) as opened:
        text = "".join(page.extract_text() for page in opened.pages)
    assert "{{ 7*7 }}{% for %}" in text.replace("\n", " ")
    assert "#let x" in text


def test_ten_thousand_characters_stand_whole_in_the_annex() -> None:
    long = "Nội dung rất dài " * 600
    content = made(build(note=long))
    parts_are_valid(content)
    assert long.strip() in "\n".join(paragraphs(content))
    assert max(len(block.text) for block in word_report(build(note=long)).blocks) < 5_000


def test_no_text_becomes_a_formula() -> None:
    book = load_workbook(BytesIO(made(build(note="=HYPERLINK(1)", title="=1+1", unit="+1"), report_xlsx)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith("=1+1") for cell in cells)
    assert [sheet.title for sheet in book] == ["Nhiệm vụ", "Đơn vị", "So sánh", "Nguồn số liệu"]


def test_every_figure_in_the_text_leads_to_its_row_of_sources() -> None:
    report = build()
    body = docx.Document(BytesIO(made(report))).element.body
    names = {one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))}
    links = [one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))]
    assert len(links) > 15
    assert set(links) <= names
    shown = {key for key, figure in report.figures.items() if figure.value or not key.startswith("field.")}
    assert {bookmark_name(f"nguon_{key}") for key in shown} <= names
    assert {name for name in names if name.startswith("so_")}


def test_charts_are_native_and_hold_the_same_numbers_as_their_workbook() -> None:
    content = made(build())
    with zipfile.ZipFile(BytesIO(content)) as archive:
        charts = [name for name in archive.namelist() if name.startswith("word/charts/chart")]
        assert len(charts) == 2
        root = etree.fromstring(archive.read(charts[0]))
        chart = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
        drawn = [
            float(value.text or 0)
            for value in root.iter(f"{chart}v")
            if value.getparent().getparent().tag == f"{chart}numCache"
        ]
        book = load_workbook(BytesIO(archive.read("word/embeddings/so_lieu_1.xlsx")))
    kept = [cell.value for column in book.active.iter_cols(min_col=2, min_row=2) for cell in column]  # type: ignore[union-attr]
    assert drawn == kept
    assert sum(drawn) == 6


def test_a_chart_of_nothing_is_no_chart() -> None:
    empty = build(count=0)
    assert field_chart(empty) is None
    assert unit_chart(empty) is None


def test_the_annex_of_items_gives_its_width_to_where_the_words_are() -> None:
    def shares(report: Report) -> dict[str, float]:
        return {column.title[:7]: column.share for column in annexes_of(report)[0].columns}

    tasks, results = shares(build(title="Rà soát thủ tục " * 30)), shares(build(note="Đã ban hành kế hoạch " * 30))
    assert tasks["Nhiệm v"] > 1.5 * tasks["Kết quả"]
    assert results["Kết quả"] > 1.5 * results["Nhiệm v"]
    assert all(share >= 6 for share in [*tasks.values(), *results.values()])
    assert sum(tasks.values()) == pytest.approx(100, abs=0.5)
    assert sum(shares(build(count=0)).values()) < 100  # nothing to share out, and no division by it


def test_any_names_make_a_valid_chart() -> None:
    chart = Chart("<&>", (HOSTILE, "x" * 10_000), (Series("<&>", (1, 2), "000000"), Series("b", (0, 1.5), "FFFFFF")))
    etree.fromstring(chart_xml(chart))
    assert load_workbook(BytesIO(workbook(chart))).active["B3"].value == 2  # type: ignore[index]


@pytest.mark.parametrize("write", [report_docx, report_xlsx, report_pdf])
def test_the_same_report_gives_the_same_bytes(write: Callable[..., bytes]) -> None:
    assert made(build(), write) == made(build(), write)


def test_the_pdf_has_the_frame_and_every_vietnamese_letter(tmp_path: Path) -> None:
    letters = "ẠẢÃÀÁĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
    path = tmp_path / "r.pdf"
    path.write_bytes(made(build(note=f"{letters} {letters.lower()}"), report_pdf))
    with pdfplumber.open(path) as opened:
        first = opened.pages[0]
        assert (round(first.width * 25.4 / 72), round(first.height * 25.4 / 72)) == (210, 297)
        assert [round(page.width * 25.4 / 72) for page in opened.pages][-1] == 297
        text = first.extract_text()
        everything = "".join(page.extract_text() for page in opened.pages).replace("\n", "").replace(" ", "")
        numbers = [page.within_bbox((0, 0, page.width, 50)).extract_text().strip() for page in opened.pages]
        fonts = {char["fontname"].split("+")[-1].split("-")[0] for page in opened.pages for char in page.chars}
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 05/BC-UBND", "ngày 20 tháng 3 năm 2025", "BÁO CÁO"):
        assert words in text
    assert letters in everything
    assert letters.lower() in everything
    assert numbers[0] == ""
    assert numbers[1] == "2"
    assert numbers.count("") == 1 + len(annexes_of(build()))  # the first page, and the first of each annex
    assert fonts <= {"Tinos", "TimesNewRoman", "LibertinusSerif", "TimesNewRomanPS"}


def test_an_office_changes_the_words_without_code(tmp_path: Path) -> None:
    own = tmp_path / "report"
    own.mkdir()
    (own / "noi-dung.txt").write_text('# I. KẾT QUẢ\nPhường có {{ so("items") }} việc.\n', encoding="utf-8")
    blocks = word_report(build(), tmp_path).blocks
    assert [(block.kind, block.text) for block in blocks] == [("h1", "I. KẾT QUẢ"), ("text", "Phường có 06 việc.")]


@pytest.mark.parametrize(
    "template",
    [
        "{{ so('khong_co') }}",
        "{% if %}",
        "{{ chua_dat_ten }}",
        "{{ r.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ viec('gi_do') }}",
        "{{ 1 / 0 }}",
    ],
)
def test_a_broken_or_reaching_template_is_refused_in_one_sentence(tmp_path: Path, template: str) -> None:
    own = tmp_path / "report"
    own.mkdir()
    (own / "noi-dung.txt").write_text(template, encoding="utf-8")
    with pytest.raises(WordingError, match=r"noi-dung\.txt.*không dùng được"):
        word_report(build(), tmp_path)


def test_the_province_adds_up_its_communes_and_names_who_is_missing() -> None:
    reports = [build(count=4), build(count=6)]
    whole = consolidate(reports, ["UBND xã Vắng"], PERIOD, code="T", name="UBND tỉnh Khánh Hòa")
    for key in ("items", "done", "overdue", "due", "missing"):
        assert whole.figures[key].value == sum(one.figures[key].value for one in reports)
    assert [part.sha256 for part in whole.parts] == [one_hash(one) for one in reports]
    text = words_of(whole)
    assert "còn 01 cơ quan chưa có báo cáo: UBND xã Vắng" in text
    assert "trong tổng số 10 nhiệm vụ" in text
    parts_are_valid(made(whole))
    assert made(whole, report_pdf).startswith(b"%PDF")
    rows = load_workbook(BytesIO(made(whole, report_xlsx)))["Địa phương"]
    assert [rows.cell(row, 3).value for row in (5, 6, 7)] == [4, 6, None]


def one_hash(report: Report) -> str:
    from rules.reporting.values import fingerprint

    return fingerprint(report.canonical())


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(codec=None), max_size=80))
def test_any_text_at_all_makes_files_that_open(text: str) -> None:
    report = build(note=text, title=text, unit=text or "x", count=4)
    parts_are_valid(made(report))
    docx.Document(BytesIO(made(report)))
    load_workbook(BytesIO(made(report, report_xlsx)))
    assert made(report, report_pdf).startswith(b"%PDF")


@pytest.mark.slow
def test_libreoffice_opens_the_document_and_counts_its_annexes_apart(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    path = tmp_path / "r.docx"
    path.write_bytes(made(build(note=HOSTILE, count=12)))
    arguments = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*arguments, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True, timeout=120)
    with pdfplumber.open(tmp_path / "r.pdf") as opened:
        numbers = [page.within_bbox((0, 0, page.width, 50)).extract_text().strip() for page in opened.pages]
        across = [page.width > page.height for page in opened.pages]
        first = opened.pages[0].extract_text()
    assert "Số: 05/BC-UBND" in first
    assert numbers[:2] == ["", "2"]
    assert [number for number, annex in zip(numbers, across, strict=True) if annex].count("") == 4
