"""What a file is, by its content: the extension is often wrong and never trusted."""

import re

from documents.reading.formats import ole
from documents.reading.formats.archive import Archive
from documents.reading.formats.limits import FILE_BYTES, MEGABYTE, refuse
from documents.reading.formats.markup import refuse_declarations_in

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")
_PACKED = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.text-template": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.spreadsheet-template": "ods",
}
_WEB = re.compile(rb"\s*(<!doctype\s+html|<html|<head|<table|<meta\b|mime-version:)", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b")
_OFFICE = re.compile(r"\.(docx|pdf|xlsx?|odt|ods|doc)$", re.IGNORECASE)
_WORD_MAIN = re.compile(rb"(?:wordprocessingml|ms-word)\.[A-Za-z.]{1,60}main\+xml")
_WORD_LOCKED = 0x0100


def detect(data: bytes) -> str:
    """One of docx, odt, pdf, xlsx, xls, ods, doc, txt. Raises RefusedDocument for anything else, saying what it is."""
    if len(data) > FILE_BYTES:
        refuse(f"tệp lớn hơn {FILE_BYTES // MEGABYTE} MB; hãy bỏ bớt hình ảnh hoặc chỉ nộp phần kế hoạch và phụ lục")
    if not data.strip(b"\0\r\n\t "):
        refuse("tệp rỗng, không có nội dung; hãy kiểm tra lại tệp rồi nộp lại")
    if data.startswith(b"PK"):
        return _zip_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(ole.MAGIC):
        return _ole_kind(data)
    _refuse_known(data)
    return "txt"


def _zip_kind(data: bytes) -> str:
    archive = Archive(data)
    if "mimetype" in archive:
        kind = _OPEN_DOCUMENT.get(archive.read("mimetype").decode("ascii", "replace").strip())
        if kind is not None:
            _refuse_locked(archive)
            return kind
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in archive else b""
    refuse_declarations_in(types)
    # A Word file may hold a sheet, and a sheet a Word file: only the types of main parts tell which is which.
    if "word/document.xml" in archive or _WORD_MAIN.search(types):
        return "docx"
    if b"sheet.binary" in types:
        refuse("đây là tệp Excel nhị phân (.xlsb); hãy mở bằng Excel và lưu lại dạng .xlsx")
    if "xl/workbook.xml" in archive or b"spreadsheetml" in types or b"ms-excel" in types:
        return "xlsx"
    if b"presentationml" in types:
        refuse("đây là bản trình chiếu; hãy nộp kế hoạch dạng Word, PDF hoặc Excel")
    if any(_OFFICE.search(name) for name in archive.names):
        refuse("đây là tệp nén; hãy giải nén rồi nộp tệp văn bản bên trong")
    refuse("đây là tệp nén, không phải văn bản Word, Excel hay OpenDocument; hãy nộp tệp kế hoạch gốc")


def _refuse_locked(archive: Archive) -> None:
    manifest = "META-INF/manifest.xml"
    if manifest in archive and b"encryption-data" in archive.read(manifest):
        _locked()


def _ole_kind(data: bytes) -> str:
    streams = ole.root_streams(data)
    if "EncryptedPackage" in streams or "EncryptionInfo" in streams:
        _locked()
    if "WordDocument" in streams:
        head = streams["WordDocument"]
        if len(head) >= 12 and int.from_bytes(head[10:12], "little") & _WORD_LOCKED:
            _locked()
        return "doc"
    if "Workbook" in streams or "Book" in streams:
        return "xls"
    if "PowerPoint Document" in streams:
        refuse("đây là bản trình chiếu; hãy nộp kế hoạch dạng Word, PDF hoặc Excel")
    refuse("không nhận ra định dạng của tệp; hãy nộp kế hoạch dạng Word (.docx), PDF hoặc Excel")


def _locked() -> None:
    refuse("tệp có mật khẩu bảo vệ; hãy mở tệp, bỏ mật khẩu, lưu lại rồi nộp lại")


def _refuse_known(data: bytes) -> None:
    start = data[:2048].removeprefix(b"\xef\xbb\xbf")
    if start.startswith(b"{\\rtf"):
        refuse("đây là tệp RTF, chưa được hỗ trợ; hãy mở bằng Word và lưu lại dạng .docx")
    if start.startswith(_PICTURES):
        refuse("đây là tệp ảnh, không đọc được chữ; hãy nộp bản Word hoặc PDF tìm kiếm được")
    if start.startswith(_PACKED):
        refuse("đây là tệp nén; hãy giải nén rồi nộp tệp văn bản bên trong")
    if _WEB.match(start):
        refuse(
            "đây là trang web (HTML) mang đuôi tệp văn phòng; hãy mở bằng Word hoặc Excel, lưu lại dạng .docx, .xlsx"
        )
    if _XML.match(start):
        refuse_declarations_in(data)
        refuse("đây là tệp XML; hãy mở bằng Word hoặc Excel, lưu lại dạng .docx hoặc .xlsx")
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")) and not _wide(start):
        refuse("không nhận ra định dạng của tệp; hãy nộp kế hoạch dạng Word (.docx), PDF hoặc Excel")


def _wide(start: bytes) -> bool:
    """Whether bytes look like UTF-16 text without its mark: spaces and line ends are a letter and a zero."""
    return start.count(b" \0") + start.count(b"\n\0") + start.count(b"\0 ") >= max(2, len(start) // 40)
