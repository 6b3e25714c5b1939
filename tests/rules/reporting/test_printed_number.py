"""What an edited text says of its number and day: told to whoever numbers it, refused where it contradicts."""

from datetime import date

import pytest

from rules.reporting.printed_number import Printed, refusal, told

DAY = date(2025, 12, 19)
BLANK = Printed(symbol="BC-UBND", number_open=True, day_open=True)
TYPED = Printed(number=5, symbol="BC-UBND", day=DAY)


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        (BLANK, "Chỗ ghi số và ngày trong văn bản còn để trống; số và ngày được điền vào khi gửi."),
        (TYPED, "Văn bản đã ghi số 05/BC-UBND, ngày 19/12/2025; phần đã ghi được giữ nguyên."),
        (
            Printed(),
            "Không tìm thấy chỗ ghi số và ngày trong văn bản nên văn bản được gửi nguyên như đã tải lên; "
            "nếu chưa ghi, hãy ghi số và ngày vào tệp rồi tải lại trước khi phê duyệt.",
        ),
        (
            Printed(number=5, symbol="BC-UBND", day_open=True),
            "Chỗ ghi ngày trong văn bản còn để trống; ngày được điền vào khi gửi. "
            "Văn bản đã ghi số 05/BC-UBND; phần đã ghi được giữ nguyên.",
        ),
        (
            Printed(number_open=True),
            "Chỗ ghi số trong văn bản còn để trống; số được điền vào khi gửi. "
            "Không tìm thấy chỗ ghi ngày trong văn bản; hãy kiểm tra lại tệp.",
        ),
        (Printed(signed=True), "Văn bản đã ký số nên được gửi nguyên như đã tải lên, không điền thêm."),
    ],
)
def test_the_person_is_told_what_is_filled_in_and_what_stands(printed: Printed, words: str) -> None:
    assert told(printed) == words


@pytest.mark.parametrize(
    ("printed", "number", "said"),
    [
        (TYPED, 6, "ghi số 05, khác số 06 vừa nhập"),
        (Printed(number=5, symbol="BC-VHXH"), 5, "ghi ký hiệu BC-VHXH, khác ký hiệu BC-UBND"),
        (Printed(day=date(2025, 12, 25)), None, "ghi ngày 25/12/2025, sau ngày gửi 19/12/2025"),
        (Printed(day_open=True, month=11, year=2025), None, "ghi sẵn tháng 11 năm 2025, khác ngày gửi 19/12/2025"),
        (Printed(day_open=True, year=2026), None, "ghi sẵn năm 2026"),
        (Printed(wrong_day="ngày 31 tháng 02 năm 2025"), None, "là ngày không có thật"),
    ],
)
def test_a_text_that_contradicts_is_refused_in_one_sentence(printed: Printed, number: int | None, said: str) -> None:
    why = refusal(printed, number, "BC-UBND", DAY)
    assert why is not None
    assert said in why
    assert why.endswith(".")


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        (BLANK, None),
        (BLANK, 5),
        (TYPED, 5),
        (TYPED, None),
        (Printed(), 5),
        (Printed(number=5, symbol="bc – ubnd"), 5),
        (Printed(number=5, day=date(2025, 12, 17)), 5),
        (Printed(day_open=True, month=12, year=2025), 5),
    ],
)
def test_a_text_that_agrees_may_leave(printed: Printed, number: int | None) -> None:
    assert refusal(printed, number, "BC-UBND", DAY) is None
