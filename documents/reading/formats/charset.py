"""The letters of a plain text file: Unicode, or one of the two old Vietnamese encodings."""

import re

from documents.reading.formats.limits import refuse
from documents.reading.formats.old_fonts import from_tcvn3

_COMMON = re.compile(
    r"\b(?:của|và|các|thực|hiện|hành|kế|hoạch|công|năm|phòng|dân|nhiệm|vụ|tổ|chức|theo|báo|cáo|đơn|vị)\b"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def decoded(data: bytes) -> str:
    """The text of a plain file. Raises RefusedDocument for bytes that are no text or no encoding we know."""
    text = _unicode(data)
    if text is None:
        text = _legacy(data)
    if len(_CONTROL.findall(text[:20_000])) > 2 + len(text[:20_000]) // 200:
        refuse("không nhận ra định dạng của tệp; hãy nộp kế hoạch dạng Word (.docx), PDF hoặc Excel")
    return text


def _unicode(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:2048]:
        big = data[:2048:2].count(0) > data[1:2048:2].count(0)
        return data.decode("utf-16-be" if big else "utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", "replace")
        # A few broken letters (a file cut in the middle of one) are still UTF-8; old encodings break everywhere.
        return text if text.count("\ufffd") <= 1 + len(text) // 2000 else None


def _legacy(data: bytes) -> str:
    latin = data.decode("latin-1")
    readings = [data.decode("cp1258", "replace"), from_tcvn3(latin)]
    best = max(readings, key=_words)
    if not _words(best):
        refuse("không nhận ra bảng mã tiếng Việt của tệp; hãy lưu lại tệp dạng UTF-8 rồi nộp lại")
    return best


def _words(text: str) -> int:
    from documents.reading.formats.cleaning import clean

    return len(_COMMON.findall(clean(text[:50_000]).lower()))
