"""What an item's words mean together, and what a person must settle."""

from datetime import date

from documents.reading.formats.blocks import Cell, Document, Paragraph, Row, Table
from documents.reading.plan.interpret import interpret
from rules.plan.units import UnitBook
from rules.plan.values import ItemRead, PlanReading
from rules.timing.values import TimingKind

HEAD = (Paragraph("KẾ HOẠCH"), Paragraph("Cải cách hành chính năm 2026 trên địa bàn xã Bình Minh"))


def table(*rows: list[str]) -> Table:
    return Table(tuple(Row(tuple(map(Cell, row)), row=number) for number, row in enumerate(rows, 1)), 1)


def read(*blocks: Paragraph | Table) -> PlanReading:
    return interpret(Document("docx", (*HEAD, *blocks)), units=UnitBook())


def doubts(item: ItemRead) -> set[str]:
    return {doubt.code for doubt in item.warnings}


def test_milestones_of_the_result_column_stand_beside_the_period():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian", "Kết quả"],
            ["1", "Giải ngân", "P.KT", "Trong năm 2026", "- Đến 30/6/2026: đạt 50%\n- Đến 31/01/2027: đạt 100%"],
        )
    )
    (item,) = reading.items
    assert item.timing.kind is TimingKind.MILESTONES
    assert [milestone.due for milestone in item.timing.milestones] == [date(2026, 6, 30), date(2027, 1, 31)]
    assert item.timing.due == date(2026, 12, 31)
    assert {"timing.milestones", "timing.after_plan_year"} <= doubts(item)


def test_what_a_person_must_settle_is_listed():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Phối hợp", "Thời gian"],
            ["1", "A", "Tổ Rồng Xanh", "Các đơn vị liên quan", "Theo quy định"],
        )
    )
    assert doubts(reading.items[0]) == {"unit.unknown", "unit.open_set", "timing.undetermined"}
    assert "Tổ Rồng Xanh" in " ".join(doubt.message for doubt in reading.items[0].warnings)
    assert "plan.no_date" in {doubt.code for doubt in reading.warnings}


def test_without_any_year_no_time_is_guessed():
    grid = table(["STT", "Nội dung", "Chủ trì", "Thời gian"], ["1", "A", "VP", "Quý I"])
    blocks = (Paragraph("KẾ HOẠCH"), Paragraph("Nâng cao chỉ số hài lòng"), grid)
    unknown = interpret(Document("docx", blocks), units=UnitBook())
    assert unknown.items[0].timing.kind is TimingKind.UNDETERMINED
    assert "plan.no_year" in {doubt.code for doubt in unknown.warnings}
    given = interpret(Document("docx", blocks), units=UnitBook(), year=2027)
    assert given.items[0].timing.due == date(2027, 3, 31)


def test_a_tracking_sheet_has_progress_beside_its_deadline():
    reading = interpret(
        Document(
            "xlsx",
            (
                table(
                    [
                        "STT",
                        "Nội dung",
                        "Số VB",
                        "Ngày BH",
                        "Hạn",
                        "Chủ trì",
                        "Phối hợp",
                        "Lãnh đạo",
                        "Tiến độ",
                        "Trạng thái",
                        "Kết quả",
                        "Ghi chú",
                    ],
                    [
                        "1",
                        "Báo cáo quý",
                        "12/KH-UBND",
                        "05/01/2026",
                        "20/3/2026",
                        "VP",
                        "P.KT",
                        "Chủ tịch",
                        "50%",
                        "Đang làm",
                        "Báo cáo 34",
                        "gấp",
                    ],
                ),
            ),
        ),
        units=UnitBook(),
    )
    (item,) = reading.items
    assert reading.form == "tracking"
    assert item.timing.due == date(2026, 3, 20)
    assert item.tracking is not None
    assert item.tracking.progress == "50%"
    assert item.tracking.issued_on == date(2026, 1, 5)
    assert (item.tracking.outcome, item.results) == ("Báo cáo 34", ())
    assert "plan.year_inferred" in {doubt.code for doubt in reading.warnings}


def test_a_rhythm_without_a_period_and_a_day_counted_from_an_event_ask_a_person():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian"],
            ["1", "Báo cáo", "VP", "Định kỳ"],
            ["2", "Trả lời", "VP", "05 ngày làm việc kể từ ngày nhận văn bản"],
        )
    )
    assert doubts(reading.items[0]) == {"timing.no_period"}
    assert doubts(reading.items[1]) == {"timing.relative"}


def test_a_deadline_before_the_plans_own_day_is_reported():
    blocks = (
        Paragraph("Bình Minh, ngày tháng 9 năm 2026"),
        *HEAD,
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian"],
            ["1", "A", "VP", "Quý I/2026"],
            ["2", "B", "VP", "Quý III/2026"],
        ),
    )
    early, now = interpret(Document("docx", blocks), units=UnitBook()).items
    assert (early.timing.due, doubts(early)) == (date(2026, 3, 31), {"timing.year_conflict"})
    assert doubts(now) == set()


def test_a_second_time_column_does_not_change_the_first():
    reading = read(
        table(
            ["STT", "Nội dung", "Chủ trì", "Thời gian hoàn thành", "Thời gian báo cáo"],
            ["1", "A", "VP", "30/6/2026", "Hằng quý"],
        )
    )
    assert reading.items[0].timing.due == date(2026, 6, 30)


def test_a_table_that_holds_no_tasks_leaves_the_narrative_to_be_read():
    reading = read(
        table(["TT", "Tiêu chí", "Điểm tối đa"], ["1", "Thể chế", "5"]),
        Paragraph("I. NHIỆM VỤ"),
        Paragraph("1. Tuyên truyền"),
        Paragraph("- Viết bài."),
    )
    assert (reading.form, [item.code for item in reading.items]) == ("narrative", ["I.1.1"])


def test_the_authoritys_own_codes_are_used():
    book = UnitBook.of([("P01", "Văn phòng HĐND và UBND", ["VP"])])
    grid = table(["STT", "Nội dung", "Chủ trì", "Thời gian"], ["1", "A", "VP HĐND-UBND", "Quý I"])
    (item,) = interpret(Document("docx", (*HEAD, grid)), units=book).items
    assert item.lead[0].unit == "P01"
