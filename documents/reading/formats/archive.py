"""A zip that may be hostile: members are counted while they are inflated, and never written to disk."""

import io
import zipfile
import zlib

from documents.reading.formats.limits import RATIO, RATIO_FROM_BYTES, UNPACKED_BYTES, ZIP_MEMBERS, damaged, refuse
from documents.reading.formats.markup import refuse_declarations_in

_CHUNK = 256 * 1024
_ENCRYPTED = 0x1
_XML = (".xml", ".rels")


class Archive:
    """The members of an office zip, read into memory within the limits. Raises RefusedDocument beyond them."""

    def __init__(self, data: bytes) -> None:
        _check_count(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
            damaged()
        members = self._zip.infolist()
        if len(members) > ZIP_MEMBERS:
            _too_many()
        self._members = {m.filename: m for m in members}
        if len(self._members) < len(members):
            refuse("tệp chứa hai phần trùng tên nên không biết phần nào đúng; hãy mở bằng Word hoặc Excel rồi lưu lại")
        if sum(m.file_size for m in members) > UNPACKED_BYTES:
            _too_big()
        self._unpacked = 0
        self._kept: dict[str, bytes] = {}

    @property
    def names(self) -> list[str]:
        """The members' names, as written; never used as paths."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """The bytes of a member. Raises RefusedDocument if it is absent, broken, locked or too large."""
        if name not in self._kept:
            self._kept[name] = self._inflate(name)
        return self._kept[name]

    def refuse_declarations(self) -> None:
        """Refuse the document if any XML part of it declares a document type or an entity."""
        for name in self._members:
            if name.lower().endswith(_XML):
                data = self._kept.get(name) or self._inflate(name)
                refuse_declarations_in(data)
                if name.endswith(("document.xml", "content.xml", "numbering.xml", "styles.xml", "workbook.xml")):
                    self._kept[name] = data

    def _inflate(self, name: str) -> bytes:
        member = self._members.get(name)
        if member is None:
            damaged("tệp thiếu phần nội dung chính, có thể")
        if member.flag_bits & _ENCRYPTED:
            refuse("tệp có mật khẩu bảo vệ; hãy bỏ mật khẩu, lưu lại rồi nộp lại")
        parts: list[bytes] = []
        size = 0
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._count(len(chunk), size, member.compress_size)
                    parts.append(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            damaged()
        return b"".join(parts)

    def _count(self, more: int, size: int, packed: int) -> None:
        self._unpacked += more
        if self._unpacked > UNPACKED_BYTES:
            _too_big()
        if size > RATIO_FROM_BYTES and size > RATIO * max(packed, 1):
            refuse(
                "tệp nén bất thường (giải nén ra lớn gấp nhiều lần); hãy mở bằng Word hoặc Excel, lưu lại rồi nộp lại"
            )


def _check_count(data: bytes) -> None:
    """Refuse by the end record before zipfile builds an object a member: a directory can hold 400,000 of them."""
    if data.count(b"PK\x01\x02") > ZIP_MEMBERS * 2:
        _too_many()


def _too_many() -> None:
    refuse(f"tệp chứa quá {ZIP_MEMBERS} phần bên trong; hãy mở bằng Word hoặc Excel, lưu lại rồi nộp lại")


def _too_big() -> None:
    limit = UNPACKED_BYTES // (1024 * 1024)
    refuse(f"nội dung sau khi giải nén vượt quá {limit} MB; hãy bỏ bớt hình ảnh hoặc tách tài liệu rồi nộp lại")
