"""The form of an official document: Decree 30/2020/NĐ-CP, annexes I and III, as values.

Sizes are points, lengths millimetres. Where the Decree leaves a choice (13–14) the
larger is taken for text and the smaller for lines that must fit beside each other.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

FONT = "Times New Roman"
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
MARGIN_TOP, MARGIN_BOTTOM, MARGIN_LEFT, MARGIN_RIGHT = 20.0, 20.0, 30.0, 15.0
HEADER_DISTANCE = 10.0
TEXT_WIDTH = PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT
LANDSCAPE_WIDTH = PAGE_HEIGHT - MARGIN_LEFT - MARGIN_RIGHT
FIRST_LINE = 12.7
MOTTO = "Độc lập - Tự do - Hạnh phúc"
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"

Align = Literal["left", "center", "right", "both"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of paragraph looks: its Vietnamese style name, size and weight, place, and space around it (pt)."""

    name: str
    size: float
    bold: bool = False
    italic: bool = False
    align: Align = "left"
    before: float = 0
    after: float = 0
    first_line: float = 0
    spacing: float = 1.0
    outline: int | None = None
    keep_next: bool = False


LOOKS = {
    "QuocHieu": Look("Quốc hiệu", 13, bold=True, align="center"),
    "TieuNgu": Look("Tiêu ngữ", 14, bold=True, align="center"),
    "CoQuanChuQuan": Look("Cơ quan chủ quản", 13, align="center"),
    "CoQuanBanHanh": Look("Cơ quan ban hành", 13, bold=True, align="center"),
    "SoKyHieu": Look("Số, ký hiệu", 13, align="center", before=4),
    "DiaDanhNgay": Look("Địa danh và ngày", 13, italic=True, align="center", before=4),
    "TrichYeuCongVan": Look("Trích yếu công văn", 13, align="center", before=3),
    "TenLoai": Look("Tên loại văn bản", 14, bold=True, align="center", before=16, keep_next=True),
    "TrichYeu": Look("Trích yếu", 14, bold=True, align="center", keep_next=True),
    "KinhGui": Look("Kính gửi", 14, align="center", before=14, after=8),
    "KinhGuiNhieu": Look("Kính gửi nhiều nơi", 14, align="left"),
    "CanCu": Look("Căn cứ", 14, italic=True, align="both", after=6, first_line=FIRST_LINE, spacing=1.1),
    "NoiDung": Look("Nội dung", 14, align="both", after=6, first_line=FIRST_LINE, spacing=1.1),
    "DeMuc1": Look(
        "Đề mục I", 14, bold=True, align="both", before=6, after=6, first_line=FIRST_LINE, outline=0, keep_next=True
    ),
    "DeMuc2": Look(
        "Đề mục 1", 14, bold=True, align="both", after=6, first_line=FIRST_LINE, outline=1, keep_next=True
    ),
    "DeMuc3": Look(
        "Đề mục 1.1", 14, bold=True, italic=True, align="both", after=6, first_line=FIRST_LINE, outline=2,
        keep_next=True,
    ),
    "BieuDo": Look("Biểu đồ", 13, align="center", before=6, after=2, keep_next=True),
    "TenBieuDo": Look("Tên biểu đồ", 13, italic=True, align="center", after=8),
    "ThamQuyenKy": Look("Thẩm quyền ký", 14, bold=True, align="center", keep_next=True),
    "NguoiKy": Look("Họ tên người ký", 14, bold=True, align="center", before=72),
    "NoiNhan": Look("Nơi nhận", 12, bold=True, italic=True, keep_next=True),
    "NoiNhanDanhSach": Look("Nơi nhận (danh sách)", 11),
    "PhuLuc": Look("Phụ lục", 14, bold=True, align="center", outline=0, keep_next=True),
    "TenPhuLuc": Look("Tên phụ lục", 14, bold=True, align="center", keep_next=True),
    "KemTheo": Look("Kèm theo", 14, italic=True, align="center", keep_next=True),
    "Bang": Look("Ô bảng", 11),
    "BangGiua": Look("Ô bảng giữa", 11, align="center"),
    "BangTieuDe": Look("Tiêu đề bảng", 11, bold=True, align="center"),
    "GhiChu": Look("Ghi chú", 12, italic=True, before=4, after=4),
    "SoTrang": Look("Số trang", 13, align="center"),
}  # fmt: skip
"""Every kind of paragraph, by its style id. Annex tables are 11 pt: wide tables must stay readable on A4."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: the lines of authority ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH") and the name."""

    lines: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the text of an official document.

    `issuer` as people write it ("UBND phường Sông Mai"); `superior` None where the Decree wants none (a commune's
    committee). `number` None: left blank for the register; `issued` None: left blank, with `month` and `year` if
    they are known. `kind` None makes an official letter (công văn), whose subject stands under the number.
    `archive` follows "Lưu: ".
    """

    issuer: str
    symbol: str
    place: str
    subject: str
    signature: Signature
    kind: str | None = "BÁO CÁO"
    number: int | None = None
    issued: date | None = None
    year: int | None = None
    superior: str | None = None
    addressees: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    archive: str = "VT"

    @property
    def number_words(self) -> str:
        """ "05/BC-UBND"; dots where the number is not given yet."""
        return f"{'…' if self.number is None else f'{self.number:02}'}/{self.symbol}"

    @property
    def number_line(self) -> str:
        """The line of number and symbol; room to write in where the number is not given yet."""
        return f"Số: {'       ' if self.number is None else f'{self.number:02}'}/{self.symbol}"

    @property
    def day_words(self) -> str:
        """ "ngày 05 tháng 02 năm 2026"; room to write in where the day is not known yet."""
        return day_words(self.issued) if self.issued else f"ngày       tháng       năm {self.year or '        '}"

    @property
    def issuer_lines(self) -> tuple[str, ...]:
        """The issuing body in capitals, broken where offices break it."""
        return issuer_lines(self.issuer)

    @property
    def kind_words(self) -> str:
        """The kind as it stands in a sentence: "Báo cáo", "Tờ trình", "Công văn"."""
        return (self.kind or "Công văn").capitalize()

    @property
    def attached_words(self) -> str:
        """What stands under an annex's title: "(Kèm theo Báo cáo số 05/BC-UBND ngày … của …)"."""
        return f"(Kèm theo {self.kind_words} số {self.number_words} {self.day_words} của {full_name(self.issuer)})"


