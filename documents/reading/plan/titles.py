"""What a document is called: its type and subject (trích yếu), or the heading of an annex or a sheet alone."""

import re
from collections.abc import Sequence

from documents.reading.plan.tables.cells import join_wrapped, squeeze
from rules.plan.unit_names import UPPER
from rules.plan.values import DocumentKind

_TYPES = (
    "kế hoạch|chương trình|đề án|quyết định|báo cáo|thông báo|phương án|công văn|danh mục|chỉ thị|kết luận|nghị quyết"
    "|công điện|biên bản|hướng dẫn"
)
_TYPE_LINE = re.compile(rf"^(?P<type>{_TYPES})(?P<rest>\s.*)?$", re.IGNORECASE)
_ANNEX_LINE = re.compile(r"(?i)phụ lục(?:\s+(?:số\s*)?(?:[ivx]+|\d+|[a-z]))?\s*[:.]?$")
_SHEET_LINE = re.compile(r"(?i)(?:bảng|biểu|lịch|danh mục|phân công|theo dõi|tổng hợp|nhiệm vụ|chương trình)\s+\w")
_DOCUMENT_NAMES = (
    r"(?:luật|nghị|quyết định|kế hoạch|công văn|chỉ thị|thông tư|chương trình|hướng dẫn|đề án|thông báo"
    r"|kết luận|văn bản|ý kiến)"
)
BASIS = re.compile(
    rf"(?:căn cứ|thực hiện|theo|xét|trên cơ sở|triển khai|để|nhằm|tiếp tục)\s+"
    rf"(?:{_DOCUMENT_NAMES}|tiếp tục|nâng cao|triển khai|thực hiện)"
    r"|(?:căn cứ|thực hiện|xét|theo)\s",
    re.IGNORECASE,
)
"""The beginning of a legal basis or a preamble."""

_BASIS_INSIDE = re.compile(rf"\s(?:Căn cứ|Thực hiện|Theo)\s+{_DOCUMENT_NAMES}\s+(?:số|của|ngày|liên)", re.IGNORECASE)
ISSUER = re.compile(
    r"^(?P<body>UBND|(?:Ủy|Uỷ) ban nhân dân)\s*"
    r"(?P<place>(?:xã|phường|thị trấn|đặc khu|huyện|thị xã|thành phố|tỉnh)[^.;:]{0,60}?)?\s+"
    r"(?:xây dựng|ban hành|triển khai|tổ chức)",
    re.IGNORECASE,
)
"""The sentence in which the committee issues the plan."""

_OPENING = re.compile(
    r"(?:Để|Nhằm|Với mục|Trong (?:năm|thời gian|những)|Qua |Phát huy|Hưởng ứng|Kế thừa|Xác định|Trên cơ sở|Xét"
    r"|Thời gian qua|Năm 20\d\d,|Được sự|Ngày \d|Tiếp tục|Sau )"
)
_TITLE_ENDS = re.compile(
    r"(?i)\(\s*(?:kèm theo|ban hành kèm|dự thảo|cập nhật|tính đến|đến ngày|áp dụng)|kính gửi|tổng (?:cộng|số)\b"
    r"|stt\b|số tt\b|số\s*:|(?:đvt|đơn vị tính)\s*:|[^,;:()]{2,40},\s*ngày\b.*\btháng\b|ngày\s+\d{1,2}\s+tháng\b"
)
_ISSUING = re.compile(r"(?:CHỦ TỊCH|THỦ TƯỚNG|GIÁM ĐỐC|BỘ TRƯỞNG|CHÁNH VĂN PHÒNG|[ỦU][YỶ] BAN|HỘI ĐỒNG|TRƯỞNG BAN)\b")
"""Who issues a decision, between its title and its basis."""

_CHAPTER = re.compile(r"^(?:(?:Phần |PHẦN |Chương |CHƯƠNG )?[IVX]{1,4}|1|A|B)\s*[.)/]\s|^(?:Điều|ĐIỀU)\s+1\b")
_GOES_ON = re.compile(r"(?i)(?:[,–-]|\b(?:của|và|tại|trên|về|cho|với|trong|đối với|địa bàn|thuộc|do|là|các))\s*$")
_COMPLETE = re.compile(r"(?i)(?:năm\s+20\d\d|20\d\d\s*[-–]\s*20\d\d)\)?$")
_SENTENCE = re.compile(rf"[{UPPER}][^{UPPER}\W]")
_LONGEST_LINE = 250


