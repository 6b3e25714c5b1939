"""Tables of tasks in the shapes communes give them: headers, numbers, merged cells, pages."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from documents.reading.formats.blocks import Cell, Document, Paragraph, Row, Table
from documents.reading.plan.interpret import interpret
from rules.plan.units import UnitBook
from rules.plan.values import ItemRead, PlanReading
from rules.timing.values import TimingKind

HEAD = (Paragraph("KẾ HOẠCH"), Paragraph("Cải cách hành chính năm 2026 trên địa bàn xã Bình Minh"))
V = None
"""A cell that a merged one covers."""


def table(*rows: list[object], index: int = 1, page: int | None = None) -> Table:
    """A table on its grid: ("text", 3) spans three columns, `V` is covered."""
    return Table(
        tuple(
            Row(
                tuple(
                    Cell("", covered=True)
                    if cell is None
                    else Cell(cell[0], span=cell[1])
                    if isinstance(cell, tuple)
                    else Cell(str(cell))
                    for cell in row
                ),
                page=page,
                row=number,
            )
            for number, row in enumerate(rows, 1)
        ),
        index,
    )


def read(*blocks: Paragraph | Table, form: str = "docx") -> PlanReading:
    return interpret(Document(form, (*HEAD, *blocks)), units=UnitBook())


def codes(reading: PlanReading) -> list[str]:
    return [item.code for item in reading.items]


def doubts(item: ItemRead) -> set[str]:
    return {doubt.code for doubt in item.warnings}


def test_two_header_rows_and_a_row_that_counts_the_columns():
    reading = read(
        table(
            ["TT", "Nội dung", ("Đơn vị thực hiện", 2), V, "Thời gian hoàn thành"],
            [V, V, "Chủ trì", "Phối hợp", V],
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            [("I. CẢI CÁCH THỂ CHẾ", 5), V, V, V, V],
            ["1", "Rà soát văn bản", "Công chức Tư pháp - Hộ tịch", "Công an xã", "Quý II/2026"],
            [("II. CẢI CÁCH TTHC", 5), V, V, V, V],
            ["1", "Niêm yết TTHC", "Bộ phận một cửa", "", "Thường xuyên"],
        )
    )
    assert codes(reading) == ["I.1", "II.1"]
    first = reading.items[0]
    assert [ref.unit for ref in first.lead] == ["TU_PHAP_HO_TICH"]
    assert [ref.unit for ref in first.coordinating] == ["CONG_AN"]
    assert (first.timing.start, first.timing.due) == (date(2026, 4, 1), date(2026, 6, 30))
    assert [(section.code, section.title) for section in reading.sections] == [
        ("I", "CẢI CÁCH THỂ CHẾ"),
        ("II", "CẢI CÁCH TTHC"),
    ]
    assert (reading.counts.rows, reading.counts.sections, reading.counts.numbered, reading.counts.items) == (4, 2, 2, 2)


def test_columns_may_stand_in_any_order():
    reading = read(
        table(
            ["Thời hạn", "Sản phẩm", "Cơ quan phối hợp", "Cơ quan chủ trì", "Nhiệm vụ", "STT"],
            ["31/3/2026", "Báo cáo", "", "Phòng Kinh tế", "Báo cáo quý I", "1"],
        )
    )
    (item,) = reading.items
    assert item.title == "Báo cáo quý I"
    assert item.timing.due == date(2026, 3, 31)
    assert item.results == ("Báo cáo",)


def test_whole_numbers_head_the_chapters_where_nothing_stands_above_them():
    reading = read(
        table(
            ["STT", "Nhiệm vụ", "Cơ quan chủ trì", "Hoàn thành trước"],
            ["1", "Công tác chỉ đạo", "", ""],
            ["1.1", "Ban hành kế hoạch", "Văn phòng HĐND và UBND", "15/01/2026"],
            ["1.2", "Kiểm tra", "P.VHXH", "30/6/2026"],
            ["2", "Tuyên truyền", "", ""],
            ["2.1", "Viết bài", "P. VHXH", "Quý III/2026"],
        )
    )
    assert codes(reading) == ["1.1", "1.2", "2.1"]
    assert [item.section for item in reading.items] == ["1", "1", "2"]
    assert reading.counts.sections == 2


def test_numbers_that_begin_anew_under_a_group_do_not_collide():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian"],
            ["I", "THỂ CHẾ", "", ""],
            ["1", "Nhóm một", "", ""],
            ["1", "Việc a", "Phòng Kinh tế", "Quý I"],
            ["2", "Việc b", "Phòng Kinh tế", "Quý II"],
        )
    )
    assert codes(reading) == ["I.1.1", "I.1.2"]


def test_a_numbered_row_without_owner_between_tasks_is_a_task_that_lacks_something():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian"],
            ["1", "Việc một", "Phòng Kinh tế", "Quý I"],
            ["2", "Việc hai", "", ""],
            ["3", "Việc ba", "Phòng Kinh tế", "Quý II"],
        )
    )
    assert codes(reading) == ["1", "2", "3"]
    assert doubts(reading.items[1]) == {"lead.missing", "timing.undetermined"}


def test_unnumbered_rows_take_letters_and_a_repeated_number_is_reported():
    reading = read(
        table(
            ["STT", "Nhiệm vụ", "Thực hiện", "Thời gian"],
            ["A", "PHẦN MỘT", "", ""],
            ["1", "Việc", "Phòng Kinh tế", "Quý I"],
            ["", "- phần việc thứ nhất", "Phòng Kinh tế", "Quý I"],
            ["", "- phần việc thứ hai", "Phòng Kinh tế", "Quý I"],
            ["1", "Việc khác", "Phòng Kinh tế", "Quý II"],
        )
    )
    assert codes(reading) == ["A.1", "A.1.a", "A.1.b", "A.1-2"]
    assert "code.repeated" in doubts(reading.items[-1])


def test_a_table_without_numbers_is_counted():
    reading = read(
        table(["Nhiệm vụ", "Đơn vị chủ trì", "Thời hạn"], ["Làm A", "VP", "Quý I"], ["Làm B", "P.KT", "Quý II"])
    )
    assert codes(reading) == ["1", "2"]


def test_numbers_with_their_chapter_are_not_said_twice():
    reading = read(
        table(
            ["TT", "Nội dung", "Đơn vị chủ trì", "Thời gian"],
            ["I", "MỘT", "", ""],
            ["I.1", "việc", "VP", "Quý I"],
            ["II", "HAI", "", ""],
            ["II.1", "việc", "VP", "Quý II"],
        )
    )
    assert codes(reading) == ["I.1", "II.1"]


def test_automatic_numbers_of_word_count_as_printed():
    header = Row(tuple(map(Cell, ("STT", "Nội dung", "Chủ trì", "Thời gian"))))
    rows = [Row((Cell("", number=f"{n}."), Cell(f"Việc {n}"), Cell("VP"), Cell("Quý I"))) for n in (1, 2)]
    assert codes(read(Table((header, *rows), 1))) == ["1", "2"]


def test_a_cell_merged_downwards_says_the_same_in_each_row():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian"],
            ["1", "A", "Phòng Kinh tế", "Quý I"],
            ["2", "B", V, "Quý II"],
            ["3", "C", V, V],
        )
    )
    assert [item.lead[0].unit for item in reading.items] == ["PHONG_KT"] * 3
    assert [item.timing.phrase for item in reading.items] == ["Quý I", "Quý II", "Quý II"]


def test_a_merged_title_with_other_days_makes_a_task_for_each_day():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian", "Sản phẩm"],
            ["1", "Báo cáo CCHC", "VP", "20/3/2026", "Báo cáo quý I"],
            [V, V, V, "20/6/2026", "Báo cáo 6 tháng"],
            [V, V, V, V, "Phụ lục số liệu"],
        )
    )
    assert [(item.code, item.title) for item in reading.items] == [("1", "Báo cáo CCHC"), ("1.a", "Báo cáo CCHC")]
    assert reading.items[1].results == ("Báo cáo 6 tháng", "Phụ lục số liệu")


def test_a_row_cut_by_a_page_break_is_one_task():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian"],
            ["1", "Tổ chức hội nghị triển khai công tác", "Phòng Văn hóa - Xã", "Trong năm"],
            page=1,
        ),
        table(
            ["", "cải cách hành chính năm 2026", "hội", "2026"],
            ["2", "Việc hai", "VP", "Quý I"],
            index=2,
            page=2,
        ),
        form="pdf",
    )
    first, second = reading.items
    assert first.title == "Tổ chức hội nghị triển khai công tác cải cách hành chính năm 2026"
    assert first.lead[0].unit == "PHONG_VHXH"
    assert first.timing.phrase == "Trong năm 2026"
    assert (second.source.page, second.source.table, second.source.row) == (2, 2, 2)


def test_repeated_headers_and_totals_are_no_tasks():
    header = ["STT", "Nội dung", "Chủ trì", "Thời gian"]
    reading = read(
        table(header, ["1", "A", "VP", "Quý I"], page=1),
        table(header, ["2", "B", "VP", "Quý I"], [("Tổng cộng: 02 nhiệm vụ", 4), V, V, V], index=2, page=2),
    )
    assert codes(reading) == ["1", "2"]
    assert reading.counts.rows == 2


def test_a_second_annex_keeps_its_codes_apart():
    reading = read(
        table(["STT", "Nội dung", "Chủ trì", "Thời gian"], ["1", "A", "VP", "Quý I"]),
        Paragraph("PHỤ LỤC II: DANH MỤC BÁO CÁO"),
        table(["STT", "Nội dung báo cáo", "Đơn vị thực hiện", "Thời hạn gửi"], ["1", "B", "P.KT", "Quý II"], index=2),
    )
    assert codes(reading) == ["1", "PL2.1"]


def test_the_deadline_may_hide_in_the_brackets_of_a_title():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian"],
            ["1", "Báo cáo tổng kết (trước ngày 15/12/2026)", "VP", ""],
            ["2", "Thực hiện Kế hoạch CCHC năm 2026", "VP", ""],
        )
    )
    hidden, none = reading.items
    assert (hidden.timing.due, hidden.timing.last_day) == (date(2026, 12, 15), date(2026, 12, 14))
    assert none.timing.kind is TimingKind.UNDETERMINED


def test_quarters_marked_with_a_cross_and_begin_and_end_columns_become_a_phrase():
    marked = read(
        table(
            ["STT", "Nội dung", "Đơn vị", ("Thời gian thực hiện", 3), V, V],
            [V, V, V, "Quý I", "Quý II", "Quý III"],
            ["1", "A", "VP", "x", "", "x"],
        )
    )
    assert marked.items[0].timing.phrase == "Quý I và Quý III"
    ranged = read(
        table(
            ["STT", "Nội dung", "Chủ trì", ("Thời gian", 2), V],
            [V, V, V, "Bắt đầu", "Kết thúc"],
            ["1", "A", "VP", "01/02/2026", "31/3/2026"],
        )
    )
    assert (ranged.items[0].timing.start, ranged.items[0].timing.due) == (date(2026, 2, 1), date(2026, 3, 31))


def test_months_marked_under_one_heading_are_months():
    reading = read(
        table(
            ["STT", "Nội dung", "Đơn vị", ("Thời gian thực hiện (tháng)", 4), V, V, V],
            [V, V, V, "1", "2", "3", "4"],
            ["1", "A", "VP", "", "x", "", ""],
        )
    )
    (item,) = reading.items
    assert (item.timing.phrase, item.timing.due) == ("Tháng 2", date(2026, 2, 28))


def test_a_task_column_before_the_work_column_names_its_group():
    reading = read(
        table(
            ["STT", "Nhiệm vụ", "Nội dung công việc cụ thể", "Chỉ tiêu", "Đơn vị chủ trì", "Thời gian"],
            ["1", "Tuyên truyền", "Viết bài", "20 bài", "P.VHXH", "Quý I"],
            ["2", V, "Phát thanh", "52 buổi", "P.VHXH", "Hằng tuần"],
        )
    )
    assert [(item.code, item.title) for item in reading.items] == [("1", "Viết bài"), ("2", "Phát thanh")]
    assert [section.title for section in reading.sections] == ["Tuyên truyền"]
    assert {item.section for item in reading.items} == {reading.sections[0].code}
    assert reading.items[1].results == ("52 buổi",)


def test_each_sheet_of_a_workbook_counts_for_itself():
    header = ["STT", "Nội dung", "Chủ trì", "Thời hạn"]
    sheets = [
        replace(table(header, ["1", name, "VP", "Quý I"], index=n), name=name) for n, name in ((1, "A"), (2, "B"))
    ]
    assert codes(read(*sheets, form="xlsx")) == ["1", "PL2.1"]


def test_sub_tasks_without_owner_or_time_have_those_of_their_task_and_say_so():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian", "Kết quả"],
            ["1", "Tuyên truyền", "P.VHXH", "Quý III/2026", ""],
            ["1.1", "Viết bài", "", "", "20 bài"],
        )
    )
    child = reading.items[1]
    assert child.lead[0].unit == "PHONG_VHXH"
    assert child.timing.phrase == "Quý III/2026"
    assert "item.inherited" in doubts(child)


NUMBERS = st.sampled_from(["", "1", "1.1", "a)", "A", "I", "- x", "(1)", "STT", "TỔNG", "\n"])
WORDS = NUMBERS | st.sampled_from(
    [
        "Nội dung",
        "Chủ trì",
        "Thời gian",
        "Kết quả",
        "Quý I",
        "và",
        "Phòng Kinh tế",
        "làm việc",
        "Các cơ quan, đơn vị",
        "x",
    ]
)
CELLS = st.builds(Cell, text=st.lists(WORDS, max_size=3).map(" ".join), covered=st.booleans(), span=st.integers(1, 3))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=4, max_size=6), max_size=8), st.sampled_from(["docx", "pdf", "txt", "xlsx"]))
def test_no_table_is_too_strange_and_codes_never_collide(rows: list[list[Cell]], form: str):
    header = Row(tuple(map(Cell, ("STT", "Nội dung", "Chủ trì", "Thời gian"))))
    grid = Table((header, *(Row(tuple(cells)) for cells in rows)), 1)
    reading = read(grid, form=form)
    assert len(set(codes(reading))) == len(reading.items)
    assert reading.counts.items == len(reading.items)


def test_an_endless_cell_is_clipped_and_said_so():
    endless = "- A " * 200_000
    reading = read(table(["STT", "Nội dung", "Chủ trì", "Thời gian", "Kết quả"], ["1", "A", "VP", "Quý I", endless]))
    assert "text.clipped" in doubts(reading.items[0])
