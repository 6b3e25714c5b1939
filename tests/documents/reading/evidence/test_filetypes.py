"""Evidence is what its name says: content decides, nothing is opened."""

import io
import zipfile
from pathlib import Path

import pytest

from documents.reading.evidence.filetypes import (
    TYPES,
    UnsuitableFileError,
    allowed_types,
    check_file,
    clean_name,
    endings,
)


def package(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        if mimetype:
            target.writestr("mimetype", mimetype)
        for name in names:
            target.writestr(name, "x")
    return buffer.getvalue()


GOOD = {
    "pdf": b"%PDF-1.7\n",
    "docx": package("[Content_Types].xml", "word/document.xml"),
    "xlsx": package("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": package("[Content_Types].xml", "ppt/presentation.xml"),
    "jpg": b"\xff\xd8\xff\xe0JFIF",
    "png": b"\x89PNG\r\n\x1a\n",
    "gif": b"GIF89a",
    "tif": b"II*\x00",
    "webp": b"RIFF\x00\x00\x00\x00WEBP",
    "odt": package("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
    "ods": package("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "zip": package("a"),
    "txt": "Báo cáo".encode(),
    "csv": b"a;b\n",
}


@pytest.mark.parametrize("kind", TYPES)
def test_every_kind_takes_its_own_content_and_no_other(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "tep"
    path.write_bytes(GOOD[kind])
    assert check_file(path, f"tep.{kind.upper()}", TYPES) == TYPES[kind].media
    path.write_bytes(b"\x00MZ not that")
    with pytest.raises(UnsuitableFileError, match="không phải là"):
        check_file(path, f"tep.{kind}", TYPES)


def test_a_kind_the_office_does_not_allow_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tep"
    path.write_bytes(GOOD["gif"])
    allowed = allowed_types("pdf, DOCX .xlsx jpeg")
    assert list(allowed) == ["pdf", "docx", "xlsx", "jpg"]
    assert endings(allowed.values()) == (".pdf", ".docx", ".xlsx", ".jpg", ".jpeg")
    with pytest.raises(UnsuitableFileError, match="không thuộc loại được nhận"):
        check_file(path, "tep.gif", allowed)


def test_a_kind_nobody_knows_cannot_be_allowed() -> None:
    with pytest.raises(ValueError, match="exe"):
        allowed_types("pdf exe")


def test_a_package_of_thousands_of_members_is_not_an_office_file(tmp_path: Path) -> None:
    path = tmp_path / "tep"
    path.write_bytes(package("[Content_Types].xml", "word/document.xml", *(f"x{n}" for n in range(2_100))))
    with pytest.raises(UnsuitableFileError):
        check_file(path, "tep.docx", TYPES)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\An\\báo cáo.pdf", "báo cáo.pdf"),
        ("ba\u0301o.pdf", "báo.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202exe.pdf", "xe.pdf"),
        ("..", "tai-lieu"),
        ("", "tai-lieu"),
    ],
)
def test_a_name_keeps_no_folder_and_no_trick(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_ending() -> None:
    assert clean_name("x" * 500 + ".pdf").endswith("x.pdf")
    assert len(clean_name("x" * 500)) == 200
