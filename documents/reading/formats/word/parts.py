"""The parts of a Word file: which is the document, and what it takes in from others (`w:altChunk`)."""

import re
from collections.abc import Callable

from documents.reading.formats.archive import Archive
from documents.reading.formats.blocks import Paragraph, Table
from documents.reading.formats.flow import paragraph
from documents.reading.formats.limits import damaged
from documents.reading.formats.markup import parse
from documents.reading.formats.omitted import Omitted

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships "
_MAIN = "/officeDocument"
_WEB = re.compile(rb"<(?:!doctype|html|head|body|table|meta|div|p)\b", re.IGNORECASE)
_MAIL = re.compile(rb"\s*(?:mime-version|content-type|from):", re.IGNORECASE)
_DEPTH = 2

Nested = Callable[[Archive, int], tuple[Paragraph | Table, ...]]
"""Reads the document inside a chunk that is a Word file."""


def main_part(archive: Archive) -> str:
    """The name of the main part, by the package's relationships; these name parts and are never followed outside."""
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == _PACKAGE + "Relationship" and attributes.get("Type", "").endswith(_MAIN):
            found.append(attributes.get("Target", "").lstrip("/"))

    if "_rels/.rels" in archive:
        parse(archive.read("_rels/.rels"), start, lambda name: None)
    for name in (*found, "word/document.xml"):
        if name in archive:
            return name
    damaged("tệp thiếu phần nội dung chính, có thể")


class Parts:
    """What the main part refers to by the ids of its relationships. Nothing outside the file is opened."""

    def __init__(self, archive: Archive, main: str, depth: int, nested: Nested) -> None:
        self._archive, self._depth, self._nested = archive, depth, nested
        self._folder, _, self._name = main.rpartition("/")
        self._targets: dict[str, str] | None = None

    def chunk(self, relation: str, omitted: Omitted) -> list[Paragraph | Table]:
        """The blocks of a part that stands for a piece of the document; one that cannot be read is told."""
        name = self._target(relation)
        data = self._archive.read(name) if name in self._archive else b""
        start = data[:1024].lstrip(b"\xef\xbb\xbf \r\n\t")
        if data.startswith(b"PK") and self._depth < _DEPTH:
            inner = Archive(data)
            inner.refuse_declarations()
            return list(self._nested(inner, self._depth + 1))
        if _MAIL.match(start):
            data = _web_page(data)
            start = data[:1024]
        if _WEB.search(start) or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            from documents.reading.formats.html import read_html

            return read_html(data, omitted)
        if name.endswith(".txt") and data:
            from documents.reading.formats.charset import decoded

            made = (paragraph(line, None, None, bold=False) for line in decoded(data).splitlines())
            return [block for block in made if block is not None]
        omitted.embedded.append(name.rpartition("/")[2] or "phần nhúng")
        return []

    def _target(self, relation: str) -> str:
        if self._targets is None:
            self._targets = targets = {}

            def start(name: str, attributes: dict[str, str]) -> None:
                if name == _PACKAGE + "Relationship" and attributes.get("TargetMode") != "External":
                    target = attributes.get("Target", "")
                    whole = target.lstrip("/") if target.startswith("/") else f"{self._folder}/{target}".lstrip("/")
                    targets[attributes.get("Id", "")] = whole

            part = f"{self._folder}/_rels/{self._name}.rels".lstrip("/")
            if part in self._archive:
                parse(self._archive.read(part), start, lambda name: None)
        return self._targets.get(relation, "")


def _web_page(data: bytes) -> bytes:
    """The first HTML page of a web archive (.mht)."""
    from email import message_from_bytes

    for part in message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            return page if isinstance(page, bytes) else b""
    return b""
