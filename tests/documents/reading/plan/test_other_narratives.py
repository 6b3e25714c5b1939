"""Plans without a table as other communes write them: who owns what, until when, and what is no task at all."""

import time
from datetime import date

import pytest

from documents.reading.formats.blocks import Document, Paragraph
from documents.reading.plan.inline import told_inside
from documents.reading.plan.interpret import interpret
from documents.reading.plan.subjects import subject_of
from rules.plan.units import UnitBook
from rules.plan.values import ItemRead, PlanReading
from rules.timing.values import TimingKind
from tests.documents.reading.plan.offices import doubts, understood, units, word

HEAD = """UBND XÃ HƯNG LONG
Số: 12/KH-UBND
Hưng Long, ngày 15 tháng 01 năm 2026
KẾ HOẠCH
Cải cách hành chính năm 2026
UBND xã Hưng Long ban hành Kế hoạch như sau:
"""


def read(body: str) -> PlanReading:
    return understood("txt", (HEAD + body).encode())


def items(body: str) -> dict[str, ItemRead]:
    return {item.code: item for item in read(body).items}


def test_the_owner_time_and_result_of_a_task_stand_in_lines_below_it():
    got = items("""II. NHIỆM VỤ
1. Tiếp cận dịch vụ
a) Bố trí trang thiết bị.
- Cơ quan chủ trì: Trung tâm Phục vụ hành chính công.
- Cơ quan phối hợp: Văn phòng HĐND và UBND.
- Thời gian thực hiện: Quý II/2026.
b) Tổ chức tập huấn.
- Cơ quan chủ trì: Phòng Văn hóa - Xã hội.
- Thời gian thực hiện: trước ngày 30/9/2026.
- Sản phẩm: Lớp tập huấn.
2. Rà soát thủ tục hành chính.
+ Đơn vị thực hiện: Phòng Kinh tế.
""")
    assert list(got) == ["II.1.a", "II.1.b", "II.2"]
    assert [units(item) for item in got.values()] == [
        (["TT_PVHCC"], ["VAN_PHONG"]),
        (["PHONG_VHXH"], []),
        (["PHONG_KT"], []),
    ]
    assert got["II.1.a"].timing.due == date(2026, 6, 30)
    assert (got["II.1.b"].timing.last_day, got["II.1.b"].results) == (date(2026, 9, 29), ("Lớp tập huấn",))


def test_the_owner_and_time_of_a_task_stand_in_its_own_sentence():
    got = items("""II. NHIỆM VỤ
1. Cải cách thể chế
1.1. Ban hành kế hoạch. Chủ trì: Công chức Tư pháp - Hộ tịch. Phối hợp: Văn phòng. Thời gian: Quý I/2026.
1.2. Theo dõi tình hình thi hành pháp luật (Chủ trì: Công chức Tư pháp - Hộ tịch; thời gian: thường xuyên).
2. Trang bị máy tính trong quý II năm 2026 (Văn phòng HĐND và UBND chủ trì).
3. Rà soát thủ tục; thời gian hoàn thành: 30/6/2026; đơn vị thực hiện: Trung tâm PVHCC.
""")
    assert {code: item.title for code, item in got.items()} == {
        "II.1.1": "Ban hành kế hoạch",
        "II.1.2": "Theo dõi tình hình thi hành pháp luật",
        "II.2": "Trang bị máy tính trong quý II năm 2026",
        "II.3": "Rà soát thủ tục",
    }
    assert [units(item) for item in got.values()] == [
        (["TU_PHAP_HO_TICH"], ["VAN_PHONG"]),
        (["TU_PHAP_HO_TICH"], []),
        (["VAN_PHONG"], []),
        (["TT_PVHCC"], []),
    ]
    assert [item.timing.due for item in got.values()] == [
        date(2026, 3, 31),
        date(2026, 12, 31),
        date(2026, 6, 30),
        date(2026, 6, 30),
    ]


@pytest.mark.parametrize(
    ("sentence", "who", "partners"),
    [
        ("Giao Văn phòng chủ trì, phối hợp với Phòng Kinh tế rà soát", "Văn phòng", "Phòng Kinh tế"),
        ("Định kỳ hằng quý, Văn phòng HĐND và UBND kiểm tra việc niêm yết", "Văn phòng HĐND và UBND", ""),
        ("Trước ngày 15/12/2026, Phòng Văn hóa - Xã hội tổng hợp kết quả", "Phòng Văn hóa - Xã hội", ""),
        ("Đề nghị UBMTTQVN xã vận động Nhân dân", "UBMTTQVN xã", ""),
        ("Phòng Kinh tế, Công an xã và Ban CHQS xã phối hợp kiểm tra", "Phòng Kinh tế, Công an xã và Ban CHQS xã", ""),
        ("Công an xã hỗ trợ cấp tài khoản định danh", "Công an xã", ""),
    ],
)  # fmt: skip
def test_sentences_give_their_duty_to_the_unit_they_name_first(sentence: str, who: str, partners: str):
    subject = subject_of(sentence, UnitBook())
    assert subject is not None
    assert (subject.who, subject.coordinating) == (who, partners)


