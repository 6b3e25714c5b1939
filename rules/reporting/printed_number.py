"""What a text edited by hand says of its own number and day, and whether it agrees with what it is issued under."""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Printed:
    """The head of a text. `number` and `day` are typed in it; `…_open` says that there is room to write them in.

    `month` and `year` are what is typed of a day that is still open. `wrong_day` is a typed day that the calendar
    does not have. `signed` texts carry a digital signature: nothing can be written into them.
    """

    number: int | None = None
    symbol: str | None = None
    number_open: bool = False
    day: date | None = None
    day_open: bool = False
    month: int | None = None
    year: int | None = None
    wrong_day: str | None = None
    signed: bool = False


def told(printed: Printed) -> str:
    """What the person who numbers the text should know: what is filled in by itself and what stands already."""
    if printed.signed:
        return f"Văn bản đã ký số nên được gửi nguyên như đã tải lên, không điền thêm. {_stands(printed)}".strip()
    if not (_has_number(printed) or _has_day(printed)):
        return (
            "Không tìm thấy chỗ ghi số và ngày trong văn bản nên văn bản được gửi nguyên như đã tải lên; nếu chưa ghi, "
            "hãy ghi số và ngày vào tệp rồi tải lại trước khi phê duyệt."
        )
    if printed.number_open and printed.day_open:
        return "Chỗ ghi số và ngày trong văn bản còn để trống; số và ngày được điền vào khi gửi."
    return " ".join(filter(None, (_number_told(printed), _day_told(printed), _stands(printed))))


def _has_number(printed: Printed) -> bool:
    return printed.number_open or printed.number is not None


def _has_day(printed: Printed) -> bool:
    return printed.day_open or printed.day is not None or printed.wrong_day is not None


def _number_told(printed: Printed) -> str:
    if printed.number_open:
        return "Chỗ ghi số trong văn bản còn để trống; số được điền vào khi gửi."
    return "" if _has_number(printed) else "Không tìm thấy chỗ ghi số trong văn bản; hãy kiểm tra lại tệp."


def _day_told(printed: Printed) -> str:
    if printed.day_open:
        return "Chỗ ghi ngày trong văn bản còn để trống; ngày được điền vào khi gửi."
    return "" if _has_day(printed) else "Không tìm thấy chỗ ghi ngày trong văn bản; hãy kiểm tra lại tệp."


def _stands(printed: Printed) -> str:
    typed = [f"số {number_words(printed.number, printed.symbol)}"] if printed.number is not None else []
    typed += [f"ngày {printed.day:%d/%m/%Y}"] if printed.day is not None else []
    return f"Văn bản đã ghi {', '.join(typed)}; phần đã ghi được giữ nguyên." if typed else ""


def number_words(number: int | None, symbol: str | None) -> str:
    """ "05/BC-UBND"."""
    return f"{number or 0:02}{f'/{symbol}' if symbol else ''}"


def refusal(printed: Printed, number: int | None, symbol: str, day: date) -> str | None:
    """Why a text cannot leave under a number and a symbol on a day; None where it can.

    One Vietnamese sentence: what contradicts, and what to do. `number` None: none was given yet.
    """
    mend = "sửa trong tệp rồi tải lại"
    if number is not None and printed.number not in (None, number):
        return (
            f"Văn bản đã tải lên ghi số {printed.number:02}, khác số {number:02} vừa nhập; "
            f"hãy nhập đúng số ghi trong văn bản, hoặc {mend}."
        )
    if printed.symbol is not None and _plain(printed.symbol) != _plain(symbol):
        return f"Văn bản đã tải lên ghi ký hiệu {printed.symbol}, khác ký hiệu {symbol} của báo cáo; hãy {mend}."
    if printed.wrong_day is not None:
        return f"Văn bản đã tải lên ghi “{printed.wrong_day}”, là ngày không có thật; hãy {mend}."
    if printed.day is not None and printed.day > day:
        return f"Văn bản đã tải lên ghi ngày {printed.day:%d/%m/%Y}, sau ngày gửi {day:%d/%m/%Y}; hãy {mend}."
    if printed.month not in (None, day.month) or printed.year not in (None, day.year):
        month = f"tháng {printed.month} " if printed.month is not None else ""
        typed = f"{month}năm {printed.year}" if printed.year is not None else month.strip()
        return f"Văn bản đã tải lên ghi sẵn {typed}, khác ngày gửi {day:%d/%m/%Y}; hãy {mend}."
    return None


def _plain(symbol: str) -> str:
    return re.sub(r"\s*[-–‑—]\s*", "-", symbol).strip().upper()
