"""Which files are taken as evidence, and whether their content is what their name says.

Nothing is opened or run: the first bytes are looked at, and of zip packages (Office
files) the list of members. Macros are refused.
"""

import unicodedata
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

MEMBERS = 2_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class UnsuitableFileError(Exception):
    """A file that is not taken. The message is one Vietnamese sentence that names it."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file: the endings of its names, its media type, and how its content is known."""

    endings: tuple[str, ...]
    media: str
    fits: Callable[[Path], bool]


def _starts(*heads: bytes) -> Callable[[Path], bool]:
    def fits(path: Path) -> bool:
        with path.open("rb") as source:
            return source.read(16).startswith(heads)

    return fits


def _office(folder: str) -> Callable[[Path], bool]:
    """An Office package: a zip with its table of contents and its own folder, without macros."""

    def fits(path: Path) -> bool:
        names = _members(path)
        return (
            "[Content_Types].xml" in names
            and any(name.startswith(f"{folder}/") for name in names)
            and not any(name.lower().endswith("vbaproject.bin") for name in names)
        )

    return fits


def _open_document(media: str) -> Callable[[Path], bool]:
    def fits(path: Path) -> bool:
        if not zipfile.is_zipfile(path):
            return False
        with path.open("rb") as source:
            return f"mimetype{media}".encode() in source.read(200)

    return fits


def _members(path: Path) -> tuple[str, ...]:
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return ()
    return tuple(names) if len(names) <= MEMBERS else ()


def _webp(path: Path) -> bool:
    with path.open("rb") as source:
        head = source.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"


def _text(path: Path) -> bool:
    with path.open("rb") as source:
        piece = source.read(64 * 1024)
    return b"\x00" not in piece


_OPEN = "application/vnd.oasis.opendocument"
_MS = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "pdf": FileType(("pdf",), "application/pdf", _starts(b"%PDF-")),
    "docx": FileType(("docx",), f"{_MS}.wordprocessingml.document", _office("word")),
    "xlsx": FileType(("xlsx",), f"{_MS}.spreadsheetml.sheet", _office("xl")),
    "pptx": FileType(("pptx",), f"{_MS}.presentationml.presentation", _office("ppt")),
    "jpg": FileType(("jpg", "jpeg"), "image/jpeg", _starts(b"\xff\xd8\xff")),
    "png": FileType(("png",), "image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "gif": FileType(("gif",), "image/gif", _starts(b"GIF87a", b"GIF89a")),
    "tif": FileType(("tif", "tiff"), "image/tiff", _starts(b"II*\x00", b"MM\x00*")),
    "webp": FileType(("webp",), "image/webp", _webp),
    "odt": FileType(("odt",), f"{_OPEN}.text", _open_document(f"{_OPEN}.text")),
    "ods": FileType(("ods",), f"{_OPEN}.spreadsheet", _open_document(f"{_OPEN}.spreadsheet")),
    "doc": FileType(("doc",), "application/msword", _starts(_OLE)),
    "xls": FileType(("xls",), "application/vnd.ms-excel", _starts(_OLE)),
    "zip": FileType(("zip",), "application/zip", zipfile.is_zipfile),
    "txt": FileType(("txt",), "text/plain", _text),
    "csv": FileType(("csv",), "text/csv", _text),
}
"""Every kind an administrator can allow (DONDOC_PORTAL_FILE_TYPES)."""


def allowed_types(names: str) -> dict[str, FileType]:
    """The kinds named in a setting ("pdf docx jpg"). Raises ValueError naming the one that is not known."""
    wanted = names.replace(",", " ").lower().replace("jpeg", "jpg").replace(".", "").split()
    for name in wanted:
        if name not in TYPES:
            raise ValueError(f"loại tệp “{name}” không có trong danh sách: {', '.join(TYPES)}")
    return {name: TYPES[name] for name in wanted}


def endings(allowed: Collection[FileType]) -> tuple[str, ...]:
    """The endings of names that are taken, each with its dot: what a browser offers to choose."""
    return tuple(f".{ending}" for kind in allowed for ending in kind.endings)


def clean_name(name: str) -> str:
    """A file's name without folders, control or direction characters, in NFC and at most 200 letters."""
    bare = PureWindowsPath(PurePosixPath(name).name).name
    plain = unicodedata.normalize("NFC", bare)
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C").strip(" .") or "tai-lieu"
    if len(plain) <= 200:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:190]}{dot}{ending[:9]}" if dot else plain[:200]


def check_file(path: Path, name: str, allowed: dict[str, FileType]) -> str:
    """The media type of a file whose content is what its name says. Raises UnsuitableFileError."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = next((kind for kind in allowed.values() if ending in kind.endings), None)
    taken = ", ".join(endings(allowed.values()))
    if kind is None:
        raise UnsuitableFileError(f"Tệp “{name}” không thuộc loại được nhận ({taken}).")
    if path.stat().st_size == 0:
        raise UnsuitableFileError(f"Tệp “{name}” rỗng; hãy kiểm tra lại tệp.")
    if not kind.fits(path):
        raise UnsuitableFileError(
            f"Nội dung tệp “{name}” không phải là .{ending} như tên gọi; hãy mở tệp và lưu lại đúng định dạng."
        )
    return kind.media


MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