@pytest.mark.parametrize(
    "sentence",
    [
        "Văn phòng phẩm được cấp phát hằng quý",
        "Giao Văn phòng của các thôn",
        "Phòng Kinh tế",
        "Trong năm 2026, nâng cao chất lượng phục vụ",
        "Tăng cường kiểm tra Công an xã",
    ],
)
def test_other_sentences_name_no_owner(sentence: str):
    assert subject_of(sentence, UnitBook()) is None


@pytest.mark.parametrize("sentence", ["Chủ trì: Văn phòng", "Công bố kết quả: đạt 90%", "Rà soát (lần 2)", ""])
def test_sentences_that_say_no_owner_are_left_whole(sentence: str):
    assert told_inside(sentence) is None


def test_chapters_without_numbers_are_known_by_their_bold_letters():
    data = word(
        *HEAD.strip().split("\n"),
        "Mục đích",
        "Nâng tỷ lệ hồ sơ trực tuyến.",
        "Nội dung thực hiện",
        "Trung tâm Phục vụ hành chính công bố trí 02 máy tính; hoàn thành trước ngày 25/4/2026.",
        "Công an xã hỗ trợ định danh điện tử trong tháng 5/2026.",
        "Tổ chức thực hiện",
        "Giao Văn phòng HĐND và UBND theo dõi, báo cáo trước ngày 05/6/2026.",
        bold=("Mục đích", "Nội dung thực hiện", "Tổ chức thực hiện"),
    )
    reading = understood("docx", data)
    assert [(item.code, units(item)[0], str(item.timing.due)) for item in reading.items] == [
        ("M2.1", ["TT_PVHCC"], "2026-04-25"),
        ("M2.2", ["CONG_AN"], "2026-05-31"),
        ("M3.1", ["VAN_PHONG"], "2026-06-05"),
    ]


def test_the_word_part_may_stand_on_a_line_of_its_own():
    reading = read(
        "Phần I\nMỤC ĐÍCH\n- Nâng cao.\nPhần II\nNHIỆM VỤ\n1. Văn phòng báo cáo.\nPhần III\nTỔ CHỨC THỰC HIỆN\n1. Họp."
    )
    assert [item.code for item in reading.items] == ["II.1", "III.1"]


def test_steps_of_a_survey_are_tasks_and_its_size_and_method_are_none():
    got = items("""I. MỤC ĐÍCH
- Đo lường.
II. NỘI DUNG KHẢO SÁT
1. Đối tượng khảo sát: người dân.
2. Quy mô: 150 phiếu.
3. Phương pháp: phát phiếu trực tiếp.
III. TIẾN ĐỘ
1. Phát phiếu: từ ngày 18/8 đến ngày 29/8/2026.
2. Báo cáo kết quả: trước ngày 20/9/2026.
IV. TỔ CHỨC THỰC HIỆN
1. Giao Công chức Văn phòng - Thống kê chủ trì, phối hợp với Công an xã tổng hợp kết quả.
2. Đề nghị UBMTTQVN xã giám sát việc khảo sát.
""")
    assert list(got) == ["III.1", "III.2", "IV.1", "IV.2"]
    assert got["III.1"].timing.kind is TimingKind.WINDOW
    assert units(got["IV.1"]) == (["VAN_PHONG_THONG_KE"], ["CONG_AN"])
    assert "item.request" in doubts(got["IV.2"])


def test_letters_hold_roman_chapters_which_hold_numbered_tasks():
    got = items("""A. MỤC ĐÍCH, YÊU CẦU
Nâng cao.
B. NỘI DUNG THỰC HIỆN
I. Công tác chỉ đạo
1. Ban hành Kế hoạch.
Đơn vị chủ trì: Văn phòng HĐND và UBND.
Thời gian hoàn thành: Tháng 01/2026.
Kết quả: Kế hoạch.
II. Rà soát thủ tục hành chính
1. Rà soát lĩnh vực đất đai.
Đơn vị chủ trì: Phòng Kinh tế.
C. TỔ CHỨC THỰC HIỆN
Giao Văn phòng HĐND và UBND đôn đốc.
""")
    assert list(got) == ["B.I.1", "B.II.1", "C.1"]
    assert [units(item)[0] for item in got.values()] == [["VAN_PHONG"], ["PHONG_KT"], ["VAN_PHONG"]]
    assert got["B.I.1"].results == ("Kế hoạch",)


@pytest.mark.parametrize(
    "words",
    ["các ", "phối hợp với ", "chủ trì, ", "Thời gian thực hiện ", "(", "Sở Y tế và ", "đề nghị các thôn ", "a: ",
     "tham mưu cho UBND ", "tiếp tục ", "giao Phòng Kinh tế chủ trì ", "đồng thời ", "(kèm theo ", "phụ lục "],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["KẾ HOẠCH", "CHỈ THỊ"])
def test_a_line_that_repeats_itself_costs_no_more_than_its_length(words: str, kind: str) -> None:
    line = (words * 3000)[:5900]
    body = [f"1. {line}", f"- {line}", line, f"2. Phòng Kinh tế {line}", f"3. Rà soát {line}: {line}"]
    lines = [*HEAD.split("\n")[:3], kind, "Cải cách hành chính năm 2026", line, "I. NHIỆM VỤ", *body]
    blocks = tuple(Paragraph(text, line=number) for number, text in enumerate(lines, 1))
    begun = time.process_time()
    interpret(Document("docx", blocks), units=UnitBook())
    assert time.process_time() - begun < 4
