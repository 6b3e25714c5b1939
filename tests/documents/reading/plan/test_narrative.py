"""Plans without a table, in the shapes communes write them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from documents.reading.formats.blocks import Document, Paragraph
from documents.reading.plan.interpret import interpret
from documents.reading.plan.scores import area_score, total_score, without_score
from rules.plan.units import UnitBook
from rules.plan.values import ItemRead, PlanReading
from rules.timing.values import TimingKind


def read(body: str, form: str = "docx") -> PlanReading:
    lines = ["KẾ HOẠCH", "Cải cách hành chính năm 2026 trên địa bàn xã Bình Minh", *body.strip().split("\n")]
    blocks = tuple(Paragraph(line.strip(), line=number) for number, line in enumerate(lines, 1) if line.strip())
    return interpret(Document(form, blocks), units=UnitBook())


def by_code(reading: PlanReading) -> dict[str, ItemRead]:
    return {item.code: item for item in reading.items}


AREAS = """
I. MỤC ĐÍCH, YÊU CẦU
- Nâng cao chất lượng phục vụ.
II. NHIỆM VỤ, GIẢI PHÁP
1. Cải cách thể chế: Năm 2025, số điểm đạt 4,5/6
a) Tồn tại, hạn chế
- Ban hành kế hoạch chậm.
b) Giải pháp
- Rà soát văn bản quy phạm pháp luật trước ngày 30/6/2026.
- Thường xuyên theo dõi thi hành pháp luật.
c) Phân công
- Chủ trì: Công chức Tư pháp - Hộ tịch. Phối hợp: Công an xã.
2. Chuyển đổi số
- Đơn vị chủ trì: Phòng Văn hóa - Xã hội
- Đơn vị phối hợp: Các đơn vị liên quan
- Thời gian thực hiện: Quý III/2026
- Số hóa hồ sơ.
- Tập huấn cho cán bộ.
III. TỔ CHỨC THỰC HIỆN
1. Văn phòng HĐND và UBND: Theo dõi, đôn đốc; định kỳ hàng quý báo cáo Chủ tịch UBND xã.
- Tổng hợp kết quả.
2. Đề nghị Ủy ban MTTQ Việt Nam xã: Giám sát việc thực hiện.
Trong quá trình thực hiện, nếu có vướng mắc báo cáo UBND xã.
Trên đây là Kế hoạch cải cách hành chính năm 2026./.
Nơi nhận:
- Lưu: VT.
"""


def test_areas_measures_and_duties_have_codes_and_owners():
    got = by_code(read(AREAS))
    assert list(got) == ["II.1.1", "II.1.2", "II.2.1", "II.2.2", "III.1", "III.1.b", "III.2"]
    assert [ref.unit for ref in got["II.1.1"].lead] == ["TU_PHAP_HO_TICH"]
    assert [ref.unit for ref in got["II.1.1"].coordinating] == ["CONG_AN"]
    assert [ref.unit for ref in got["II.2.2"].lead] == ["PHONG_VHXH"]
    assert [ref.unit for ref in got["III.1.b"].lead] == ["VAN_PHONG"]
    assert [ref.unit for ref in got["III.2"].lead] == ["UBMTTQVN"]


def test_deadlines_rhythms_and_the_plans_year_give_the_time():
    got = by_code(read(AREAS))
    assert str(got["II.1.1"].timing.last_day) == "2026-06-29"
    assert got["II.1.2"].timing.kind is TimingKind.CONTINUOUS
    assert got["II.2.1"].timing.phrase == "Quý III/2026"
    assert got["III.1"].timing.kind is TimingKind.RECURRING
    asked = got["III.1.b"]
    assert (asked.timing.phrase, asked.timing.kind, asked.timing.due) == ("", TimingKind.UNDETERMINED, None)
    assert "31/12/2026" in next(doubt.message for doubt in asked.warnings if doubt.code == "timing.defaulted")


def test_requests_to_others_are_said_to_be_requests():
    request = by_code(read(AREAS))["III.2"]
    assert request.title == "Giám sát việc thực hiện."
    assert "item.request" in {doubt.code for doubt in request.warnings}


def test_scores_stand_beside_their_area():
    reading = read(AREAS)
    assert [(s.area, s.year, s.achieved, s.max) for s in reading.scores] == [("Cải cách thể chế", 2025, 4.5, 6)]
    assert [section.title for section in reading.sections if section.code == "II.1"] == ["Cải cách thể chế"]


def test_scores_are_told_from_other_numbers():
    assert area_score("đứng vị thứ 15/141 toàn tỉnh", "x") is None
    assert area_score("Theo Quyết định số 10/2025/QĐ-UBND", "x") is None
    total = total_score("Năm 2025, UBND xã đạt 88,25 điểm, tăng 3 bậc")
    assert total is not None
    assert (total.year, total.achieved, total.max) == (2025, 88.25, None)
    assert without_score("2. Cải cách thể chế: Năm 2025, số điểm đạt 3/5") == "2. Cải cách thể chế"


def test_hard_wrapped_lines_are_joined_and_new_sentences_are_not():
    got = by_code(
        read(
            """
            I. NHIỆM VỤ
            1. Công tác chỉ đạo
            - Triển khai đầy đủ các văn bản chỉ đạo, điều hành của Ủy ban nhân dân tỉnh về
            CCHC; kịp thời tháo gỡ khó khăn trong quá trình thực hiện nhiệm vụ được giao;
            báo cáo cấp có thẩm quyền. Kết quả được công khai theo đúng quy định hiện hành.
            - Tuyên truyền.
            """,
            form="txt",
        )
    )
    assert list(got) == ["I.1.1", "I.1.2"]
    assert got["I.1.1"].title.endswith(
        "được giao; báo cáo cấp có thẩm quyền. Kết quả được công khai theo đúng quy định hiện hành."
    )


def test_a_number_of_a_document_at_the_start_of_a_line_is_no_heading():
    got = by_code(
        read(
            """
            I. NHIỆM VỤ
            1. Kiểm soát thủ tục hành chính
            - Tiếp nhận phản ánh, kiến nghị của cá nhân, tổ chức theo quy định tại Thông tư số
            02/2017/TT-VPCP của Văn phòng Chính phủ.
            2. Tài chính
            - Công khai ngân sách.
            """,
            form="txt",
        )
    )
    assert list(got) == ["I.1.1", "I.2.1"]


def test_paragraphs_before_numbered_tasks_are_an_introduction():
    got = by_code(
        read(
            """
            I. NHIỆM VỤ VÀ GIẢI PHÁP
            1. Nhiệm vụ
            Các bộ phận tập trung thực hiện nghiêm túc.
            (1) Về sáng kiến: CBCC nghiên cứu, đề xuất sáng kiến.
            (2) Về tài chính: Phòng Kinh tế chủ trì phối hợp với Công an xã, Văn phòng HĐND và UBND tham mưu dự toán.
            Tiếp tục thực hiện cơ chế tự chủ.
            """
        )
    )
    assert list(got) == ["I.1.(1)", "I.1.(2).a", "I.1.(2).b"]
    assert [ref.printed for ref in got["I.1.(1)"].lead] == ["CBCC"]
    assert [ref.unit for ref in got["I.1.(2).a"].lead] == ["PHONG_KT"]
    assert [ref.unit for ref in got["I.1.(2).a"].coordinating] == ["CONG_AN", "VAN_PHONG"]


def test_each_role_line_owns_the_measures_before_it():
    got = by_code(
        read(
            """
            I. NHIỆM VỤ
            1. Các hoạt động
            - Việc thứ nhất.
            - Chủ trì: Phòng Kinh tế
            - Việc thứ hai.
            - Chủ trì: Công an xã
            """
        )
    )
    assert {code: item.lead[0].unit for code, item in got.items()} == {"I.1.1": "PHONG_KT", "I.1.2": "CONG_AN"}


def test_units_with_lettered_duties_keep_their_letters():
    got = by_code(
        read(
            """
            I. TỔ CHỨC THỰC HIỆN
            1. Phòng Văn hóa - Xã hội:
            a) Theo dõi, đôn đốc;
            b) Tổng hợp, báo cáo trước ngày 20 hằng tháng.
            2. Các thôn:
            - Tuyên truyền đến người dân.
            """
        )
    )
    assert list(got) == ["I.1.a", "I.1.b", "I.2.a"]
    assert got["I.1.b"].lead[0].unit == "PHONG_VHXH"
    assert (got["I.2.a"].lead[0].printed, got["I.2.a"].lead[0].unit) == ("Các thôn", None)


def test_a_plan_without_chapters_is_read_by_its_areas():
    got = by_code(
        read(
            """
            1. Mục đích
            - Nâng cao chất lượng.
            2. Tuyên truyền
            - Viết 20 bài.
            3. Phòng Kinh tế: Báo cáo trước ngày 15/12/2026.
            4. Rà soát thủ tục hành chính theo quy định.
            """
        )
    )
    assert list(got) == ["2.1", "3", "4"]
    assert got["3"].lead[0].unit == "PHONG_KT"


def test_a_text_without_tasks_says_so():
    reading = read("Phường thông báo lịch nghỉ Tết.")
    assert reading.items == ()
    assert "plan.no_items" in {doubt.code for doubt in reading.warnings}


LINES = st.sampled_from(
    """I. NHIỆM VỤ
II. TỔ CHỨC THỰC HIỆN
1. Cải cách thể chế
1. Phòng Kinh tế:
a) Giải pháp
a) Làm việc;
(1) Về sáng kiến: CBCC đề xuất
- Rà soát trước ngày 30/6/2026.
+ Phần nhỏ
- Chủ trì: Văn phòng
- Phối hợp: Công an xã
tiếp theo dòng trên
Câu mới.
02/2017/TT
Thời gian thực hiện: Quý III
Năm 2025, số điểm đạt 1/2
1.1. Việc nhỏ
Kết quả: Báo cáo
2
A. PHẦN
như sau:
- x:""".splitlines()
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=25), st.sampled_from(["txt", "docx", "pdf"]))
def test_no_order_of_lines_is_too_strange_and_codes_never_collide(lines: list[str], form: str):
    reading = read("I. NHIỆM VỤ, GIẢI PHÁP\n" + "\n".join(lines), form=form)
    codes = [item.code for item in reading.items]
    assert len(set(codes)) == len(codes)
    assert all(item.title for item in reading.items)