_ABOUT = re.compile(r"(?i)(?:v\s*/\s*v|về việc)\s*:?\s*(?P<rest>\S.*)")
_HEAD_OVER = re.compile(r"(?i)kính gửi\b|(?:căn cứ|thực hiện)\s")
_CONCLUDES = re.compile(r"(?i)kết luận|ý kiến (?:chỉ đạo|của)|(?:cuộc )?họp|hội nghị|giao ban|phiên họp|làm việc")
_BY_TYPE = {
    "chỉ thị": DocumentKind.DIRECTIVE,
    "công điện": DocumentKind.DISPATCH,
    "kết luận": DocumentKind.CONCLUSION,
    "biên bản": DocumentKind.CONCLUSION,
    "công văn": DocumentKind.DISPATCH,
    "hướng dẫn": DocumentKind.DISPATCH,
    "quyết định": DocumentKind.DECISION,
    "nghị quyết": DocumentKind.DECISION,
}
_BY_SYMBOL = {
    "CT": DocumentKind.DIRECTIVE,
    "TB": DocumentKind.CONCLUSION,
    "KL": DocumentKind.CONCLUSION,
    "QĐ": DocumentKind.DECISION,
    "NQ": DocumentKind.DECISION,
    "CĐ": DocumentKind.DISPATCH,
    "UBND": DocumentKind.DISPATCH,
    "VP": DocumentKind.DISPATCH,
    "VPCP": DocumentKind.DISPATCH,
}


def kind_of(type_line: str | None, title: str | None, symbol: str | None, about: str | None) -> DocumentKind:
    """What a document is. `about` is the subject of a dispatch ("V/v …"), which has no type line."""
    named = (type_line or "").lower()
    if named == "thông báo":
        return DocumentKind.CONCLUSION if _CONCLUDES.search(title or "") else DocumentKind.DISPATCH
    if named:
        return _BY_TYPE.get(named, DocumentKind.PLAN)
    first = re.split(r"[-–.]", symbol or "")[0].strip()
    if first in _BY_SYMBOL:
        return _BY_SYMBOL[first]
    return DocumentKind.DISPATCH if about else DocumentKind.PLAN


def about_of(lines: Sequence[str]) -> str | None:
    """The subject that a dispatch prints below its number ("V/v rà soát hộ nghèo năm 2026"), over several lines."""
    for index, line in enumerate(lines[:25]):
        found = _ABOUT.match(line) or re.search(r"(?i)(?:^|\s)(?:v/v)\s*(?P<rest>\S.*)", line)
        if _HEAD_OVER.match(line):
            return None
        if found:
            title = squeeze(found["rest"])
            for more in lines[index + 1 : index + 5]:
                if (
                    _HEAD_OVER.match(more)
                    or _TITLE_ENDS.match(more)
                    or not re.match(r"[^\W\d]", more)
                    or more.isupper()
                ):
                    break
                if not (more[0].islower() or _GOES_ON.search(title)):
                    break
                title = join_wrapped(title, more)
            return f"V/v {title.strip(' .')}"
    return None


def title_of(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """The type and the subject of a document whose tasks begin after `lines`; no type where only a heading stands."""
    for index, line in enumerate(lines[:60]):
        found = _TYPE_LINE.match(line)
        if found and (line.isupper() or not found["rest"]) and not line.endswith((";", ".")):
            title = _subject(found["rest"] or "", lines[index + 1 : index + 12])
            if title:
                return found["type"], title[:1].upper() + title[1:]
    for index, line in enumerate(lines[:60]):
        if _ANNEX_LINE.match(line) and (title := _subject("", lines[index + 1 : index + 6])):
            return None, title
    return None, _heading(lines[-12:])


def _heading(lines: Sequence[str]) -> str | None:
    """The heading of a sheet or table that stands alone: a line in capitals that says what it lists."""
    for index, line in enumerate(lines):
        if line.isupper() and _SHEET_LINE.match(line):
            return _subject(line, [text for text in lines[index + 1 : index + 4] if text.isupper()]) or None
    return None


def _subject(title: str, following: Sequence[str]) -> str:
    own_line = not title
    title = title.strip()
    for line in following:
        if title and not title.isupper() and _ISSUING.match(line) and not _GOES_ON.search(title):
            break
        if _CHAPTER.match(line) or _TITLE_ENDS.match(line) or (title and _is_body(title, line, own_line)):
            break
        if re.fullmatch(r"[-_–—*\s]+", line):
            continue
        title = join_wrapped(title, line)
    cut = _BASIS_INSIDE.search(title)
    return squeeze(title[: cut.start()] if cut else title).strip(" .:")


def _is_body(title: str, line: str, own_line: bool) -> bool:
    """Whether a line under a title begins the text, and is not the next line of the title."""
    if BASIS.match(line) or ISSUER.match(line) or line.endswith((":", ";", "./.")) or len(line) > _LONGEST_LINE:
        return True
    if not _SENTENCE.match(line) or _GOES_ON.search(title):
        return False
    capitals = own_line and title.isupper()
    return capitals or bool(_OPENING.match(line)) or bool(_COMPLETE.search(title)) or line.endswith(".")