_COMMITTEE = re.compile(r"^(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân)\s+", re.IGNORECASE)


def full_name(authority: str) -> str:
    """The body's name in full: "UBND phường Sông Mai" -> "Ủy ban nhân dân phường Sông Mai"."""
    return _COMMITTEE.sub("Ủy ban nhân dân ", authority.strip())


def issuer_lines(authority: str) -> tuple[str, ...]:
    """The body's name in capitals; a committee's place stands on a line of its own."""
    name = full_name(authority).upper()
    committee = "ỦY BAN NHÂN DÂN"
    return (committee, name.removeprefix(committee).strip()) if name.startswith(f"{committee} ") else (name,)


def day_words(day: date) -> str:
    """A date as the Decree wants it: a 0 before days under 10 and before the months 1 and 2."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


_BOLD = {
    **dict.fromkeys("ABDLNRUVXYCĐ", 722), **dict.fromkeys("BELTZ", 667), **dict.fromkeys("GHKOQƠ", 778),
    **dict.fromkeys("FP", 611), "I": 389, "J": 500, "M": 944, "S": 556, "W": 1000, "Ư": 796,
    **dict.fromkeys("bdhknpquđ", 556), **dict.fromkeys("cerz", 444), **dict.fromkeys("fjt", 333), "i": 278, "l": 278,
    "m": 833, "s": 389, "w": 722, "ơ": 554, "ư": 600, **dict.fromkeys(" .,", 250), **dict.fromkeys(":;-()", 333),
    "/": 278, "&": 833,
}  # fmt: skip
"""Advance widths of Times New Roman Bold in thousandths of an em, by base letter; 500 for the rest."""


def bold_width(text: str, size: float) -> float:
    """How long a line of Times New Roman Bold is, in millimetres: rules under headings are measured by it."""
    import unicodedata

    def base(letter: str) -> str:
        kept = letter if letter in _BOLD else unicodedata.normalize("NFD", letter)
        return kept[:2] if len(kept) > 1 and kept[1] == "\u031b" else kept[:1]

    letters = (unicodedata.normalize("NFC", base(letter)) for letter in text)
    return sum(_BOLD.get(letter, 500) for letter in letters) / 1000 * size * 25.4 / 72
